// Opens the accounts of a run, one request each, before anything is measured.

import { refusalCode } from './answers.ts';
import { accountFrame } from './frame-writer.ts';
import { accountName, ACCOUNT_BYTES } from './names.ts';
import { runPipeline } from './pipeline.ts';
import type { LoadSocket } from './web-socket.ts';

/** Whatever one has two decimals of; the currency does not matter to the load. */
const CURRENCY = 'EUR';
/** Requests in flight; more do not make the server faster. */
const WINDOW_MAX = 1_000;

/** Opens accounts 0 … count - 1 without a credit limit; rejects when one is refused. `progress` gets how many are open. */
export async function openAccounts(
  socket: LoadSocket,
  credit: number,
  count: number,
  progress: (opened: number) => void,
): Promise<void> {
  const frame = accountFrame(CURRENCY);
  let sent = 0;
  let opened = 0;
  await runPipeline(socket, Math.min(credit, WINDOW_MAX, count), {
    frame,
    more: () => sent < count,
    fill: (target, at) => void target.write(accountName(sent++), at + frame.idAt, ACCOUNT_BYTES, 'latin1'),
    answered: ({ ok, bytes, start, end }) => {
      if (!ok) throw new Error(`an account was refused: ${refusalCode(bytes, start, end)}`);
      progress(++opened);
    },
  });
}
