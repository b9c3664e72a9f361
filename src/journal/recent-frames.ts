// Recent frames. The last frames that became durable, still in memory, for those who follow the journal closely: they are
// spared the reading, and the journal's pages need not come back into memory for them.

/** Bytes kept: two seconds at full load. Who is further behind reads the journal. */
const BYTES_MAX = 1 << 25;

export class RecentFrames {
  /** By number, the oldest first. */
  readonly #frames = new Map<number, Uint8Array>();
  #bytes = 0;

  /** A frame has become durable. */
  add(seq: number, frame: Uint8Array): void {
    this.#frames.set(seq, frame);
    this.#bytes += frame.length;
    for (const [oldest, { length }] of this.#frames) {
      if (this.#bytes <= BYTES_MAX) return;
      this.#frames.delete(oldest);
      this.#bytes -= length;
    }
  }

  /** A copy of the frame; null when it is not among the last ones. */
  read(seq: number): Uint8Array | null {
    const frame = this.#frames.get(seq);
    return frame ? new Uint8Array(frame) : null;
  }
}
