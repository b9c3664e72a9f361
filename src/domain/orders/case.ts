// Case. Something that no rule may decide: it waits for people, has an owner, and two of them decide.
//
// A1. Who proposes a decision does not confirm it. A2. A decision is a fact; what it does to money are facts of its own.

import type { OrderBase } from './order-base.ts';

export type CaseType =
  | 'amount_mismatch'
  | 'currency_mismatch'
  | 'contradiction'
  | 'unknown_callback'
  | 'unresolved_unknown'
  | 'reverse_failed'
  | 'refund_needs_attention'
  | 'payout_returned'
  | 'settlement_refused';

export type CaseStatus = 'open' | 'proposed' | 'resolved';

export type Case = OrderBase & {
  readonly kind: 'case';
  readonly type: CaseType;
  /** The order that it is about; '' when there is none. */
  readonly order: string;
  readonly amount: number;
  readonly currency: string;
  /** What happened, for people. */
  readonly detail: string;
  readonly owner: string;
  readonly status: CaseStatus;
  /** What was proposed, by whom, and who agreed: '' before. */
  readonly decision: string;
  readonly proposedBy: string;
  readonly decidedBy: string;
};
