// Day orders. What a line of a bill has to know of the order that it names, for all that have succeeded on the day: in memory and
// without a look into the store, some 32 bytes an order.
//
// O1. A number is found as it is or not at all: it is kept, and not only its hash.

import type { ChannelVerb } from '../../domain/orders/channel-order.ts';

export type DayOrder = { readonly merchant: string; readonly verb: ChannelVerb };

const PREFIX = 'chn_';
const DIGITS = 26;

/** Bits of a ULID's digits: six digits fit into a word. */
const DIGIT_BITS = 5;
const WORD_DIGITS = 6;
const NUMBER_WORDS = Math.ceil(DIGITS / WORD_DIGITS);

/** An order: its number, and the place of what is known of it. */
const ORDER_WORDS = NUMBER_WORDS + 1;

/** Orders that get their memory together: 1.5 MB. */
const CHUNK_ORDERS = 65_536;

/** An empty place of the table. */
const NONE = -1;
const NO_DIGIT = -1;

const DIGIT_OF = new Int8Array(128).fill(NO_DIGIT);
for (const [value, digit] of '0123456789ABCDEFGHJKMNPQRSTVWXYZ'.split('').entries())
  DIGIT_OF[digit.charCodeAt(0)] = value;

export class DayOrders {
  readonly #chunks: Uint32Array[] = [];
  #count = 0;
  /** Orders by the hash of their number, each at its place or at the next free one; null until all have been added. */
  #table: Int32Array | null = null;
  /** Numbers that are none of ours by their shape. */
  readonly #others = new Map<string, DayOrder>();
  /** Merchants and verbs: few for many orders. */
  readonly #known: DayOrder[] = [];
  readonly #places: { readonly [verb in ChannelVerb]: Map<string, number> } = {
    pay: new Map(),
    refund: new Map(),
    payout: new Map(),
  };
  readonly #words = new Uint32Array(NUMBER_WORDS);

  add(number: string, { merchant, verb }: DayOrder): void {
    if (!this.#read(number)) {
      this.#others.set(number, { merchant, verb });
      return;
    }
    const place = this.#count % CHUNK_ORDERS;
    if (place === 0) this.#chunks.push(new Uint32Array(CHUNK_ORDERS * ORDER_WORDS));
    const chunk = this.#chunks.at(-1) as Uint32Array;
    chunk.set(this.#words, place * ORDER_WORDS);
    chunk[place * ORDER_WORDS + NUMBER_WORDS] = this.#placeOf(merchant, verb);
    this.#count += 1;
    this.#table = null;
  }

  /** Null for a number that none of them has. */
  find(number: string): DayOrder | null {
    if (!this.#read(number)) return this.#others.get(number) ?? null;
    const table = (this.#table ??= this.#tableOfAll());
    const mask = table.length - 1;
    const words = this.#words;
    for (let place = hashOf(words, 0) & mask; ; place = (place + 1) & mask) {
      const order = table[place] as number;
      if (order === NONE) return null;
      const chunk = this.#chunkOf(order);
      const at = (order % CHUNK_ORDERS) * ORDER_WORDS;
      let same = 0;
      while (same < NUMBER_WORDS && chunk[at + same] === words[same]) same += 1;
      if (same === NUMBER_WORDS) return this.#known[chunk[at + NUMBER_WORDS] as number] as DayOrder;
    }
  }

  /** At most half full. */
  #tableOfAll(): Int32Array {
    const table = new Int32Array(2 ** Math.ceil(Math.log2(2 * this.#count + 1))).fill(NONE);
    const mask = table.length - 1;
    for (let order = 0; order < this.#count; order++) {
      let place = hashOf(this.#chunkOf(order), (order % CHUNK_ORDERS) * ORDER_WORDS) & mask;
      while (table[place] !== NONE) place = (place + 1) & mask;
      table[place] = order;
    }
    return table;
  }

  #chunkOf(order: number): Uint32Array {
    return this.#chunks[Math.floor(order / CHUNK_ORDERS)] as Uint32Array;
  }

  #placeOf(merchant: string, verb: ChannelVerb): number {
    const known = this.#places[verb].get(merchant);
    if (known !== undefined) return known;
    this.#places[verb].set(merchant, this.#known.length);
    return this.#known.push({ merchant, verb }) - 1;
  }

  /** Reads the digits of a number; false for what is none of ours by its shape. */
  #read(number: string): boolean {
    if (number.length !== PREFIX.length + DIGITS || !number.startsWith(PREFIX)) return false;
    let word = 0;
    for (let digit = 0; digit < DIGITS; digit++) {
      const value = DIGIT_OF[number.charCodeAt(PREFIX.length + digit)] ?? NO_DIGIT;
      if (value === NO_DIGIT) return false;
      word = (word << DIGIT_BITS) | value;
      if (digit % WORD_DIGITS !== WORD_DIGITS - 1) continue;
      this.#words[Math.floor(digit / WORD_DIGITS)] = word;
      word = 0;
    }
    this.#words[NUMBER_WORDS - 1] = word;
    return true;
  }
}

/** Of the words of a number, mixed (murmur3's end). */
function hashOf(words: Uint32Array, at: number): number {
  let hash = 0;
  for (let word = 0; word < NUMBER_WORDS; word++) hash = Math.imul(hash ^ (words[at + word] as number), 0x9e3779b1);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
