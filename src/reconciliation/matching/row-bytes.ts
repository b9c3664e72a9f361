// Row bytes. A row as it lies in memory and in files while it waits for the other side: most rows are compared as they lie there
// and never become objects.
//
//   0 length   4 hash   8 amount   16 fee   24 day   28 currency   30 status   32 id, keys …, why it is unparsed
//   text: its length, one byte, and UTF-8; LONG: four bytes of length follow; AS_ID: the same as the id, and no bytes

import type { MatchRow } from './row.ts';

const HASH_AT = 4;
const AMOUNT_AT = 8;
const FEE_AT = 16;
const DAY_AT = 24;
const CURRENCY_AT = 28;
const STATUS_AT = 30;
const TEXTS_AT = 32;

const AS_ID = 254;
const LONG = 255;

/** Bytes of a text's length at most, and of each of its code units. */
const LENGTH_BYTES_MAX = 5;
const UNIT_BYTES_MAX = 3;

/** Bytes that can be read and written as numbers. */
export class ByteBlock {
  readonly bytes: Buffer;
  readonly view: DataView;

  constructor(length: number) {
    this.bytes = Buffer.allocUnsafeSlow(length);
    this.view = new DataView(this.bytes.buffer);
  }
}

/** Currencies and statuses by the two bytes that stand for them. */
export class Words {
  readonly #words: string[] = [];
  readonly #numbers = new Map<string, number>();

  /** @throws RangeError for more of them than two bytes tell apart */
  numberOf(word: string): number {
    const known = this.#numbers.get(word);
    if (known !== undefined) return known;
    const number = this.#words.length;
    if (number > 0xffff) throw new RangeError('rows have more than 65,536 currencies and statuses');
    this.#words.push(word);
    this.#numbers.set(word, number);
    return number;
  }

  at(number: number): string {
    return this.#words[number] as string;
  }
}

/** Bytes that the row has at most. */
export function rowBytesMax({ id, keys, unparsed }: MatchRow): number {
  let units = id.length + unparsed.length;
  for (const key of keys) units += key.length;
  return TEXTS_AT + UNIT_BYTES_MAX * units + LENGTH_BYTES_MAX * (keys.length + 2);
}

/** Writes a row that fits (`rowBytesMax`); gives its end. `hash`: of the key that it is partitioned by. */
export function writeRow(block: ByteBlock, at: number, row: MatchRow, hash: number, words: Words): number {
  const { view } = block;
  view.setInt32(at + HASH_AT, hash, true);
  view.setFloat64(at + AMOUNT_AT, row.amount, true);
  view.setFloat64(at + FEE_AT, row.fee, true);
  view.setInt32(at + DAY_AT, row.day, true);
  view.setUint16(at + CURRENCY_AT, words.numberOf(row.currency), true);
  view.setUint16(at + STATUS_AT, words.numberOf(row.status), true);
  let end = writeText(block, at + TEXTS_AT, row.id);
  for (const key of row.keys) {
    if (key === row.id) block.bytes[end++] = AS_ID;
    else end = writeText(block, end, key);
  }
  end = writeText(block, end, row.unparsed);
  view.setUint32(at, end - at, true);
  return end;
}

/** Rows one after the other in a block, by their places. */
export class RowBytes {
  readonly count: number;
  readonly #block: ByteBlock;
  readonly #words: Words;
  readonly #keys: number;
  readonly #places: Int32Array;
  /** Where the text lies that was looked for last. */
  #textAt = 0;
  #textEnd = 0;

  /** `keys`: of each row. */
  constructor(block: ByteBlock, count: number, keys: number, words: Words) {
    this.count = count;
    this.#block = block;
    this.#words = words;
    this.#keys = keys;
    this.#places = new Int32Array(count);
    for (let row = 0, at = 0; row < count; row++) {
      this.#places[row] = at;
      at += block.view.getUint32(at, true);
    }
  }

  hashOf(row: number): number {
    return this.#block.view.getInt32(this.#placeOf(row) + HASH_AT, true);
  }

  /** The key of a stage; the id for the stage after the last key. */
  keyAt(row: number, stage: number): string {
    this.#find(row, this.#placeOfKey(stage));
    return this.#block.bytes.toString('utf8', this.#textAt, this.#textEnd);
  }

  /** True when both rows have the same key at this stage. */
  hasKeyOf(row: number, other: RowBytes, otherRow: number, stage: number): boolean {
    this.#find(row, this.#placeOfKey(stage));
    const [start, end] = [this.#textAt, this.#textEnd];
    other.#find(otherRow, this.#placeOfKey(stage));
    if (end - start !== other.#textEnd - other.#textAt) return false;
    const [mine, theirs] = [this.#block.bytes, other.#block.bytes];
    // From the end: keys that were given one after the other begin alike.
    for (let at = end, there = other.#textEnd; at > start;) if (mine[--at] !== theirs[--there]) return false;
    return true;
  }

  /** True when two rows agree in all that is compared and their days are this near. */
  isSame(row: number, other: RowBytes, otherRow: number, windowDays: number): boolean {
    const [mine, at] = [this.#block.view, this.#placeOf(row)];
    const [theirs, there] = [other.#block.view, other.#placeOf(otherRow)];
    return (
      mine.getFloat64(at + AMOUNT_AT, true) === theirs.getFloat64(there + AMOUNT_AT, true) &&
      mine.getFloat64(at + FEE_AT, true) === theirs.getFloat64(there + FEE_AT, true) &&
      // Currency and status are neighbours.
      mine.getUint32(at + CURRENCY_AT, true) === theirs.getUint32(there + CURRENCY_AT, true) &&
      Math.abs(mine.getInt32(at + DAY_AT, true) - theirs.getInt32(there + DAY_AT, true)) <= windowDays
    );
  }

  row(row: number): MatchRow {
    const [{ view }, at] = [this.#block, this.#placeOf(row)];
    const text = (place: number): string => {
      this.#find(row, place);
      return this.#block.bytes.toString('utf8', this.#textAt, this.#textEnd);
    };
    return {
      id: text(0),
      amount: view.getFloat64(at + AMOUNT_AT, true),
      currency: this.#words.at(view.getUint16(at + CURRENCY_AT, true)),
      fee: view.getFloat64(at + FEE_AT, true),
      status: this.#words.at(view.getUint16(at + STATUS_AT, true)),
      day: view.getInt32(at + DAY_AT, true),
      unparsed: text(this.#keys + 1),
      keys: Array.from({ length: this.#keys }, (_, key) => text(key + 1)),
    };
  }

  #placeOf(row: number): number {
    return this.#places[row] as number;
  }

  #placeOfKey(stage: number): number {
    return stage < this.#keys ? stage + 1 : 0;
  }

  /** Finds a text among those of a row: the id is the first, the keys follow. */
  #find(row: number, place: number): void {
    const { bytes, view } = this.#block;
    const first = this.#placeOf(row) + TEXTS_AT;
    let at = first;
    for (let skipped = 0; skipped < place; skipped++) at = textEnd(bytes, view, at);
    if (bytes[at] === AS_ID) at = first;
    this.#textEnd = textEnd(bytes, view, at);
    this.#textAt = at + (bytes[at] === LONG ? LENGTH_BYTES_MAX : 1);
  }
}

function textEnd(bytes: Buffer, view: DataView, at: number): number {
  const length = bytes[at] as number;
  if (length < AS_ID) return at + 1 + length;
  return length === AS_ID ? at + 1 : at + LENGTH_BYTES_MAX + view.getUint32(at + 1, true);
}

/** Most texts are short and ASCII, and then a loop is faster than the call that could write any. */
function writeText({ bytes, view }: ByteBlock, at: number, text: string): number {
  if (text.length >= AS_ID) return writeLongText(bytes, view, at, text);
  let end = at + 1;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit > 127) return writeLongText(bytes, view, at, text);
    bytes[end++] = unit;
  }
  bytes[at] = text.length;
  return end;
}

function writeLongText(bytes: Buffer, view: DataView, at: number, text: string): number {
  const length = bytes.write(text, at + LENGTH_BYTES_MAX, 'utf8');
  bytes[at] = LONG;
  view.setUint32(at + 1, length, true);
  return at + LENGTH_BYTES_MAX + length;
}
