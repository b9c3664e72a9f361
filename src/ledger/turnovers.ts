// Turnovers. What a shard has debited and credited since its last flush, by merchant, currency and subject. Counted in
// doubles while a sum is exact and moved to a bigint before it would not be.

import { MONEY_MAX } from '../domain/money.ts';
import { SUBJECTS, type Subject } from '../domain/books/subjects.ts';
import type { Turnover } from './shard-store.ts';

const SUBJECT_NUMBERS = Object.keys(SUBJECTS).map((number) => Number(number) as Subject);

/** Place of each subject in a page. */
const PLACE: ReadonlyMap<Subject, number> = new Map(SUBJECT_NUMBERS.map((subject, place) => [subject, place]));

export function placeOf(subject: Subject): number {
  const place = PLACE.get(subject);
  if (place === undefined) throw new Error(`the chart of accounts has no subject ${subject}`);
  return place;
}

/** The turnovers of one merchant in one currency. Places are those of `placeOf`. */
export class TurnoverPage {
  readonly merchant: string;
  readonly currency: string;
  readonly #debits = new Float64Array(SUBJECT_NUMBERS.length);
  readonly #credits = new Float64Array(SUBJECT_NUMBERS.length);
  /** What did not fit, by place: debit, credit. */
  readonly #spilled = new Map<number, [bigint, bigint]>();
  #touched = false;

  constructor(merchant: string, currency: string) {
    this.merchant = merchant;
    this.currency = currency;
  }

  debit(place: number, amount: number): void {
    this.#add(this.#debits, place, amount, 0);
  }

  credit(place: number, amount: number): void {
    this.#add(this.#credits, place, amount, 1);
  }

  /** What was turned over since the last call, as of `date`. */
  *take(date: string): Iterable<Turnover> {
    if (!this.#touched) return;
    const { merchant, currency } = this;
    for (let place = 0; place < SUBJECT_NUMBERS.length; place++) {
      const [debitSpilled, creditSpilled] = this.#spilled.get(place) ?? [0n, 0n];
      const debit = debitSpilled + BigInt(this.#debits[place] as number);
      const credit = creditSpilled + BigInt(this.#credits[place] as number);
      if (debit === 0n && credit === 0n) continue;
      yield { date, merchant, currency, subject: SUBJECT_NUMBERS[place] as Subject, debit, credit };
    }
    this.#debits.fill(0);
    this.#credits.fill(0);
    this.#spilled.clear();
    this.#touched = false;
  }

  #add(sums: Float64Array, place: number, amount: number, side: 0 | 1): void {
    this.#touched = true;
    const sum = sums[place] as number;
    if (amount > MONEY_MAX - sum) {
      const spilled = this.#spilled.get(place) ?? [0n, 0n];
      spilled[side] += BigInt(sum);
      this.#spilled.set(place, spilled);
      sums[place] = amount;
    } else {
      sums[place] = sum + amount;
    }
  }
}
