// Case. Something that no rule may decide: it waits for people, has an owner, and two of them decide.
//
// A1. Who proposes a decision does not confirm it. A2. A decision is a fact; what it does to money are facts of its own.

import { REFUSED, SAME, type OrderBase, type Transition } from './order-base.ts';

export type CaseType =
  | 'amount_mismatch'
  | 'currency_mismatch'
  | 'contradiction'
  | 'unknown_callback'
  | 'unresolved_unknown'
  | 'reverse_failed'
  | 'refund_needs_attention'
  | 'payout_returned'
  | 'settlement_refused'
  | 'refund_bounced'
  | 'account_closed'
  | 'books_breach'
  | 'channel_only'
  | 'local_only'
  | 'amount_diff'
  | 'status_diff'
  | 'fee_diff'
  | 'currency_diff'
  | 'duplicate_line'
  | 'late_line'
  | 'unparsed_line';

export type CaseStatus = 'open' | 'proposed' | 'resolved';

export type Case = OrderBase & {
  readonly kind: 'case';
  readonly type: CaseType;
  /** The order that it is about; '' when there is none. */
  readonly order: string;
  readonly amount: number;
  readonly currency: string;
  /** How a channel names money that no order of ours is about; '' where it does not, or where one is. */
  readonly reference: string;
  /** What happened, for people. */
  readonly detail: string;
  readonly owner: string;
  readonly status: CaseStatus;
  /** What was proposed, by whom, and who agreed: '' before. */
  readonly decision: string;
  readonly proposedBy: string;
  readonly decidedBy: string;
};

/** propose: one person says what to do. confirm, reject: another one does or does not agree. */
export type CaseEvent = 'propose' | 'confirm' | 'reject';

/** Who may is decided in approvals.ts (A1). */
export function nextCase(status: CaseStatus, event: CaseEvent): Transition<CaseStatus> {
  switch (status) {
    case 'open':
      return fromOpen(event);
    case 'proposed':
      return fromProposed(event);
    case 'resolved':
      return fromResolved(event);
  }
}

/** True once two people decided. */
export function isTerminalCase(status: CaseStatus): boolean {
  return status === 'resolved';
}

function fromOpen(event: CaseEvent): Transition<CaseStatus> {
  switch (event) {
    case 'propose':
      return { to: 'proposed' };
    case 'confirm':
    case 'reject':
      return REFUSED;
  }
}

function fromProposed(event: CaseEvent): Transition<CaseStatus> {
  switch (event) {
    case 'confirm':
      return { to: 'resolved' };
    case 'reject':
      return { to: 'open' };
    case 'propose':
      return REFUSED;
  }
}

function fromResolved(event: CaseEvent): Transition<CaseStatus> {
  switch (event) {
    case 'confirm':
      return SAME;
    case 'propose':
    case 'reject':
      return REFUSED;
  }
}
