// Resources. How accounts, transfers, entries and events are shown to clients. Pure functions of states and facts, so
// that the same request replayed is answered byte for byte as it was.

import type { Account, Metadata } from '../domain/accounts.ts';
import { FACT_KIND, type Fact, type Leg, type TransferMoved } from '../domain/facts.ts';
import { eventId } from '../domain/ids.ts';
import type { Dated, Entry } from '../../actors/commands.ts';
import { newAccount } from '../../actors/accounts.ts';
import { changedAccount } from '../../actors/session-cell.ts';

export type AccountResource = {
  readonly id: string;
  readonly currency: string;
  readonly kind: string;
  readonly status: Account['status'];
  readonly available: number;
  readonly held: number;
  readonly pending: number;
  readonly credit_limit: number | 'unlimited';
  readonly metadata: Metadata;
  readonly version: number;
  readonly created_at: string;
  readonly updated_at: string;
};

export function accountResource(account: Account): AccountResource {
  return {
    id: account.id,
    currency: account.currency,
    kind: account.kind,
    status: account.status,
    available: account.available,
    held: account.held,
    pending: account.pending,
    credit_limit: account.creditLimit === Infinity ? 'unlimited' : account.creditLimit,
    metadata: account.metadata,
    version: account.version,
    created_at: timeText(account.createdAtMs),
    updated_at: timeText(account.updatedAtMs),
  };
}

export type TransferResource = {
  readonly id: string;
  readonly status: TransferMoved['status'];
  /** The hold that a capture or void with an id of its own belongs to; null for a transfer itself. */
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
};

type Side = { readonly account: string; readonly version: number; readonly available: number };

const NO_METADATA: Metadata = {};

/** The transfer as it was after this fact. */
export function transferResource({ fact, timeMs }: Dated<TransferMoved>): TransferResource {
  const isHold = fact.step !== 'posted';
  return {
    id: fact.transfer,
    status: fact.status,
    ref: null,
    debit_account: fact.debit.account,
    credit_account: fact.credit.account,
    amount: fact.amount,
    currency: fact.currency,
    hold: isHold,
    captured: fact.captured,
    released: fact.released,
    remaining: isHold ? fact.amount - fact.captured - fact.released : 0,
    expires_at: fact.expiresAtMs === 0 ? null : timeText(fact.expiresAtMs),
    metadata: fact.metadata ?? NO_METADATA,
    version: fact.version,
    created_at: timeText(fact.createdAtMs === 0 ? timeMs : fact.createdAtMs),
    updated_at: timeText(timeMs),
    debit: sideOf(fact.debit),
    credit: sideOf(fact.credit),
  };
}

/** What an id leads to: a transfer, or a capture or void that has an id of its own. */
export function namedResource(id: string, dated: Dated<TransferMoved>): TransferResource {
  const transfer = transferResource(dated);
  const { fact, timeMs } = dated;
  if (fact.transfer === id) return transfer;
  return {
    ...transfer,
    id,
    status: fact.step,
    ref: fact.transfer,
    amount: fact.moved,
    captured: fact.step === 'captured' ? fact.moved : 0,
    released: fact.step === 'captured' ? 0 : fact.moved,
    remaining: 0,
    version: 1,
    created_at: timeText(timeMs),
  };
}

export type EntryResource = {
  /** The account's version after it: the cursor of the list. */
  readonly id: string;
  readonly version: number;
  readonly at: string;
  readonly type: TransferMoved['step'];
  readonly side: 'debit' | 'credit';
  readonly transfer: string;
  readonly counterparty: string;
  readonly amount: number;
  /** By how much `available` changed. */
  readonly change: number;
  readonly available: number;
};

export function entryResource(entry: Entry): EntryResource {
  const { fact, side, timeMs } = entry;
  const own = side === 'debit' ? fact.debit : fact.credit;
  return {
    id: String(own.version),
    version: own.version,
    at: timeText(timeMs),
    type: fact.step,
    side,
    transfer: fact.transfer,
    counterparty: (side === 'debit' ? fact.credit : fact.debit).account,
    amount: fact.moved,
    change: changeOf(fact, side),
    available: own.available,
  };
}

export type EventResource = {
  readonly id: string;
  readonly type: string;
  readonly created_at: string;
  readonly request_id: string;
  readonly data: AccountResource | TransferResource;
};

/** null for a fact that is no event: what a batch answered concerns its sender only, a day that opened no merchant. */
export function eventResource({ fact, timeMs, seq, index }: Dated<Fact>): EventResource | null {
  const data = eventData({ fact, timeMs, seq, index });
  if (!data) return null;
  return {
    id: eventId(timeMs, { seq, index }),
    type: eventType(fact),
    created_at: timeText(timeMs),
    request_id: fact.context.requestId,
    data,
  };
}

function eventData({ fact, timeMs, seq, index }: Dated<Fact>): EventResource['data'] | null {
  switch (fact.kind) {
    case FACT_KIND.transferMoved:
      return transferResource({ fact, timeMs, seq, index });
    case FACT_KIND.accountOpened:
      return accountResource(newAccount(fact, timeMs, seq));
    case FACT_KIND.accountChanged:
      return accountResource(changedAccount(fact, timeMs, seq));
    case FACT_KIND.batchAnswered:
    case FACT_KIND.dayOpened:
      return null;
  }
}

export function eventType(fact: Fact): string {
  switch (fact.kind) {
    case FACT_KIND.transferMoved:
      return `transfer.${fact.step}`;
    case FACT_KIND.accountOpened:
      return 'account.opened';
    case FACT_KIND.accountChanged:
      return 'account.changed';
    case FACT_KIND.batchAnswered:
      return 'batch.answered';
    case FACT_KIND.dayOpened:
      return 'day.opened';
  }
}

function changeOf(fact: TransferMoved, side: 'debit' | 'credit'): number {
  switch (fact.step) {
    case 'posted':
      return side === 'debit' ? -fact.moved : fact.moved;
    case 'held':
      return side === 'debit' ? -fact.moved : 0;
    case 'captured':
      return side === 'debit' ? 0 : fact.moved;
    case 'voided':
    case 'expired':
      return side === 'debit' ? fact.moved : 0;
  }
}

function sideOf(leg: Leg): Side {
  return { account: leg.account, version: leg.version, available: leg.available };
}

let lastTimeMs = -1;
let lastText = '';

/** RFC 3339 in UTC with milliseconds. The last one is kept: all facts of a frame have the same time. */
export function timeText(timeMs: number): string {
  if (timeMs !== lastTimeMs) {
    lastText = new Date(timeMs).toISOString();
    lastTimeMs = timeMs;
  }
  return lastText;
}
