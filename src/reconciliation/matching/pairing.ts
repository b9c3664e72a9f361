// Pairing. Which rows of one key belong together; both sides have at least one. What is too many on a side is left over.

import { compareContent, compareRows, type MatchRow } from './row.ts';
import type { Cardinality } from './rules.ts';

export type Pair = { readonly channel: readonly MatchRow[]; readonly local: readonly MatchRow[] };

export type Pairing = {
  readonly pairs: readonly Pair[];
  /** Rows without a partner: duplicates of their side. */
  readonly surplus: Pair;
};

/** The same for the rows in any order. */
export function pairRows(channel: readonly MatchRow[], local: readonly MatchRow[], cardinality: Cardinality): Pairing {
  switch (cardinality) {
    case '1:1':
      return pairOneToOne(channel, local);
    case '1:N': {
      const [one, others] = oneAmong(channel, local);
      return { pairs: [{ channel: [one], local }], surplus: { channel: others, local: [] } };
    }
    case 'N:1': {
      const [one, others] = oneAmong(local, channel);
      return { pairs: [{ channel, local: [one] }], surplus: { channel: [], local: others } };
    }
  }
}

/** Rows that agree first, by merging both sides in order; then the rest as they come. */
function pairOneToOne(channelRows: readonly MatchRow[], localRows: readonly MatchRow[]): Pairing {
  const channel = channelRows.toSorted(compareRows);
  const local = localRows.toSorted(compareRows);
  const pairs: Pair[] = [];
  const rest: { channel: MatchRow[]; local: MatchRow[] } = { channel: [], local: [] };
  let [i, j] = [0, 0];
  for (let c = channel[i], l = local[j]; c !== undefined || l !== undefined; c = channel[i], l = local[j]) {
    const order = c === undefined ? 1 : l === undefined ? -1 : compareContent(c, l);
    if (c !== undefined && l !== undefined && order === 0) pairs.push({ channel: [c], local: [l] });
    else if (c !== undefined && order < 0) rest.channel.push(c);
    else if (l !== undefined) rest.local.push(l);
    if (order <= 0) i += 1;
    if (order >= 0) j += 1;
  }
  const paired = Math.min(rest.channel.length, rest.local.length);
  for (let index = 0; index < paired; index++) {
    pairs.push({ channel: rest.channel.slice(index, index + 1), local: rest.local.slice(index, index + 1) });
  }
  return { pairs, surplus: { channel: rest.channel.slice(paired), local: rest.local.slice(paired) } };
}

/** The row that the other side sums up to, or else the first in order; and all others. */
function oneAmong(rows: readonly MatchRow[], many: readonly MatchRow[]): readonly [MatchRow, readonly MatchRow[]] {
  const sum = many.reduce((total, { amount }) => total + amount, 0);
  const ordered = rows.toSorted(compareRows);
  const found = ordered.findIndex(({ amount }) => amount === sum);
  const at = Math.max(found, 0);
  const one = ordered[at];
  if (one === undefined) throw new Error('a side without a row is not paired');
  return [one, ordered.toSpliced(at, 1)];
}
