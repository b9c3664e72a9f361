// Matching of small sides in tests. A row is written as it differs from one that matches.

import type { Difference } from '../../../src/reconciliation/matching/difference.ts';
import { matchSides, type MatchInput, type MatchResult } from '../../../src/reconciliation/matching/matcher.ts';
import type { MatchRow, Side } from '../../../src/reconciliation/matching/row.ts';
import type { MatchingRules } from '../../../src/reconciliation/matching/rules.ts';

export const TODAY = 20_000;

export const RULES: MatchingRules = {
  keys: ['number', 'trade_number'],
  amountTolerance: 0,
  feeTolerance: 0,
  windowDays: 1,
  cardinality: '1:1',
  asOfDay: TODAY,
  waitDays: 0,
};

export function row(id: string, key: string, changes: Partial<MatchRow> = {}): MatchRow {
  const base = { amount: 100, currency: 'CZK', fee: 2, status: 'succeeded', day: TODAY, unparsed: '' };
  return { id, keys: [key, ''], ...base, ...changes };
}

export type Outcome = MatchResult & {
  readonly differences: readonly Difference[];
  readonly waiting: readonly { readonly side: Side; readonly row: MatchRow }[];
};

export async function match(
  channel: readonly MatchRow[],
  local: readonly MatchRow[],
  rules: Partial<MatchingRules> = {},
  limits: Pick<Partial<MatchInput>, 'memoryBytes' | 'bucketRowsMax' | 'spillFolder'> = {},
): Promise<Outcome> {
  const differences: Difference[] = [];
  const waiting: { side: Side; row: MatchRow }[] = [];
  const result = await matchSides({
    channel: [channel],
    local: [local],
    rules: { ...RULES, ...rules },
    onDifference: (difference) => differences.push(difference),
    onWaiting: (side, one) => waiting.push({ side, row: one }),
    ...limits,
  });
  return { ...result, differences, waiting };
}

/** Kind, rows of both sides, and what it explains of the amounts: `AMOUNT_DIFF b1 l1 CZK+5`. */
export function told({ kind, also, channel, local, deltas }: Difference): string {
  const amounts = deltas.map(({ currency, amount, fee }) => `${currency}${signed(amount)}/${signed(fee)}`);
  return [[kind, ...also].join('+'), ...channel, ...local, ...amounts].join(' ');
}

function signed(amount: number): string {
  return amount < 0 ? String(amount) : `+${amount}`;
}
