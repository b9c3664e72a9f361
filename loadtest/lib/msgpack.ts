// MessagePack, as much of it as scenarios need (https://github.com/msgpack/msgpack/blob/master/spec.md): k6 has no packages,
// and general ones cost the generator more than the server spends on a payment.

export type Value = null | boolean | number | string | readonly Value[] | { readonly [key: string]: Value };

/** ASCII texts of up to 255 characters, integers of up to 32 bits, up to 65,535 items. */
export function encode(value: Value): Uint8Array {
  const bytes: number[] = [];
  write(value, bytes);
  return new Uint8Array(bytes);
}

function write(value: Value, to: number[]): void {
  if (value === null) to.push(0xc0);
  else if (typeof value === 'boolean') to.push(value ? 0xc3 : 0xc2);
  else if (typeof value === 'number') writeInteger(value, to);
  else if (typeof value === 'string') writeText(value, to);
  else if (isList(value)) {
    writeHead(value.length, 0x90, 0xdc, to);
    for (const item of value) write(item, to);
  } else {
    const entries = Object.entries(value);
    writeHead(entries.length, 0x80, 0xde, to);
    for (const [key, item] of entries) {
      writeText(key, to);
      write(item, to);
    }
  }
}

function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

function writeInteger(value: number, to: number[]): void {
  if (value < 128) to.push(value);
  else if (value < 65_536) to.push(0xcd, value >> 8, value & 255);
  else to.push(0xce, value >>> 24, (value >> 16) & 255, (value >> 8) & 255, value & 255);
}

function writeText(text: string, to: number[]): void {
  if (text.length < 32) to.push(0xa0 | text.length);
  else to.push(0xd9, text.length);
  for (let at = 0; at < text.length; at++) to.push(text.charCodeAt(at));
}

function writeHead(items: number, short: number, long: number, to: number[]): void {
  if (items < 16) to.push(short | items);
  else to.push(long, items >> 8, items & 255);
}

/** Reads one value. @throws Error for what Florin does not send */
export function decode(buffer: ArrayBuffer): Value {
  return new Reader(buffer).value();
}

class Reader {
  readonly #view: DataView;
  #at = 0;

  constructor(buffer: ArrayBuffer) {
    this.#view = new DataView(buffer);
  }

  value(): Value {
    const head = this.#unsigned(1);
    if (head < 0x80) return head;
    if (head < 0x90) return this.#map(head & 15);
    if (head < 0xa0) return this.#list(head & 15);
    if (head < 0xc0) return this.#text(head & 31);
    if (head >= 0xe0) return head - 256;
    return this.#long(head);
  }

  #long(head: number): Value {
    switch (head) {
      case 0xc0:
        return null;
      case 0xc2:
      case 0xc3:
        return head === 0xc3;
      case 0xcb:
        return this.#view.getFloat64(this.#skip(8));
      case 0xcc:
      case 0xcd:
      case 0xce:
      case 0xcf:
        return this.#unsigned(1 << (head - 0xcc));
      case 0xd0:
        return this.#view.getInt8(this.#skip(1));
      case 0xd1:
        return this.#view.getInt16(this.#skip(2));
      case 0xd2:
        return this.#view.getInt32(this.#skip(4));
      case 0xd3:
        return Number(this.#view.getBigInt64(this.#skip(8)));
      case 0xd9:
      case 0xda:
      case 0xdb:
        return this.#text(this.#unsigned(1 << (head - 0xd9)));
      case 0xdc:
      case 0xdd:
        return this.#list(this.#unsigned(2 << (head - 0xdc)));
      case 0xde:
      case 0xdf:
        return this.#map(this.#unsigned(2 << (head - 0xde)));
      default:
        throw new Error(`not expected in MessagePack: 0x${head.toString(16)}`);
    }
  }

  #list(items: number): Value[] {
    const list: Value[] = [];
    for (let item = 0; item < items; item++) list.push(this.value());
    return list;
  }

  #map(entries: number): Value {
    const map: Record<string, Value> = {};
    for (let entry = 0; entry < entries; entry++) map[this.value() as string] = this.value();
    return map;
  }

  #text(bytes: number): string {
    const at = this.#skip(bytes);
    let text = '';
    for (let byte = at; byte < at + bytes; byte++) text += String.fromCharCode(this.#view.getUint8(byte));
    return text;
  }

  #unsigned(bytes: number): number {
    const at = this.#skip(bytes);
    if (bytes === 8) return Number(this.#view.getBigUint64(at));
    return bytes === 1 ? this.#view.getUint8(at) : bytes === 2 ? this.#view.getUint16(at) : this.#view.getUint32(at);
  }

  #skip(bytes: number): number {
    this.#at += bytes;
    return this.#at - bytes;
  }
}
