// Key groups. The rows of a bucket by one of their keys: a table from keys to groups, and a chain of rows for each side of each.

import type { RowBytes } from './row-bytes.ts';
import type { MatchRow, Side } from './row.ts';

/** Ends a chain, and an empty place of the table. */
const NONE = -1;

type Chains = { readonly heads: Int32Array; readonly next: Int32Array; readonly counts: Int32Array };

export class KeyGroups {
  /** Groups are numbered from 0. */
  count = 0;
  private readonly rows: { readonly [side in Side]: RowBytes };
  private readonly stage: number;
  private readonly chains: { readonly [side in Side]: Chains };
  /** Groups by the hash of their key, each at its place or at the next free one. */
  private readonly table: Int32Array;

  constructor(channel: RowBytes, local: RowBytes, stage: number) {
    this.rows = { channel, local };
    this.stage = stage;
    const size = channel.count + local.count;
    this.chains = { channel: emptyChains(size, channel.count), local: emptyChains(size, local.count) };
    // At most half full.
    this.table = new Int32Array(2 ** Math.ceil(Math.log2(2 * size + 1))).fill(NONE);
    this.link('channel');
    this.link('local');
  }

  keyOf(group: number): string {
    const side = this.sideOf(group);
    return this.rows[side].keyAt(this.chains[side].heads[group] as number, this.stage);
  }

  /** True for a group of one row a side that agree. */
  isMatch(group: number, windowDays: number): boolean {
    const { channel, local } = this.chains;
    if (channel.counts[group] !== 1 || local.counts[group] !== 1) return false;
    return this.rows.channel.isSame(
      channel.heads[group] as number,
      this.rows.local,
      local.heads[group] as number,
      windowDays,
    );
  }

  rowsOf(side: Side, group: number): readonly MatchRow[] {
    const { heads, next } = this.chains[side];
    const rows: MatchRow[] = [];
    for (let row = heads[group] as number; row !== NONE; row = next[row] as number) rows.push(this.rows[side].row(row));
    return rows;
  }

  private link(side: Side): void {
    const { heads, next, counts } = this.chains[side];
    const rows = this.rows[side];
    for (let row = 0; row < rows.count; row++) {
      const group = this.groupOf(rows, row);
      next[row] = heads[group] as number;
      heads[group] = row;
      counts[group] = (counts[group] as number) + 1;
    }
  }

  /** The group of a row's key, which is made when it is the first one. */
  private groupOf(rows: RowBytes, row: number): number {
    const mask = this.table.length - 1;
    // The bucket has used up the low bits.
    for (let place = (rows.hashOf(row) >>> 8) & mask; ; place = (place + 1) & mask) {
      const group = this.table[place] as number;
      if (group === NONE) return (this.table[place] = this.count++);
      const side = this.sideOf(group);
      if (rows.hasKeyOf(row, this.rows[side], this.chains[side].heads[group] as number, this.stage)) return group;
    }
  }

  /** A side that has rows of it. */
  private sideOf(group: number): Side {
    return this.chains.channel.heads[group] === NONE ? 'local' : 'channel';
  }
}

function emptyChains(groups: number, rows: number): Chains {
  return {
    heads: new Int32Array(groups).fill(NONE),
    next: new Int32Array(rows),
    counts: new Int32Array(groups),
  };
}
