// Spill folder. Where the thread that matches keeps rows that do not fit into memory. One thread at a time uses it, so whatever is
// there when one begins is of a thread that was killed.

import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** `folder`: of the store of runs. */
export function spillOf(folder: string): string {
  return join(folder, 'matching');
}

/** Before a thread begins. @throws the operating system's error */
export function emptySpill(folder: string): void {
  rmSync(spillOf(folder), { recursive: true, force: true });
  mkdirSync(spillOf(folder), { recursive: true, mode: 0o700 });
}
