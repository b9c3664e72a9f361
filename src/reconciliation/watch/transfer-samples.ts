// Transfer samples. Which of the plain transfers are looked for in the books, beside all that is of orders.
//
// T1. Some of them are enough: an account's balance in the books is the sum of everything that was ever booked on it, so what is
// wrong once stays wrong, and the next sample of that account tells. T2. They are few, however many transfers and frames there
// are: a frame at a time, and some rows of it.

import type { TransferMoved } from '../../domain/facts.ts';

/** From one frame that is sampled to the next, ms: ten a second. One of 2,000 transfers takes the thread 0.5 ms (measured). */
const BETWEEN_MS = 100;

/** Rows of such a frame that are looked at, spread evenly. */
const ROWS = 8;

export type SampledSide = {
  readonly account: string;
  readonly action: 'debit' | 'credit';
  readonly version: number;
  readonly available: number;
};

/** Says when it is time for the next frame. */
export class SampleClock {
  #lastMs = -Infinity;

  /** Asked for each frame that could be one. `nowMs`: monotonic. */
  isDue(nowMs: number): boolean {
    if (nowMs - this.#lastMs < BETWEEN_MS) return false;
    this.#lastMs = nowMs;
    return true;
  }
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
