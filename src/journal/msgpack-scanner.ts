// Msgpack scanner. Finds where values end without making anything of them: who wants a few rows of a frame need not pay for
// all the others.
//
// Format: github.com/msgpack/msgpack/blob/master/spec.md

/** By head byte: bytes after it of a value whose length the head alone says, or one of the marks below. */
const AFTER = new Int16Array(256);
const VALUES = -1;
const SIZED = -2;

AFTER.fill(SIZED, 0xc0, 0xe0);
AFTER.fill(VALUES, 0x80, 0xa0);
for (let length = 0; length < 32; length++) AFTER[0xa0 + length] = length;
for (const head of [0xc0, 0xc2, 0xc3]) AFTER[head] = 0;
for (const [head, bytes] of [
  [0xca, 4],
  [0xcc, 1],
  [0xd0, 1],
] as const) {
  for (let power = 0; head + power <= 0xd3 && bytes << power <= 8; power++) AFTER[head + power] = bytes << power;
}
for (let power = 0; power < 5; power++) AFTER[0xd4 + power] = 1 + (1 << power);

/** Where the value that begins at `at` ends. @throws RangeError for bytes that are no msgpack */
export function skipValue(bytes: Uint8Array, at: number): number {
  let next = at;
  for (let pending = 1; pending > 0; pending--) {
    const head = bytes[next] as number;
    const after = AFTER[head] as number;
    next += 1;
    if (after >= 0) next += after;
    else if (after === VALUES) pending += head < 0x90 ? 2 * (head & 0x0f) : head & 0x0f;
    else {
      const { length, bytes: size } = lengthAt(bytes, next, head);
      next += size;
      if (head < 0xdc) next += length;
      else pending += head >= 0xde ? 2 * length : length;
    }
  }
  if (next > bytes.length || Number.isNaN(next)) throw new RangeError(`the value at byte ${at} has no end`);
  return next;
}

/** Elements of the array that begins at `at`, and where its first one begins. @throws RangeError for anything else */
export function arrayAt(bytes: Uint8Array, at: number): { readonly length: number; readonly first: number } {
  const head = bytes[at] as number;
  if (head >= 0x90 && head < 0xa0) return { length: head & 0x0f, first: at + 1 };
  if (head !== 0xdc && head !== 0xdd) throw new RangeError(`no array at byte ${at}`);
  const { length, bytes: size } = lengthAt(bytes, at + 1, head);
  return { length, first: at + 1 + size };
}

/** The length that follows a head, and its own bytes: of texts and bytes, and of arrays and maps. */
function lengthAt(bytes: Uint8Array, at: number, head: number): { length: number; bytes: number } {
  switch (head) {
    case 0xc4:
    case 0xd9:
      return { length: bytes[at] as number, bytes: 1 };
    case 0xc7:
      return { length: (bytes[at] as number) + 1, bytes: 1 };
    case 0xc5:
    case 0xda:
    case 0xdc:
    case 0xde:
      return { length: uint16(bytes, at), bytes: 2 };
    case 0xc8:
      return { length: uint16(bytes, at) + 1, bytes: 2 };
    case 0xc6:
    case 0xdb:
    case 0xdd:
    case 0xdf:
      return { length: uint16(bytes, at) * 0x10000 + uint16(bytes, at + 2), bytes: 4 };
    case 0xc9:
      return { length: uint16(bytes, at) * 0x10000 + uint16(bytes, at + 2) + 1, bytes: 4 };
    default:
      throw new RangeError(`byte ${at - 1} begins no value of msgpack`);
  }
}

function uint16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
}
