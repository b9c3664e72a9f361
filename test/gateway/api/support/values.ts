// Values as clients may spell them, right and wrong: amounts and ids, on each surface in the bytes that go over the
// wire, because no client library would send most of them.

import { Packr } from 'msgpackr';
import type { Api } from './api.ts';
import { routeOf } from './surfaces.ts';
import type { Surface } from './surfaces.ts';
import type { Told } from './socket-client.ts';
import type { Problem } from '../../../../src/gateway/problem.ts';

/** A value on the wire: JSON text, msgpack bytes, or both made of a plain value. */
export type Spelling = { readonly name: string; readonly json?: string; readonly msgpack?: readonly number[] };

const packr = new Packr({ useRecords: false, mapsAsObjects: true });

/** The same value on all surfaces. */
function plain(value: unknown): Spelling {
  return { name: JSON.stringify(value), json: JSON.stringify(value), msgpack: [...packr.pack(value)] };
}

const json = (text: string): Spelling => ({ name: `JSON ${text}`, json: text });
const bytes = (name: string, ...msgpack: number[]): Spelling => ({ name: `msgpack ${name}`, msgpack });

/** All of these are the integer 1. */
export const ones: readonly Spelling[] = [
  plain(1),
  plain('1'),
  json('1.0'),
  json('1e0'),
  json('10e-1'),
  bytes('float64', 0xcb, 0x3f, 0xf0, 0, 0, 0, 0, 0, 0),
  bytes('float32', 0xca, 0x3f, 0x80, 0, 0),
  bytes('uint8', 0xcc, 1),
  bytes('uint64', 0xcf, 0, 0, 0, 0, 0, 0, 0, 1),
  bytes('int64', 0xd3, 0, 0, 0, 0, 0, 0, 0, 1),
];

/** All of these are 9007199254740991, the largest amount. */
export const largest: readonly Spelling[] = [
  plain(Number.MAX_SAFE_INTEGER),
  plain('9007199254740991'),
  json('9.007199254740991e15'),
  bytes('uint64', 0xcf, 0, 0x1f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff),
  bytes('int64', 0xd3, 0, 0x1f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff),
];

/** None of these is an amount. */
export const noAmounts: readonly Spelling[] = [
  ...[0, -1, 1.5, 0.1, 1e21, 2 ** 53, -(2 ** 53), 1e308].map(plain),
  ...['', '0', '-1', '+1', '1.5', '1.0', '1e3', '01', '00', ' 1', '1 ', '1\n', '0x10', '1_000', '1,000'].map(plain),
  ...['NaN', 'Infinity', '١٢', '１２', '९', '9007199254740992', '99999999999999999', '1'.repeat(400)].map(plain),
  ...[true, false, [], [1], {}, { amount: 1 }].map(plain),
  json('-0'),
  json('1e400'),
  json('9007199254740993'),
  json('0.9999999999'),
  bytes('NaN', 0xcb, 0x7f, 0xf8, 0, 0, 0, 0, 0, 0),
  bytes('Infinity', 0xcb, 0x7f, 0xf0, 0, 0, 0, 0, 0, 0),
  bytes('-Infinity', 0xcb, 0xff, 0xf0, 0, 0, 0, 0, 0, 0),
  bytes('-0', 0xcb, 0x80, 0, 0, 0, 0, 0, 0, 0),
  bytes('int64 -1', 0xd3, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff),
  bytes('uint64 2^53', 0xcf, 0, 0x20, 0, 0, 0, 0, 0, 0),
  bytes('uint64 2^53+1', 0xcf, 0, 0x20, 0, 0, 0, 0, 0, 1),
  bytes('uint64 2^64-1', 0xcf, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff),
  bytes('int64 -2^63', 0xd3, 0x80, 0, 0, 0, 0, 0, 0, 0),
  bytes('bytes', 0xc4, 1, 0x31),
  bytes('timestamp', 0xd6, 0xff, 0, 0, 0, 1),
  bytes('bigint of 72 bits', 0xc7, 9, 0x42, 1, 0, 0, 0, 0, 0, 0, 0, 0),
];

export const ids: readonly string[] = [
  'a',
  'A',
  '0',
  '-',
  '.',
  '..',
  ':',
  '_',
  'trade:2026-01-31.final_1',
  '__proto__',
  'constructor',
  'batch',
  'x'.repeat(64),
];

/** None of these is an id. */
export const noIds: readonly Spelling[] = [
  ...['', ' ', ' a', 'a ', 'a b', 'a/b', '/', 'a\\b', 'a?b', 'a#b', 'a%b', 'a+b', 'a@b', 'a,b', '{a}'].map(plain),
  ...['ä', 'é', 'Ａ', 'а', '💰', 'a\u0000', 'a\n', '\ta', 'a\u200b', 'x'.repeat(65), 'x'.repeat(10_000)].map(plain),
  ...[5, 0, 1.5, true, false, [], ['a'], {}].map(plain),
  json('"\\ud800"'),
  bytes('bytes', 0xc4, 1, 0x61),
  bytes('timestamp', 0xd6, 0xff, 0, 0, 0, 1),
];

/** Stands in a body for a value that is written by its spelling. */
export const HERE = '<the spelling goes here>';

/** Those that this surface has a way to write. */
export function spelled(surface: Surface, spellings: readonly Spelling[]): readonly Spelling[] {
  return spellings.filter((spelling) => bytesOf(surface, spelling) !== undefined);
}

/** Asks with a body in which HERE is replaced. */
export async function askSpelled(
  api: Api,
  surface: Surface,
  asked: { readonly op: string; readonly body: object; readonly key?: string },
  spelling: Spelling,
): Promise<Told> {
  const { op, body, key } = asked;
  if (surface === 'http') return askHttp(api, asked, spelling);
  const socket = await api.socketOf(surface);
  const frame = { id: socket.nextId(), op, body, ...(key === undefined ? {} : { key }) };
  return socket.askFrame(frame, replaced(socket.encode(frame), surface, spelling));
}

async function askHttp(
  api: Api,
  { op, body, key }: { readonly op: string; readonly body: object; readonly key?: string },
  spelling: Spelling,
): Promise<Told> {
  const route = routeOf(op, body);
  const text = replaced(JSON.stringify(route.body), 'http', spelling);
  const seen = await api.http.send(route.method, route.path, { body: text, ...(key === undefined ? {} : { key }) });
  return seen.status < 300 ? { ok: true, body: seen.body } : { ok: false, error: seen.body as unknown as Problem };
}

function replaced(encoded: string | Uint8Array, surface: Surface, spelling: Spelling): string | Uint8Array {
  const value = bytesOf(surface, spelling);
  if (value === undefined) throw new Error(`${surface} cannot write ${spelling.name}`);
  if (typeof encoded === 'string') return encoded.replace(JSON.stringify(HERE), () => String(value));
  const stand = packr.pack(HERE);
  const at = Buffer.from(encoded).indexOf(stand);
  if (at < 0) throw new Error('the frame has no place for the spelling');
  return Buffer.concat([encoded.subarray(0, at), Buffer.from(value), encoded.subarray(at + stand.length)]);
}

function bytesOf(surface: Surface, { json: text, msgpack }: Spelling): string | Uint8Array | undefined {
  if (surface !== 'msgpack') return text;
  return msgpack === undefined ? undefined : Uint8Array.from(msgpack);
}
