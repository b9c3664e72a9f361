// Trades, each made and paid by balance: a hold, its taking, the payment, the settlement and the fee.

import { measured, openLoad, type Load } from '../lib/open-load.ts';
import { drawTransfer, tradeAndPay } from '../lib/requests.ts';

export { openAccounts as setup } from '../lib/accounts.ts';
export { handleSummary } from '../lib/summary.ts';

const LOAD: Load = { exec: 'trade', rate: 200, requests: 2 };

export const options = openLoad(LOAD);

export const trade = measured(LOAD, [], (number) => tradeAndPay(drawTransfer('d', number, 'zipf')));
