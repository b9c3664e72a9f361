// Room. How many calls a client has pending: bounded, so that a producer that is faster than the server is told.

export class Room {
  readonly #max: number;
  #taken = 0;
  #waiters: (() => void)[] = [];
  #idle: (() => void)[] = [];

  /** `max`: calls that may be pending. */
  constructor(max: number) {
    this.#max = max;
  }

  get taken(): number {
    return this.#taken;
  }

  /** False when there is none. */
  take(): boolean {
    if (this.#taken >= this.#max) return false;
    this.#taken += 1;
    return true;
  }

  leave(): void {
    this.#taken -= 1;
    if (this.#waiters.length > 0) this.#wake();
    if (this.#taken === 0 && this.#idle.length > 0) for (const idle of this.#idle.splice(0)) idle();
  }

  /** Resolves when a call can be made. */
  free(): Promise<void> {
    if (this.#taken < this.#max) return Promise.resolve();
    return new Promise((resolve) => this.#waiters.push(resolve));
  }

  /** Resolves when nothing is pending. */
  idle(): Promise<void> {
    if (this.#taken === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  /** Half of the room at once: each of them may make several calls. */
  #wake(): void {
    if (this.#taken > this.#max / 2) return;
    for (const waiter of this.#waiters.splice(0)) waiter();
  }
}
