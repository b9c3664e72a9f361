// Clearings. What a channel has to settle for a bill, summed up line by line for each merchant and currency.

import type { StatementLine } from '../formats/statement.ts';
import type { Clearing } from './run.ts';

type Sum = { -readonly [field in keyof Clearing]: Clearing[field] };

export class Clearings {
  /** In the order in which the bill names them first. */
  readonly all: Sum[] = [];
  readonly #byMerchant = new Map<string, Sum[]>();

  /** @throws RangeError when a sum leaves the safe integers */
  add(merchant: string, { amount, fee, currency }: StatementLine): void {
    const sum = this.#sumOf(merchant, currency);
    sum.amount += amount;
    sum.fee += fee;
    if (!Number.isSafeInteger(sum.amount)) throw new RangeError(`the bill moves more than 2^53 − 1 ${currency}`);
  }

  #sumOf(merchant: string, currency: string): Sum {
    let sums = this.#byMerchant.get(merchant);
    if (!sums) this.#byMerchant.set(merchant, (sums = []));
    let sum = sums.find((one) => one.currency === currency);
    if (sum) return sum;
    sum = { merchant, currency, amount: 0, fee: 0 };
    sums.push(sum);
    this.all.push(sum);
    return sum;
  }
}
