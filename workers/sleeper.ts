// Sleeper. The pause of somebody who follows the journal: until there is something new, until somebody wakes him, or for a
// time. One pause at a time.

export class Sleeper {
  #sleeping: { readonly wake: () => void; readonly untilNew: boolean } | null = null;

  /** Until woken, until something is new (if asked), or for `ms`. True when the time was over. */
  sleep({ untilNew, ms }: { untilNew: boolean; ms?: number }): Promise<boolean> {
    return new Promise((resolve) => {
      const end = (timedOut: boolean): void => {
        clearTimeout(timer);
        this.#sleeping = null;
        resolve(timedOut);
      };
      const timer = ms === undefined ? undefined : setTimeout(() => end(true), ms);
      this.#sleeping = { untilNew, wake: () => end(false) };
    });
  }

  wake(): void {
    this.#sleeping?.wake();
  }

  /** There is something new. */
  nudge(): void {
    if (this.#sleeping?.untilNew) this.#sleeping.wake();
  }
}
