// Body of one request. Owns the bytes collected so far, in memory of its own, never more than the cap.

const noBytes = Buffer.alloc(0);

/** One growing buffer rather than a list of chunks: a body sent byte by byte must not cost an object a byte. */
export class RequestBody {
  readonly #bytesMax: number;
  #bytes = noBytes;
  #length = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** Copies `chunk`; false when the body is now longer than the cap, and nothing was kept. */
  add(chunk: Uint8Array): boolean {
    const length = this.#length + chunk.length;
    if (length > this.#bytesMax) return false;
    if (length > this.#bytes.length) this.#grow(length);
    this.#bytes.set(chunk, this.#length);
    this.#length = length;
    return true;
  }

  /** What has come. */
  take(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  #grow(lengthMin: number): void {
    // Exactly the first chunk: most bodies are one.
    const doubled = Math.min(this.#bytes.length * 2, this.#bytesMax);
    // From Node's pool: an ArrayBuffer of its own costs more than all the rest of a short body.
    const grown = Buffer.allocUnsafe(Math.max(lengthMin, doubled));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
  }
}
