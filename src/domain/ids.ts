// Ids. Clients name accounts and transfers themselves; everything else is named by the server: a prefix that says
// what it is and a ULID (github.com/ulid/spec: 48 bits of milliseconds, 80 bits beside it, Crockford base 32).

/** Named by chance. */
export type IdPrefix = 'acc' | 'xfr' | 'sum' | 'trd' | 'pay' | 'chn' | 'rfd' | 'wdr' | 'cas' | 'whe' | 'whd';

/** Named by their place in the journal: events and vouchers, which are found by their id without an index. */
export type PlacePrefix = 'evt' | 'vch';

/** Characters of an id given by a client; the bound keeps an index entry and a log line small. */
export const ID_LENGTH_MAX = 64;

/** 1 for each character of an id, by its code. */
const ID_CHARACTERS = new Uint8Array(128);
for (const character of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.:-') {
  ID_CHARACTERS[character.charCodeAt(0)] = 1;
}

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
/** A ULID has 128 bits, its 26 digits 130: the first one ends at 7. */
const PLACE = /^(evt|vch)_([0-7][0-9A-HJKMNP-TV-Z]{25})$/;

/** True for 1-64 characters of [A-Za-z0-9_.:-]. Never normalised: "A" and "a" are two ids. */
export function isId(value: unknown): value is string {
  if (typeof value !== 'string' || value.length === 0 || value.length > ID_LENGTH_MAX) return false;
  for (let index = 0; index < value.length; index++) {
    if (ID_CHARACTERS[value.charCodeAt(index)] !== 1) return false;
  }
  return true;
}

/** A server-given id. `entropy`: ten random bytes. */
export function makeId(prefix: IdPrefix, timeMs: number, entropy: Uint8Array): string {
  let bits = 0n;
  for (let index = 0; index < 10; index++) bits = (bits << 8n) | BigInt(entropy[index] ?? 0);
  return `${prefix}_${ulid(timeMs, bits)}`;
}

/** Where a fact stands in the journal: the frame's sequence number and the fact's place in it. */
export type FactPosition = { readonly seq: number; readonly index: number };

/** An event is named by its place in the journal, so its id is also the cursor that continues after it. */
export function eventId(timeMs: number, position: FactPosition): string {
  return placeId('evt', timeMs, position);
}

/** Reads an event id back; null for anything that is not one. */
export function readEventId(id: string): (FactPosition & { readonly timeMs: number }) | null {
  return readPlaceId('evt', id);
}

/** `timeMs`: of the frame, 0 … 2^48 − 1; `position`: seq 0 … 2^48 − 1, index 0 … 2^32 − 1. */
export function placeId(prefix: PlacePrefix, timeMs: number, position: FactPosition): string {
  return `${prefix}_${ulid(timeMs, (BigInt(position.seq) << 32n) | BigInt(position.index))}`;
}

/** The time and place that an id of this prefix names; null for anything that is none. */
export function readPlaceId(prefix: PlacePrefix, id: string): (FactPosition & { readonly timeMs: number }) | null {
  const match = PLACE.exec(id);
  if (!match?.[2] || match[1] !== prefix) return null;
  const bits = match[2].split('').reduce((sum, digit) => (sum << 5n) | BigInt(CROCKFORD.indexOf(digit)), 0n);
  const seq = Number((bits >> 32n) & 0xffffffffffffn);
  return { timeMs: Number(bits >> 80n), seq, index: Number(bits & 0xffffffffn) };
}

function ulid(timeMs: number, low80: bigint): string {
  let bits = (BigInt(timeMs) << 80n) | (low80 & ((1n << 80n) - 1n));
  let text = '';
  for (let digit = 0; digit < 26; digit++) {
    text = CROCKFORD.charAt(Number(bits & 31n)) + text;
    bits >>= 5n;
  }
  return text;
}
