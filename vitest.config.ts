import { defineConfig } from 'vitest/config';

/** One more than the cores of a small machine: tests of processes wait more than they work. */
const WORKERS = 3;

export default defineConfig({
  test: { include: ['test/**/*.test.ts'], testTimeout: 30_000, hookTimeout: 30_000, maxWorkers: WORKERS },
});
