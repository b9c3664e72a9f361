// Statement. Reads an account's entries from its shard: a page of them, or what the account had at a time. Memory does
// not grow with the length of the history: one block at a time is in it.
//
// T1. Versions and times of an account both only rise, so a time is found by halving. T2. Each block read is checked, and
// that it follows the one read before it.

import type { Balances } from '../domain/accounts.ts';
import {
  BlockDamage,
  movesMoney,
  readBlock,
  spanOf,
  type Block,
  type BookedEntry,
  type EntryType,
} from './entry-block.ts';
import type { ShardStore } from './shard-store.ts';

export type StatementQuery = {
  readonly merchant: string;
  readonly account: string;
  /** Versions as bounds, both exclusive; 0 for none. */
  readonly before: number;
  readonly after: number;
  readonly limit: number;
  readonly newestFirst: boolean;
  /** Of which type; '' for all that move money. */
  readonly type: EntryType | '';
  /** The only entries that are wanted, by their versions, rising; null for all. */
  readonly versions: readonly number[] | null;
  /** From this time on, and before that one, ms since 1970. */
  readonly fromMs: number;
  readonly toMs: number;
};

export type Statement = {
  /** In the order asked for. */
  readonly entries: readonly BookedEntry[];
  readonly hasMore: boolean;
  /** `available` before the oldest and after the newest entry of the page, or where the page would be. */
  readonly opening: number;
  readonly closing: number;
};

const NOTHING: Balances = { available: 0, held: 0, pending: 0, version: 0 };

/** null for an account that the books do not have (yet). @throws BlockDamage */
export function readStatement(store: ShardStore, query: StatementQuery): Statement | null {
  const account = store.account(query.merchant, query.account);
  if (!account) return null;
  const { no } = account;
  const low = Math.max(query.after, query.fromMs > 0 ? balancesAt(store, no, query.fromMs - 1).version : 0);
  const high = Math.min(
    bound(query.before),
    query.toMs === Infinity ? Infinity : balancesAt(store, no, query.toMs - 1).version + 1,
  );
  // A page next to a bound is read from that bound on, whichever way it is shown.
  const backwards = query.newestFirst ? query.after === 0 : query.before > 0 && query.after === 0;
  const found: BookedEntry[] = [];
  for (const entry of entriesOf(store, no, query.versions, backwards, backwards ? high : low)) {
    if (entry.version <= low || entry.version >= high) break;
    if (!isWanted(entry, query)) continue;
    found.push(entry);
    if (found.length > query.limit) break;
  }
  const page = found.slice(0, query.limit);
  const newestFirst = backwards ? page : page.toReversed();
  return {
    entries: query.newestFirst ? newestFirst : newestFirst.toReversed(),
    hasMore: found.length > query.limit,
    ...edges(store, no, newestFirst, high),
  };
}

/** What the account had at a time, everything of that millisecond included; nothing before it was opened. */
export function balancesAt(store: ShardStore, no: number, atMs: number): Balances {
  const [last] = store.blocksBackwards(no, Number.MAX_SAFE_INTEGER);
  if (!last) return NOTHING;
  const block = blockAt(store, no, last, atMs);
  if (!block) return NOTHING;
  const { entries, opening } = readBlock(block);
  return entries.findLast(({ timeMs }) => timeMs <= atMs)?.after ?? opening;
}

/** The last block that begins at `atMs` or before: by halving the versions up to the last one. */
function blockAt(store: ShardStore, no: number, last: Buffer, atMs: number): Buffer | null {
  if (spanOf(last).firstTimeMs <= atMs) return last;
  let found: Buffer | null = null;
  for (let low = 1, high = spanOf(last).firstVersion - 1; low <= high;) {
    const [block] = store.blocksBackwards(no, Math.floor((low + high) / 2));
    if (!block) return found;
    const { firstVersion, firstTimeMs } = spanOf(block);
    if (firstTimeMs > atMs) {
      high = firstVersion - 1;
    } else {
      found = block;
      low = readBlock(block).lastVersion + 1;
    }
  }
  return found;
}

/** Entries from `from` (exclusive) on, in one direction; of `versions` those alone. */
function entriesOf(
  store: ShardStore,
  no: number,
  versions: readonly number[] | null,
  backwards: boolean,
  from: number,
): Iterable<BookedEntry> {
  if (versions === null) return backwards ? entriesBackwards(store, no, from) : entriesForwards(store, no, from);
  const wanted = versions.filter((version) => (backwards ? version < from : version > from));
  return entriesAt(store, no, backwards ? wanted.toReversed() : wanted);
}

/** The entries with these versions, each found by itself. */
function* entriesAt(store: ShardStore, no: number, versions: readonly number[]): Iterable<BookedEntry> {
  let block: Block | null = null;
  for (const version of versions) {
    if (!block || version < block.firstVersion || version > block.lastVersion) {
      const [bytes] = store.blocksBackwards(no, version);
      block = bytes ? readBlock(bytes) : null;
    }
    const entry = block?.entries.find((one) => one.version === version);
    if (!entry) throw new BlockDamage(`no block has version ${version}`);
    yield entry;
  }
}

/** Entries below `before`, the newest first. */
function* entriesBackwards(store: ShardStore, no: number, before: number): Iterable<BookedEntry> {
  let newer: Block | null = null;
  for (const bytes of store.blocksBackwards(no, Math.min(before - 1, Number.MAX_SAFE_INTEGER))) {
    const block = readBlock(bytes);
    if (newer && newer.previousCrc !== block.crc) throw new BlockDamage(`block ${newer.firstVersion} does not follow`);
    newer = block;
    for (const entry of block.entries.toReversed()) if (entry.version < before) yield entry;
  }
}

/** Entries above `after`, the oldest first. */
function* entriesForwards(store: ShardStore, no: number, after: number): Iterable<BookedEntry> {
  let older: Block | null = null;
  for (const bytes of blocksFrom(store, no, after)) {
    const block = readBlock(bytes);
    if (older && block.previousCrc !== older.crc) throw new BlockDamage(`block ${block.firstVersion} does not follow`);
    older = block;
    for (const entry of block.entries) if (entry.version > after) yield entry;
  }
}

/** The block that has `version`, and all after it. */
function* blocksFrom(store: ShardStore, no: number, version: number): Iterable<Buffer> {
  const [first] = store.blocksBackwards(no, version);
  if (first) yield first;
  yield* store.blocksAfter(no, first ? spanOf(first).firstVersion : 0);
}

function isWanted({ type }: BookedEntry, query: StatementQuery): boolean {
  return query.type === '' ? movesMoney(type) : type === query.type;
}

function edges(
  store: ShardStore,
  no: number,
  newestFirst: readonly BookedEntry[],
  high: number,
): { opening: number; closing: number } {
  const newest = newestFirst[0];
  const oldest = newestFirst.at(-1);
  if (newest && oldest) return { opening: beforeVersion(store, no, oldest.version), closing: newest.after.available };
  const available = beforeVersion(store, no, high);
  return { opening: available, closing: available };
}

/** What was available before this version. */
function beforeVersion(store: ShardStore, no: number, version: number): number {
  for (const entry of entriesBackwards(store, no, version)) return entry.after.available;
  return 0;
}

function bound(version: number): number {
  return version === 0 ? Infinity : version;
}
