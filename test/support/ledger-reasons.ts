// Ledger reasons. Why the model of the ledger refuses: every reason at once and in no order; the lowest of the list is told.

import { REFUSALS, type Refusal } from '../../src/domain/refusals.ts';
import type { Settle, Transfer } from './ledger-requests.ts';

const MAX = 2 ** 53 - 1;

export type ModelAccount = {
  readonly currency: string;
  status: 'active' | 'frozen' | 'closed';
  creditLimit: number;
  available: number;
  held: number;
  pending: number;
  version: number;
};

export type Made = Transfer & {
  captured: number;
  captures: number;
  released: number;
  dueMs: number;
  reversed: boolean;
};

/** Every reason why the transfer cannot be, in no order. */
export function* reasons(request: Transfer, payer: ModelAccount, payee: ModelAccount): Iterable<Refusal> {
  yield* blocked(payer);
  yield* blocked(payee);
  const currency = request.currency === '' ? payee.currency : request.currency;
  if (payer.currency !== currency || payee.currency !== currency) yield 'currency_mismatch';
  const { amount } = request;
  if (payer.available - amount < -payer.creditLimit) yield 'insufficient_funds';
  if (payer.available - amount < -MAX || payer.held + amount > MAX) yield 'balance_overflow';
  if (Math.max(payee.available, 0) + payee.held + payee.pending + amount > MAX) yield 'balance_overflow';
}

export function* settleReasons(
  request: Settle,
  hold: Made,
  payer: ModelAccount,
  payee: ModelAccount,
): Iterable<Refusal> {
  if (request.step === 'captured') {
    yield* blocked(payer);
    yield* blocked(payee);
  }
  if (!isOpen(hold)) yield 'hold_not_open';
  if (request.amount > remaining(hold)) yield 'capture_exceeds_hold';
  if (request.debit !== '' && request.debit !== hold.debit) yield 'hold_accounts_differ';
  if (request.credit !== '' && request.credit !== hold.credit) yield 'hold_accounts_differ';
}

export function* reverseReasons(
  made: Made,
  amount: number,
  payer: ModelAccount,
  payee: ModelAccount,
): Iterable<Refusal> {
  yield* blocked(payer);
  yield* blocked(payee);
  if (made.reversed) yield 'transfer_reversed';
  if (made.hold && (isOpen(made) || made.captures !== 1)) yield 'transfer_not_reversible';
  if (payee.available - amount < -payee.creditLimit) yield 'insufficient_funds';
  if (payee.available - amount < -MAX || payee.held + amount > MAX) yield 'balance_overflow';
  if (Math.max(payer.available, 0) + payer.held + payer.pending + amount > MAX) yield 'balance_overflow';
}

function* blocked({ status }: ModelAccount): Iterable<Refusal> {
  if (status === 'frozen') yield 'account_frozen';
  if (status === 'closed') yield 'account_closed';
}

/** The one that is told; 0 for none. */
export function lowest(all: readonly Refusal[]): number {
  return all.length === 0 ? 0 : Math.min(...all.map((code) => REFUSALS[code].number));
}

export function remaining(made: Made): number {
  return made.hold ? made.amount - made.captured - made.released : 0;
}

export function isOpen(made: Made): boolean {
  return remaining(made) > 0;
}
