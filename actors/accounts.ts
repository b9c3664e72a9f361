// Accounts. The parent of the account actors: opens them, finds them, brings them in from the state store on their
// first message and lets clean ones go when too many are in memory.
//
// R1. An account is in memory at most once. R2. Only a clean account leaves: the state store has it as it is.

import type { Account, AccountView } from '../src/domain/accounts.ts';
import type { Context } from '../src/domain/context.ts';
import { creditingOf } from '../src/domain/crediting.ts';
import { FACT_KIND, type AccountOpened } from '../src/domain/facts.ts';
import { makeId } from '../src/domain/ids.ts';
import { ALLOWED, numberOf } from '../src/domain/refusals.ts';
import type { StateStore } from '../src/journal/state-store.ts';
import { AccountCell } from './account-cell.ts';
import { changeFact } from './account-facts.ts';
import { NO_KEY, type OpenAccount, type OpenRequest, type RequestKey } from './commands.ts';
import type { Desk } from './desk.ts';
import { provideFor, refuseRule, viewOf } from './on-the-way.ts';
import { AccountPages, ResidentAccount } from './resident-account.ts';
import { asideOf } from './sub-accounts.ts';

const ACCOUNT_EXISTS = numberOf('account_exists');

/** Cells looked at for passivation in one sweep, so that a turn stays short. */
const SWEEP_CELLS = 4096;

type Residents = Map<string, AccountCell>;

export class Accounts {
  readonly #desk: Desk;
  readonly #store: StateStore;
  readonly #pages = new AccountPages();
  readonly #merchants = new Map<string, Residents>();
  #lastMerchant: string | null = null;
  #lastResidents: Residents = new Map();
  #dirty: AccountCell[] = [];
  /** Accounts that the store's order does not have yet, oldest first. */
  #opened: Account[] = [];
  /** The store's order has everyone up to this ordinal; what it has beyond is in `#opened` still. */
  #ordered: number;
  #ordinal: number;
  #size = 0;
  started = 0;
  passivated = 0;

  constructor(desk: Desk, store: StateStore, ordinal: number) {
    this.#desk = desk;
    this.#store = store;
    this.#ordinal = ordinal;
    this.#ordered = ordinal;
  }

  /** Cells in memory. */
  get size(): number {
    return this.#size;
  }

  /** Accounts ever opened. */
  get ordinal(): number {
    return this.#ordinal;
  }

  /** Every account in memory. */
  *residents(): Iterable<Account> {
    for (const residents of this.#merchants.values()) for (const cell of residents.values()) yield cell.account.copy();
  }

  /** The cells in memory of a merchant, by id. */
  residentsOf(merchant: string): Residents {
    if (merchant === this.#lastMerchant) return this.#lastResidents;
    let residents = this.#merchants.get(merchant);
    if (!residents) this.#merchants.set(merchant, (residents = new Map()));
    this.#lastMerchant = merchant;
    this.#lastResidents = residents;
    return residents;
  }

  /** The account's cell, from memory or from the store; null when there is no such account. */
  find(merchant: string, id: string): AccountCell | null {
    const residents = this.residentsOf(merchant);
    const resident = residents.get(id);
    if (resident) return resident;
    const account = this.#store.account(merchant, id);
    return account ? this.#settle(residents, account) : null;
  }

  open(command: OpenAccount): void {
    const { context, keyed, request } = command;
    const { commit } = this.#desk;
    const id = request.id === '' ? makeId('acc', commit.timeMs, this.#desk.entropy()) : request.id;
    if (this.find(context.merchant, id)) {
      command.verdict = ACCOUNT_EXISTS;
      return;
    }
    const { crediting } = request;
    if (!crediting || crediting.way === 'direct') {
      command.account = viewOf(this.#desk, this.#open(id, request, keyed, context).account);
      return;
    }
    const rule = creditingOf(id, crediting.way, crediting.delayMs, crediting.spreadOver);
    command.verdict = refuseRule(this.#desk, { merchant: context.merchant, id, currency: request.currency }, rule);
    if (command.verdict !== ALLOWED) return;
    // The opening says nothing of rules, so a change follows it at once; that is what answers, today and when asked again.
    const { account } = this.#open(id, request, NO_KEY, context);
    provideFor(this.#desk, account, rule, context);
    account.crediting = rule;
    account.version += 1;
    command.account = viewOf(this.#desk, account);
    this.#desk.emit(changeFact(account, context, keyed, 0, asideOf(this.#desk, account)));
  }

  /** Opens an account that a rule of crediting or an order needs. It must not be there yet. */
  found(id: string, currency: string, kind: string, context: Context, creditLimit = 0): void {
    this.#open(id, { currency, kind, creditLimit, metadata: {} }, NO_KEY, context);
  }

  #open(id: string, request: Omit<OpenRequest, 'id'>, keyed: RequestKey, context: Context): AccountCell {
    const { commit } = this.#desk;
    const { currency, kind: accountKind, creditLimit, metadata } = request;
    const ordinal = this.#ordinal + 1;
    // prettier-ignore
    const fact: AccountOpened = { kind: FACT_KIND.accountOpened, context, account: id, ordinal, currency, accountKind, creditLimit, metadata, ...keyed };
    const cell = this.admit(newAccount(fact, commit.timeMs, commit.seq));
    this.#desk.emit(fact);
    return cell;
  }

  /** Takes in a new account: just opened, or replayed. */
  admit(account: Account): AccountCell {
    const cell = this.#settle(this.residentsOf(account.merchant), account);
    this.reopened(account);
    this.changed(cell);
    return cell;
  }

  /** Replayed is the opening of an account that the store has; whether its order has it, too, the ordinal says. */
  reopened(account: Account): void {
    this.#ordinal = Math.max(this.#ordinal, account.ordinal);
    if (account.ordinal > this.#ordered) this.#opened.push(account);
  }

  /** The store's copy of this account is out of date. */
  changed(cell: AccountCell): void {
    if (cell.residence === 'dirty') return;
    cell.residence = 'dirty';
    this.#dirty.push(cell);
  }

  /** Ids of a merchant's accounts, newest or oldest first, between two places in the order of opening (exclusive). */
  *idsInOrder(merchant: string, after: number, before: number, newestFirst: boolean): Iterable<string> {
    const inStore = this.#store.accountIds(merchant, {
      after,
      before: Math.min(before, this.#ordered + 1),
      newestFirst,
    });
    if (!newestFirst) yield* inStore;
    const opened = newestFirst ? this.#opened.toReversed() : this.#opened;
    for (const account of opened) {
      if (account.merchant === merchant && account.ordinal > after && account.ordinal < before) yield account.id;
    }
    if (newestFirst) yield* inStore;
  }

  /** Up to `max` changed accounts, for a snapshot; they count as being written now. */
  takeDirty(max: number): AccountCell[] {
    const taken = this.#dirty.splice(0, max);
    for (const cell of taken) cell.residence = 'writing';
    return taken;
  }

  get dirtyCount(): number {
    return this.#dirty.length;
  }

  /** The store has these accounts as they were when they were taken. */
  written(cells: readonly AccountCell[]): void {
    for (const cell of cells) if (cell.residence === 'writing') cell.residence = 'clean';
  }

  /** Accounts opened since the last completed snapshot, oldest first. */
  get openedCount(): number {
    return this.#opened.length;
  }

  openedFirst(count: number): Account[] {
    return this.#opened.slice(0, count);
  }

  /** The store's order now has the first `count` of them. */
  ordered(count: number): void {
    const last = this.#opened.splice(0, count).at(-1);
    if (last) this.#ordered = last.ordinal;
  }

  /** Lets clean cells go that nobody used since the last sweep, until at most `max` remain. */
  passivate(max: number): void {
    if (this.#size <= max) return;
    let looked = 0;
    for (const residents of this.#merchants.values()) {
      for (const [id, cell] of residents) {
        if (this.#size <= max || looked++ > SWEEP_CELLS) return;
        if (cell.used || cell.residence !== 'clean') this.#spare(residents, id, cell);
        else this.#release(residents, cell);
      }
    }
  }

  /** Stops one account's cell; a changed one goes when the next snapshot has it. */
  stop(merchant: string, id: string): void {
    const residents = this.residentsOf(merchant);
    const cell = residents.get(id);
    if (!cell) return;
    cell.used = false;
    if (cell.residence === 'clean') this.#release(residents, cell);
  }

  /** To the end of the line: a map keeps the order of insertion, which makes it the clock of passivation. */
  #spare(residents: Residents, id: string, cell: AccountCell): void {
    cell.used = false;
    residents.delete(id);
    residents.set(id, cell);
  }

  #release(residents: Residents, { account }: AccountCell): void {
    residents.delete(account.id);
    this.#pages.give(account.place);
    this.#size -= 1;
    this.passivated += 1;
  }

  #settle(residents: Residents, account: Account): AccountCell {
    const cell = new AccountCell(this.#desk, new ResidentAccount(this.#pages.take(), account));
    residents.set(account.id, cell);
    this.#size += 1;
    this.started += 1;
    return cell;
  }
}

/** The account that this fact opens. */
export function newAccount(fact: AccountOpened, timeMs: number, seq: number): AccountView {
  return {
    merchant: fact.context.merchant,
    id: fact.account,
    ordinal: fact.ordinal,
    currency: fact.currency,
    kind: fact.accountKind,
    createdAtMs: timeMs,
    status: 'active',
    creditLimit: fact.creditLimit,
    metadata: fact.metadata,
    crediting: null,
    available: 0,
    held: 0,
    pending: 0,
    version: 1,
    updatedAtMs: timeMs,
    lastSeq: seq,
    onTheWay: 0,
  };
}
