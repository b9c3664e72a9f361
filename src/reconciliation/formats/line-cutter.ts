// Line cutter. From bytes to lines, whatever the blocks they come in. Holds one line that is not at its end yet.
//
// L1. How bytes were cut into blocks changes nothing. L2. A line ends with LF or CR LF; the last one needs no end.

import { latin1Text } from './windows-1252.ts';

/** utf-8 refuses anything else; auto takes all from the first line on that is not UTF-8 for windows-1252. */
export type LineEncoding = 'utf-8' | 'windows-1252' | 'auto';

/** Bytes of one line. A longest CSV row or camt text is far below; without it a file without line ends fills the memory. */
export const LINE_BYTES_MAX = 65_536;

const LF = 10;
const CR = 13;
const EMPTY = new Uint8Array(0);

/** Why bytes are no line. */
export type LineFault = 'too_long' | 'not_utf8';

export class LineCutter {
  /** Lines given out so far. */
  count = 0;
  private encoding: LineEncoding;
  private rest: Uint8Array = EMPTY;
  private first = true;
  private readonly decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

  constructor(encoding: LineEncoding) {
    this.encoding = encoding;
  }

  /** Calls `take` for each whole line. `fault` has to throw; `count` is then the line in question less one. */
  feed(bytes: Uint8Array, take: (text: string) => void, fault: (why: LineFault) => never): void {
    const end = bytes.lastIndexOf(LF);
    if (end < 0) this.keep(joined(this.rest, bytes), fault);
    else {
      const block = joined(this.rest, bytes.subarray(0, end));
      this.rest = EMPTY;
      this.cut(block, take, fault);
      this.keep(bytes.slice(end + 1), fault);
    }
  }

  /** The last line, if it has no end of its own. */
  end(take: (text: string) => void, fault: (why: LineFault) => never): void {
    if (this.rest.length > 0) this.cut(this.rest, take, fault);
    this.rest = EMPTY;
  }

  private keep(rest: Uint8Array, fault: (why: LineFault) => never): void {
    if (rest.length > LINE_BYTES_MAX) fault('too_long');
    this.rest = rest;
  }

  private cut(block: Uint8Array, take: (text: string) => void, fault: (why: LineFault) => never): void {
    const text = this.encoding === 'windows-1252' ? latin1Text(block) : this.decoded(block);
    if (text === null) return this.cutOneByOne(block, take, fault);
    for (let from = 0, to = 0; to !== -1; from = to + 1) {
      to = text.indexOf('\n', from);
      const line = to < 0 ? text.slice(from) : text.slice(from, to);
      // A character has at most three bytes for each of its code units, so shorter lines need not be measured.
      if (line.length > LINE_BYTES_MAX / 3 && this.bytesOf(line) > LINE_BYTES_MAX) fault('too_long');
      this.give(line, take);
    }
  }

  /** Finds the line that is not UTF-8. */
  private cutOneByOne(block: Uint8Array, take: (text: string) => void, fault: (why: LineFault) => never): void {
    for (let from = 0, to = 0; to !== -1; from = to + 1) {
      to = block.indexOf(LF, from);
      const bytes = block.subarray(from, to < 0 ? undefined : to);
      if (bytes.length > LINE_BYTES_MAX) fault('too_long');
      let text = this.encoding === 'windows-1252' ? null : this.decoded(bytes);
      if (text === null) {
        if (this.encoding === 'utf-8') fault('not_utf8');
        this.encoding = 'windows-1252';
        text = latin1Text(bytes);
      }
      this.give(text, take);
    }
  }

  private give(line: string, take: (text: string) => void): void {
    const text = line.charCodeAt(line.length - 1) === CR ? line.slice(0, -1) : line;
    this.count += 1;
    take(this.first && text.startsWith('\uFEFF') ? text.slice(1) : text);
    this.first = false;
  }

  private decoded(bytes: Uint8Array): string | null {
    try {
      return this.decoder.decode(bytes);
    } catch {
      return null;
    }
  }

  private bytesOf(line: string): number {
    return this.encoding === 'windows-1252' ? line.length : Buffer.byteLength(line);
  }
}

function joined(left: Uint8Array, right: Uint8Array): Uint8Array {
  return left.length === 0 ? right : Buffer.concat([left, right]);
}
