// Facts. What has happened, in the order in which it happened; the journal keeps facts and nothing else, and every
// state follows from them.
//
// F1. A fact is complete: whoever reads it needs no other fact to show it. F2. Kind numbers are for ever.

import type { AccountStatus, DirectStep, Metadata, TransitStep } from './accounts.ts';
import type { Context } from './context.ts';
import { isInternal, type Crediting } from './crediting.ts';
import type { CallbackReceived, OrderStepped, RulesAdopted, VoucherPosted } from './order-facts.ts';
import type { SwitchTurned } from './switches.ts';

export const FACT_KIND = {
  accountOpened: 1,
  accountChanged: 2,
  transferMoved: 3,
  batchAnswered: 4,
  keyRemembered: 5,
  dayOpened: 6,
  transferRouted: 7,
  creditsApplied: 8,
  accountRuled: 9,
  subAccountGathered: 10,
  transferReversed: 11,
  orderStepped: 20,
  voucherPosted: 21,
  callbackReceived: 22,
  rulesAdopted: 23,
  // 24: rows of refunds that give a fee back (order-rows.ts).
  switchTurned: 30,
} as const;

/** The idempotency key under which a fact was caused ('' for none) and what the request said. */
export type Keyed = { readonly key: string; readonly fingerprint: string };

export type AccountOpened = Keyed & {
  readonly kind: 1;
  readonly context: Context;
  readonly account: string;
  readonly ordinal: number;
  readonly currency: string;
  readonly accountKind: string;
  readonly creditLimit: number;
  readonly metadata: Metadata;
};

/** Attributes after the change, and the balances beside them so that the fact can be shown by itself. */
export type AccountChanged = Keyed & {
  readonly kind: 2;
  readonly context: Context;
  readonly account: string;
  readonly version: number;
  readonly status: AccountStatus;
  readonly creditLimit: number;
  readonly metadata: Metadata;
  /** What does not change: ordinal, currency, kind, time of opening (ms). */
  readonly fixed: readonly [ordinal: number, currency: string, accountKind: string, createdAtMs: number];
  readonly balances: readonly [available: number, held: number, pending: number];
};

/** The same for an account that has, or had, a rule of crediting: what is on its way to it (minor units) is beside it. */
export type AccountRuled = Omit<AccountChanged, 'kind'> & {
  readonly kind: 9;
  readonly crediting: Crediting;
  readonly onTheWay: number;
  /** Only of an account that has, or had, sub-accounts. */
  readonly aside?: Aside;
};

/** What the sub-accounts of an account add to what people see of it: money (minor units) and versions. */
export type Aside = { readonly version: number; readonly available: number };

/** One side of a transfer after a step: what the account itself has. */
export type Leg = {
  readonly account: string;
  readonly version: number;
  readonly available: number;
  /** Only of an account that has, or had, sub-accounts. */
  readonly aside?: Aside;
};

export type TransferMoved = Keyed & {
  readonly kind: 3;
  readonly context: Context;
  readonly step: DirectStep;
  /** Id of the operation: the transfer's own for a post or hold; '' for a settle named only by its key. */
  readonly id: string;
  readonly debit: Leg;
  readonly credit: Leg;
  readonly currency: string;
  /** The transfer's whole amount. */
  readonly amount: number;
  /** The transfer; equals `id` for a post or hold. */
  readonly transfer: string;
  /** Minor units that this step moves. */
  readonly moved: number;
  /** Minor units captured and given back so far, this step included. */
  readonly captured: number;
  readonly released: number;
  /** What remains open after this step decides the status: 'held' while something does. */
  readonly status: DirectStep;
  /** Steps so far, this one included. */
  readonly version: number;
  /** When an open hold ends by itself, ms since 1970; 0 for none. */
  readonly expiresAtMs: number;
  /** Seconds that the client asked for; 0 when it asked for none. */
  readonly expiresInSeconds: number;
  /** Minor units that a settle asked for; 0 for all that remained. */
  readonly requested: number;
  /** When the transfer was made, ms since 1970; 0 in its first fact, whose frame has the time. */
  readonly createdAtMs: number;
  /** Frame of the transfer's first fact; 0 in the first fact itself. */
  readonly originSeq: number;
  /** Frame of the transfer's fact before this one; 0 in the first. */
  readonly previousSeq: number;
  readonly metadata: Metadata | null;
};

/** A step of a transfer that was taken back, and where its fact stands in the journal. */
export type TakenBack = {
  readonly step: 'posted' | 'captured';
  /** The transfer's, after that step. */
  readonly version: number;
  readonly seq: number;
  readonly index: number;
  /** Of the frame, ms since 1970. */
  readonly timeMs: number;
};

/**
 * The last step of a transfer: what reached the credit account goes back to the debit account. The legs are those of
 * the transfer, so the credit leg is the one that pays.
 */
export type TransferReversed = Omit<TransferMoved, 'kind' | 'step' | 'status' | 'id' | 'requested'> & {
  readonly kind: 11;
  readonly step: 'reversed';
  readonly status: 'reversed';
  /** Only its key names it. */
  readonly id: '';
  readonly takesBack: TakenBack;
  /** '' when the client gave none. */
  readonly reason: string;
  /** The reversal's own metadata; `metadata` is the transfer's. */
  readonly notes: Metadata | null;
};

/**
 * A step of a transfer whose payee is not itself credited at once. `debit` is the payer and `credit` the payee, each as it
 * was when it last had a part in the transfer; who of them moved, and whether the account between them gave or took, the step
 * says. A step 'spread' has reached the payee: the account between is one of its sub-accounts.
 */
export type TransferRouted = Omit<TransferMoved, 'kind' | 'step' | 'status'> & {
  readonly kind: 7;
  readonly step: Exclude<TransitStep, 'applied' | 'gathered'>;
  readonly status: 'posted' | 'sent' | 'returned' | 'parked';
  /** The account between them, after the step. */
  readonly via: Leg;
  /** Where the money was parked; null unless it was. */
  readonly suspense: Leg | null;
  /** When what is on its way goes on by itself, ms since 1970; 0 when nothing is. */
  readonly dueMs: number;
  /** Number of the refusal by which the payee did not take it; 0 for none. */
  readonly reason: number;
};

/** A step of a transfer between payer and payee themselves. */
export type DirectFact = TransferMoved | TransferReversed;

/** A step of a transfer, by whichever way. */
export type TransferFact = DirectFact | TransferRouted;

/** Credits that had gathered reached their payee as one sum, or were parked because it did not take them. */
export type CreditsApplied = {
  readonly kind: 8;
  readonly context: Context;
  readonly step: 'applied' | 'parked';
  /** Names the sum: sum_… */
  readonly id: string;
  /** The payee. */
  readonly account: string;
  /** Where they had gathered, after it. */
  readonly via: Leg;
  /** The payee after it, or the suspense. */
  readonly to: Leg;
  readonly currency: string;
  /** The sum, minor units. */
  readonly amount: number;
  /** Number of the refusal by which the payee did not take them; 0 for none. */
  readonly reason: number;
  /** Nobody asked for it. */
  readonly key: '';
  readonly fingerprint: '';
};

/** What lay on a sub-account has come to its account, because a debit needed it or its rule went. */
export type SubAccountGathered = {
  readonly kind: 10;
  readonly context: Context;
  readonly step: 'gathered';
  /** The account. */
  readonly account: string;
  /** The sub-account, after it. */
  readonly via: Leg;
  /** The account, after it. */
  readonly to: Leg;
  readonly currency: string;
  /** Minor units. */
  readonly amount: number;
  /** Nobody asked for it by itself. */
  readonly key: '';
  readonly fingerprint: '';
};

/** Money that moves from or to an account that only the engine uses. */
export type IndirectFact = TransferRouted | CreditsApplied | SubAccountGathered;

/** What a keyed batch answered. */
export type BatchAnswered = Keyed & {
  readonly kind: 4;
  readonly context: Context;
  readonly results: readonly number[];
};

/**
 * A request whose name was there already had a key of its own: from now on the key means that request, and the fact
 * which answered it answers it again. For lookups only; it is never shown.
 */
export type KeyRemembered = Keyed & {
  readonly kind: 5;
  readonly context: Context;
  /** Where the fact that answered stands: this frame or an earlier one. */
  readonly answerSeq: number;
  readonly answerIndex: number;
};

/** Everything after it belongs to this date, until the next one. About no merchant, account or transfer. */
export type DayOpened = {
  readonly kind: 6;
  readonly context: Context;
  /** YYYY-MM-DD. */
  readonly date: string;
  /** Nobody asked for it. */
  readonly key: '';
  readonly fingerprint: '';
};

/** What others may hear of; the rest concerns whoever sent the request. */
export type EventFact = AccountOpened | AccountChanged | AccountRuled | TransferFact | CreditsApplied | OrderStepped;

export type Fact =
  | EventFact
  | SubAccountGathered
  | BatchAnswered
  | KeyRemembered
  | DayOpened
  | VoucherPosted
  | CallbackReceived
  | RulesAdopted
  | SwitchTurned;

export function isEvent(fact: Fact): fact is EventFact {
  switch (fact.kind) {
    case FACT_KIND.transferMoved:
    case FACT_KIND.transferReversed:
    case FACT_KIND.transferRouted:
    case FACT_KIND.creditsApplied:
    case FACT_KIND.accountChanged:
    case FACT_KIND.accountRuled:
    case FACT_KIND.orderStepped:
      return true;
    case FACT_KIND.accountOpened:
      return !isInternal(fact.account);
    // Within one account, as people see it.
    case FACT_KIND.subAccountGathered:
    case FACT_KIND.batchAnswered:
    case FACT_KIND.keyRemembered:
    case FACT_KIND.dayOpened:
    case FACT_KIND.voucherPosted:
    case FACT_KIND.callbackReceived:
    case FACT_KIND.rulesAdopted:
    case FACT_KIND.switchTurned:
      return false;
  }
}

/** True for a step of a transfer, by whichever way. */
export function isTransfer(fact: Fact): fact is TransferFact {
  const { kind } = fact;
  return kind === FACT_KIND.transferMoved || kind === FACT_KIND.transferReversed || kind === FACT_KIND.transferRouted;
}
