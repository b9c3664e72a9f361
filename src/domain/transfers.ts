// Transfers. A transfer is posted at once, or held and then captured (in parts, until nothing remains), voided or
// expired. Never unknown: both sides are in this ledger.
//
// P1. 0 ≤ captured + released ≤ amount. P2. A hold is open while something remains of it.
// P3. The step that takes the last of a hold names its final status.

import { ALLOWED, numberOf, RESULT, type Verdict } from './refusals.ts';
import type { DirectStep, Metadata, Step } from './accounts.ts';

/** What a client asks for: a post or a hold. */
export type TransferRequest = {
  /** '' lets the server name it. */
  readonly id: string;
  readonly debit: string;
  readonly credit: string;
  readonly amount: number;
  /** '' takes the accounts' currency. */
  readonly currency: string;
  readonly hold: boolean;
  /** Seconds until an open hold expires; 0 takes the configured default. */
  readonly expiresInSeconds: number;
  readonly metadata: Metadata | null;
};

/** What a client asks of a hold: to capture of it or to give back. */
export type SettleRequest = {
  /** Id of this operation; '' when only an idempotency key names it. */
  readonly id: string;
  /** The hold. */
  readonly transfer: string;
  /** 'expired' comes from the clock, never from a client. */
  readonly step: 'captured' | 'voided' | 'expired';
  /** Minor units; 0 takes all that remains. */
  readonly amount: number;
  /** The accounts, where the client repeats them; '' where not. */
  readonly debit: string;
  readonly credit: string;
};

export type Hold = {
  readonly debit: string;
  readonly credit: string;
  readonly amount: number;
  captured: number;
  released: number;
  status: DirectStep;
};

export type TransferStatus = DirectStep;

const NOT_OPEN = numberOf('hold_not_open');
const EXCEEDS = numberOf('capture_exceeds_hold');
const DIFFER = numberOf('hold_accounts_differ');

/** Minor units of a hold that are neither captured nor given back. */
export function remaining(hold: Hold): number {
  return hold.amount - hold.captured - hold.released;
}

/** True while money is kept back. */
export function isOpen(hold: Hold): boolean {
  return hold.status === 'held';
}

/** Only for a hold: may this be taken of it? Says nothing about the accounts. */
export function refuseSettle(hold: Hold, request: SettleRequest): Verdict {
  if (!isOpen(hold)) return NOT_OPEN;
  if (request.amount > remaining(hold)) return EXCEEDS;
  const differs =
    (request.debit !== '' && request.debit !== hold.debit) || (request.credit !== '' && request.credit !== hold.credit);
  return differs ? DIFFER : ALLOWED;
}

/** Takes `amount` of the hold (P1-P3). */
export function applySettle(hold: Hold, step: 'captured' | 'voided' | 'expired', amount: number): void {
  if (step === 'captured') hold.captured += amount;
  else hold.released += amount;
  if (remaining(hold) === 0) hold.status = step;
}

/** The batch result of a step that was carried out. */
export function resultOf(step: Step): number {
  switch (step) {
    case 'posted':
    case 'buffered':
    case 'delivered':
    case 'applied':
    case 'spread':
    case 'gathered':
      return RESULT.posted;
    case 'sent':
    case 'returned':
    case 'parked':
      return RESULT.sent;
    case 'held':
      return RESULT.held;
    case 'captured':
      return RESULT.captured;
    case 'voided':
    case 'expired':
      return RESULT.voided;
    case 'reversed':
      return RESULT.reversed;
  }
}
