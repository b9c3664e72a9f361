// Spread lines. The entries of an account and of its sub-accounts as one: in the order of the journal, with what was available
// over all of them, and with the versions that people see of the account.
//
// M1. One block of each account is in memory, however long the histories are. M2. Nothing after frame `upTo` is read: the
// shards go on at different paces, and behind it one may lack what another has. M3. What moves between the account and its
// sub-accounts is no line, nor is that these were opened: for people nothing has happened.

import type { Balances } from '../domain/accounts.ts';
import { isSubAccount } from '../domain/crediting.ts';
import { entriesBackwards, entriesForwards, isAfter, NOTHING, standingAt } from './account-entries.ts';
import { BlockDamage, movesMoney, type BookedEntry, type Moment } from './entry-block.ts';
import type { ShardStore } from './shard-store.ts';
import type { Lines } from './statement.ts';

/** Where the entries of one account lie. */
export type Strand = { readonly store: ShardStore; readonly no: number };

/** After every fact of a frame. */
const END_OF_FRAME = 2 ** 32 - 1;

type Place = Pick<Moment, 'seq' | 'index'>;

/** What each of the accounts has, the account itself first. */
type Standings = readonly Balances[];

export class SpreadLines implements Lines {
  readonly #strands: readonly Strand[];
  readonly #upTo: number;

  /** `strands`: the account itself first. `upTo`: the last frame that all their shards have. */
  constructor(strands: readonly Strand[], upTo: number) {
    this.#strands = strands;
    this.#upTo = upTo;
  }

  /** Below a version, the newest first. */
  *backwards(before: number): Iterable<BookedEntry> {
    yield* this.#merge(this.#below(before), true);
  }

  /** Above a version, the oldest first. */
  *forwards(after: number): Iterable<BookedEntry> {
    yield* this.#merge(this.#below(after + 1), false);
  }

  /** Those with these versions. @throws BlockDamage when one is missing */
  *only(versions: readonly number[]): Iterable<BookedEntry> {
    for (const version of versions) {
      const [line] = this.forwards(version - 1);
      if (line?.version !== version) throw new BlockDamage(`no block has version ${version}`);
      yield line;
    }
  }

  /** The versions that people saw after what the fact at this place did; none where it did nothing or is not read. */
  versionsOf(place: Place): number[] {
    if (place.seq > this.#upTo) return [];
    const after = this.#standingsAt(place);
    const before = totalOf(this.#standingsAt({ ...place, index: place.index - 1 }, undefined, after)).version;
    return Array.from({ length: totalOf(after).version - before }, (_, step) => before + step + 1);
  }

  /** What people saw of the account at a time, everything of that millisecond included. */
  at(atMs: number): Balances {
    return totalOf(this.#standings(({ seq, timeMs }) => seq <= this.#upTo && timeMs <= atMs));
  }

  /** What was available before a version, minor units. */
  availableBefore(version: number): number {
    return totalOf(this.#below(version)).available;
  }

  /** `low` and `high`: standings before and after those that are looked for. */
  #standings(reached: (moment: Moment) => boolean, low?: Standings, high?: Standings): Standings {
    return this.#strands.map(({ store, no }, strand) => {
      const [from, to] = [low?.[strand], high?.[strand]];
      if (from && from.version === to?.version) return from;
      return standingAt(store, no, reached, from?.version, to?.version);
    });
  }

  #standingsAt(place: Place, low?: Standings, high?: Standings): Standings {
    return this.#standings((moment) => !isAfter(moment, place), low, high);
  }

  /** At the last place of the journal where people saw a version below this one: by halving its frames, then its facts. */
  #below(version: number): Standings {
    const last = this.#standingsAt({ seq: this.#upTo, index: END_OF_FRAME });
    if (totalOf(last).version < version) return last;
    const first = this.#strands.map(() => NOTHING);
    const inFrame = (seq: number): Place => ({ seq, index: END_OF_FRAME });
    const [low, high] = this.#halve(version, { at: 0, standings: first }, { at: this.#upTo, standings: last }, inFrame);
    const inFact = (index: number): Place => ({ seq: high.at, index });
    const begun = { ...low, at: -1 };
    // Most frames are short, so their end is looked for from their beginning.
    let next = 1;
    while (next < END_OF_FRAME && this.#isBelow(version, inFact(next), low, high)) next *= 2;
    return this.#halve(version, begun, { ...high, at: Math.min(next, END_OF_FRAME) }, inFact)[0].standings;
  }

  #isBelow(version: number, place: Place, low: Bound, high: Bound): boolean {
    return totalOf(this.#standingsAt(place, low.standings, high.standings)).version < version;
  }

  /** Narrows two bounds, of which the lower one is below the version and the upper one is not, until they meet. */
  #halve(version: number, from: Bound, to: Bound, placeOf: (at: number) => Place): readonly [from: Bound, to: Bound] {
    let [low, high] = [from, to];
    while (high.at - low.at > 1) {
      const at = Math.floor((low.at + high.at) / 2);
      const standings = this.#standingsAt(placeOf(at), low.standings, high.standings);
      if (totalOf(standings).version < version) low = { at, standings };
      else high = { at, standings };
    }
    return [low, high];
  }

  *#merge(from: Standings, backwards: boolean): Iterable<BookedEntry> {
    const cursors = this.#strands.map((strand, index) => this.#cursor(strand, from[index] ?? NOTHING, backwards));
    try {
      for (let next = nextOf(cursors, backwards); next >= 0; next = nextOf(cursors, backwards)) {
        const cursor = cursors[next] as Cursor;
        const entry = cursor.head as BookedEntry;
        if (!backwards) cursor.standing = entry.after;
        const after = totalOf(cursors.map(({ standing }) => standing));
        advance(cursor);
        if (backwards) cursor.standing = cursor.head?.after ?? NOTHING;
        if (isLine(entry, next > 0)) yield { ...entry, version: after.version, after };
      }
    } finally {
      for (const { entries } of cursors) entries.return?.();
    }
  }

  #cursor({ store, no }: Strand, standing: Balances, backwards: boolean): Cursor {
    const { version } = standing;
    const read = backwards
      ? entriesBackwards(store, no, version + 1)
      : until(entriesForwards(store, no, version), this.#upTo);
    const cursor: Cursor = { entries: read[Symbol.iterator](), head: null, standing };
    advance(cursor);
    return cursor;
  }
}

type Bound = { readonly at: number; readonly standings: Standings };

/** Where the reading of one account is: its next entry, and what it has there. */
type Cursor = { readonly entries: Iterator<BookedEntry>; head: BookedEntry | null; standing: Balances };

function advance(cursor: Cursor): void {
  const { done, value } = cursor.entries.next();
  cursor.head = done ? null : value;
}

function* until(entries: Iterable<BookedEntry>, upTo: number): Iterable<BookedEntry> {
  for (const entry of entries) {
    if (entry.seq > upTo) return;
    yield entry;
  }
}

/** The cursor with the next entry, −1 when none has any. Of two entries of a fact the giving sub-account's is the older one. */
function nextOf(cursors: readonly Cursor[], backwards: boolean): number {
  let found = -1;
  let best: BookedEntry | null = null;
  cursors.forEach(({ head }, index) => {
    if (!head) return;
    const order = best ? compare(head, best) * (backwards ? -1 : 1) : -1;
    if (order > 0 || (order === 0 && backwards)) return;
    found = index;
    best = head;
  });
  return found;
}

function compare(one: Place, other: Place): number {
  return one.seq === other.seq ? one.index - other.index : one.seq - other.seq;
}

/** M3. A sub-account gives to its account alone. */
function isLine({ type, side, counterparty }: BookedEntry, ofSubAccount: boolean): boolean {
  return ofSubAccount ? movesMoney(type) && side === 'credit' : !isSubAccount(counterparty);
}

/** What people see: the opening of a sub-account is no version of its account. */
function totalOf([own = NOTHING, ...subAccounts]: Standings): Balances {
  const total = { ...own };
  for (const { available, version } of subAccounts) {
    total.available += available;
    total.version += Math.max(0, version - 1);
  }
  return total;
}
