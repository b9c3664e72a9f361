// Entry block. Some tens of an account's entries as one record of the shard store, because one record an entry could not
// keep up with the engine. A block says what the account had before its first and after its last entry and carries the
// checksum of the block before it, so that a lost, doubled or changed entry shows.
//
//   0 layout   1 entries   4 first version   12 last version   20 opening: available, held, pending   44 closing: the same
//   68 time of the first entry   76 of the last   84 CRC of the block before   88 entries …   CRC-32C
//   entry: 0 type and side   1 frame   9 index   13 time   21 amount   29 transfer (length, ASCII)   other account (same)
//
// B1. Versions in a block have no gap, and the first one follows the block before. B2. Closing is opening and all
// entries: whoever reads a block checks that.

import { crc32c } from '@node-rs/crc32';
import { applyCredit, applyDebit, type Balances, type DirectStep } from '../domain/accounts.ts';

/** Entries of a full block: about four kilobytes, one page of the store. */
export const BLOCK_ENTRIES = 64;

const LAYOUT = 1;
const HEAD_BYTES = 88;
const CRC_BYTES = 4;
/** Bytes of an entry before its two ids. */
const FIXED_BYTES = 29;
/** Longest id: 64 characters, or one of the engine's own, which is a name of its before another id. */
const ID_BYTES_MAX = 128;
/** Longest entry: two ids with their lengths. */
export const ENTRY_BYTES_MAX = FIXED_BYTES + 2 * (1 + ID_BYTES_MAX);

/** What it is about: a step of a transfer, a change that moves no money, or an event of an order. Numbers are for ever. */
// prettier-ignore
export const ENTRY_TYPES = [
  'posted', 'held', 'captured', 'voided', 'expired', 'opened', 'changed', 'reversed',
  'topped_up', 'cleared', 'paid', 'confirmed', 'settled', 'refunded', 'withdrawn', 'withdrawal_returned', 'adjusted',
  'undone',
] as const;
export type EntryType = (typeof ENTRY_TYPES)[number];

const OPENED = ENTRY_TYPES.indexOf('opened');
const CHANGED = ENTRY_TYPES.indexOf('changed');
/** The side stands in the midst of the type: types of orders came when the three bits below it were used up. */
const CREDIT_BIT = 8;
/** Each event of an order moves available money, as a post does. */
const FIRST_EVENT = ENTRY_TYPES.indexOf('topped_up');

export type Side = 'debit' | 'credit';

export type BookedEntry = {
  readonly type: EntryType;
  readonly side: Side;
  /** Of the account after it. */
  readonly version: number;
  /** Journal frame and place in it. */
  readonly seq: number;
  readonly index: number;
  readonly timeMs: number;
  /** Minor units; 0 where nothing moves. */
  readonly amount: number;
  /** '' for a change of the account, and for what moves between it and its sub-accounts. */
  readonly transfer: string;
  readonly counterparty: string;
  /** Balances after it. */
  readonly after: Balances;
};

/** When something was stated: journal frame, place in it, and time of the frame, ms since 1970. */
export type Moment = Pick<BookedEntry, 'seq' | 'index' | 'timeMs'>;

export type Block = {
  readonly firstVersion: number;
  readonly lastVersion: number;
  readonly opening: Balances;
  readonly closing: Balances;
  readonly firstTimeMs: number;
  readonly lastTimeMs: number;
  readonly previousCrc: number;
  readonly crc: number;
  readonly entries: readonly BookedEntry[];
};

/** A block that is not what was written, or does not follow. */
export class BlockDamage extends Error {
  override name = 'BlockDamage';
}

/** True for a type that is in the statement: one that is about money. */
export function movesMoney(type: EntryType): boolean {
  return type !== 'opened' && type !== 'changed';
}

/** Entries gathered one behind the other, and the same memory as a view: its accessors are faster than a Buffer's. */
export type EntryBytes = { readonly bytes: Uint8Array; readonly view: DataView };

export function entryBytes(length: number): EntryBytes {
  const bytes = new Uint8Array(length);
  return { bytes, view: new DataView(bytes.buffer) };
}

/** One entry to be booked. One object serves all of them. */
export type Posting = {
  /** Place in ENTRY_TYPES. */
  type: number;
  side: Side;
  seq: number;
  index: number;
  timeMs: number;
  amount: number;
  transfer: string;
  counterparty: string;
};

/** Returns the bytes written at `at`. */
export function writeEntry({ bytes: into, view }: EntryBytes, at: number, entry: Posting): number {
  const kind = (entry.type & 7) | ((entry.type >> 3) << 4);
  into[at] = entry.side === 'credit' ? kind | CREDIT_BIT : kind;
  view.setFloat64(at + 1, entry.seq, true);
  view.setUint32(at + 9, entry.index, true);
  view.setFloat64(at + 13, entry.timeMs, true);
  view.setFloat64(at + 21, entry.amount, true);
  const end = writeId(into, writeId(into, at + FIXED_BYTES, entry.transfer), entry.counterparty);
  return end - at;
}

function writeId(into: Uint8Array, at: number, id: string): number {
  const { length } = id;
  into[at] = length;
  for (let index = 0; index < length; index++) into[at + 1 + index] = id.charCodeAt(index);
  return at + 1 + length;
}

/** Applies the entry whose bytes begin at `at` to the balances of its account. */
export function applyEntry(balances: Balances, { bytes, view }: EntryBytes, at: number): void {
  const kind = bytes[at] as number;
  apply(balances, typeIn(kind), (kind & CREDIT_BIT) !== 0, view.getFloat64(at + 21, true));
}

/** Place in ENTRY_TYPES. */
function typeIn(kind: number): number {
  return (kind & 7) | ((kind >> 4) << 3);
}

function apply(balances: Balances, type: number, credit: boolean, amount: number): void {
  if (type === OPENED || type === CHANGED) {
    balances.version += 1;
    return;
  }
  const step = type < FIRST_EVENT ? (ENTRY_TYPES[type] as DirectStep) : 'posted';
  if (credit) applyCredit(balances, step, amount);
  else applyDebit(balances, step, amount);
}

/** Gathers the entries of one block. One builder serves all blocks of a shard, one after another. */
export class BlockBuilder {
  readonly #bytes = Buffer.allocUnsafeSlow(HEAD_BYTES + BLOCK_ENTRIES * ENTRY_BYTES_MAX + CRC_BYTES);
  readonly #view = new DataView(this.#bytes.buffer, this.#bytes.byteOffset);
  #at = HEAD_BYTES;
  #count = 0;

  get count(): number {
    return this.#count;
  }

  get isFull(): boolean {
    return this.#count === BLOCK_ENTRIES;
  }

  get firstVersion(): number {
    return this.#bytes.readDoubleLE(4);
  }

  /** An empty block after `opening`. */
  start(opening: Balances, previousCrc: number): void {
    const bytes = this.#bytes;
    bytes.fill(0, 0, HEAD_BYTES);
    bytes[0] = LAYOUT;
    bytes.writeDoubleLE(opening.version + 1, 4);
    writeBalances(bytes, 20, opening);
    bytes.writeUInt32LE(previousCrc, 84);
    this.#at = HEAD_BYTES;
    this.#count = 0;
  }

  /** Goes on with a block that was written before. */
  reopen(block: Buffer): void {
    block.copy(this.#bytes, 0, 0, block.length - CRC_BYTES);
    this.#at = block.length - CRC_BYTES;
    this.#count = block[1] as number;
  }

  /** Copies an entry that `writeEntry` wrote. A loop, because it is too short for `set` to be worth its call. */
  add({ bytes: from, view }: EntryBytes, at: number, length: number): void {
    const bytes = this.#bytes;
    const to = this.#at;
    for (let offset = 0; offset < length; offset++) bytes[to + offset] = from[at + offset] as number;
    const timeMs = view.getFloat64(at + 13, true);
    if (this.#count === 0) this.#view.setFloat64(68, timeMs, true);
    this.#view.setFloat64(76, timeMs, true);
    this.#at = to + length;
    this.#count += 1;
  }

  /** The block; valid until the next `start` or `reopen`. `closing`: what the account has after its last entry. */
  finish(closing: Balances): Buffer {
    const bytes = this.#bytes;
    bytes[1] = this.#count;
    bytes.writeDoubleLE(closing.version, 12);
    writeBalances(bytes, 44, closing);
    bytes.writeUInt32LE(crc32c(bytes.subarray(0, this.#at)), this.#at);
    return bytes.subarray(0, this.#at + CRC_BYTES);
  }
}

function writeBalances(bytes: Buffer, at: number, { available, held, pending }: Balances): void {
  bytes.writeDoubleLE(available, at);
  bytes.writeDoubleLE(held, at + 8);
  bytes.writeDoubleLE(pending, at + 16);
}

function readBalances(bytes: Buffer, at: number, version: number): Balances {
  return {
    available: bytes.readDoubleLE(at),
    held: bytes.readDoubleLE(at + 8),
    pending: bytes.readDoubleLE(at + 16),
    version,
  };
}

/** What an account has after its last block, without reading the entries. */
export function closingOf(bytes: Buffer): { balances: Balances; count: number; crc: number; previousCrc: number } {
  const balances = readBalances(bytes, 44, bytes.readDoubleLE(12));
  const crc = bytes.readUInt32LE(bytes.length - CRC_BYTES);
  return { balances, count: bytes[1] as number, crc, previousCrc: bytes.readUInt32LE(84) };
}

/** First version and times, without reading the entries. */
export function spanOf(bytes: Buffer): { firstVersion: number; firstTimeMs: number; lastTimeMs: number } {
  return {
    firstVersion: bytes.readDoubleLE(4),
    firstTimeMs: bytes.readDoubleLE(68),
    lastTimeMs: bytes.readDoubleLE(76),
  };
}

/** Place and time of the first entry, without reading the entries. */
export function beginningOf(bytes: Buffer): Moment {
  const at = HEAD_BYTES;
  return { seq: bytes.readDoubleLE(at + 1), index: bytes.readUInt32LE(at + 9), timeMs: bytes.readDoubleLE(at + 13) };
}

/** Reads and checks a block by itself; that it follows the one before is the reader's to check. @throws BlockDamage */
export function readBlock(bytes: Buffer): Block {
  const end = bytes.length - CRC_BYTES;
  if (end < HEAD_BYTES || bytes[0] !== LAYOUT) throw new BlockDamage('not a block of entries');
  const crc = bytes.readUInt32LE(end);
  if (crc !== crc32c(bytes.subarray(0, end))) throw new BlockDamage('checksum does not match');
  const span = spanOf(bytes);
  const lastVersion = bytes.readDoubleLE(12);
  const opening = readBalances(bytes, 20, span.firstVersion - 1);
  const closing = readBalances(bytes, 44, lastVersion);
  const entries = readEntries(bytes, end, opening);
  const last = entries.at(-1)?.after ?? opening;
  if (entries.length !== bytes[1] || !sameBalances(last, closing)) throw new BlockDamage('entries do not add up');
  return { ...span, lastVersion, opening, closing, previousCrc: bytes.readUInt32LE(84), crc, entries };
}

export function sameBalances(one: Balances, other: Balances): boolean {
  return (
    one.version === other.version &&
    one.available === other.available &&
    one.held === other.held &&
    one.pending === other.pending
  );
}

function readEntries(bytes: Buffer, end: number, opening: Balances): BookedEntry[] {
  const entries: BookedEntry[] = [];
  const balances = { ...opening };
  for (let at = HEAD_BYTES; at < end;) {
    const kind = bytes[at] as number;
    const amount = bytes.readDoubleLE(at + 21);
    const credit = (kind & CREDIT_BIT) !== 0;
    apply(balances, typeIn(kind), credit, amount);
    const idLength = bytes[at + FIXED_BYTES] as number;
    const otherAt = at + FIXED_BYTES + 1 + idLength;
    const otherLength = bytes[otherAt] as number;
    entries.push({
      type: ENTRY_TYPES[typeIn(kind)] as EntryType,
      side: credit ? 'credit' : 'debit',
      version: balances.version,
      seq: bytes.readDoubleLE(at + 1),
      index: bytes.readUInt32LE(at + 9),
      timeMs: bytes.readDoubleLE(at + 13),
      amount,
      transfer: bytes.toString('latin1', at + FIXED_BYTES + 1, otherAt),
      counterparty: bytes.toString('latin1', otherAt + 1, otherAt + 1 + otherLength),
      after: { ...balances },
    });
    at = otherAt + 1 + otherLength;
  }
  return entries;
}
