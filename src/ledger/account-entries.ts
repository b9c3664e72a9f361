// Account entries. Reads the entries of one account from its shard. Memory does not grow with the length of the history: one
// block at a time is in it.
//
// T1. Versions, places in the journal and times of an account all only rise, so any of them is found by halving. T2. Each
// block whose entries are read is checked, and that it follows the one read before it.

import type { Balances } from '../domain/accounts.ts';
import type { FactPosition } from '../domain/ids.ts';
import {
  beginningOf,
  BlockDamage,
  closingOf,
  readBlock,
  spanOf,
  type Block,
  type BookedEntry,
  type Moment,
} from './entry-block.ts';
import type { ShardStore } from './shard-store.ts';

/** What an account has before its first entry. */
export const NOTHING: Balances = { available: 0, held: 0, pending: 0, version: 0 };

/**
 * What the account had after the last entry that `reached` is true of; it is true of all entries up to some place and of none
 * after it. `from`: a version that it is true of, 0 for none; `to`: one above which it is not.
 */
export function standingAt(
  store: ShardStore,
  no: number,
  reached: (moment: Moment) => boolean,
  from = 0,
  to = Number.MAX_SAFE_INTEGER,
): Balances {
  const block = lastBlock(store, no, reached, from, to);
  if (!block) return NOTHING;
  const { entries, opening } = readBlock(block);
  return entries.findLast(reached)?.after ?? opening;
}

/** The last block whose first entry is reached: by halving the versions. */
function lastBlock(
  store: ShardStore,
  no: number,
  reached: (moment: Moment) => boolean,
  from: number,
  to: number,
): Buffer | null {
  const [last] = store.blocksBackwards(no, to);
  if (!last || reached(beginningOf(last))) return last ?? null;
  let found: Buffer | null = null;
  for (let low = Math.max(from, 1), high = spanOf(last).firstVersion - 1; low <= high;) {
    const [block] = store.blocksBackwards(no, Math.floor((low + high) / 2));
    if (!block) return found;
    if (!reached(beginningOf(block))) {
      high = spanOf(block).firstVersion - 1;
    } else {
      found = block;
      low = closingOf(block).balances.version + 1;
    }
  }
  return found;
}

/** The account's versions after what the fact at this place did to it, rising; none where it did nothing. */
export function versionsOf(store: ShardStore, no: number, place: FactPosition): number[] {
  const isThere = ({ seq, index }: Moment): boolean => seq === place.seq && index === place.index;
  const block = lastBlock(store, no, (moment) => !isAfter(moment, place), 0, Number.MAX_SAFE_INTEGER);
  if (!block) return [];
  const { entries, firstVersion } = readBlock(block);
  const [before] = isThere(entries[0] as BookedEntry) ? store.blocksBackwards(no, firstVersion - 1) : [];
  // A voucher may move an account twice, and a block may end between.
  const all = before ? [...readBlock(before).entries, ...entries] : entries;
  return all.filter(isThere).map(({ version }) => version);
}

/** True for what was stated later than at this place. */
export function isAfter({ seq, index }: FactPosition, place: FactPosition): boolean {
  return seq > place.seq || (seq === place.seq && index > place.index);
}

/** The entries with these versions, each found by itself. */
export function* entriesAt(store: ShardStore, no: number, versions: readonly number[]): Iterable<BookedEntry> {
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
export function* entriesBackwards(store: ShardStore, no: number, before: number): Iterable<BookedEntry> {
  let newer: Block | null = null;
  for (const bytes of store.blocksBackwards(no, Math.min(before - 1, Number.MAX_SAFE_INTEGER))) {
    const block = readBlock(bytes);
    if (newer && newer.previousCrc !== block.crc) throw new BlockDamage(`block ${newer.firstVersion} does not follow`);
    newer = block;
    for (const entry of block.entries.toReversed()) if (entry.version < before) yield entry;
  }
}

/** Entries above `after`, the oldest first. */
export function* entriesForwards(store: ShardStore, no: number, after: number): Iterable<BookedEntry> {
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
