// A clock that stands still until it is told to go on; its timers act in the order in which they are due.

import type { ChannelClock } from '../../../src/channels/channel-clock.ts';

export type FakeClock = ChannelClock & {
  /** Lets time pass, and what was promised meanwhile happen. */
  readonly pass: (ms: number) => Promise<void>;
  /** Timers that still wait. */
  readonly timers: () => number;
};

export function fakeClock(startMs = Date.UTC(2026, 0, 5)): FakeClock {
  let elapsedMs = 0;
  const timers = new Set<{ dueMs: number; act: () => void }>();
  const due = (untilMs: number) =>
    [...timers].filter(({ dueMs }) => dueMs <= untilMs).sort((one, other) => one.dueMs - other.dueMs)[0];
  return {
    now: () => startMs + elapsedMs,
    monotonic: () => elapsedMs,
    after: (delayMs, act) => {
      const timer = { dueMs: elapsedMs + delayMs, act };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    pass: async (ms) => {
      await settled();
      const untilMs = elapsedMs + ms;
      for (let next = due(untilMs); next; next = due(untilMs)) {
        timers.delete(next);
        elapsedMs = Math.max(elapsedMs, next.dueMs);
        next.act();
        await settled();
      }
      elapsedMs = untilMs;
      await settled();
    },
    timers: () => timers.size,
  };
}

/** What is already decided gets through its promises. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}
