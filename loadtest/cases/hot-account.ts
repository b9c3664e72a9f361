// A hot account: every transfer is paid by the same one, and every answer waits for its one owner.

import { measured, openLoad, type Load } from '../lib/open-load.ts';
import { drawTransfer, postTransfer } from '../lib/requests.ts';

export { openAccounts as setup } from '../lib/accounts.ts';
export { handleSummary } from '../lib/summary.ts';

const LOAD: Load = { exec: 'hot', rate: 1_000, requests: 1 };

export const options = openLoad(LOAD);

export const hot = measured(LOAD, [], (number) => void postTransfer(drawTransfer('o', number, 'hot')));
