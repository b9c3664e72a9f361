// Comparison of the rows of one match: what they differ in and by how much.

import type { Delta, DifferenceKind } from './difference.ts';
import { compareText, type MatchRow } from './row.ts';
import type { MatchingRules } from './rules.ts';

export type Comparison = {
  /** In order of precedence; none for a match. */
  readonly kinds: readonly DifferenceKind[];
  /** Of a match within the tolerance they are not zero either. */
  readonly deltas: readonly Delta[];
};

/** Compares the sums of both sides. Neither may be empty. */
export function compareSides(
  channel: readonly MatchRow[],
  local: readonly MatchRow[],
  rules: MatchingRules,
): Comparison {
  const deltas = deltasOf(channel, local);
  const kinds: DifferenceKind[] = [];
  const currencies = new Set([...channel, ...local].map(({ currency }) => currency));
  const isOneCurrency = currencies.size === 1;
  if (!isOneCurrency) kinds.push('CURRENCY_DIFF');
  if (new Set([...channel, ...local].map(({ status }) => status)).size > 1) kinds.push('STATUS_DIFF');
  if (isOneCurrency && deltas.some(({ amount }) => Math.abs(amount) > rules.amountTolerance)) kinds.push('AMOUNT_DIFF');
  if (isOneCurrency && deltas.some(({ fee }) => Math.abs(fee) > rules.feeTolerance)) kinds.push('FEE_DIFF');
  if (daysApart(channel, local) > rules.windowDays) kinds.push('LATE');
  return { kinds, deltas };
}

/** Channel − local by currency, as far as it is not zero. @throws RangeError when a sum leaves the safe integers */
export function deltasOf(channel: readonly MatchRow[], local: readonly MatchRow[]): readonly Delta[] {
  const byCurrency = new Map<string, { amount: number; fee: number }>();
  const add = ({ currency, amount, fee }: MatchRow, sign: 1 | -1): void => {
    const delta = byCurrency.get(currency) ?? { amount: 0, fee: 0 };
    delta.amount = safe(delta.amount + sign * amount);
    delta.fee = safe(delta.fee + sign * fee);
    byCurrency.set(currency, delta);
  };
  for (const row of channel) add(row, 1);
  for (const row of local) add(row, -1);
  return [...byCurrency]
    .filter(([, { amount, fee }]) => amount !== 0 || fee !== 0)
    .map(([currency, { amount, fee }]) => ({ currency, amount, fee }))
    .sort((a, b) => compareText(a.currency, b.currency));
}

/** The largest distance between a row of one side and one of the other. */
function daysApart(channel: readonly MatchRow[], local: readonly MatchRow[]): number {
  const [firstChannel, lastChannel] = spanOf(channel);
  const [firstLocal, lastLocal] = spanOf(local);
  return Math.max(lastChannel - firstLocal, lastLocal - firstChannel);
}

function spanOf(rows: readonly MatchRow[]): readonly [first: number, last: number] {
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (const { day } of rows) {
    first = Math.min(first, day);
    last = Math.max(last, day);
  }
  return [first, last];
}

function safe(sum: number): number {
  if (!Number.isSafeInteger(sum)) throw new RangeError(`a sum of rows is above 2^53 − 1 minor units: ${sum}`);
  return sum === 0 ? 0 : sum;
}
