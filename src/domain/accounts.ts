// Accounts. What an account is, when it refuses, and how a step of a transfer changes it.
//
// A1. available + creditLimit never goes below zero by a debit. A2. available + held + pending stays countable, so that
// no void, capture or expiry can ever overflow. A3. Every change raises `version` by one: versions have no gap.
// A4. Deciding changes nothing; applying refuses nothing.

import type { Crediting } from './crediting.ts';
import { isBalance } from './money.ts';
import { ALLOWED, numberOf, type Verdict } from './refusals.ts';

export type AccountStatus = 'active' | 'frozen' | 'closed';

export type Metadata = Readonly<Record<string, string>>;

/** What an account has. */
export type Balances = {
  /** Money to spend. */
  available: number;
  /** Money of this account that open holds keep back. */
  held: number;
  /** Money that open holds will bring, if they are captured. */
  pending: number;
  version: number;
};

export type Account = Balances & {
  readonly merchant: string;
  readonly id: string;
  /** Place in the order of opening, over all merchants; counts from 1. */
  readonly ordinal: number;
  readonly currency: string;
  /** What the merchant calls this sort of account: user, merchant, fee, … */
  readonly kind: string;
  readonly createdAtMs: number;
  status: AccountStatus;
  /** How far below zero `available` may go, minor units; Infinity is "unlimited". */
  creditLimit: number;
  metadata: Metadata;
  /** How credits reach it; null where nobody ever said so, which is at once. */
  crediting: Crediting | null;
  updatedAtMs: number;
  /** Journal frame with this account's latest fact. */
  lastSeq: number;
};

/** An account as it is shown: with what was paid to it and is still on its way (minor units). */
export type AccountView = Account & { readonly onTheWay: number };

/** What a step does to the two accounts of a transfer. */
export type Step = DirectStep | TransitStep;

/** Steps between payer and payee themselves. */
export type DirectStep = 'posted' | 'held' | 'captured' | 'voided' | 'expired' | 'reversed';

/**
 * Steps that move available money, as a post does, by way of another account. Onto it: buffered, sent. From it to the
 * payee: applied (a sum), delivered (one transfer). From it elsewhere: returned to the payer, parked in suspense. Onto a
 * sub-account of the payee: spread; from there to the payee itself: gathered.
 */
export type TransitStep = 'buffered' | 'applied' | 'sent' | 'delivered' | 'returned' | 'parked' | 'spread' | 'gathered';

const FROZEN = numberOf('account_frozen');
const CLOSED = numberOf('account_closed');
const MISMATCH = numberOf('currency_mismatch');
const INSUFFICIENT = numberOf('insufficient_funds');
const OVERFLOW = numberOf('balance_overflow');
const NOT_EMPTY = numberOf('account_not_empty');

/** May `amount` leave this account (posted or held)? `spread`: minor units on its sub-accounts, which it can have first. */
export function refuseDebit(account: Account, amount: number, currency: string, spread = 0): Verdict {
  if (account.status !== 'active') return account.status === 'frozen' ? FROZEN : CLOSED;
  if (account.currency !== currency) return MISMATCH;
  const rest = account.available + spread - amount;
  if (rest < -account.creditLimit) return INSUFFICIENT;
  return isBalance(rest) && isBalance(account.held + amount) ? ALLOWED : OVERFLOW;
}

/** May `amount` reach this account (posted or pending)? */
export function refuseCredit(account: Account, amount: number, currency: string): Verdict {
  if (account.status !== 'active') return account.status === 'frozen' ? FROZEN : CLOSED;
  if (account.currency !== currency) return MISMATCH;
  // Money that may come back or come in counts as if it were here already (A2).
  const most = Math.max(account.available, 0) + account.held + account.pending + amount;
  return isBalance(most) ? ALLOWED : OVERFLOW;
}

/** May money come back to the account that it was paid from? Freezing does not keep it away, closing does. */
export function refuseReturn(account: Account, amount: number): Verdict {
  if (account.status === 'closed') return CLOSED;
  const most = Math.max(account.available, 0) + account.held + account.pending + amount;
  return isBalance(most) ? ALLOWED : OVERFLOW;
}

/** May money that a hold keeps back move on from or to this account? A void always may: it only gives back. */
export function refuseCapture(account: Account): Verdict {
  if (account.status === 'active') return ALLOWED;
  return account.status === 'frozen' ? FROZEN : CLOSED;
}

/**
 * May the account take this status, or another attribute? Closing needs an empty account, with what is on its sub-accounts
 * (`spread`, minor units), and one without credits that gather (`buffered`), too; closed is for ever.
 */
export function refuseChange(account: Account, status: AccountStatus, buffered: number, spread = 0): Verdict {
  if (account.status === 'closed') return CLOSED;
  const empty = account.available + spread === 0 && account.held === 0 && account.pending === 0 && buffered === 0;
  return status === 'closed' && !empty ? NOT_EMPTY : ALLOWED;
}

/** The debit side of a step. `amount`: minor units that the step moves. */
export function applyDebit(account: Balances, step: Step, amount: number): void {
  account.version += 1;
  switch (step) {
    case 'posted':
    case 'buffered':
    case 'sent':
    case 'applied':
    case 'delivered':
    case 'returned':
    case 'parked':
    case 'spread':
    case 'gathered':
      account.available -= amount;
      return;
    case 'held':
      account.available -= amount;
      account.held += amount;
      return;
    case 'captured':
      account.held -= amount;
      return;
    case 'voided':
    case 'expired':
      account.held -= amount;
      account.available += amount;
      return;
    case 'reversed':
      account.available += amount;
  }
}

/** The credit side of a step. */
export function applyCredit(account: Balances, step: Step, amount: number): void {
  account.version += 1;
  switch (step) {
    case 'posted':
    case 'buffered':
    case 'sent':
    case 'applied':
    case 'delivered':
    case 'returned':
    case 'parked':
    case 'spread':
    case 'gathered':
      account.available += amount;
      return;
    case 'held':
      account.pending += amount;
      return;
    case 'captured':
      account.pending -= amount;
      account.available += amount;
      return;
    case 'voided':
    case 'expired':
      account.pending -= amount;
      return;
    case 'reversed':
      account.available -= amount;
  }
}
