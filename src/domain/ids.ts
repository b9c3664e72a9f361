// Ids. Clients name accounts and transfers themselves; everything else is named by the server: a prefix that says
// what it is and a ULID (github.com/ulid/spec: 48 bits of milliseconds, 80 bits beside it, Crockford base 32).

export type IdPrefix = 'acc' | 'xfr' | 'evt';

/** Characters of an id given by a client; the bound keeps an index entry and a log line small. */
export const ID_LENGTH_MAX = 64;

/** 1 for each character of an id, by its code. */
const ID_CHARACTERS = new Uint8Array(128);
for (const character of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.:-') {
  ID_CHARACTERS[character.charCodeAt(0)] = 1;
}

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const EVENT = /^evt_([0-9A-HJKMNP-TV-Z]{26})$/;

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
  return `evt_${ulid(timeMs, (BigInt(position.seq) << 32n) | BigInt(position.index))}`;
}

/** Reads an event id back; null for anything that is not one. */
export function readEventId(id: string): (FactPosition & { readonly timeMs: number }) | null {
  const match = EVENT.exec(id);
  if (!match?.[1]) return null;
  const bits = match[1].split('').reduce((sum, digit) => (sum << 5n) | BigInt(CROCKFORD.indexOf(digit)), 0n);
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
