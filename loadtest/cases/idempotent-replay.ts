// Replays: each transfer is sent twice. The second answer is the first one, byte for byte, and says that it is.

import { expectedElse } from '../lib/measures.ts';
import { measured, openLoad, type Load } from '../lib/open-load.ts';
import { jsonTransfer } from '../lib/codec.ts';
import { answered, drawTransfer, post, postTransfer } from '../lib/requests.ts';

export { openAccounts as setup } from '../lib/accounts.ts';
export { handleSummary } from '../lib/summary.ts';

const LOAD: Load = { exec: 'replay', rate: 400, requests: 2 };

export const options = openLoad(LOAD);

export const replay = measured(LOAD, [], (number) => {
  const transfer = drawTransfer('r', number, 'uniform');
  const first = postTransfer(transfer);
  if (!first) return;
  const second = post('/v1/transfers', jsonTransfer(transfer));
  if (!answered(second, 201)) return;
  if (second.headers['Idempotent-Replayed'] !== 'true') expectedElse(`${transfer.id} was done twice`);
  else if (second.body !== first.body) expectedElse(`${transfer.id} was answered differently the second time`);
});
