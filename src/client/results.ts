// Results. What the numbers in the answer of a batch mean: 0-15 are successes of the protocol, all others are refusals,
// which the server lists.

import type { RefusalCode } from './faults.ts';
import type { TransferResult } from './transfer-types.ts';

/** First number that is a refusal. */
const REFUSAL_MIN = 16;

const SUCCESSES = ['posted', 'held', 'captured', 'voided', 'already_there', 'sent', 'reversed'] as const;

type ListedRefusal = { readonly code: RefusalCode; readonly number: number; readonly retryable: boolean };

export type RefusalList = { readonly data: readonly ListedRefusal[] };

export class Results {
  readonly #list: () => Promise<RefusalList>;
  readonly #byNumber = new Map<number, ListedRefusal>();
  #learning: Promise<void> | null = null;

  /** `list`: asks the server for its refusals. */
  constructor(list: () => Promise<RefusalList>) {
    this.#list = list;
  }

  areKnown(numbers: readonly number[]): boolean {
    for (const number of numbers) if (number >= REFUSAL_MIN && !this.#byNumber.has(number)) return false;
    return true;
  }

  /** Asks for the list; those who wait share one question. Rejects where it cannot be had. */
  learn(): Promise<void> {
    this.#learning ??= this.#learn().finally(() => (this.#learning = null));
    return this.#learning;
  }

  async #learn(): Promise<void> {
    const { data } = await this.#list();
    for (const refusal of data) this.#byNumber.set(refusal.number, refusal);
  }

  /** A refusal that no list names is called by its number. */
  resultOf(id: string, number: number): TransferResult {
    if (number < REFUSAL_MIN) return { id, ok: true, status: SUCCESSES[number] ?? 'posted' };
    const { code = `refusal_${number}`, retryable = false } = this.#byNumber.get(number) ?? {};
    return { id, ok: false, status: 'refused', code, number, retryable, outcome: 'none' };
  }
}
