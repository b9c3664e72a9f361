// Findings. What a matching has found of a run, bounded, in the shape in which it is stored and becomes cases.

import { differenceOf, type Difference } from '../matching/difference.ts';
import type { CurrencyTotals, Sums } from '../matching/totals.ts';
import { typeOf, type FoundInRun, type Run, type RunTotals, type Sum } from './run.ts';

/** Differences of a run. Of more than that the file is not what it was said to be, and nobody could look at them. */
export const DIFFERENCES_MAX = 200_000;

/** What is known of the order that a difference names. */
export type About = { readonly merchant: string; readonly order: string; readonly currency: string };

export class Findings {
  readonly found: FoundInRun[] = [];
  readonly #run: Run;
  readonly #about: (difference: Difference) => About;
  readonly #times = new Map<string, number>();

  constructor(run: Run, about: (difference: Difference) => About) {
    this.#run = run;
    this.#about = about;
  }

  /** @throws RangeError for one too many */
  add(difference: Difference): void {
    if (this.found.length >= DIFFERENCES_MAX) {
      throw new RangeError(`more than ${DIFFERENCES_MAX} differences: is this the file of ${this.#run.date}?`);
    }
    const { channel, date, id: run } = this.#run;
    const about = this.#about(difference);
    const own = this.#named(difference);
    // Of two currencies neither is what a case could book.
    const [delta] = own.deltas.length === 1 ? own.deltas : [];
    const { channel: lines, ...said } = own;
    this.found.push({
      ...said,
      lines,
      run,
      place: this.found.length,
      type: typeOf(own.kind),
      channel,
      date,
      merchant: about.merchant,
      order: about.order,
      amount: delta?.amount ?? 0,
      currency: delta?.currency ?? about.currency,
      caseId: '',
    });
  }

  /** Lines that say exactly the same are differences of their own: the second one has another id, the same at every run. */
  #named(difference: Difference): Difference {
    const times = (this.#times.get(difference.id) ?? 0) + 1;
    this.#times.set(difference.id, times);
    if (times === 1) return difference;
    const { id: first, ...content } = difference;
    const { id } = differenceOf({ ...content, detail: `${first} ${times}` });
    return { ...content, id };
  }
}

/** For people: what is said where. */
export function detailOf(one: FoundInRun, kind: Run['kind']): string {
  const { channel, date, key, deltas, also } = one;
  const file = kind === 'channel_bill' ? `bill of ${channel} of ${date}` : `statement of ${date} with ${channel}`;
  const sums = deltas.map(({ amount, fee, currency }) => `${amount} ${currency}${fee === 0 ? '' : `, fee ${fee}`}`);
  const difference = sums.length === 0 ? 'no amount differs' : `${channel} − ours: ${sums.join('; ')}`;
  const kinds = [one.kind, ...also].join(', ');
  const what = key || one.lines[0] || one.local[0] || '';
  return `${kinds} in the ${file}: ${what}; ${difference}`;
}

export function totalsOf(totals: readonly CurrencyTotals[]): RunTotals[] {
  return totals.map(({ currency, channel, local, explained }) => ({
    currency,
    channel: sumsOf(channel),
    local: sumsOf(local),
    explained: Object.fromEntries(Object.entries(explained).map(([cause, sums]) => [cause, sumsOf(sums)])),
  }));
}

function sumsOf({ amount, fee }: Sums): { readonly amount: Sum; readonly fee: Sum } {
  return { amount: sumOf(amount), fee: sumOf(fee) };
}

function sumOf(sum: bigint): Sum {
  return Number.isSafeInteger(Number(sum)) ? Number(sum) : String(sum);
}
