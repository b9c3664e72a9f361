// Timers. All simulated delays, shortened or stretched by one scale, and all ended at once when the simulator stops.

/** setTimeout counts in 32 bits; a longer delay would fire at once. */
const TIMER_MS_MAX = 2_147_483_647;

export class Timers {
  private readonly pending = new Map<NodeJS.Timeout, () => void>();
  private readonly scale: number;
  private stopped = false;

  /** @param scale real milliseconds for a simulated one, above 0: 0.001 makes 60 s of delay 60 ms */
  constructor(scale: number) {
    this.scale = scale;
  }

  /** What a simulated delay takes in real milliseconds. */
  scaled(delayMs: number): number {
    return Math.min(delayMs * this.scale, TIMER_MS_MAX);
  }

  /** Calls back after so many simulated milliseconds; never, once stopped. */
  after(delayMs: number, action: () => void): void {
    if (this.stopped) return;
    const timer = setTimeout(() => {
      this.pending.delete(timer);
      action();
    }, this.scaled(delayMs));
    this.pending.set(timer, () => undefined);
  }

  /** Resolves after so many simulated milliseconds, or when the simulator stops: whoever waits should then finish. */
  wait(delayMs: number): Promise<void> {
    if (this.stopped || delayMs <= 0) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.pending.delete(timer);
        resolve();
      }, this.scaled(delayMs));
      this.pending.set(timer, resolve);
    });
  }

  stop(): void {
    this.stopped = true;
    for (const [timer, atStop] of this.pending) {
      clearTimeout(timer);
      atStop();
    }
    this.pending.clear();
  }
}
