// Resident account. An account in memory. What every payment reads and writes lies side by side in a page shared with
// other accounts: one cache line instead of a box on the heap for each number, which is what a payment's time goes to
// when accounts are many.

import type { Account, AccountStatus, Metadata } from '../src/domain/accounts.ts';
import type { Crediting } from '../src/domain/crediting.ts';

/** Numbers of one account in a page. */
const SLOT = { available: 0, held: 1, pending: 2, version: 3, creditLimit: 4, lastSeq: 5, updatedAtMs: 6 } as const;
const SLOT_NUMBERS = 8;

/** Accounts in a page: half a megabyte, taken when the first of them comes. */
const PAGE_ACCOUNTS = 8192;

/** A free place for the numbers of one account. */
export type Place = { readonly page: Float64Array; readonly at: number };

/** Hands out places, and takes them back from accounts that leave memory. */
export class AccountPages {
  readonly #free: Place[] = [];
  #page: Float64Array | null = null;
  #used = 0;

  take(): Place {
    const free = this.#free.pop();
    if (free) return free;
    if (!this.#page || this.#used === PAGE_ACCOUNTS) {
      this.#page = new Float64Array(PAGE_ACCOUNTS * SLOT_NUMBERS);
      this.#used = 0;
    }
    return { page: this.#page, at: this.#used++ * SLOT_NUMBERS };
  }

  give(place: Place): void {
    this.#free.push(place);
  }
}

export class ResidentAccount implements Account {
  readonly #page: Float64Array;
  readonly #at: number;
  readonly id: string;
  readonly currency: string;
  status: AccountStatus;
  readonly merchant: string;
  readonly ordinal: number;
  readonly kind: string;
  readonly createdAtMs: number;
  metadata: Metadata;
  crediting: Crediting | null;

  constructor({ page, at }: Place, account: Account) {
    this.#page = page;
    this.#at = at;
    this.id = account.id;
    this.currency = account.currency;
    this.status = account.status;
    this.merchant = account.merchant;
    this.ordinal = account.ordinal;
    this.kind = account.kind;
    this.createdAtMs = account.createdAtMs;
    this.metadata = account.metadata;
    this.crediting = account.crediting;
    this.take(account);
  }

  get place(): Place {
    return { page: this.#page, at: this.#at };
  }

  /** Becomes what `account` says, in all that can change. */
  take(account: Account): void {
    this.status = account.status;
    this.metadata = account.metadata;
    this.crediting = account.crediting;
    this.available = account.available;
    this.held = account.held;
    this.pending = account.pending;
    this.version = account.version;
    this.creditLimit = account.creditLimit;
    this.lastSeq = account.lastSeq;
    this.updatedAtMs = account.updatedAtMs;
  }

  /** A copy that stays as it is. */
  copy(): Account {
    const { merchant, id, ordinal, currency, kind, createdAtMs, status, creditLimit, metadata } = this;
    const { crediting, available, held, pending, version, updatedAtMs, lastSeq } = this;
    // prettier-ignore
    return { merchant, id, ordinal, currency, kind, createdAtMs, status, creditLimit, metadata, crediting, available, held, pending, version, updatedAtMs, lastSeq };
  }

  get available(): number {
    return this.#page[this.#at + SLOT.available] as number;
  }

  set available(value: number) {
    this.#page[this.#at + SLOT.available] = value;
  }

  get held(): number {
    return this.#page[this.#at + SLOT.held] as number;
  }

  set held(value: number) {
    this.#page[this.#at + SLOT.held] = value;
  }

  get pending(): number {
    return this.#page[this.#at + SLOT.pending] as number;
  }

  set pending(value: number) {
    this.#page[this.#at + SLOT.pending] = value;
  }

  get version(): number {
    return this.#page[this.#at + SLOT.version] as number;
  }

  set version(value: number) {
    this.#page[this.#at + SLOT.version] = value;
  }

  get creditLimit(): number {
    return this.#page[this.#at + SLOT.creditLimit] as number;
  }

  set creditLimit(value: number) {
    this.#page[this.#at + SLOT.creditLimit] = value;
  }

  get lastSeq(): number {
    return this.#page[this.#at + SLOT.lastSeq] as number;
  }

  set lastSeq(value: number) {
    this.#page[this.#at + SLOT.lastSeq] = value;
  }

  get updatedAtMs(): number {
    return this.#page[this.#at + SLOT.updatedAtMs] as number;
  }

  set updatedAtMs(value: number) {
    this.#page[this.#at + SLOT.updatedAtMs] = value;
  }
}
