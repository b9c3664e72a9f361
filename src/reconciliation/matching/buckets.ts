// Buckets. Rows of both sides by the hash of a key, so that all rows of one key are in one bucket and a bucket fits into
// memory. Their bytes stay in memory up to a limit, beyond it they lie in a file.

import { ByteBlock, RowBytes, rowBytesMax, Words, writeRow } from './row-bytes.ts';
import type { MatchRow, Side } from './row.ts';
import type { Extent, SpillFile } from './spill-file.ts';

/** A power of two. A million rows a side make some 8,000 in a bucket, whose bytes fit into the caches of a processor. */
export const BUCKETS = 256;

/** Bytes that rows are gathered in: some 160 rows, and all buckets' open blocks together are eight megabytes. A first one is small. */
const BLOCK_BYTES = 16_384;
const FIRST_BLOCK_BYTES = 512;

/** What all buckets of a matching share. `usedBytes`: of rows in memory. */
export type Memory = { usedBytes: number; readonly bytesMax: number; readonly words: Words };

/** Rows of a bucket's side: in the file, then in full blocks, then up to `end` in an open one. */
type Cell = { spilled: Extent[]; full: Buffer[]; block: ByteBlock | null; end: number; rows: number };

export class Buckets {
  private readonly keys: number;
  private readonly seed: number;
  private readonly memory: Memory;
  private readonly spill: SpillFile;
  private readonly cells: { readonly [side in Side]: Cell[] };

  /** @param keys of each row @param seed another one spreads the rows of one bucket over all of them */
  constructor(keys: number, seed: number, memory: Memory, spill: SpillFile) {
    this.keys = keys;
    this.seed = seed;
    this.memory = memory;
    this.spill = spill;
    this.cells = { channel: emptyCells(), local: emptyCells() };
  }

  add(side: Side, key: string, row: MatchRow): void {
    const hash = hashOf(key, this.seed);
    const cell = this.cells[side][hash & (BUCKETS - 1)] as Cell;
    const block = roomIn(cell, rowBytesMax(row));
    const end = writeRow(block, cell.end, row, hash, this.memory.words);
    this.memory.usedBytes += end - cell.end;
    cell.end = end;
    cell.rows += 1;
    if (this.memory.usedBytes > this.memory.bytesMax) this.spillRows();
  }

  rowsIn(bucket: number): number {
    return (this.cells.channel[bucket]?.rows ?? 0) + (this.cells.local[bucket]?.rows ?? 0);
  }

  /** All rows of a side in a bucket, which is then empty. */
  take(side: Side, bucket: number): RowBytes {
    const cell = this.cells[side][bucket] ?? emptyCell();
    this.cells[side][bucket] = emptyCell();
    const inMemory = memoryOf(cell);
    const memoryBytes = bytesOf(inMemory);
    const all = new ByteBlock(bytesOf(cell.spilled) + memoryBytes);
    let end = 0;
    for (const extent of cell.spilled) this.spill.read(extent, all.bytes.subarray(end, (end += extent.length)));
    for (const bytes of inMemory) end += bytes.copy(all.bytes, end);
    this.memory.usedBytes -= memoryBytes;
    return new RowBytes(all, cell.rows, this.keys, this.memory.words);
  }

  /** One write a cell: its blocks are small. */
  private spillRows(): void {
    for (const cell of [...this.cells.channel, ...this.cells.local]) {
      const inMemory = memoryOf(cell);
      if (inMemory.length === 0) continue;
      const extent = this.spill.write(Buffer.concat(inMemory));
      cell.spilled.push(extent);
      this.memory.usedBytes -= extent.length;
      cell.full = [];
      cell.end = 0;
    }
  }
}

/** A block of the cell with room for so many bytes at its end. */
function roomIn(cell: Cell, bytes: number): ByteBlock {
  if (cell.block !== null && cell.end + bytes <= cell.block.bytes.length) return cell.block;
  cell.full = memoryOf(cell);
  cell.block = new ByteBlock(Math.max(cell.rows === 0 ? FIRST_BLOCK_BYTES : BLOCK_BYTES, bytes));
  cell.end = 0;
  return cell.block;
}

/** Rows of a cell that are not in the file. */
function memoryOf({ block, end, full }: Cell): Buffer[] {
  return block === null || end === 0 ? full : [...full, block.bytes.subarray(0, end)];
}

function emptyCells(): Cell[] {
  return Array.from({ length: BUCKETS }, emptyCell);
}

function emptyCell(): Cell {
  return { spilled: [], full: [], block: null, end: 0, rows: 0 };
}

function bytesOf(blocks: readonly { readonly length: number }[]): number {
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
