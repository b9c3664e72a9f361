// Shadow: stress traffic with a key of its own. The driver checks that business has nothing of it.

import { measured, openLoad, type Load } from '../lib/open-load.ts';
import { drawTransfer, postTransfer } from '../lib/requests.ts';

export { openAccounts as setup } from '../lib/accounts.ts';
export { handleSummary } from '../lib/summary.ts';

const LOAD: Load = { exec: 'shadow', rate: 500, requests: 1 };

export const options = openLoad(LOAD);

export const shadow = measured(LOAD, [], (number) => void postTransfer(drawTransfer('s', number, 'uniform')));
