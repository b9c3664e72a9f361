// Transfer types. Accounts, transfers and events as they go over the wire.

import type { RefusalCode } from './faults.ts';

/** Minor units: 1 … 9007199254740991. A string of digits is accepted on input. */
export type Amount = number | string;

export type Metadata = Readonly<Record<string, string>>;

/** Who leaves fields out gets the server's defaults. */
export type NewAccount = {
  readonly id?: string;
  readonly currency: string;
  readonly kind: string;
  /** How far below zero `available` may go; 'unlimited' is a word for as far as it can. */
  readonly credit_limit?: Amount;
  readonly metadata?: Metadata;
  readonly crediting?: Crediting;
};

export type Crediting = {
  readonly way: 'direct' | 'buffered' | 'segmented' | 'spread';
  readonly delay_ms?: number;
  readonly sub_accounts?: number;
};

export type AccountStatus = 'active' | 'frozen' | 'closed';

export type AccountChange = Partial<Pick<NewAccount, 'credit_limit' | 'metadata' | 'crediting'>> & {
  readonly status?: AccountStatus;
};

export type Account = {
  readonly id: string;
  readonly currency: string;
  readonly kind: string;
  readonly status: AccountStatus;
  readonly available: number;
  readonly held: number;
  readonly pending: number;
  readonly credit_limit: number | 'unlimited';
  readonly crediting: Crediting;
  readonly metadata: Metadata;
  readonly version: number;
  readonly created_at: string;
  readonly updated_at: string;
};

/** What an account had at a time, from the books. */
export type Balance = Pick<Account, 'currency' | 'available' | 'held' | 'pending' | 'version'> & {
  readonly account: string;
  readonly at: string;
  readonly complete_to: number;
};

export type Entry = {
  readonly id: string;
  readonly version: number;
  readonly at: string;
  readonly type: 'posted' | 'held' | 'captured' | 'voided' | 'expired' | 'reversed';
  readonly side: 'debit' | 'credit';
  readonly transfer: string;
  readonly counterparty: string;
  readonly amount: number;
  /** By how much `available` changed. */
  readonly change: number;
  readonly available: number;
  readonly voucher: string;
};

export type Page<T> = { readonly data: readonly T[]; readonly has_more: boolean };

export type PageQuery = {
  /** 1-100 */
  readonly limit?: number;
  readonly starting_after?: string;
  readonly ending_before?: string;
};

export type StatementQuery = PageQuery & {
  readonly order?: string;
  readonly type?: string;
  readonly transfer?: string;
  readonly from?: string;
  readonly to?: string;
};

export type Statement = Page<Entry> & {
  readonly account: string;
  readonly currency: string;
  readonly opening_balance: unknown;
  readonly closing_balance: unknown;
  readonly complete_to: number;
};

/** A transfer that can travel in a batch. `expires_in`: seconds, of a hold. */
export type SingleTransfer =
  | {
      readonly id?: string;
      readonly debit_account: string;
      readonly credit_account: string;
      readonly amount: Amount;
      readonly hold?: boolean;
      readonly expires_in?: number;
    }
  | {
      readonly id?: string;
      /** The transfer that is the hold. */
      readonly capture: string;
      /** All that remains of it where nothing is said. */
      readonly amount?: Amount;
    }
  | { readonly id?: string; readonly void: string; readonly amount?: Amount };

/**
 * What became of a single transfer. A refusal is a value: of many transfers some are refused every day, and a value costs
 * less than an error. `already_there`: the same transfer had been made, by an attempt before this one or by somebody else.
 */
export type TransferResult =
  | {
      readonly id: string;
      readonly ok: true;
      readonly status: 'posted' | 'held' | 'captured' | 'voided' | 'already_there' | 'sent' | 'reversed';
    }
  | {
      readonly id: string;
      readonly ok: false;
      readonly status: 'refused';
      readonly code: RefusalCode;
      readonly number: number;
      readonly retryable: boolean;
      readonly outcome: 'none';
    };

export type NewTransfer = {
  readonly id?: string;
  readonly debit_account: string;
  readonly credit_account: string;
  readonly amount: Amount;
  readonly currency?: string;
  readonly hold?: boolean;
  readonly expires_in?: number;
  readonly metadata?: Metadata;
};

type Side = { readonly account: string; readonly version: number; readonly available: number };

export type TransferStatus =
  'posted' | 'held' | 'captured' | 'voided' | 'expired' | 'reversed' | 'sent' | 'returned' | 'parked';

export type Transfer = {
  readonly id: string;
  readonly status: TransferStatus;
  readonly ref: string | null;
  readonly debit_account: string;
  readonly credit_account: string;
  readonly amount: number;
  readonly currency: string;
  readonly hold: boolean;
  readonly captured: number;
  readonly released: number;
  readonly remaining: number;
  readonly expires_at: string | null;
  readonly metadata: Metadata;
  readonly version: number;
  readonly created_at: string;
  readonly updated_at: string;
  readonly debit: Side;
  readonly credit: Side;
  readonly reason?: RefusalCode;
  readonly reversal?: {
    readonly amount: number;
    readonly reason: string | null;
    readonly metadata: Metadata;
    readonly created_at: string;
    readonly voucher: string;
    readonly reverses: string;
  };
};

/** Numbers as `GET /v1/refusals` lists them; 0-15 are successes. */
export type BatchAnswer = { readonly results: readonly number[]; readonly position: number };

export type ListedEvent = {
  readonly id: string;
  readonly type: string;
  readonly created_at: string;
  readonly request_id: string;
  readonly data: unknown;
};

export type EventPage = Page<ListedEvent> & { readonly cursor: string };

export type Topic = 'events' | 'transfers' | 'payments' | `accounts:${string}` | `trades:${string}`;

/** An event of a subscription. */
export type FlorinEvent = {
  readonly event: string;
  readonly topic: string;
  /** Go on after it: `subscribe(topic, { after: cursor })`. */
  readonly cursor: string;
  readonly data: unknown;
};
