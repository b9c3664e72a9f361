// Book keeper. Books the frames of the journal into the shards that one worker keeps: finds the two accounts of each
// fact, checks that the fact follows from what the books have, and cuts it into one balanced segment a shard.
//
// K1. A fact that moves money is booked by the one template of its step, or the shard stops. K2. Where payer and payee
// are in two shards, each segment is balanced by subject 2990, "between shards". K3. Frames come in order, without a gap.

import { applyCredit, applyDebit, type Balances, type Step } from '../domain/accounts.ts';
import { BETWEEN_SHARDS } from '../domain/books/subjects.ts';
import { MOVEMENTS } from '../domain/books/templates.ts';
import {
  FACT_KIND,
  type AccountChanged,
  type AccountOpened,
  type Fact,
  type AccountRuled,
  type DirectFact,
  type IndirectFact,
  type Leg,
} from '../domain/facts.ts';
import { movedLegs } from '../domain/legs.ts';
import { readFrame } from '../journal/frame.ts';
import { decodeFacts } from '../journal/payload.ts';
import { ENTRY_TYPES, type Side, type Posting } from './entry-block.ts';
import { counterpartyOf, orderOf } from './indirect-entries.ts';
import type { LedgerAccount } from './ledger-account.ts';
import { LedgerContradiction, ShardBooks } from './shard-books.ts';
import { shardOf } from './shards.ts';
import { placeOf } from './turnovers.ts';

const BETWEEN = placeOf(BETWEEN_SHARDS);
const OPENED = ENTRY_TYPES.indexOf('opened');
const CHANGED = ENTRY_TYPES.indexOf('changed');
const POSTED = ENTRY_TYPES.indexOf('posted');

/** Accounts in memory: some hundred bytes each. */
const ACCOUNTS_MAX = 500_000;

type Known = { readonly shard: ShardBooks; readonly account: LedgerAccount };

export class BookKeeper {
  readonly #shards: number;
  /** By number; null for a shard that another worker keeps. */
  readonly #books: readonly (ShardBooks | null)[];
  readonly #own: readonly ShardBooks[];
  /** Why nothing is booked any more. */
  #stopped: Error | null = null;
  /** Accounts in memory, by merchant and id. */
  readonly #known = new Map<string, Map<string, Known>>();
  readonly #posting: Posting = {
    type: 0,
    side: 'debit',
    seq: 0,
    index: 0,
    timeMs: 0,
    amount: 0,
    transfer: '',
    counterparty: '',
  };

  /** `books`: one of each shard, null for those of other workers. */
  constructor(books: readonly (ShardBooks | null)[]) {
    this.#books = books;
    this.#shards = books.length;
    this.#own = books.filter((one) => one !== null);
  }

  /** The last frame that all own shards have booked. */
  get bookedSeq(): number {
    return Math.min(...this.#own.map(({ bookedSeq }) => bookedSeq));
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
    const posting = this.#posting;
    posting.seq = seq;
    posting.timeMs = timeMs;
    const facts = readFacts(payload, seq);
    for (let index = 0; index < facts.length; index++) {
      posting.index = index;
      this.#bookFact(facts[index] as Fact);
    }
    for (const shard of this.#own) if (shard.bookedSeq < seq) shard.advance(frame, bytes);
  }

  /** What an account has, everything booked included; null for one that was never opened. Only for own shards. */
  balances(merchant: string, id: string): Balances | null {
    const known = this.#residents(merchant).get(id);
    return known?.account ?? this.#books[shardOf(merchant, id, this.#shards)]?.load(merchant, id) ?? null;
  }

  /** Nothing may be booked meanwhile. @throws what stopped the booking, or what the disk says */
  async flush(): Promise<void> {
    if (this.#stopped) throw this.#stopped;
    // One after the other: LMDB's threads are those that make the journal durable, too.
    for (const shard of this.#own) await shard.flush();
    this.#makeRoom();
  }

  /** After a flush the store has everybody as they are: all leave, and those that are busy are back at once. */
  #makeRoom(): void {
    let accounts = 0;
    for (const residents of this.#known.values()) accounts += residents.size;
    if (accounts > ACCOUNTS_MAX) this.#known.clear();
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
      case FACT_KIND.batchAnswered:
      case FACT_KIND.keyRemembered:
        return;
    }
  }

  #open({ context: { merchant }, account: id, currency, accountKind }: AccountOpened): void {
    const shard = this.#books[shardOf(merchant, id, this.#shards)];
    if (!shard || shard.bookedSeq >= this.#posting.seq) return;
    if (this.balances(merchant, id)) throw this.#contradiction(`account ${id} was opened before`);
    const account = shard.open(merchant, id, currency, accountKind);
    this.#residents(merchant).set(id, { shard, account });
    this.#memo({ shard, account }, OPENED, 1);
  }

  #openDay(date: string): void {
    const { seq } = this.#posting;
    for (const shard of this.#own) if (shard.bookedSeq < seq) shard.openDay(date, seq);
  }

  #change(fact: AccountChanged | AccountRuled): void {
    const { account: id, version, balances } = fact;
    const { merchant } = fact.context;
    const [available, held, pending] = balances;
    const known = this.#find(merchant, id);
    if (!known || known.shard.bookedSeq >= this.#posting.seq) return;
    const { account } = known;
    if (account.available !== available || account.held !== held || account.pending !== pending) {
      throw this.#contradiction(`account ${id} does not have what the fact says`);
    }
    this.#memo(known, CHANGED, version);
  }

  /** Something that raises the version and moves nothing. */
  #memo({ shard, account }: Known, type: number, version: number): void {
    const posting = this.#posting;
    account.version += 1;
    if (account.version !== version) throw this.#contradiction(`version ${version} after ${account.version - 1}`);
    posting.type = type;
    posting.side = 'credit';
    posting.amount = 0;
    posting.transfer = '';
    posting.counterparty = '';
    shard.enter(account, posting);
  }

  #bookTransfer(fact: DirectFact): void {
    const { merchant } = fact.context;
    const payer = this.#find(merchant, fact.debit.account);
    const payee = this.#find(merchant, fact.credit.account);
    const posting = this.#posting;
    posting.type = ENTRY_TYPES.indexOf(fact.step);
    posting.amount = fact.moved;
    posting.transfer = fact.transfer;
    const sameShard = payer?.shard === payee?.shard;
    if (payer) this.#bookSide(payer, fact.step, fact.currency, 'debit', fact.debit, fact.credit.account, sameShard);
    if (payee) this.#bookSide(payee, fact.step, fact.currency, 'credit', fact.credit, fact.debit.account, sameShard);
  }

  /** In the statements it is a post between payer and payee, whose ids the entries have: the account between is ours. */
  #bookIndirect(fact: IndirectFact): void {
    const { from, to } = movedLegs(fact);
    const { merchant } = fact.context;
    const giver = this.#find(merchant, from.account);
    const taker = this.#find(merchant, to.account);
    const posting = this.#posting;
    posting.type = POSTED;
    posting.amount = fact.amount;
    posting.transfer = orderOf(fact);
    const sameShard = giver?.shard === taker?.shard;
    const { step, currency } = fact;
    if (giver) this.#bookSide(giver, step, currency, 'debit', from, counterpartyOf(fact, from), sameShard);
    if (taker) this.#bookSide(taker, step, currency, 'credit', to, counterpartyOf(fact, to), sameShard);
  }

  #bookSide(
    known: Known,
    step: Step,
    currency: string,
    side: Side,
    leg: Leg,
    counterparty: string,
    sameShard: boolean,
  ): void {
    const { shard, account } = known;
    if (shard.bookedSeq >= this.#posting.seq) return;
    const { amount: moved } = this.#posting;
    if (account.currency !== currency) throw this.#contradiction(`${currency} on ${account.currency}`);
    if (side === 'debit') applyDebit(account, step, moved);
    else applyCredit(account, step, moved);
    if (account.version !== leg.version || account.available !== leg.available) {
      throw this.#contradiction(`account ${leg.account} does not follow from version ${leg.version - 1}`);
    }
    this.#post(account, step, side === 'debit' ? 'payer' : 'payee', moved, sameShard);
    this.#posting.side = side;
    this.#posting.counterparty = counterparty;
    shard.enter(account, this.#posting);
  }

  /** The segment of one side, balanced by itself. */
  #post(account: LedgerAccount, step: Step, of: 'payer' | 'payee', amount: number, sameShard: boolean): void {
    const { debit, credit } = MOVEMENTS[step];
    const { page } = account;
    if (debit.of === of) page.debit(debit.money === 'held' ? account.heldPlace : account.availablePlace, amount);
    if (credit.of === of) page.credit(credit.money === 'held' ? account.heldPlace : account.availablePlace, amount);
    if (sameShard || debit.of === credit.of) return;
    if (debit.of === of) page.credit(BETWEEN, amount);
    else page.debit(BETWEEN, amount);
  }

  /** null for an account of another worker's shard. @throws LedgerContradiction when it was never opened */
  #find(merchant: string, id: string): Known | null {
    const residents = this.#residents(merchant);
    const known = residents.get(id);
    if (known) return known;
    const shard = this.#books[shardOf(merchant, id, this.#shards)];
    if (!shard) return null;
    const account = shard.load(merchant, id);
    if (!account) throw this.#contradiction(`account ${id} was never opened`);
    const loaded = { shard, account };
    residents.set(id, loaded);
    return loaded;
  }

  #residents(merchant: string): Map<string, Known> {
    let residents = this.#known.get(merchant);
    if (!residents) this.#known.set(merchant, (residents = new Map()));
    return residents;
  }

  #contradiction(what: string): LedgerContradiction {
    const { seq, index } = this.#posting;
    return new LedgerContradiction(`frame ${seq}, fact ${index}: ${what}`);
  }
}

/** @throws LedgerContradiction for facts that these books cannot read: those of a newer version */
function readFacts(payload: Uint8Array, seq: number): Fact[] {
  try {
    return decodeFacts(payload);
  } catch (error) {
    throw new LedgerContradiction(`frame ${seq}: ${(error as Error).message}`);
  }
}
