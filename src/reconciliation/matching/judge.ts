// Judge. What the rows of one key are: a match, differences, or waiting for a later bill. Holds what it found until it is
// given out, in an order that does not depend on the order of the rows.

import { compareSides, deltasOf } from './comparison.ts';
import { differenceOf, type Difference, type DifferenceKind } from './difference.ts';
import { pairRows, type Pair } from './pairing.ts';
import { compareText, type MatchRow, type Side } from './row.ts';
import type { MatchingRules } from './rules.ts';
import type { Totals } from './totals.ts';

export type Findings = {
  readonly onDifference: (difference: Difference) => void;
  /** A row that waits for a later bill: to be given again, as it is, at the next matching. */
  readonly onWaiting: (side: Side, row: MatchRow) => void;
};

type Waiting = { readonly side: Side; readonly row: MatchRow };

const NONE: Pair = { channel: [], local: [] };

export class Judge {
  private readonly rules: MatchingRules;
  private readonly totals: Totals;
  private found: Difference[] = [];
  private waiting: Waiting[] = [];

  constructor(rules: MatchingRules, totals: Totals) {
    this.rules = rules;
    this.totals = totals;
  }

  /** All rows of a key, of which both sides have some. */
  group(key: string, { channel, local }: Pair): void {
    const { pairs, surplus } = pairRows(channel, local, this.rules.cardinality);
    for (const pair of pairs) this.pair(key, pair);
    for (const row of surplus.channel) this.differ('DUPLICATE', [], key, { ...NONE, channel: [row] }, '');
    for (const row of surplus.local) this.differ('DUPLICATE', [], key, { ...NONE, local: [row] }, '');
  }

  /** A row that no key brought together with another side. */
  alone(side: Side, row: MatchRow): void {
    const rows = side === 'channel' ? { ...NONE, channel: [row] } : { ...NONE, local: [row] };
    const key = row.keys.find((one) => one !== '') ?? '';
    if (row.unparsed !== '') return this.differ('UNPARSED', [], key, rows, row.unparsed);
    if (this.rules.asOfDay - row.day < this.rules.waitDays) {
      this.waiting.push({ side, row });
      return this.totals.wait(side, row);
    }
    this.differ(side === 'channel' ? 'CHANNEL_ONLY' : 'LOCAL_ONLY', [], key, rows, '');
  }

  /** Gives out what was found since the last time. */
  giveOut({ onDifference, onWaiting }: Findings): void {
    const byKey = (a: Difference, b: Difference): number => compareText(a.key, b.key) || compareText(a.id, b.id);
    for (const difference of this.found.sort(byKey)) onDifference(difference);
    const byRow = (a: Waiting, b: Waiting): number => compareText(a.side, b.side) || compareText(a.row.id, b.row.id);
    for (const { side, row } of this.waiting.sort(byRow)) onWaiting(side, row);
    this.found = [];
    this.waiting = [];
  }

  private pair(key: string, pair: Pair): void {
    const { kinds, deltas } = compareSides(pair.channel, pair.local, this.rules);
    const [kind, ...also] = kinds;
    if (kind !== undefined) return this.differ(kind, also, key, pair, '');
    this.totals.match(pair.channel.length, pair.local.length);
    for (const delta of deltas) this.totals.tolerated(delta);
  }

  private differ(
    kind: DifferenceKind,
    also: readonly DifferenceKind[],
    key: string,
    { channel, local }: Pair,
    detail: string,
  ): void {
    const deltas = deltasOf(channel, local);
    this.totals.difference(kind, channel.length, local.length, deltas);
    this.found.push(differenceOf({ kind, also, key, channel: idsOf(channel), local: idsOf(local), deltas, detail }));
  }
}

function idsOf(rows: readonly MatchRow[]): readonly string[] {
  return rows.map(({ id }) => id).sort(compareText);
}
