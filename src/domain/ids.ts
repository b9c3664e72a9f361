// Ids. Clients name accounts and transfers themselves; everything else is named by the server: a prefix that says
// what it is and a ULID (github.com/ulid/spec: 48 bits of milliseconds, 80 bits beside it, Crockford base 32).

/** Named by chance. */
export type IdPrefix =
  'acc' | 'xfr' | 'sum' | 'trd' | 'pay' | 'chn' | 'rfd' | 'wdr' | 'cas' | 'ext' | 'whe' | 'whd' | 'run';

/** Named by their place in the journal: events and vouchers, which are found by their id without an index. */
export type PlacePrefix = 'evt' | 'vch';

/** Characters of an id given by a client; the bound keeps an index entry and a log line small. */
export const ID_LENGTH_MAX = 64;

/** Ten bytes of a place, written anew for each id. */
const placeBytes = new Uint8Array(10);
const placeView = new DataView(placeBytes.buffer);

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
  return `${prefix}_${timeDigits(timeMs)}${digitsOf(entropy, 0)}${digitsOf(entropy, 5)}`;
}

/** When an id was given, ms since 1970. `id`: a prefix and a ULID. */
export function timeOfId(id: string): number {
  let timeMs = 0;
  for (const digit of id.slice(id.indexOf('_') + 1, id.indexOf('_') + 11))
    timeMs = timeMs * 32 + CROCKFORD.indexOf(digit);
  return timeMs;
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
export function placeId(prefix: PlacePrefix, timeMs: number, { seq, index }: FactPosition): string {
  const high = Math.floor(seq / 2 ** 32);
  placeView.setUint16(0, high);
  placeView.setUint32(2, seq % 2 ** 32);
  placeView.setUint32(6, index);
  return `${prefix}_${timeDigits(timeMs)}${digitsOf(placeBytes, 0)}${digitsOf(placeBytes, 5)}`;
}

/** The time and place that an id of this prefix names; null for anything that is none. */
export function readPlaceId(prefix: PlacePrefix, id: string): (FactPosition & { readonly timeMs: number }) | null {
  const match = PLACE.exec(id);
  if (!match?.[2] || match[1] !== prefix) return null;
  const bits = match[2].split('').reduce((sum, digit) => (sum << 5n) | BigInt(CROCKFORD.indexOf(digit)), 0n);
  const seq = Number((bits >> 32n) & 0xffffffffffffn);
  return { timeMs: Number(bits >> 80n), seq, index: Number(bits & 0xffffffffn) };
}

/** The last time and its digits: all that is named in one frame has the same. */
let spelledMs = -1;
let spelled = '';

/** Ten digits: 48 bits of milliseconds. */
function timeDigits(timeMs: number): string {
  if (timeMs === spelledMs) return spelled;
  let text = '';
  for (let rest = timeMs, digit = 0; digit < 10; digit++) {
    text = CROCKFORD.charAt(rest % 32) + text;
    rest = Math.floor(rest / 32);
  }
  spelledMs = timeMs;
  spelled = text;
  return text;
}

/** Eight digits: five bytes from `at` on. */
function digitsOf(bytes: Uint8Array, at: number): string {
  const [one = 0, two = 0, three = 0, four = 0, five = 0] = [
    bytes[at],
    bytes[at + 1],
    bytes[at + 2],
    bytes[at + 3],
    bytes[at + 4],
  ];
  return (
    digit(one >> 3) +
    digit((one << 2) | (two >> 6)) +
    digit(two >> 1) +
    digit((two << 4) | (three >> 4)) +
    digit((three << 1) | (four >> 7)) +
    digit(four >> 2) +
    digit((four << 3) | (five >> 5)) +
    digit(five)
  );
}

function digit(bits: number): string {
  return CROCKFORD.charAt(bits & 31);
}
