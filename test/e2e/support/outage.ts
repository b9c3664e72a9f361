// Outage: what is seen of a server from which something is taken, and how a test waits for it.

import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import type { CoreLink } from '../../../src/ops/dependencies.ts';

export type Seen = { readonly core: CoreLink; readonly told: string | null; readonly recoveredMs: number };

const PATIENCE = { timeout: 60_000, interval: 10 };

const KILLER = fileURLToPath(new URL('./worker-killer.mjs', import.meta.url));

/** Of a server whose threads can be killed. `nth`: the one that SIGUSR2 kills, from 0, in the order in which they were made. */
export function killable(nth = 0): NodeJS.ProcessEnv {
  return { NODE_OPTIONS: `--import ${KILLER}`, KILLED_THREAD: String(nth) };
}

/** ms until it is true. */
export async function until(isTrue: () => Promise<boolean>): Promise<number> {
  const startedMs = performance.now();
  await expect.poll(isTrue, PATIENCE).toBe(true);
  return performance.now() - startedMs;
}
