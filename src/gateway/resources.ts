// Resources. How accounts, transfers and events are shown to clients. Pure functions of states and facts, so
// that the same request replayed is answered byte for byte as it was.

import type { Account, AccountView, Metadata } from '../domain/accounts.ts';
import { voucherId } from '../domain/books/voucher.ts';
import type { CreditingWay } from '../domain/crediting.ts';
import {
  FACT_KIND,
  type CreditsApplied,
  type EventFact,
  type Leg,
  type TransferFact,
  type TransferReversed,
} from '../domain/facts.ts';
import { eventId } from '../domain/ids.ts';
import { shownLeg } from '../domain/legs.ts';
import { refusalOf, type Refusal } from '../domain/refusals.ts';
import type { Dated } from '../../actors/commands.ts';
import { changedAccount } from '../../actors/account-facts.ts';
import { newAccount } from '../../actors/accounts.ts';
import { orderEvent, orderEventType } from './order-event.ts';
import type { OrderResource } from './order-resources/order-resource.ts';
import type { FrameTime } from './order-resources/shown-step.ts';
import { timeText } from './time-text.ts';

export type AccountResource = {
  readonly id: string;
  readonly currency: string;
  readonly kind: string;
  readonly status: Account['status'];
  readonly available: number;
  readonly held: number;
  readonly pending: number;
  readonly credit_limit: number | 'unlimited';
  readonly crediting: { readonly way: CreditingWay; readonly delay_ms?: number; readonly sub_accounts?: number };
  readonly metadata: Metadata;
  readonly version: number;
  readonly created_at: string;
  readonly updated_at: string;
};

/** What is on its way counts as pending, like the money that open holds will bring. */
export function accountResource(account: AccountView): AccountResource {
  return {
    id: account.id,
    currency: account.currency,
    kind: account.kind,
    status: account.status,
    available: account.available,
    held: account.held,
    pending: account.pending + account.onTheWay,
    credit_limit: account.creditLimit === Infinity ? 'unlimited' : account.creditLimit,
    crediting: creditingOf(account),
    metadata: account.metadata,
    version: account.version,
    created_at: timeText(account.createdAtMs),
    updated_at: timeText(account.updatedAtMs),
  };
}

function creditingOf({ crediting }: Account): AccountResource['crediting'] {
  if (!crediting) return { way: 'direct' };
  const { way, delayMs, spreadOver } = crediting;
  switch (way) {
    case 'direct':
      return { way };
    case 'buffered':
    case 'segmented':
      return { way, delay_ms: delayMs };
    case 'spread':
      return { way, sub_accounts: spreadOver };
  }
}

export type TransferResource = {
  readonly id: string;
  readonly status: TransferFact['status'];
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
  /** Only of a transfer that was returned or parked: why its payee did not take it. */
  readonly reason?: Refusal;
  /** Only of a transfer that was reversed. */
  readonly reversal?: ReversalResource;
};

type ReversalResource = {
  /** Minor units that went back. */
  readonly amount: number;
  readonly reason: string | null;
  readonly metadata: Metadata;
  readonly created_at: string;
  /** The voucher of the reversal, and the one that it takes back. */
  readonly voucher: string;
  readonly reverses: string;
};

type Side = { readonly account: string; readonly version: number; readonly available: number };

const NO_METADATA: Metadata = {};

/** The transfer as it was after this fact. */
export function transferResource(dated: Dated<TransferFact>): TransferResource {
  const { fact } = dated;
  if (fact.kind !== FACT_KIND.transferReversed) return shownTransfer(dated);
  return { ...shownTransfer(dated), reversal: reversalResource(fact, dated) };
}

function reversalResource(fact: TransferReversed, { timeMs, seq, index }: Dated<TransferFact>): ReversalResource {
  return {
    amount: fact.moved,
    reason: fact.reason === '' ? null : fact.reason,
    metadata: fact.notes ?? NO_METADATA,
    created_at: timeText(timeMs),
    voucher: voucherId(timeMs, { seq, index }),
    reverses: voucherId(fact.takesBack.timeMs, fact.takesBack),
  };
}

/** True for a transfer that began as a hold. */
function wasHeld(fact: TransferFact): boolean {
  if (fact.kind === FACT_KIND.transferReversed) return fact.takesBack.step !== 'posted';
  return fact.kind === FACT_KIND.transferMoved && fact.step !== 'posted';
}

function shownTransfer({ fact, timeMs }: Dated<TransferFact>): TransferResource {
  const isHold = wasHeld(fact);
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
    ...(fact.kind === FACT_KIND.transferRouted && fact.reason !== 0 ? { reason: refusalOf(fact.reason) } : {}),
  };
}

/** What an id leads to: a transfer, or a capture or void that has an id of its own. */
export function namedResource(id: string, dated: Dated<TransferFact>): TransferResource {
  const transfer = transferResource(dated);
  const { fact, timeMs } = dated;
  if (fact.transfer === id || fact.kind === FACT_KIND.transferRouted) return transfer;
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

/** Credits that had gathered, as they reached their account together or were parked. */
export type SumResource = {
  readonly id: string;
  readonly status: 'applied' | 'parked';
  readonly account: string;
  readonly amount: number;
  readonly currency: string;
  readonly credit: Side;
  readonly reason?: Refusal;
};

function sumResource({ id, step, account, amount, currency, to, reason }: CreditsApplied): SumResource {
  const why = reason === 0 ? {} : { reason: refusalOf(reason) };
  return { id, status: step, account, amount, currency, credit: sideOf(to), ...why };
}

export type EventResource = {
  readonly id: string;
  readonly type: string;
  readonly created_at: string;
  readonly request_id: string;
  readonly data: AccountResource | TransferResource | SumResource | OrderResource;
};

export function eventResource({ fact, timeMs, seq, index }: Dated<EventFact>, frameTime: FrameTime): EventResource {
  return {
    id: eventId(timeMs, { seq, index }),
    type: eventType(fact),
    created_at: timeText(timeMs),
    request_id: fact.context.requestId,
    data: eventData({ fact, timeMs, seq, index }, frameTime),
  };
}

function eventData({ fact, timeMs, seq, index }: Dated<EventFact>, frameTime: FrameTime): EventResource['data'] {
  switch (fact.kind) {
    case FACT_KIND.transferMoved:
    case FACT_KIND.transferReversed:
    case FACT_KIND.transferRouted:
      return transferResource({ fact, timeMs, seq, index });
    case FACT_KIND.creditsApplied:
      return sumResource(fact);
    case FACT_KIND.orderStepped:
      return orderEvent(fact, timeMs, frameTime);
    case FACT_KIND.accountOpened:
      return accountResource(newAccount(fact, timeMs, seq));
    case FACT_KIND.accountChanged:
    case FACT_KIND.accountRuled:
      return accountResource(changedAccount(fact, timeMs, seq));
  }
}

export function eventType(fact: EventFact): string {
  switch (fact.kind) {
    case FACT_KIND.transferMoved:
    case FACT_KIND.transferReversed:
      return `transfer.${fact.step}`;
    case FACT_KIND.transferRouted:
      return `transfer.${fact.status}`;
    case FACT_KIND.creditsApplied:
      return `credits.${fact.step}`;
    case FACT_KIND.orderStepped:
      return orderEventType(fact);
    case FACT_KIND.accountOpened:
      return 'account.opened';
    case FACT_KIND.accountChanged:
    case FACT_KIND.accountRuled:
      return 'account.changed';
  }
}

function sideOf(leg: Leg): Side {
  return shownLeg(leg);
}
