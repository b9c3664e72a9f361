// Backoff. How long to wait before the next attempt: twice as long each time up to a bound, half of it by chance, so that
// the clients of a server that comes back do not come all at once.

const DELAY_MS = { first: 20, max: 1_000 } as const;

export class Backoff {
  #attempts = 0;

  /** ms until attempt `attempts` + 2, counted from 0. */
  static delayMs(attempts: number): number {
    const fullMs = Math.min(DELAY_MS.first * 2 ** attempts, DELAY_MS.max);
    return (fullMs + Math.random() * fullMs) / 2;
  }

  next(): number {
    return Backoff.delayMs(this.#attempts++);
  }

  reset(): void {
    this.#attempts = 0;
  }
}
