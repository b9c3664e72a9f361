// Msgpack writer. Writes the values that most facts consist of (short ASCII strings, integers) straight into one growing
// buffer; msgpackr writes everything else. Same format, half the time of building arrays for msgpackr first
// (loadtest/RESULTS.md, "what the engine's time goes to").
//
// Format: github.com/msgpack/msgpack/blob/master/spec.md

/** Bytes of a frame of a few hundred facts. */
const BYTES_MIN = 1 << 16;

/** Longest encoding of a number, and of the head of a string or array. */
const VALUE_BYTES_MAX = 9;

/** Characters of a text whose length is one byte. */
const ASCII_LENGTH_MAX = 255;

export class MsgpackWriter {
  #buffer: Buffer;
  #at = 0;

  /** `bytes` at the start; the buffer doubles when more is written and stays that large. */
  constructor(bytes: number = BYTES_MIN) {
    this.#buffer = Buffer.allocUnsafeSlow(bytes);
  }

  /** What was written since the last call; valid until the next write. */
  take(): Uint8Array {
    const written = this.#buffer.subarray(0, this.#at);
    this.#at = 0;
    return written;
  }

  /** Bytes written since the last `take`. */
  get length(): number {
    return this.#at;
  }

  /** A copy of what was written from one byte to another. */
  read(from: number, to: number): Uint8Array {
    return new Uint8Array(this.#buffer.subarray(from, to));
  }

  /** Forgets what was written beyond `length` bytes. */
  cutTo(length: number): void {
    this.#at = length;
  }

  array(length: number): void {
    this.#reserve(VALUE_BYTES_MAX);
    if (length < 16) {
      this.#buffer[this.#at++] = 0x90 | length;
      return;
    }
    this.#buffer[this.#at] = 0xdd;
    this.#at = this.#buffer.writeUInt32BE(length, this.#at + 1);
  }

  /** A safe integer. */
  integer(value: number): void {
    this.#reserve(VALUE_BYTES_MAX);
    if (value >= 0 && value < 0x80) this.#buffer[this.#at++] = value;
    else if (value >= 0 && value < 0x1_0000) this.#tagged16(0xcd, value);
    else if (value >= 0 && value <= 0xffff_ffff) this.#tagged32(0xce, value);
    else if (value < 0 && value >= -0x8000_0000) this.#tagged32(0xd2, value);
    else this.#double(value);
  }

  /** At most ASCII_LENGTH_MAX characters, all of them ASCII: ids and codes are. */
  ascii(text: string): void {
    const { length } = text;
    this.#textHead(length);
    const buffer = this.#buffer;
    let at = this.#at;
    for (let index = 0; index < length; index++) buffer[at++] = text.charCodeAt(index);
    this.#at = at;
  }

  /** False, and nothing is written, for a text that `ascii` does not take. */
  text(text: string): boolean {
    const { length } = text;
    if (length > ASCII_LENGTH_MAX) return false;
    const start = this.#at;
    this.#textHead(length);
    const buffer = this.#buffer;
    let at = this.#at;
    for (let index = 0; index < length; index++) {
      const code = text.charCodeAt(index);
      if (code > 0x7f) {
        this.#at = start;
        return false;
      }
      buffer[at++] = code;
    }
    this.#at = at;
    return true;
  }

  /** True, false or nothing. */
  simple(value: boolean | null): void {
    this.#reserve(VALUE_BYTES_MAX);
    this.#buffer[this.#at++] = value === null ? 0xc0 : value ? 0xc3 : 0xc2;
  }

  /** A value that is msgpack already. */
  raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#buffer.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  #textHead(length: number): void {
    this.#reserve(length + VALUE_BYTES_MAX);
    if (length >= 32) this.#buffer[this.#at++] = 0xd9;
    this.#buffer[this.#at++] = length < 32 ? 0xa0 | length : length;
  }

  #tagged16(tag: number, value: number): void {
    this.#buffer[this.#at++] = tag;
    this.#buffer[this.#at++] = value >>> 8;
    this.#buffer[this.#at++] = value;
  }

  #tagged32(tag: number, value: number): void {
    this.#buffer[this.#at++] = tag;
    this.#buffer[this.#at++] = value >>> 24;
    this.#buffer[this.#at++] = value >>> 16;
    this.#buffer[this.#at++] = value >>> 8;
    this.#buffer[this.#at++] = value;
  }

  #double(value: number): void {
    this.#buffer[this.#at] = 0xcb;
    this.#at = this.#buffer.writeDoubleBE(value, this.#at + 1);
  }

  #reserve(bytes: number): void {
    if (this.#at + bytes <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(this.#buffer.length * 2, this.#at + bytes));
    larger.set(this.#buffer.subarray(0, this.#at));
    this.#buffer = larger;
  }
}
