// Waiting lines. Lines of vouchers until they have been found in the books: once as soon as their shard has booked them,
// and once more when their window is over, because the books can be wrong later, too.
//
// W1. What waits is bounded: while it is full nothing more is followed, so nothing is lost by it. W2. What has not been
// looked for is looked for again after a crash: `since` says from which frame on.

import type { Business } from '../../domain/context.ts';
import type { PostingAction } from '../../domain/posting-lines.ts';
import type { Sorts } from './movements.ts';

export type WaitingLine = {
  readonly seq: number;
  readonly index: number;
  readonly merchant: string;
  readonly business: Business | null;
  readonly order: string;
  readonly account: string;
  readonly action: PostingAction;
  readonly amount: number;
  readonly currency: string;
  readonly version: number;
  readonly available: number;
  /** What its account may be. */
  readonly sorts: Sorts;
  readonly shard: number;
  /** When it was seen, monotonic ms. */
  readonly seenMs: number;
};

export class WaitingLines {
  readonly #windowMs: number;
  readonly #max: number;
  /** By shard, in the order of the journal: not looked for yet; and looked for once. */
  readonly #unseen: WaitingLine[][];
  readonly #again: WaitingLine[][];
  #size = 0;
  /** Lines that were given up because their shard did not come. */
  skipped = 0;

  constructor(shards: number, windowMs: number, max: number) {
    this.#windowMs = windowMs;
    this.#max = max;
    this.#unseen = Array.from({ length: shards }, () => []);
    this.#again = Array.from({ length: shards }, () => []);
  }

  get size(): number {
    return this.#size;
  }

  get isFull(): boolean {
    return this.#size >= this.#max;
  }

  /** The first frame with a line that waits; Infinity for none. */
  get since(): number {
    let first = Infinity;
    for (const lines of [...this.#unseen, ...this.#again]) first = Math.min(first, lines[0]?.seq ?? Infinity);
    return first;
  }

  add(line: WaitingLine): void {
    this.#unseen[line.shard]?.push(line);
    this.#size += 1;
  }

  /** Lines of this shard that can be looked for now: those that it has booked, and those whose window is over. At most `max`. */
  take(shard: number, booked: number, nowMs: number, max: number): WaitingLine[] {
    const unseen = this.#unseen[shard] ?? [];
    const again = this.#again[shard] ?? [];
    const overMs = nowMs - this.#windowMs;
    const last = countWhile(again, max, ({ seenMs }) => seenMs <= overMs);
    const first = countWhile(unseen, max - last, ({ seq }) => seq <= booked);
    const done = again.splice(0, last);
    const seen = unseen.splice(0, first);
    this.#size -= last;
    // Where there is no room the second look is given up and not the first.
    const mayWait = this.isFull ? 0 : seen.length;
    for (const line of seen.slice(0, mayWait)) again.push(line);
    this.#size -= seen.length - mayWait;
    return [...done, ...seen];
  }

  /** Gives up lines whose window is over and that the shard has not booked. How many there were. */
  giveUp(shard: number, booked: number, nowMs: number): number {
    const unseen = this.#unseen[shard] ?? [];
    const overMs = nowMs - this.#windowMs;
    if ((unseen[0]?.seq ?? 0) <= booked) return 0;
    const late = countWhile(unseen, Infinity, ({ seenMs }) => seenMs <= overMs);
    unseen.splice(0, late);
    this.#size -= late;
    this.skipped += late;
    return late;
  }
}

function countWhile<T>(list: readonly T[], max: number, is: (one: T) => boolean): number {
  let count = 0;
  while (count < max && count < list.length && is(list[count] as T)) count += 1;
  return count;
}
