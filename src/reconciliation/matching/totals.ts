// Totals of a matching. What both sides sum up to, and what the difference between them is made of.
//
// T1. By currency, for amounts and for fees: channel − local = differences + tolerated + waiting, to the last minor unit.
// T2. Every row that came in is in one match, one difference or the waiting rows. Both are asserted, not believed.

import { ExactSum } from '../exact-sum.ts';
import { DIFFERENCE_KINDS, type Delta, type DifferenceKind } from './difference.ts';
import { compareText, type MatchRow, type Side } from './row.ts';

/** Where a part of the difference of the sums comes from. */
export type Cause = DifferenceKind | 'tolerated' | 'waiting';

export type Sums = { readonly amount: bigint; readonly fee: bigint };

export type CurrencyTotals = {
  readonly currency: string;
  readonly channel: Sums;
  readonly local: Sums;
  /** Channel − local, by what it comes from; causes that have none are left out. */
  readonly explained: Readonly<Partial<Record<Cause, Sums>>>;
};

export type MatchCounts = {
  readonly channelRows: number;
  readonly localRows: number;
  /** Matches, and the rows of each side in them. */
  readonly matches: number;
  readonly matchedChannelRows: number;
  readonly matchedLocalRows: number;
  readonly waitingChannelRows: number;
  readonly waitingLocalRows: number;
  readonly differences: Readonly<Record<DifferenceKind, number>>;
};

type Tally = { readonly amount: ExactSum; readonly fee: ExactSum };

/** Rows of each side, by what became of them. */
type Rows = { channel: number; local: number };

export class Totals {
  private readonly tallies = new Map<string, Map<Side | Cause, Tally>>();
  private readonly read: Rows = { channel: 0, local: 0 };
  private readonly matched: Rows = { channel: 0, local: 0 };
  private readonly differing: Rows = { channel: 0, local: 0 };
  private readonly waiting: Rows = { channel: 0, local: 0 };
  private matches = 0;
  private readonly differences = Object.fromEntries(DIFFERENCE_KINDS.map((kind) => [kind, 0])) as Record<
    DifferenceKind,
    number
  >;

  row(side: Side, row: MatchRow): void {
    this.read[side] += 1;
    this.add(side, row.currency, row.amount, row.fee);
  }

  match(channelRows: number, localRows: number): void {
    this.matches += 1;
    this.matched.channel += channelRows;
    this.matched.local += localRows;
  }

  /** What a match differs by within the tolerance. */
  tolerated({ currency, amount, fee }: Delta): void {
    this.add('tolerated', currency, amount, fee);
  }

  difference(kind: DifferenceKind, channelRows: number, localRows: number, deltas: readonly Delta[]): void {
    this.differences[kind] += 1;
    this.differing.channel += channelRows;
    this.differing.local += localRows;
    for (const { currency, amount, fee } of deltas) this.add(kind, currency, amount, fee);
  }

  wait(side: Side, row: MatchRow): void {
    this.waiting[side] += 1;
    const sign = side === 'channel' ? 1 : -1;
    this.add('waiting', row.currency, sign * row.amount, sign * row.fee);
  }

  counts(): MatchCounts {
    return {
      channelRows: this.read.channel,
      localRows: this.read.local,
      matches: this.matches,
      matchedChannelRows: this.matched.channel,
      matchedLocalRows: this.matched.local,
      waitingChannelRows: this.waiting.channel,
      waitingLocalRows: this.waiting.local,
      differences: { ...this.differences },
    };
  }

  /** @throws Error when T1 or T2 does not hold: a fault of the matcher, whose result must not be used */
  checked(): readonly CurrencyTotals[] {
    for (const side of ['channel', 'local'] as const) {
      const found = this.matched[side] + this.differing[side] + this.waiting[side];
      if (found !== this.read[side])
        throw new Error(`${this.read[side]} ${side} rows were read, ${found} accounted for`);
    }
    const totals = [...this.tallies.keys()].sort(compareText).map((currency) => this.totalsOf(currency));
    for (const one of totals) assertExplained(one);
    return totals;
  }

  private totalsOf(currency: string): CurrencyTotals {
    const tallies = this.tallies.get(currency);
    const sums = (of: Side | Cause): Sums => {
      const tally = tallies?.get(of);
      return { amount: tally?.amount.value ?? 0n, fee: tally?.fee.value ?? 0n };
    };
    const causes = [...DIFFERENCE_KINDS, 'tolerated', 'waiting'] as const;
    const explained = Object.fromEntries(
      causes.filter((cause) => tallies?.has(cause)).map((cause) => [cause, sums(cause)]),
    );
    return { currency, channel: sums('channel'), local: sums('local'), explained };
  }

  private add(of: Side | Cause, currency: string, amount: number, fee: number): void {
    let tallies = this.tallies.get(currency);
    if (!tallies) this.tallies.set(currency, (tallies = new Map()));
    let tally = tallies.get(of);
    if (!tally) tallies.set(of, (tally = { amount: new ExactSum(), fee: new ExactSum() }));
    tally.amount.add(amount);
    tally.fee.add(fee);
  }
}

function assertExplained({ currency, channel, local, explained }: CurrencyTotals): void {
  for (const of of ['amount', 'fee'] as const) {
    const difference = channel[of] - local[of];
    const found = Object.values(explained).reduce((sum, part) => sum + part[of], 0n);
    if (difference !== found) throw new Error(`${of}s in ${currency} differ by ${difference}, ${found} is explained`);
  }
}
