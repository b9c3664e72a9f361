// Transfer samples. Which of the plain transfers are looked for in the books, beside all that is of orders.
//
// T1. Some of them are enough: an account's balance in the books is the sum of everything that was ever booked on it, so what is
// wrong once stays wrong, and the next sample of that account tells. T2. Which ones follows from the frame's number and the
// place in it, so a thread that reads a frame again takes the same ones.

import type { TransferMoved } from '../../domain/facts.ts';

/** Every so many frames: of 250,000 transfers a second ten frames, which cost the thread some milliseconds. */
const FRAMES = 16;

/** Rows of such a frame that are looked at, spread evenly. */
const ROWS = 8;

export type SampledSide = {
  readonly account: string;
  readonly action: 'debit' | 'credit';
  readonly version: number;
  readonly available: number;
};

/** Transfers of this frame are looked at. */
export function isSampled(seq: number): boolean {
  return seq % FRAMES === 0;
}

/** This row is one of them, of so many. */
export function isSampledRow(index: number, rows: number): boolean {
  return index % Math.ceil(rows / ROWS) === 0;
}

/** Both sides of a post; none of other steps, whose money does not simply move, nor of accounts with sub-accounts. */
export function sampledSides({ step, debit, credit }: TransferMoved): readonly SampledSide[] {
  if (step !== 'posted' || debit.aside || credit.aside) return [];
  return [
    { account: debit.account, action: 'debit', version: debit.version, available: debit.available },
    { account: credit.account, action: 'credit', version: credit.version, available: credit.available },
  ];
}
