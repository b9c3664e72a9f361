// Sync baseline: how many times a second the disk makes 4 KB durable, one after the other. Durable figures are read
// beside it: disks of the same machine differ tenfold within minutes.

import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';

const BLOCK_BYTES = 4_096;
/** f_type of tmpfs (statfs(2)), where a sync does nothing. */
const TMPFS = 0x01021994;

/** Appends and syncs blocks in a new file of `folder` for `seconds`; returns syncs a second. Blocks the thread. */
export function syncsPerSecond(folder: string, seconds: number): number {
  const place = mkdtempSync(join(folder, 'florin-sync-'));
  const file = openSync(join(place, 'blocks'), 'w');
  const block = Buffer.alloc(BLOCK_BYTES, 1);
  try {
    const startMs = performance.now();
    let syncs = 0;
    while (performance.now() - startMs < seconds * 1_000) {
      writeSync(file, block);
      fdatasyncSync(file);
      syncs += 1;
    }
    return (syncs * 1_000) / (performance.now() - startMs);
  } finally {
    closeSync(file);
    rmSync(place, { recursive: true });
  }
}

/** True where `folder` is in memory: nothing there is durable. */
export function inMemory(folder: string): boolean {
  return statfsSync(folder).type === TMPFS;
}
