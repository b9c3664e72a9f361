// Holds, each captured as soon as it is there: two requests, the second as soon as the first is answered.

import { measured, openLoad, type Load } from '../lib/open-load.ts';
import { drawTransfer, holdAndCapture } from '../lib/requests.ts';

export { openAccounts as setup } from '../lib/accounts.ts';
export { handleSummary } from '../lib/summary.ts';

const LOAD: Load = { exec: 'hold', rate: 400, requests: 2 };

export const options = openLoad(LOAD);

export const hold = measured(LOAD, [], (number) => holdAndCapture(drawTransfer('h', number, 'zipf')));
