// Book keeper. Books the frames of the journal into the shards that one worker keeps, fact by fact, and has them flushed.
//
// K3. Frames come in order, without a gap. K4. Each shard is flushed by itself: what all of them have on disk is what the
// last one has (K1 and K2 are those of booking.ts).

import type { Balances } from '../domain/accounts.ts';
import {
  FACT_KIND,
  type AccountChanged,
  type AccountOpened,
  type Fact,
  type AccountRuled,
  type DirectFact,
  type IndirectFact,
} from '../domain/facts.ts';
import { movedLegs } from '../domain/legs.ts';
import { isShadow } from '../domain/shadow.ts';
import { readFrame, type Frame } from '../journal/frame.ts';
import { decodeFacts } from '../journal/payload.ts';
import { Booking } from './booking.ts';
import { ENTRY_TYPES } from './entry-block.ts';
import { counterpartyOf, orderOf } from './indirect-entries.ts';
import { LedgerContradiction, ShardBooks } from './shard-books.ts';
import { bookVoucher } from './voucher-booking.ts';

const OPENED = ENTRY_TYPES.indexOf('opened');
const CHANGED = ENTRY_TYPES.indexOf('changed');
const POSTED = ENTRY_TYPES.indexOf('posted');

export class BookKeeper {
  readonly #own: readonly ShardBooks[];
  /** Which of the own shards is flushed next. */
  #turn = 0;
  /** Why nothing is booked any more. */
  #stopped: Error | null = null;
  readonly #booking: Booking;

  /** `books`: one of each shard, null for those of other workers. */
  constructor(books: readonly (ShardBooks | null)[]) {
    this.#booking = new Booking(books);
    this.#own = books.filter((one) => one !== null);
  }

  /** The last frame that all own shards have booked. */
  get bookedSeq(): number {
    return Math.min(...this.#own.map(({ bookedSeq }) => bookedSeq));
  }

  /** The last frame of which all own shards have everything on disk. */
  get flushedSeq(): number {
    return Math.min(...this.#own.map(({ flushedSeq }) => flushedSeq));
  }

  /** Entries that wait for a flush. */
  get waiting(): number {
    return this.#own.reduce((sum, { waiting }) => sum + waiting, 0);
  }

  /**
   * Books a whole frame; shards that have it already skip it. A part of it may be in memory after it failed, so nothing is
   * booked or flushed any more. @throws LedgerContradiction, FrameDamage
   */
  book(bytes: Uint8Array): void {
    if (this.#stopped) throw this.#stopped;
    try {
      this.#bookFrame(bytes);
    } catch (error) {
      this.#stopped = error as Error;
      throw error;
    }
  }

  #bookFrame(bytes: Uint8Array): void {
    const frame = readFrame(bytes);
    const { seq, timeMs, payload } = frame;
    if (seq > this.bookedSeq + 1) throw new LedgerContradiction(`frame ${seq} came after ${this.bookedSeq}`);
    for (const shard of this.#own) if (shard.bookedSeq === seq - 1) shard.mustFollow(frame);
    const posting = this.#booking.posting;
    posting.seq = seq;
    posting.timeMs = timeMs;
    const facts = readFacts(payload, seq);
    for (let index = 0; index < facts.length; index++) {
      posting.index = index;
      mustBelong(facts[index] as Fact, frame);
      this.#bookFact(facts[index] as Fact);
    }
    for (const shard of this.#own) if (shard.bookedSeq < seq) shard.advance(frame, bytes);
  }

  /** What an account has, everything booked included; null for one that was never opened. Only for own shards. */
  balances(merchant: string, id: string): Balances | null {
    return this.#booking.balances(merchant, id);
  }

  /** Flushes all own shards. Nothing may be booked meanwhile. @throws what stopped the booking, or what the disk says */
  async flush(): Promise<void> {
    if (this.#stopped) throw this.#stopped;
    // One after the other: LMDB's threads are those that make the journal durable, too.
    for (const shard of this.#own) await shard.flush();
    if (this.#booking.hasCrowd) this.#booking.forget();
  }

  /**
   * Flushes the next of the own shards, in turn: a frame of the journal that becomes durable at the same time waits for
   * the disk to sync one shard and not all of them. As `flush` otherwise.
   */
  async flushNext(): Promise<void> {
    // Only when the store has all accounts as they are can they leave; those that are busy are back at once.
    if (this.#booking.hasCrowd) return this.flush();
    if (this.#stopped) throw this.#stopped;
    await this.#own[this.#turn]?.flush();
    this.#turn = (this.#turn + 1) % this.#own.length;
  }

  #bookFact(fact: Fact): void {
    switch (fact.kind) {
      case FACT_KIND.transferMoved:
      case FACT_KIND.transferReversed:
        this.#bookTransfer(fact);
        return;
      case FACT_KIND.transferRouted:
      case FACT_KIND.creditsApplied:
      case FACT_KIND.subAccountGathered:
        this.#bookIndirect(fact);
        return;
      case FACT_KIND.accountOpened:
        this.#open(fact);
        return;
      case FACT_KIND.accountChanged:
      case FACT_KIND.accountRuled:
        this.#change(fact);
        return;
      case FACT_KIND.dayOpened:
        this.#openDay(fact.date);
        return;
      case FACT_KIND.voucherPosted:
        bookVoucher(this.#booking, fact);
        return;
      case FACT_KIND.batchAnswered:
      case FACT_KIND.keyRemembered:
      case FACT_KIND.orderStepped:
      case FACT_KIND.callbackReceived:
      case FACT_KIND.rulesAdopted:
      case FACT_KIND.switchTurned:
        return;
    }
  }

  #open({ context: { merchant }, account: id, currency, accountKind }: AccountOpened): void {
    const shard = this.#booking.shardOf(merchant, id);
    if (!shard || shard.bookedSeq >= this.#booking.posting.seq) return;
    if (this.balances(merchant, id)) throw this.#booking.contradiction(`account ${id} was opened before`);
    const account = shard.open(merchant, id, currency, accountKind);
    this.#booking.opened(merchant, id, { shard, account });
    this.#booking.memo({ shard, account }, OPENED, 1);
  }

  #openDay(date: string): void {
    const { seq } = this.#booking.posting;
    for (const shard of this.#own) if (shard.bookedSeq < seq) shard.openDay(date, seq);
  }

  #change(fact: AccountChanged | AccountRuled): void {
    const { account: id, version, balances } = fact;
    const { merchant } = fact.context;
    const [available, held, pending] = balances;
    const known = this.#booking.find(merchant, id);
    if (!known || known.shard.bookedSeq >= this.#booking.posting.seq) return;
    const { account } = known;
    if (account.available !== available || account.held !== held || account.pending !== pending) {
      throw this.#booking.contradiction(`account ${id} does not have what the fact says`);
    }
    this.#booking.memo(known, CHANGED, version);
  }

  #bookTransfer(fact: DirectFact): void {
    const { merchant } = fact.context;
    const payer = this.#booking.find(merchant, fact.debit.account);
    const payee = this.#booking.find(merchant, fact.credit.account);
    const posting = this.#booking.posting;
    posting.type = ENTRY_TYPES.indexOf(fact.step);
    posting.amount = fact.moved;
    posting.transfer = fact.transfer;
    const sameShard = payer?.shard === payee?.shard;
    if (payer) this.#booking.side(payer, fact.step, fact.currency, 'debit', fact.debit, fact.credit.account, sameShard);
    if (payee)
      this.#booking.side(payee, fact.step, fact.currency, 'credit', fact.credit, fact.debit.account, sameShard);
  }

  /** In the statements it is a post between payer and payee, whose ids the entries have: the account between is ours. */
  #bookIndirect(fact: IndirectFact): void {
    const { from, to } = movedLegs(fact);
    const { merchant } = fact.context;
    const giver = this.#booking.find(merchant, from.account);
    const taker = this.#booking.find(merchant, to.account);
    const posting = this.#booking.posting;
    posting.type = POSTED;
    posting.amount = fact.amount;
    posting.transfer = orderOf(fact);
    const sameShard = giver?.shard === taker?.shard;
    const { step, currency } = fact;
    if (giver) this.#booking.side(giver, step, currency, 'debit', from, counterpartyOf(fact, from), sameShard);
    if (taker) this.#booking.side(taker, step, currency, 'credit', to, counterpartyOf(fact, to), sameShard);
  }
}

/** @throws LedgerContradiction for stress traffic among business, and the other way round */
function mustBelong({ context: { shadow } }: Fact, { partition, seq }: Frame): void {
  if (shadow !== isShadow(partition)) throw new LedgerContradiction(`frame ${seq} has a fact without its mark`);
}

/** @throws LedgerContradiction for facts that these books cannot read: those of a newer version */
function readFacts(payload: Uint8Array, seq: number): Fact[] {
  try {
    return decodeFacts(payload);
  } catch (error) {
    throw new LedgerContradiction(`frame ${seq}: ${(error as Error).message}`);
  }
}
