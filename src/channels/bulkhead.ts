// Bulkhead. How much of one channel may be under way at once, so that a channel that hangs holds up itself only.
//
// B1. At most `inFlightMax` are begun and not ended; at most `queueMax` wait; nothing else of the channel is kept.
// B2. Who waits begins in the order of arrival. B3. A place that was given is given back exactly once.
//
// Own code: cockatiel's bulkhead starts a queued task one microtask after it freed the place, so that a newcomer takes
// it and the queued one goes to the end of the queue or is rejected after it was accepted; and it cannot be asked first.

export type BulkheadLimits = {
  /** Requests under way at once: about rate × usual latency, and no more than the provider wants connections. */
  readonly inFlightMax: number;
  /** Requests that wait for a place; above it they are refused, for a longer queue only makes them late. */
  readonly queueMax: number;
};

/** Somebody who wants in. `begin` is called once, when there is a place. */
export type Entrant = { readonly begin: () => void };

export type Entered = 'begun' | 'waiting' | 'full';

export class Bulkhead {
  readonly #limits: BulkheadLimits;
  /** A set keeps the order and forgets one in the middle. */
  readonly #queue = new Set<Entrant>();
  #inFlight = 0;

  constructor(limits: BulkheadLimits) {
    this.#limits = limits;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  get waiting(): number {
    return this.#queue.size;
  }

  /** Whether one more would be let in or may wait, when `promised` places are spoken for. */
  hasRoom(promised: number): boolean {
    return this.#inFlight + this.#queue.size + promised < this.#limits.inFlightMax + this.#limits.queueMax;
  }

  /** Begins at once, or queues, or is full and keeps nothing. Each one that begins has to `leave` once. */
  enter(entrant: Entrant): Entered {
    if (this.#inFlight < this.#limits.inFlightMax) {
      this.#inFlight += 1;
      entrant.begin();
      return 'begun';
    }
    if (this.#queue.size >= this.#limits.queueMax) return 'full';
    this.#queue.add(entrant);
    return 'waiting';
  }

  /** Takes somebody out of the queue; false when it does not wait there (any more). */
  giveUp(entrant: Entrant): boolean {
    return this.#queue.delete(entrant);
  }

  /** Gives a place back; the next in the queue has it before anybody else can ask. */
  leave(): void {
    for (const next of this.#queue) {
      this.#queue.delete(next);
      next.begin();
      return;
    }
    this.#inFlight -= 1;
  }
}
