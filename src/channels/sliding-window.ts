// Sliding window. Counts of a few kinds of events over the last so many milliseconds, in slices of one typed array.
//
// W1. What is older than the window is never counted; what is younger than the window less one slice always is.
// W2. Its memory is fixed when it is made.

/** Slices of a window: an event leaves it at most a tenth of the window early. */
const SLICES = 10;

export class SlidingWindow<Kind extends string> {
  readonly #kinds: readonly Kind[];
  readonly #sliceMs: number;
  readonly #counts: Float64Array;
  /** Which slice of time each place holds; -Infinity: none. */
  readonly #slices = new Float64Array(SLICES).fill(-Infinity);

  /** @param windowMs at least 10 */
  constructor(kinds: readonly Kind[], windowMs: number) {
    this.#kinds = kinds;
    this.#sliceMs = windowMs / SLICES;
    this.#counts = new Float64Array(SLICES * kinds.length);
  }

  /** @param nowMs monotonic, never going back */
  add(kind: Kind, nowMs: number): void {
    const slice = Math.floor(nowMs / this.#sliceMs);
    const place = slice % SLICES;
    const first = place * this.#kinds.length;
    if (this.#slices[place] !== slice) {
      this.#slices[place] = slice;
      this.#counts.fill(0, first, first + this.#kinds.length);
    }
    const at = first + this.#kinds.indexOf(kind);
    this.#counts[at] = (this.#counts[at] as number) + 1;
  }

  count(kind: Kind, nowMs: number): number {
    const oldest = Math.floor(nowMs / this.#sliceMs) - SLICES + 1;
    const offset = this.#kinds.indexOf(kind);
    let sum = 0;
    for (let place = 0; place < SLICES; place += 1) {
      if ((this.#slices[place] as number) >= oldest) sum += this.#counts[place * this.#kinds.length + offset] as number;
    }
    return sum;
  }

  clear(): void {
    this.#slices.fill(-Infinity);
  }
}
