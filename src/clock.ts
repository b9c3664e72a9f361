// Clock. Wall time that only goes forward: set once at start, then driven by the monotonic clock, so that a jump of the
// machine's clock neither expires holds early nor keeps them for ever.

import { performance } from 'node:perf_hooks';

export type Clock = {
  /** ms since 1970. */
  readonly now: () => number;
  /** ms; only differences mean something. */
  readonly monotonic: () => number;
};

export function startClock(): Clock {
  const offsetMs = Date.now() - performance.now();
  return { now: () => Math.floor(offsetMs + performance.now()), monotonic: () => performance.now() };
}
