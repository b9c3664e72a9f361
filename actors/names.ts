// Names. Who asked for what before: transfer ids, operation ids and idempotency keys, each pointing at the frame with
// its latest fact. A merchant's names are its own.
//
// N1. A name is remembered as soon as its fact is gathered, so a second request with it is a replay even before the
// first one is durable. N2. The index only says where to look; the frame says what is there.

import { FACT_KIND, isTransfer, type Fact } from '../src/domain/facts.ts';
import type { OrderStepped } from '../src/domain/order-facts.ts';
import { hashName, SeqIndex, type NameHash } from '../src/journal/seq-index.ts';
import type { FrameFacts } from './frame-facts.ts';
import type { History } from './history.ts';

/** A fact and where it stands. */
export type Found = { readonly fact: Fact; readonly frame: FrameFacts; readonly index: number };

/** A step of an order and where it stands. */
export type FoundOrder = Found & { readonly fact: OrderStepped };

const TRANSFER_SPACE = 1;
const KEY_SPACE = 2;
/** Orders by their id; trades by the merchant's number; channel orders by their number alone: a callback has no merchant. */
const ORDER_SPACE = 3;
const TRADE_NO_SPACE = 4;
const CHANNEL_ORDER_SPACE = 5;
/** hash high, hash low, frame, frame of the entry that it replaces. */
const ENTRY_WORDS = 4;

export class Names {
  readonly #index = new SeqIndex();
  readonly #history: History;
  readonly #seed: number;
  readonly #hash: NameHash = { high: 0, low: 0 };
  readonly #salt: NameHash = { high: 0, low: 0 };
  #saltedMerchant: string | null = null;
  /** What `#hash` is the hash of: a transfer's id is asked for and then remembered, and hashed once. */
  #hashedName: string | null = null;
  #hashedSpace = 0;
  #fresh = new Uint32Array(4096 * ENTRY_WORDS);
  #freshWords = 0;

  constructor(history: History, seed: number) {
    this.#history = history;
    this.#seed = seed;
  }

  get size(): number {
    return this.#index.size;
  }

  /** The latest fact about a transfer (or the fact of a capture or void) of this name. */
  findTransfer(merchant: string, name: string): Found | null {
    this.#hashOf(merchant, TRANSFER_SPACE, name);
    if (this.#index.find(this.#hash, 0) === 0) return null;
    return this.#find((frame) => frame.indexOfTransfer(merchant, name));
  }

  /** The fact caused under this idempotency key. */
  findKey(merchant: string, key: string): Found | null {
    this.#hashOf(merchant, KEY_SPACE, key);
    if (this.#index.find(this.#hash, 0) === 0) return null;
    return this.#find((frame) => frame.indexOfKey(merchant, key));
  }

  /** The latest step of an order. */
  findOrder(merchant: string, id: string): FoundOrder | null {
    this.#hashOf(merchant, ORDER_SPACE, id);
    if (this.#index.find(this.#hash, 0) === 0) return null;
    return this.#find((frame) => frame.indexOfOrder(merchant, id)) as FoundOrder | null;
  }

  /** The latest step of the trade that has this order number of the merchant's. */
  findTradeNo(merchant: string, outTradeNo: string): FoundOrder | null {
    this.#hashOf(merchant, TRADE_NO_SPACE, outTradeNo);
    if (this.#index.find(this.#hash, 0) === 0) return null;
    return this.#latest(this.#find((frame) => frame.indexOfTradeNo(merchant, outTradeNo)));
  }

  /** The latest step of a channel order, whichever merchant's it is. */
  findChannelOrder(number: string): FoundOrder | null {
    this.#hashOf('', CHANNEL_ORDER_SPACE, number);
    if (this.#index.find(this.#hash, 0) === 0) return null;
    return this.#latest(this.#find((frame) => frame.indexOfChannelOrder(number)));
  }

  /** From the first step of an order. */
  #latest(first: Found | null): FoundOrder | null {
    if (first?.fact.kind !== FACT_KIND.orderStepped) return null;
    return this.findOrder(first.fact.context.merchant, first.fact.order.id);
  }

  /** Remembers the names in a fact that stands in frame `seq`. */
  remember(fact: Fact, seq: number): void {
    const { merchant } = fact.context;
    if (isTransfer(fact)) {
      if (fact.id !== '') this.#set(merchant, TRANSFER_SPACE, fact.id, seq, 0);
      if (fact.id !== fact.transfer) this.#set(merchant, TRANSFER_SPACE, fact.transfer, seq, fact.previousSeq);
    }
    if (fact.kind === FACT_KIND.orderStepped) this.#rememberOrder(fact, seq);
    if (fact.key !== '') this.#set(merchant, KEY_SPACE, fact.key, seq, 0);
  }

  #rememberOrder({ context: { merchant }, order, previousSeq }: OrderStepped, seq: number): void {
    this.#set(merchant, ORDER_SPACE, order.id, seq, previousSeq);
    if (order.version !== 1) return;
    if (order.kind === 'trade') this.#set(merchant, TRADE_NO_SPACE, order.outTradeNo, seq, 0);
    if (order.kind === 'channel_order') this.#set('', CHANNEL_ORDER_SPACE, order.id, seq, 0);
  }

  /** Undoes `remember` for a fact that was taken back in the same turn; latest fact first. Orders have no part in that. */
  takeBack(fact: Fact, seq: number): void {
    const { merchant } = fact.context;
    if (fact.key !== '') this.#unset(merchant, KEY_SPACE, fact.key, seq, 0);
    if (!isTransfer(fact)) return;
    if (fact.id !== fact.transfer) this.#unset(merchant, TRANSFER_SPACE, fact.transfer, seq, fact.previousSeq);
    if (fact.id !== '') this.#unset(merchant, TRANSFER_SPACE, fact.id, seq, 0);
  }

  /** Entries remembered since the last call, for a snapshot. */
  takeFresh(): Uint32Array {
    const fresh = this.#fresh.slice(0, this.#freshWords);
    this.#freshWords = 0;
    return fresh;
  }

  /** Entries of an earlier snapshot, oldest snapshot first. */
  load(entries: Uint32Array): void {
    this.#hashedName = null;
    for (let at = 0; at + ENTRY_WORDS <= entries.length; at += ENTRY_WORDS) {
      this.#hash.high = entries[at] as number;
      this.#hash.low = entries[at + 1] as number;
      this.#index.set(this.#hash, entries[at + 2] as number, entries[at + 3]);
    }
  }

  #find(indexIn: (frame: FrameFacts) => number): Found | null {
    // Reading a frame may ask for other names, so the hash is kept.
    const hash = { high: this.#hash.high, low: this.#hash.low };
    let latest: Found | null = null;
    for (let nth = 0; ; nth++) {
      const seq = this.#index.find(hash, nth);
      if (seq === 0) return latest;
      if (latest && seq <= latest.frame.seq) continue;
      const frame = this.#history.frame(seq);
      const index = frame ? indexIn(frame) : -1;
      if (frame && index >= 0) latest = { fact: frame.facts[index] as Fact, frame, index };
    }
  }

  #set(merchant: string, space: number, name: string, seq: number, previousSeq: number): void {
    this.#hashOf(merchant, space, name);
    this.#index.set(this.#hash, seq, previousSeq);
    if (this.#freshWords + ENTRY_WORDS > this.#fresh.length) this.#growFresh();
    this.#fresh[this.#freshWords++] = this.#hash.high;
    this.#fresh[this.#freshWords++] = this.#hash.low;
    this.#fresh[this.#freshWords++] = seq;
    this.#fresh[this.#freshWords++] = previousSeq;
  }

  #unset(merchant: string, space: number, name: string, seq: number, previousSeq: number): void {
    this.#hashOf(merchant, space, name);
    this.#index.unset(this.#hash, seq, previousSeq);
    this.#freshWords -= ENTRY_WORDS;
  }

  #growFresh(): void {
    const larger = new Uint32Array(this.#fresh.length * 2);
    larger.set(this.#fresh);
    this.#fresh = larger;
  }

  #hashOf(merchant: string, space: number, name: string): void {
    if (merchant !== this.#saltedMerchant) {
      hashName(this.#salt, this.#seed, 0, merchant);
      this.#saltedMerchant = merchant;
      this.#hashedName = null;
    }
    if (name === this.#hashedName && space === this.#hashedSpace) return;
    this.#hashedName = name;
    this.#hashedSpace = space;
    hashName(this.#hash, this.#salt.high, this.#salt.low ^ space, name);
  }
}
