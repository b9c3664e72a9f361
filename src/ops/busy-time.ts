// Busy time. How long the engine's thread has worked, for one world (business or stress traffic), and at what: deciding and
// journalling is the engine's, asking and telling the gateway's.
//
// B1. Every moment counts once: what is told within a turn of the engine is the gateway's. B2. What has no owner (sockets, the
// parser of HTTP, collecting garbage) is not here; the time of the whole thread has it.

/** Of the messages of WebSockets one in so many is timed, and counts for all: two looks at the clock cost 0.1 µs, a message
 * 10 µs in all. A prime, so that no pattern of a client's falls in with it. */
const SAMPLED = 7;

export class BusyTime {
  readonly #monotonic: () => number;
  #engineMs = 0;
  #gatewayMs = 0;
  #messages = 0;
  #isTelling = false;

  /** `monotonic`: ms. */
  constructor(monotonic: () => number) {
    this.#monotonic = monotonic;
  }

  get engineSeconds(): number {
    return this.#engineMs / 1_000;
  }

  get gatewaySeconds(): number {
    return this.#gatewayMs / 1_000;
  }

  /** A turn of the engine. */
  readonly deciding = (work: () => void): void => {
    const beganMs = this.#monotonic();
    const toldMs = this.#gatewayMs;
    try {
      work();
    } finally {
      this.#engineMs += this.#monotonic() - beganMs - (this.#gatewayMs - toldMs);
    }
  };

  /** Requests that come, answers and events that leave; one within the other counts once. */
  readonly telling = (work: () => void): void => {
    if (this.#isTelling) return work();
    const beganMs = this.#monotonic();
    this.#isTelling = true;
    try {
      work();
    } finally {
      this.#isTelling = false;
      this.#gatewayMs += this.#monotonic() - beganMs;
    }
  };

  /** A message that came. */
  hearing(work: () => void): void {
    this.#messages = (this.#messages + 1) % SAMPLED;
    if (this.#messages !== 0) return work();
    const beganMs = this.#monotonic();
    try {
      work();
    } finally {
      this.#gatewayMs += (this.#monotonic() - beganMs) * SAMPLED;
    }
  }
}
