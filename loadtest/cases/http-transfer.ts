// HTTP: one transfer a request, anybody to anybody. JSON.

import { measured, openLoad, type Load } from '../lib/open-load.ts';
import { drawTransfer, postTransfer } from '../lib/requests.ts';

export { openAccounts as setup } from '../lib/accounts.ts';
export { handleSummary } from '../lib/summary.ts';

const LOAD: Load = { exec: 'transfer', rate: 1_000, requests: 1 };

export const options = openLoad(LOAD);

export const transfer = measured(LOAD, [], (number) => void postTransfer(drawTransfer('t', number, 'uniform')));
