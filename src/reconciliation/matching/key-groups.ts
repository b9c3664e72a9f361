// Key groups. The rows of a bucket by one of their keys: a map from keys to groups, and a chain of rows for each side of each.

import { FlatRows, type MatchRow, type Side } from './row.ts';

const SIDES: readonly Side[] = ['channel', 'local'];

/** Ends a chain. */
const NO_ROW = -1;

type Chains = { readonly heads: Int32Array; readonly next: Int32Array; readonly counts: Int32Array };

export class KeyGroups {
  private readonly rows: { readonly [side in Side]: FlatRows };
  private readonly groups = new Map<string, number>();
  private readonly chains: { readonly [side in Side]: Chains };

  constructor(channel: FlatRows, local: FlatRows, stage: number) {
    this.rows = { channel, local };
    const size = channel.count + local.count;
    this.chains = { channel: emptyChains(size, channel.count), local: emptyChains(size, local.count) };
    for (const side of SIDES) this.link(side, stage);
  }

  /** Keys and the numbers of their groups. */
  entries(): Iterable<readonly [key: string, group: number]> {
    return this.groups;
  }

  /** True for a group of one row a side that agree. */
  isMatch(group: number, windowDays: number): boolean {
    const { channel, local } = this.chains;
    if (channel.counts[group] !== 1 || local.counts[group] !== 1) return false;
    const [mine, theirs] = [channel.heads[group] ?? NO_ROW, local.heads[group] ?? NO_ROW];
    return this.rows.channel.isSame(mine, this.rows.local, theirs, windowDays);
  }

  rowsOf(side: Side, group: number): readonly MatchRow[] {
    const { heads, next } = this.chains[side];
    const rows: MatchRow[] = [];
    for (let row = heads[group] ?? NO_ROW; row !== NO_ROW; row = next[row] ?? NO_ROW) {
      rows.push(this.rows[side].row(row));
    }
    return rows;
  }

  private link(side: Side, stage: number): void {
    const { heads, next, counts } = this.chains[side];
    const rows = this.rows[side];
    for (let row = 0; row < rows.count; row++) {
      const key = rows.keyAt(row, stage);
      let group = this.groups.get(key);
      if (group === undefined) this.groups.set(key, (group = this.groups.size));
      next[row] = heads[group] ?? NO_ROW;
      heads[group] = row;
      counts[group] = (counts[group] ?? 0) + 1;
    }
  }
}

function emptyChains(groups: number, rows: number): Chains {
  return {
    heads: new Int32Array(groups).fill(NO_ROW),
    next: new Int32Array(rows),
    counts: new Int32Array(groups),
  };
}
