// Statement. A page of an account's entries, or what the account had at a time.
//
// P1. A page next to a bound is read from that bound on, whichever way it is shown. P2. Memory does not grow with the length
// of the history.

import type { Balances } from '../domain/accounts.ts';
import type { FactPosition } from '../domain/ids.ts';
import { entriesAt, entriesBackwards, entriesForwards, standingAt, versionsOf } from './account-entries.ts';
import { movesMoney, type BookedEntry, type EntryType } from './entry-block.ts';
import type { ShardStore } from './shard-store.ts';

/** The entries of an account in the order of its versions, wherever they lie. */
export type Lines = {
  /** Below a version, the newest first. */
  readonly backwards: (before: number) => Iterable<BookedEntry>;
  /** Above a version, the oldest first. */
  readonly forwards: (after: number) => Iterable<BookedEntry>;
  /** Those with these versions. @throws BlockDamage when one is missing */
  readonly only: (versions: readonly number[]) => Iterable<BookedEntry>;
  /** The versions after what the fact at this place did to the account, rising; none where it did nothing. */
  readonly versionsOf: (place: FactPosition) => readonly number[];
  /** What the account had at a time, everything of that millisecond included; nothing before it was opened. */
  readonly at: (atMs: number) => Balances;
  /** What was available before a version, minor units. */
  readonly availableBefore: (version: number) => number;
};

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
  /** The only facts whose entries are wanted, in the order of the journal; null for all. */
  readonly places: readonly FactPosition[] | null;
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

/** null for an account that the books do not have (yet). @throws BlockDamage */
export function readStatement(store: ShardStore, query: StatementQuery): Statement | null {
  const account = store.account(query.merchant, query.account);
  return account ? pageOf(linesOf(store, account.no), query) : null;
}

/** What the account with this number had at a time, everything of that millisecond included. */
export function balancesAt(store: ShardStore, no: number, atMs: number): Balances {
  return standingAt(store, no, ({ timeMs }) => timeMs <= atMs);
}

/** The entries of the account with this number. */
function linesOf(store: ShardStore, no: number): Lines {
  return {
    backwards: (before) => entriesBackwards(store, no, before),
    forwards: (after) => entriesForwards(store, no, after),
    only: (versions) => entriesAt(store, no, versions),
    versionsOf: (place) => versionsOf(store, no, place),
    at: (atMs) => balancesAt(store, no, atMs),
    availableBefore: (version) => {
      for (const entry of entriesBackwards(store, no, version)) return entry.after.available;
      return 0;
    },
  };
}

/** The page that is asked for. */
export function pageOf(lines: Lines, query: StatementQuery): Statement {
  const low = Math.max(query.after, query.fromMs > 0 ? lines.at(query.fromMs - 1).version : 0);
  const high = Math.min(bound(query.before), query.toMs === Infinity ? Infinity : lines.at(query.toMs - 1).version + 1);
  const backwards = query.newestFirst ? query.after === 0 : query.before > 0 && query.after === 0;
  const versions = query.places?.flatMap((place) => lines.versionsOf(place)) ?? null;
  const found: BookedEntry[] = [];
  for (const entry of entriesOf(lines, versions, backwards, backwards ? high : low)) {
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
    ...edges(lines, newestFirst, high),
  };
}

/** Entries from `from` (exclusive) on, in one direction; of `versions` those alone. */
function entriesOf(
  lines: Lines,
  versions: readonly number[] | null,
  backwards: boolean,
  from: number,
): Iterable<BookedEntry> {
  if (versions === null) return backwards ? lines.backwards(from) : lines.forwards(from);
  const wanted = versions.filter((version) => (backwards ? version < from : version > from));
  return lines.only(backwards ? wanted.toReversed() : wanted);
}

function isWanted({ type }: BookedEntry, query: StatementQuery): boolean {
  return query.type === '' ? movesMoney(type) : type === query.type;
}

function edges(lines: Lines, newestFirst: readonly BookedEntry[], high: number): { opening: number; closing: number } {
  const newest = newestFirst[0];
  const oldest = newestFirst.at(-1);
  if (newest && oldest) return { opening: lines.availableBefore(oldest.version), closing: newest.after.available };
  const available = lines.availableBefore(high);
  return { opening: available, closing: available };
}

function bound(version: number): number {
  return version === 0 ? Infinity : version;
}
