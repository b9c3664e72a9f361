// Booking. The fact that is being booked, and the accounts in memory that it is booked into: each side of it is checked
// against what the books have, and becomes a balanced segment of its shard.
//
// K1. What moves an account is booked by the template of its step, or the shard stops. K2. Where the sides of a fact are in
// several shards, each segment is balanced by subject 2990, "between shards".

import { applyCredit, applyDebit, type Balances, type Step } from '../domain/accounts.ts';
import { BETWEEN_SHARDS } from '../domain/books/subjects.ts';
import { MOVEMENTS } from '../domain/books/templates.ts';
import type { Leg } from '../domain/facts.ts';
import type { Posting, Side } from './entry-block.ts';
import type { LedgerAccount } from './ledger-account.ts';
import { LedgerContradiction, type ShardBooks } from './shard-books.ts';
import { shardOf } from './shards.ts';
import { placeOf } from './turnovers.ts';

const BETWEEN = placeOf(BETWEEN_SHARDS);

/** Accounts in memory: some hundred bytes each. */
const ACCOUNTS_MAX = 500_000;

export type Known = { readonly shard: ShardBooks; readonly account: LedgerAccount };

export class Booking {
  /** By number; null for a shard that another worker keeps. */
  readonly #books: readonly (ShardBooks | null)[];
  /** Accounts in memory, by merchant and id. */
  readonly #known = new Map<string, Map<string, Known>>();
  /** Where the fact stands, and what of it is entered next. */
  readonly posting: Posting = {
    type: 0,
    side: 'debit',
    seq: 0,
    index: 0,
    timeMs: 0,
    amount: 0,
    transfer: '',
    counterparty: '',
  };

  constructor(books: readonly (ShardBooks | null)[]) {
    this.#books = books;
  }

  /** More accounts are in memory than should stay there. */
  get hasCrowd(): boolean {
    let accounts = 0;
    for (const residents of this.#known.values()) accounts += residents.size;
    return accounts > ACCOUNTS_MAX;
  }

  /** Lets all accounts go. Only when the store has them as they are. */
  forget(): void {
    this.#known.clear();
  }

  /** The shard of an account; null for another worker's. */
  shardOf(merchant: string, id: string): ShardBooks | null {
    return this.#books[shardOf(merchant, id, this.#books.length)] ?? null;
  }

  /** What an account has, everything booked included; null for one that was never opened. Only for own shards. */
  balances(merchant: string, id: string): Balances | null {
    const known = this.#residents(merchant).get(id);
    return known?.account ?? this.shardOf(merchant, id)?.load(merchant, id) ?? null;
  }

  /** Takes in a new account. */
  opened(merchant: string, id: string, known: Known): void {
    this.#residents(merchant).set(id, known);
  }

  /** null for an account of another worker's shard. @throws LedgerContradiction when it was never opened */
  find(merchant: string, id: string): Known | null {
    const residents = this.#residents(merchant);
    const known = residents.get(id);
    if (known) return known;
    const shard = this.shardOf(merchant, id);
    if (!shard) return null;
    const account = shard.load(merchant, id);
    if (!account) throw this.contradiction(`account ${id} was never opened`);
    const loaded = { shard, account };
    residents.set(id, loaded);
    return loaded;
  }

  /** Something that raises the version and moves nothing. */
  memo({ shard, account }: Known, type: number, version: number): void {
    const posting = this.posting;
    account.version += 1;
    if (account.version !== version) throw this.contradiction(`version ${version} after ${account.version - 1}`);
    posting.type = type;
    posting.side = 'credit';
    posting.amount = 0;
    posting.transfer = '';
    posting.counterparty = '';
    shard.enter(account, posting);
  }

  /** One side of what `posting` says; balances and version of the account must be what `leg` says after it. */
  side(
    known: Known,
    step: Step,
    currency: string,
    side: Side,
    leg: Leg,
    counterparty: string,
    sameShard: boolean,
  ): void {
    const { shard, account } = known;
    if (shard.bookedSeq >= this.posting.seq) return;
    const { amount: moved } = this.posting;
    if (account.currency !== currency) throw this.contradiction(`${currency} on ${account.currency}`);
    if (side === 'debit') applyDebit(account, step, moved);
    else applyCredit(account, step, moved);
    if (account.version !== leg.version || account.available !== leg.available) {
      throw this.contradiction(`account ${leg.account} does not follow from version ${leg.version - 1}`);
    }
    this.#post(account, step, side === 'debit' ? 'payer' : 'payee', moved, sameShard);
    this.posting.side = side;
    this.posting.counterparty = counterparty;
    shard.enter(account, this.posting);
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

  #residents(merchant: string): Map<string, Known> {
    let residents = this.#known.get(merchant);
    if (!residents) this.#known.set(merchant, (residents = new Map()));
    return residents;
  }

  contradiction(what: string): LedgerContradiction {
    const { seq, index } = this.posting;
    return new LedgerContradiction(`frame ${seq}, fact ${index}: ${what}`);
  }
}
