// Mixed: an ordinary day. Most are transfers, some holds, some trades, and somebody looks at a balance now and then.

import http from 'k6/http';
import { drawPair, headers } from '../lib/accounts.ts';
import { measured, openLoad, type Load } from '../lib/open-load.ts';
import { answered, drawTransfer, holdAndCapture, postTransfer, tradeAndPay } from '../lib/requests.ts';
import { target } from '../lib/settings.ts';

export { openAccounts as setup } from '../lib/accounts.ts';
export { handleSummary } from '../lib/summary.ts';

const TRANSFER: Load = { exec: 'transfer', rate: 500, requests: 1 };
const HOLD: Load = { exec: 'hold', rate: 75, requests: 2 };
const TRADE: Load = { exec: 'trade', rate: 50, requests: 2 };
const LOOK: Load = { exec: 'look', rate: 50, requests: 1 };

export const options = openLoad(TRANSFER, HOLD, TRADE, LOOK);

export const transfer = measured(
  TRANSFER,
  [HOLD, TRADE, LOOK],
  (number) => void postTransfer(drawTransfer('t', number, 'zipf')),
);
export const hold = measured(HOLD, [TRANSFER, TRADE, LOOK], (number) =>
  holdAndCapture(drawTransfer('h', number, 'zipf')),
);
export const trade = measured(TRADE, [TRANSFER, HOLD, LOOK], (number) =>
  tradeAndPay(drawTransfer('d', number, 'zipf')),
);
export const look = measured(LOOK, [TRANSFER, HOLD, TRADE], () => {
  const [account] = drawPair('zipf');
  answered(http.get(`http://${target}/v1/accounts/${account}`, { headers, responseType: 'text' }), 200);
});
