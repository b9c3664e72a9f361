// Ordered frames. Which of the frames that became durable have something of orders: the others need not be handed to
// somebody who looks at orders only.
//
// F1. Only a frame that was announced is passed over; what is not known has to be looked at.

/** Frames remembered: of more everything is looked at. */
const FRAMES_MAX = 100_000;

export class OrderedFrames {
  /** Those with orders, of all from `#from` to `#last`. */
  #frames: number[] = [];
  #from = 1;
  #last = 0;

  /** A frame has become durable. */
  announce(seq: number, hasOrders: boolean): void {
    if (seq !== this.#last + 1 || this.#frames.length === FRAMES_MAX) {
      this.#frames = [];
      this.#from = seq;
    }
    this.#last = seq;
    if (hasOrders) this.#frames.push(seq);
  }

  /** Nothing is known any more of what was announced so far. */
  forget(): void {
    this.#frames = [];
    this.#from = this.#last + 1;
  }

  /** Has this frame nothing of orders? Asked in the order of the frames, each once. */
  isPassed(seq: number): boolean {
    if (seq < this.#from || seq > this.#last) return false;
    const next = this.#frames.findIndex((one) => one >= seq);
    this.#frames.splice(0, next < 0 ? this.#frames.length : next);
    return this.#frames[0] !== seq;
  }
}
