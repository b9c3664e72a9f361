// Reversals. What takes a transfer back: all that reached the credit account goes back to the debit account, in one step
// and once.
//
// R1. Only money that has arrived goes back: of a post all of it, of a hold what was captured, once nothing of it remains.
// Of what went by way of transit nothing does: no single voucher brought it from payer to payee. Nor does what was paid to a
// sub-account: by then it can lie anywhere in its account.
// R2. One step is taken back, because one voucher is: a hold captured in parts is refused. R3. It is the transfer's last
// step. What it may do to the two accounts the accounts say, as they do for any transfer the other way.

import type { Metadata } from './accounts.ts';
import { FACT_KIND, type TransferFact, type TransferMoved } from './facts.ts';
import { ALLOWED, numberOf, type Verdict } from './refusals.ts';

/** What a client asks for. */
export type ReverseRequest = {
  /** The transfer to take back. */
  readonly transfer: string;
  /** For people; '' for none. */
  readonly reason: string;
  readonly metadata: Metadata | null;
};

const NOT_REVERSIBLE = numberOf('transfer_not_reversible');
const REVERSED = numberOf('transfer_reversed');

/** May the transfer be taken back, by its latest fact (R1)? */
export function refuseReversal(latest: TransferFact): Verdict {
  if (latest.kind === FACT_KIND.transferRouted) return NOT_REVERSIBLE;
  switch (latest.status) {
    case 'reversed':
      return REVERSED;
    case 'posted':
      return ALLOWED;
    case 'held':
      return NOT_REVERSIBLE;
    case 'captured':
    case 'voided':
    case 'expired':
      return latest.captured === 0 ? NOT_REVERSIBLE : ALLOWED;
  }
}

/** The latest step that brought money to the credit account: did it bring all that ever came (R2)? */
export function refuseArrival(arrival: TransferMoved): Verdict {
  return arrival.step === 'posted' || arrival.moved === arrival.captured ? ALLOWED : NOT_REVERSIBLE;
}

/** True for a step that brought money to the credit account. */
export function isArrival(fact: TransferFact): fact is TransferMoved & { readonly step: 'posted' | 'captured' } {
  return fact.kind === FACT_KIND.transferMoved && (fact.step === 'posted' || fact.step === 'captured');
}
