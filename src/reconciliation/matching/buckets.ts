// Buckets. Rows of both sides by the hash of a key, so that all rows of one key are in one bucket and a bucket fits into
// memory. Packed rows stay in memory up to a limit, beyond it they lie in a file.

import { Packr } from 'msgpackr';
import { FlatRows, pushRow, type MatchRow, type Side } from './row.ts';
import type { Extent, SpillFile } from './spill-file.ts';

/** A power of two. A million rows a side make some 8,000 in a bucket, few enough to die young on the heap. */
export const BUCKETS = 256;

/** Rows that are packed together: enough to be fast, and 512 such blocks are only some megabytes. */
const BLOCK_ROWS = 64;

/** Bytes of packed rows that all buckets of a matching have in memory together. */
export type MemoryBudget = { used: number; readonly max: number };

/** Blocks that were written together. */
type Spilled = { readonly extent: Extent; readonly lengths: readonly number[] };

type Cell = { values: unknown[]; pendingRows: number; blocks: Uint8Array[]; spilled: Spilled[]; rows: number };

export class Buckets {
  private readonly keys: number;
  private readonly seed: number;
  private readonly budget: MemoryBudget;
  private readonly spill: SpillFile;
  private readonly packr = new Packr({ useRecords: false });
  private readonly cells: { readonly [side in Side]: Cell[] };

  /** @param keys of each row @param seed another one spreads the rows of one bucket over all of them */
  constructor(keys: number, seed: number, budget: MemoryBudget, spill: SpillFile) {
    this.keys = keys;
    this.seed = seed;
    this.budget = budget;
    this.spill = spill;
    this.cells = { channel: emptyCells(), local: emptyCells() };
  }

  add(side: Side, key: string, row: MatchRow): void {
    const cell = this.cells[side][hashOf(key, this.seed) & (BUCKETS - 1)];
    if (!cell) throw new Error('a bucket that is not there');
    pushRow(cell.values, row);
    cell.rows += 1;
    cell.pendingRows += 1;
    if (cell.pendingRows >= BLOCK_ROWS) this.pack(cell);
  }

  rowsIn(bucket: number): number {
    return (this.cells.channel[bucket]?.rows ?? 0) + (this.cells.local[bucket]?.rows ?? 0);
  }

  /** All rows of a side in a bucket, which is then empty. */
  take(side: Side, bucket: number): FlatRows {
    const cell = this.cells[side][bucket] ?? emptyCell();
    this.cells[side][bucket] = emptyCell();
    const packed = [...cell.spilled.flatMap((spilled) => this.unspilled(spilled)), ...cell.blocks];
    this.budget.used -= bytesIn(cell.blocks);
    const blocks = packed.map((block) => this.packr.unpack(block) as unknown[]);
    return new FlatRows(cell.values.length > 0 ? [...blocks, cell.values] : blocks, BLOCK_ROWS, this.keys);
  }

  private pack(cell: Cell): void {
    const block = this.packr.pack(cell.values);
    cell.values = [];
    cell.pendingRows = 0;
    cell.blocks.push(block);
    this.budget.used += block.length;
    if (this.budget.used > this.budget.max) this.spillBlocks();
  }

  /** One write a cell: its blocks are small. */
  private spillBlocks(): void {
    for (const cell of [...this.cells.channel, ...this.cells.local]) {
      if (cell.blocks.length === 0) continue;
      const lengths = cell.blocks.map(({ length }) => length);
      cell.spilled.push({ extent: this.spill.write(Buffer.concat(cell.blocks)), lengths });
      this.budget.used -= bytesIn(cell.blocks);
      cell.blocks = [];
    }
  }

  private unspilled({ extent, lengths }: Spilled): readonly Uint8Array[] {
    const bytes = this.spill.read(extent);
    let end = 0;
    return lengths.map((length) => bytes.subarray(end, (end += length)));
  }
}

function emptyCells(): Cell[] {
  return Array.from({ length: BUCKETS }, emptyCell);
}

function emptyCell(): Cell {
  return { values: [], pendingRows: 0, blocks: [], spilled: [], rows: 0 };
}

function bytesIn(blocks: readonly Uint8Array[]): number {
  return blocks.reduce((sum, { length }) => sum + length, 0);
}

/** FNV-1a over code units, then mixed (murmur3's end), because its low bits alone follow the last characters. */
function hashOf(text: string, seed: number): number {
  let hash = 0x811c9dc5 ^ Math.imul(seed, 0x9e3779b1);
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
