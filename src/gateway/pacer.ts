// Pacer. Gives the engine's thread to work that is no payment: in short slices, and of a thread that payments need only a
// small share.
//
// P1. One slice in a turn of the event loop, in the order of asking: between two of them sockets, disk and engine have their
// turn. P2. While payments are under way, a slice of n ms is followed by REST × n ms without one.

/** Rest for each millisecond of a slice: non-core work takes at most 1/33 of a thread that payments keep busy. */
const REST = 32;

type Waiting = { readonly work: () => unknown; readonly done: (result: unknown) => void; readonly failed: (error: unknown) => void }; // prettier-ignore

export class Pacer {
  readonly #monotonic: () => number;
  readonly #isBusy: () => boolean;
  #waiting: Waiting[] = [];
  #planned = false;
  #restUntilMs = -Infinity;

  /** `monotonic`: clock, ms. `isBusy`: payments are under way now. */
  constructor(monotonic: () => number, isBusy: () => boolean) {
    this.#monotonic = monotonic;
    this.#isBusy = isBusy;
  }

  /** Slices that wait for their turn. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Runs `work`, a few milliseconds of the thread at most, when its turn comes. Rejects with what it throws. */
  run<T>(work: () => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({ work, done: resolve as Waiting['done'], failed: reject });
      this.#plan();
    });
  }

  #plan(): void {
    if (this.#planned || this.#waiting.length === 0) return;
    this.#planned = true;
    const restMs = this.#isBusy() ? this.#restUntilMs - this.#monotonic() : 0;
    if (restMs > 0) setTimeout(this.#turn, restMs);
    else setImmediate(this.#turn);
  }

  readonly #turn = (): void => {
    const next = this.#waiting.shift() as Waiting;
    const startedMs = this.#monotonic();
    try {
      next.done(next.work());
    } catch (error) {
      next.failed(error);
    }
    const endedMs = this.#monotonic();
    this.#restUntilMs = endedMs + REST * (endedMs - startedMs);
    this.#planned = false;
    this.#plan();
  };
}
