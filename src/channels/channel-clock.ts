// Channel clock. Time as the machinery around a channel needs it, so that tests own it.

export type ChannelClock = {
  /** ms since 1970: maintenance windows and the time of a callback. */
  readonly now: () => number;
  /** ms; only differences mean something: limits, windows, durations. */
  readonly monotonic: () => number;
  /** Acts once after `delayMs`, unless what it returns is called first. */
  readonly after: (delayMs: number, act: () => void) => () => void;
};

/** The clock of the program, with its timers. A timer does not keep the process alive: who waits for it does. */
export function makeChannelClock(clock: Pick<ChannelClock, 'now' | 'monotonic'>): ChannelClock {
  return {
    now: clock.now,
    monotonic: clock.monotonic,
    after: (delayMs, act) => {
      const timer = setTimeout(act, delayMs);
      timer.unref();
      return () => clearTimeout(timer);
    },
  };
}
