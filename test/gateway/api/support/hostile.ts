// Hostile bodies: bytes that no client's library would send. None of them is a body that may be taken, whatever it is put
// where.

import { Packr } from 'msgpackr';

export type Hostile = { readonly name: string; readonly bytes: Uint8Array };

const DEPTH = 10_000;
const KEYS = 100_000;
const MEGABYTE = 2 ** 20;

/** Those that keep the parser busy are tried where the first ones are. */
export type Weight = 'all' | 'light';

const hostile = (name: string, text: string | Uint8Array): Hostile => ({ name, bytes: Buffer.from(text as string) });

/** The text without its last brace, so that something can be added. */
const open = (body: object): string => JSON.stringify(body).replace(/\}$/, '');

/** Every so many of its beginnings. */
function cuts(bytes: Uint8Array, every: number): Hostile[] {
  return Array.from({ length: Math.floor((bytes.length - 1) / every) }, (_, nth) => {
    const end = nth * every + 1;
    return hostile(`cut at ${end}`, bytes.subarray(0, end));
  });
}

/** As JSON. `body`: one that would be taken; it is cut at every so many places. */
export function hostileJson(body: object, weight: Weight, every = 1): Hostile[] {
  const whole = JSON.stringify(body);
  const [first = 'a'] = Object.keys(body);
  const more = (text: string): string => `${open(body)},${text}}`;
  const again = (name: string): string => more(`"${name}":${JSON.stringify((body as Record<string, unknown>)[name])}`);
  return [
    ...cuts(Buffer.from(whole), every),
    ...(weight === 'all' ? heavyJson(body) : []),
    ...Object.keys(body).map((name) => hostile(`${name} twice`, again(name))),
    hostile(
      'a name twice, once escaped',
      more(`"\\u${first.charCodeAt(0).toString(16).padStart(4, '0')}${first.slice(1)}":1`),
    ),
    hostile('__proto__', more('"__proto__":{"amount":1}')),
    hostile('constructor', more('"constructor":{"prototype":{"admin":true}}')),
    hostile('toString', more('"toString":1')),
    hostile(
      'an invalid UTF-8 value',
      Buffer.concat([Buffer.from(`${open(body)},"reason":"`), Buffer.from([0xc3, 0x28, 0xff]), Buffer.from('"}')]),
    ),
    hostile(
      'an overlong NUL',
      Buffer.concat([Buffer.from(`${open(body)},"reason":"`), Buffer.from([0xc0, 0x80]), Buffer.from('"}')]),
    ),
    hostile('a byte order mark', `\ufeff${whole}`),
    hostile('UTF-16', Buffer.from(whole, 'utf16le')),
    ...['null', 'true', '0', '"text"', '[]', `[${whole}]`, 'NaN', 'undefined', "{'a':1}", '{a:1}', '{,}', '\u0000'].map((text) => hostile(text, text)), // prettier-ignore
    ...[`${whole}${whole}`, `${whole};`, `${whole}//`, `/**/${whole}`, `${open(body)},}`].map((text) =>
      hostile(text, text),
    ),
  ];
}

/** What takes a parser long, or much memory. */
function heavyJson(body: object): Hostile[] {
  const deep = (begin: string, end: string): string => begin.repeat(DEPTH) + '1' + end.repeat(DEPTH);
  const more = (text: string): string => `${open(body)},${text}}`;
  return [
    hostile('deep lists', deep('[', ']')),
    hostile('deep objects', deep('{"a":', '}')),
    hostile('a deep field', more(`"a":${deep('[', ']')}`)),
    hostile('a deep list that never ends', '['.repeat(DEPTH)),
    hostile('many keys', more(Array.from({ length: KEYS }, (_, key) => `"${key}":1`).join())),
    hostile('a long name', more(`"${'x'.repeat(100_000)}":1`)),
    hostile('16 megabytes', Buffer.alloc(16 * MEGABYTE, 0x20)),
    hostile('more than a body may have', `${JSON.stringify(body)}${' '.repeat(MEGABYTE + 1)}`),
  ];
}

const packr = new Packr({ useRecords: false, mapsAsObjects: true });

const packed = (value: unknown): Uint8Array => Uint8Array.from(packr.pack(value));

/** A map of KEYS names. */
function manyKeys(): Uint8Array {
  const head = Buffer.from([0xdf, 0, 0, 0, 0]);
  head.writeUInt32BE(KEYS, 1);
  return Buffer.concat([
    head,
    ...Array.from({ length: KEYS }, (_, key) => Buffer.concat([packed(`${key}`), Buffer.from([1])])),
  ]);
}

/** Frames of msgpack with this body in them, or something instead of it. */
export function hostileMsgpack(op: string, body: object, weight: Weight, every: number): Hostile[] {
  const frame = (value: Uint8Array): Uint8Array =>
    Buffer.concat([Buffer.from([0x83]), packed('id'), packed('x'), packed('op'), packed(op), packed('body'), value]);
  const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
  const names = Object.keys(body);
  const pairs = names.map((name) => Buffer.concat([packed(name), packed((body as Record<string, unknown>)[name])]));
  const heavy = (): Hostile[] => [
    hostile('deep lists', frame(Buffer.concat([Buffer.alloc(DEPTH, 0x91), bytes(0x01)]))),
    hostile(
      'deep maps',
      frame(Buffer.concat([...Array.from({ length: DEPTH }, () => bytes(0x81, 0xa1, 0x61)), bytes(1)])),
    ),
    hostile('many keys', frame(manyKeys())),
    hostile('a long name', frame(packed({ ['x'.repeat(100_000)]: 1 }))),
    hostile('more than a body may have', frame(packed({ ...body, reason: 'x'.repeat(MEGABYTE + 1) }))),
  ];
  const map = (more: Uint8Array): Uint8Array => Buffer.concat([bytes(0x80 + names.length + 1), ...pairs, more]);
  return [
    ...cuts(frame(packed(body)), every),
    ...pairs.map((pair, at) => hostile(`${names[at]} twice`, frame(map(pair)))),
    hostile('__proto__', frame(map(Buffer.concat([packed('__proto__'), packed({ amount: 1 })])))),
    hostile('a number for a name', frame(map(bytes(0x01, 0x01)))),
    hostile('an invalid UTF-8 name', frame(map(bytes(0xa2, 0xc3, 0x28, 0x01)))),
    hostile('a list of 2^32 - 1', frame(bytes(0xdd, 0xff, 0xff, 0xff, 0xff))),
    hostile('a map of 2^32 - 1', frame(bytes(0xdf, 0xff, 0xff, 0xff, 0xff))),
    hostile('a text of 2^32 - 1', frame(bytes(0xdb, 0xff, 0xff, 0xff, 0xff))),
    hostile('bytes of 2^32 - 1', frame(bytes(0xc6, 0xff, 0xff, 0xff, 0xff))),
    hostile('never used', frame(bytes(0xc1))),
    ...(weight === 'all' ? heavy() : []),
    // Extensions of the standard and of the library: times, records, references, sets, errors, classes, code.
    ...[0x00, 0x01, 0x42, 0x45, 0x52, 0x53, 0x61, 0x65, 0x69, 0x70, 0x72, 0x73, 0x74, 0x75, 0x78, 0xff].flatMap(
      (type) => [
        hostile(`extension ${type} of one byte`, frame(bytes(0xd4, type, 0x01))),
        hostile(`extension ${type} of four bytes`, frame(bytes(0xd6, type, 0x40, 0x00, 0x00, 0x01))),
        hostile(`extension ${type} of nothing`, frame(bytes(0xc7, 0x00, type))),
        hostile(
          `extension ${type} in a field`,
          frame(map(Buffer.concat([packed('reason'), bytes(0xd5, type, 0x91, 0x01)]))),
        ),
      ],
    ),
    ...[null, true, 0, 'text', [], [body], 1.5].map((value) => hostile(JSON.stringify(value), frame(packed(value)))),
  ];
}
