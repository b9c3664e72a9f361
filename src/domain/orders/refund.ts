// Refund. Money of a paid trade goes back, each part the way on which it came.
//
// R1. What it may return is reserved in the trade before anything moves. R2. It is never pending when nothing was sent.

import { isHouse } from '../house-accounts.ts';
import { ANOMALY, REFUSED, SAME, type OrderBase, type Transition } from './order-base.ts';

export type RefundStatus =
  'created' | 'pending_approval' | 'processing' | 'needs_attention' | 'succeeded' | 'failed' | 'canceled' | 'bounced';

/** The part of a refund that undoes one instruction of the payment. */
export type RefundPart = {
  /** Place of the instruction in the payment, from 0. */
  readonly instruction: number;
  readonly amount: number;
  /** bounced: the channel has it again, and it is in suspense. given: from there it went where two people said. */
  readonly status: 'planned' | 'executing' | 'done' | 'refused' | 'unknown' | 'bounced' | 'given';
  readonly channelOrder: string;
};

export type Refund = OrderBase & {
  readonly kind: 'refund';
  readonly trade: string;
  readonly payment: string;
  readonly amount: number;
  readonly currency: string;
  /**
   * request: somebody asked. duplicate, late, mismatch: money that came too often, too late or not as agreed goes back by
   * itself. bounced: what a channel had returned and got back is sent again.
   */
  readonly cause: 'request' | 'duplicate' | 'late' | 'mismatch' | 'bounced';
  readonly reason: string;
  readonly status: RefundStatus;
  readonly parts: readonly RefundPart[];
  /** From where it was taken: minor units by account. */
  readonly sources: readonly { readonly account: string; readonly amount: number }[];
  /** What the house gives back of its fee: minor units by payee; absent where it gives nothing. */
  readonly fees?: readonly { readonly account: string; readonly amount: number }[];
  readonly failure: string;
  /** Who asked and who approved: ids of keys; '' for none. */
  readonly requestedBy: string;
  readonly approvedBy: string;
};

/** Minor units that the payees give of their own, not what is in hand for them. */
export function fromPayees({ sources }: Pick<Refund, 'sources'>): number {
  return sources.reduce((sum, { account, amount }) => (isHouse(account) ? sum : sum + amount), 0);
}

/** Minor units of the fee that the house gives back. */
export function feeReturned({ fees = [] }: Pick<Refund, 'fees'>): number {
  return fees.reduce((sum, { amount }) => sum + amount, 0);
}

/**
 * ask_approval, approve: a second person. start: without one. cancel: somebody does not want it any more, or the
 * second person says no. reroute: it goes another way. needs_attention, succeeded, failed, canceled, bounced: what
 * came of it; needs_attention is an instrument that takes no money back, bounced money that came back after all.
 */
export type RefundEvent =
  | 'ask_approval'
  | 'start'
  | 'approve'
  | 'cancel'
  | 'reroute'
  | 'needs_attention'
  | 'succeeded'
  | 'failed'
  | 'canceled'
  | 'bounced';

/**
 * Once it is under way nobody cancels it, except where it came to a stop: there people choose another way, or none.
 */
export function nextRefund(status: RefundStatus, event: RefundEvent): Transition<RefundStatus> {
  switch (status) {
    case 'created':
      return fromCreated(event);
    case 'pending_approval':
      return fromPendingApproval(event);
    case 'processing':
      return fromProcessing(event);
    case 'needs_attention':
      return fromNeedsAttention(event);
    case 'succeeded':
      return fromSucceeded(event);
    case 'failed':
      return fromFailed(event);
    case 'canceled':
      return fromCanceled(event);
    case 'bounced':
      return fromBounced(event);
  }
}

/** True where nothing is due any more; what succeeded can still bounce. */
export function isTerminalRefund(status: RefundStatus): boolean {
  return status === 'succeeded' || status === 'failed' || status === 'canceled' || status === 'bounced';
}

function fromCreated(event: RefundEvent): Transition<RefundStatus> {
  switch (event) {
    case 'ask_approval':
      return { to: 'pending_approval' };
    case 'start':
      return { to: 'processing' };
    case 'cancel':
      return { to: 'canceled' };
    case 'approve':
    case 'reroute':
      return REFUSED;
    case 'needs_attention':
    case 'succeeded':
    case 'failed':
    case 'canceled':
    case 'bounced':
      return ANOMALY;
  }
}

function fromPendingApproval(event: RefundEvent): Transition<RefundStatus> {
  switch (event) {
    case 'approve':
      return { to: 'processing' };
    case 'cancel':
      return { to: 'canceled' };
    case 'ask_approval':
      return SAME;
    case 'start':
    case 'reroute':
      return REFUSED;
    case 'needs_attention':
    case 'succeeded':
    case 'failed':
    case 'canceled':
    case 'bounced':
      return ANOMALY;
  }
}

function fromProcessing(event: RefundEvent): Transition<RefundStatus> {
  switch (event) {
    case 'needs_attention':
      return { to: 'needs_attention' };
    case 'succeeded':
      return { to: 'succeeded' };
    case 'failed':
      return { to: 'failed' };
    case 'canceled':
      return { to: 'canceled' };
    case 'start':
      return SAME;
    case 'ask_approval':
    case 'approve':
    case 'cancel':
    case 'reroute':
      return REFUSED;
    case 'bounced':
      return ANOMALY;
  }
}

function fromNeedsAttention(event: RefundEvent): Transition<RefundStatus> {
  switch (event) {
    case 'cancel':
      return { to: 'canceled' };
    case 'reroute':
      return { to: 'processing' };
    case 'needs_attention':
    case 'failed':
    case 'canceled':
      return SAME;
    case 'ask_approval':
    case 'start':
    case 'approve':
      return REFUSED;
    case 'succeeded':
    case 'bounced':
      return ANOMALY;
  }
}

function fromSucceeded(event: RefundEvent): Transition<RefundStatus> {
  switch (event) {
    case 'bounced':
      return { to: 'bounced' };
    case 'start':
    case 'succeeded':
      return SAME;
    case 'ask_approval':
    case 'approve':
    case 'cancel':
    case 'reroute':
      return REFUSED;
    case 'needs_attention':
    case 'failed':
    case 'canceled':
      return ANOMALY;
  }
}

function fromFailed(event: RefundEvent): Transition<RefundStatus> {
  switch (event) {
    case 'start':
    case 'needs_attention':
    case 'failed':
    case 'canceled':
      return SAME;
    case 'ask_approval':
    case 'approve':
    case 'cancel':
    case 'reroute':
      return REFUSED;
    case 'succeeded':
    case 'bounced':
      return ANOMALY;
  }
}

function fromCanceled(event: RefundEvent): Transition<RefundStatus> {
  switch (event) {
    case 'cancel':
    case 'needs_attention':
    case 'failed':
    case 'canceled':
      return SAME;
    case 'ask_approval':
    case 'start':
    case 'approve':
    case 'reroute':
      return REFUSED;
    case 'succeeded':
    case 'bounced':
      return ANOMALY;
  }
}

function fromBounced(event: RefundEvent): Transition<RefundStatus> {
  switch (event) {
    case 'start':
    case 'needs_attention':
    case 'succeeded':
    case 'failed':
    case 'bounced':
      return SAME;
    case 'ask_approval':
    case 'approve':
    case 'cancel':
    case 'reroute':
      return REFUSED;
    case 'canceled':
      return ANOMALY;
  }
}
