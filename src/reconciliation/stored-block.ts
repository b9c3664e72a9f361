// Stored block. A block of entries as it lies on the disk of the books, read by the bytes: a second reader, on purpose, that
// shares nothing with the one that writes them.
//
//   0 layout   1 entries   4 first version   12 last version   20 opening   44 closing: available first
//   88 entries …   entry: 0 type and side   1 frame   9 index   21 amount   29 order (length, ASCII)   other account (same)

const ENTRIES_AT = 88;
const ORDER_AT = 29;
const CRC_BYTES = 4;

/** Types that move nothing, and those of a hold; every other one moves available money, as a post does. */
const HELD = 1;
const CAPTURED = 2;
const VOIDED = 3;
const EXPIRED = 4;
const OPENED = 5;
const CHANGED = 6;
const REVERSED = 7;

export type StoredEntry = {
  readonly version: number;
  readonly seq: number;
  readonly index: number;
  readonly amount: number;
  /** By what it changes the available money of its account, in amounts of it. */
  readonly way: -1 | 0 | 1;
  readonly order: string;
  /** Of the account after it: the opening and all entries so far. */
  readonly available: number;
};

export type StoredBlock = {
  readonly first: number;
  readonly last: number;
  /** What it says that the account has after it. */
  readonly closing: number;
  readonly entries: readonly StoredEntry[];
};

/** What the bytes say; where they make no sense there are fewer entries than versions. */
export function readStored(bytes: Buffer): StoredBlock {
  const first = bytes.readDoubleLE(4);
  const end = bytes.length - CRC_BYTES;
  const entries: StoredEntry[] = [];
  let available = bytes.readDoubleLE(20);
  for (let at = ENTRIES_AT; at + ORDER_AT < end;) {
    const kind = bytes[at] as number;
    const amount = bytes.readDoubleLE(at + 21);
    const way = wayOf((kind & 7) | ((kind >> 4) << 3), (kind & 8) !== 0);
    const otherAt = at + ORDER_AT + 1 + (bytes[at + ORDER_AT] as number);
    available += way * amount;
    entries.push({
      version: first + entries.length,
      seq: bytes.readDoubleLE(at + 1),
      index: bytes.readUInt32LE(at + 9),
      amount,
      way,
      order: bytes.toString('latin1', at + ORDER_AT + 1, otherAt),
      available,
    });
    at = otherAt + 1 + (bytes[otherAt] ?? end);
  }
  return { first, last: bytes.readDoubleLE(12), closing: bytes.readDoubleLE(44), entries };
}

function wayOf(type: number, isCredit: boolean): -1 | 0 | 1 {
  switch (type) {
    case OPENED:
    case CHANGED:
      return 0;
    case HELD:
      return isCredit ? 0 : -1;
    case CAPTURED:
      return isCredit ? 1 : 0;
    case VOIDED:
    case EXPIRED:
      return isCredit ? 0 : 1;
    case REVERSED:
      return isCredit ? -1 : 1;
    default:
      return isCredit ? 1 : -1;
  }
}
