// Sequence index. From the hash of a name (a transfer's id, an idempotency key) to the journal frame that has its
// latest fact. It answers "perhaps, look there" or "certainly not"; the frame decides, so a collision costs one read
// and never a wrong answer.
//
// Off the heap and without pointers: 8 bytes a slot, the hash's low half and the frame, in 4,096 small tables that the
// high half chooses and that grow one by one, because one table of ten million names would stop the engine for a second
// each time it doubles.

const SEGMENT_BITS = 12;
const SEGMENTS = 1 << SEGMENT_BITS;
const WORDS = 2;
const SLOTS_MIN = 16;
/** Share of used slots above which a segment doubles; linear probing stays short below it. */
const LOAD_MAX = 0.7;

/** What every segment begins with; nothing is ever put into it. */
const NOTHING_YET = new Uint32Array(SLOTS_MIN * WORDS);

/** A 64-bit hash in two halves. */
export type NameHash = { high: number; low: number };

/**
 * Two rounds of 32-bit multiply-and-rotate over the characters, seeded (after cyrb53 and MurmurHash3's finalizer). The seed is random per
 * journal, so that a client cannot choose names that collide.
 */
export function hashName(into: NameHash, seed: number, space: number, name: string): void {
  let high = 0xdeadbeef ^ seed ^ space;
  let low = 0x41c6ce57 ^ Math.imul(seed, 0x9e3779b1) ^ space;
  for (let index = 0; index < name.length; index++) {
    const code = name.charCodeAt(index);
    high = Math.imul(high ^ code, 0x9e3779b1);
    high = (high << 13) | (high >>> 19);
    low = Math.imul(low ^ code, 0x5f356495);
    low = (low << 15) | (low >>> 17);
  }
  high = Math.imul(high ^ (high >>> 16), 0x85ebca6b) ^ Math.imul(low ^ (low >>> 13), 0xc2b2ae35);
  low = Math.imul(low ^ (low >>> 16), 0x85ebca6b) ^ Math.imul(high ^ (high >>> 13), 0xc2b2ae35);
  into.high = high >>> 0;
  into.low = low >>> 0;
}

export class SeqIndex {
  readonly #segments: Uint32Array[] = [];
  readonly #used = new Uint32Array(SEGMENTS);
  #size = 0;

  constructor() {
    for (let segment = 0; segment < SEGMENTS; segment++) this.#segments.push(NOTHING_YET);
  }

  /** Entries, stale ones included. */
  get size(): number {
    return this.#size;
  }

  /** Frame of the n-th entry with this hash (n from 0); 0 when there are not so many. */
  find(hash: NameHash, nth: number): number {
    const table = this.#tableOf(hash);
    let at = slotOf(hash.low, table);
    for (let left = nth; ; at = next(at, table)) {
      const seq = table[at + 1] as number;
      if (seq === 0) return 0;
      if (table[at] === hash.low && left-- === 0) return seq;
    }
  }

  /** Adds an entry, or moves the one that points at `previousSeq` (0: there is none to move). */
  set(hash: NameHash, seq: number, previousSeq = 0): void {
    const segment = hash.high & (SEGMENTS - 1);
    let table = this.#segments[segment] as Uint32Array;
    if (table === NOTHING_YET) this.#segments[segment] = table = new Uint32Array(SLOTS_MIN * WORDS);
    let at = slotOf(hash.low, table);
    for (; table[at + 1] !== 0; at = next(at, table)) {
      // Another name with this hash may stand in the same frame, so what is there already is not taken for this one.
      if (table[at + 1] === previousSeq && table[at] === hash.low) {
        table[at + 1] = seq;
        return;
      }
    }
    table[at] = hash.low;
    table[at + 1] = seq;
    this.#size += 1;
    this.#used[segment] = (this.#used[segment] as number) + 1;
    if (this.#used[segment] * WORDS > table.length * LOAD_MAX) this.#grow(segment);
  }

  /** Undoes `set(hash, seq, previousSeq)`. */
  unset(hash: NameHash, seq: number, previousSeq = 0): void {
    const table = this.#tableOf(hash);
    for (let at = slotOf(hash.low, table); table[at + 1] !== 0; at = next(at, table)) {
      if (table[at + 1] !== seq || table[at] !== hash.low) continue;
      if (previousSeq === 0) this.#remove(at, hash.high & (SEGMENTS - 1));
      else table[at + 1] = previousSeq;
      return;
    }
  }

  /** Empties a slot; entries behind it that were looking for a place move up, so that no search ends too early. */
  #remove(at: number, segment: number): void {
    const table = this.#segments[segment] as Uint32Array;
    let hole = at;
    for (let from = next(hole, table); table[from + 1] !== 0; from = next(from, table)) {
      const home = slotOf(table[from] as number, table);
      if (ahead(home, from, table) < ahead(hole, from, table)) continue;
      table.copyWithin(hole, from, from + WORDS);
      hole = from;
    }
    table[hole + 1] = 0;
    this.#size -= 1;
    this.#used[segment] = (this.#used[segment] as number) - 1;
  }

  #tableOf(hash: NameHash): Uint32Array {
    return this.#segments[hash.high & (SEGMENTS - 1)] as Uint32Array;
  }

  #grow(segment: number): void {
    const old = this.#segments[segment] as Uint32Array;
    const table = new Uint32Array(old.length * 2);
    for (let from = 0; from < old.length; from += WORDS) {
      if (old[from + 1] === 0) continue;
      let at = slotOf(old[from] as number, table);
      while (table[at + 1] !== 0) at = next(at, table);
      table[at] = old[from] as number;
      table[at + 1] = old[from + 1] as number;
    }
    this.#segments[segment] = table;
  }
}

/** Where the search for a hash begins; `low` is the hash's low half. Tables are a power of two long. */
function slotOf(low: number, table: Uint32Array): number {
  return (low << 1) & (table.length - 1);
}

function next(at: number, table: Uint32Array): number {
  return (at + WORDS) & (table.length - 1);
}

/** Words from one slot on to another, around the end of the table. */
function ahead(from: number, to: number, table: Uint32Array): number {
  return to >= from ? to - from : to - from + table.length;
}
