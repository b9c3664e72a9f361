// Buckets. Rows of both sides by the hash of a key, so that all rows of one key are in one bucket and a bucket fits into
// memory. Packed rows stay in memory up to a limit, beyond it they lie in a file.

import { Packr } from 'msgpackr';
import { FlatRows, pushRow, type MatchRow, type Side } from './row.ts';
import type { Extent, SpillFile } from './spill-file.ts';

/** A power of two. A million rows a side make some 8,000 in a bucket, few enough to die young on the heap. */
export const BUCKETS = 256;

/** Rows that are packed together: enough to be fast, and 512 such blocks are only some megabytes. */
const BLOCK_ROWS = 64;

type Cell = { values: unknown[]; pendingRows: number; blocks: Uint8Array[]; extents: Extent[]; rows: number };

export class Buckets {
  private readonly keys: number;
  private readonly seed: number;
  private readonly memoryBytesMax: number;
  private readonly spill: SpillFile;
  private readonly packr = new Packr({ useRecords: false });
  private readonly cells: { readonly [side in Side]: Cell[] };
  private memoryBytes = 0;

  /** @param keys of each row @param seed another one spreads the rows of one bucket over all of them */
  constructor(keys: number, seed: number, memoryBytesMax: number, spill: SpillFile) {
    this.keys = keys;
    this.seed = seed;
    this.memoryBytesMax = memoryBytesMax;
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
    const packed = [...cell.extents.map((extent) => this.spill.read(extent)), ...cell.blocks];
    const blocks = packed.map((block) => this.packr.unpack(block) as unknown[]);
    return new FlatRows(cell.values.length > 0 ? [...blocks, cell.values] : blocks, BLOCK_ROWS, this.keys);
  }

  private pack(cell: Cell): void {
    const block = this.packr.pack(cell.values);
    cell.values = [];
    cell.pendingRows = 0;
    cell.blocks.push(block);
    this.memoryBytes += block.length;
    if (this.memoryBytes > this.memoryBytesMax) this.spillBlocks();
  }

  private spillBlocks(): void {
    for (const cell of [...this.cells.channel, ...this.cells.local]) {
      for (const block of cell.blocks) cell.extents.push(this.spill.write(block));
      cell.blocks = [];
    }
    this.memoryBytes = 0;
  }
}

function emptyCells(): Cell[] {
  return Array.from({ length: BUCKETS }, emptyCell);
}

function emptyCell(): Cell {
  return { values: [], pendingRows: 0, blocks: [], extents: [], rows: 0 };
}

/** FNV-1a over code units, then mixed (murmur3's end), because its low bits alone follow the last characters. */
function hashOf(text: string, seed: number): number {
  let hash = 0x811c9dc5 ^ Math.imul(seed, 0x9e3779b1);
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
