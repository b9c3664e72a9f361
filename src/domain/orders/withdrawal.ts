// Withdrawal. Money of an account goes out through a channel.
//
// W1. It is taken from the account before it is approved. W2. It can be canceled only before it is sent. W3. A bank may
// return it days after it succeeded.

import { ANOMALY, REFUSED, SAME, type OrderBase, type Transition } from './order-base.ts';

export type WithdrawalStatus =
  | 'created'
  | 'pending_approval'
  | 'approved'
  | 'processing'
  | 'needs_attention'
  | 'succeeded'
  | 'failed'
  | 'canceled'
  | 'returned';

export type Withdrawal = OrderBase & {
  readonly kind: 'withdrawal';
  readonly product: string;
  readonly ruleVersion: string;
  readonly account: string;
  readonly channel: string;
  /** As the channel understands it: an IBAN, a token. */
  readonly destination: string;
  readonly amount: number;
  /** Part of the amount, minor units. */
  readonly fee: number;
  readonly currency: string;
  readonly status: WithdrawalStatus;
  readonly channelOrder: string;
  readonly failure: string;
  readonly unknownSinceMs: number;
  readonly requestedBy: string;
  readonly approvedBy: string;
};

/**
 * ask_approval: a second person has to agree. approve: he did, or the rules ask for none. cancel: somebody asked, or
 * the second person said no. send: the channel is asked. resume: after people looked at it. needs_attention,
 * succeeded, failed, returned: what came of it.
 */
export type WithdrawalEvent =
  'ask_approval' | 'approve' | 'cancel' | 'send' | 'resume' | 'needs_attention' | 'succeeded' | 'failed' | 'returned';

/** A bank returns only what had arrived: a return before the success waits for it. */
export function nextWithdrawal(status: WithdrawalStatus, event: WithdrawalEvent): Transition<WithdrawalStatus> {
  switch (status) {
    case 'created':
      return fromCreated(event);
    case 'pending_approval':
      return fromPendingApproval(event);
    case 'approved':
      return fromApproved(event);
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
    case 'returned':
      return fromReturned(event);
  }
}

/** True where nothing is due any more; what succeeded can still be returned. */
export function isTerminalWithdrawal(status: WithdrawalStatus): boolean {
  return status === 'succeeded' || status === 'failed' || status === 'canceled' || status === 'returned';
}

function fromCreated(event: WithdrawalEvent): Transition<WithdrawalStatus> {
  switch (event) {
    case 'ask_approval':
      return { to: 'pending_approval' };
    case 'approve':
      return { to: 'approved' };
    case 'cancel':
      return { to: 'canceled' };
    case 'send':
    case 'resume':
      return REFUSED;
    case 'needs_attention':
    case 'succeeded':
    case 'failed':
    case 'returned':
      return ANOMALY;
  }
}

function fromPendingApproval(event: WithdrawalEvent): Transition<WithdrawalStatus> {
  switch (event) {
    case 'approve':
      return { to: 'approved' };
    case 'cancel':
      return { to: 'canceled' };
    case 'ask_approval':
      return SAME;
    case 'send':
    case 'resume':
      return REFUSED;
    case 'needs_attention':
    case 'succeeded':
    case 'failed':
    case 'returned':
      return ANOMALY;
  }
}

function fromApproved(event: WithdrawalEvent): Transition<WithdrawalStatus> {
  switch (event) {
    case 'cancel':
      return { to: 'canceled' };
    case 'send':
      return { to: 'processing' };
    case 'approve':
      return SAME;
    case 'ask_approval':
    case 'resume':
      return REFUSED;
    case 'needs_attention':
    case 'succeeded':
    case 'failed':
    case 'returned':
      return ANOMALY;
  }
}

function fromProcessing(event: WithdrawalEvent): Transition<WithdrawalStatus> {
  switch (event) {
    case 'needs_attention':
      return { to: 'needs_attention' };
    case 'succeeded':
      return { to: 'succeeded' };
    case 'failed':
      return { to: 'failed' };
    case 'send':
    case 'resume':
      return SAME;
    case 'ask_approval':
    case 'approve':
    case 'cancel':
    case 'returned':
      return REFUSED;
  }
}

function fromNeedsAttention(event: WithdrawalEvent): Transition<WithdrawalStatus> {
  switch (event) {
    case 'resume':
      return { to: 'processing' };
    case 'succeeded':
      return { to: 'succeeded' };
    case 'failed':
      return { to: 'failed' };
    case 'needs_attention':
      return SAME;
    case 'ask_approval':
    case 'approve':
    case 'cancel':
    case 'send':
    case 'returned':
      return REFUSED;
  }
}

function fromSucceeded(event: WithdrawalEvent): Transition<WithdrawalStatus> {
  switch (event) {
    case 'returned':
      return { to: 'returned' };
    case 'send':
    case 'needs_attention':
    case 'succeeded':
      return SAME;
    case 'ask_approval':
    case 'approve':
    case 'cancel':
    case 'resume':
      return REFUSED;
    case 'failed':
      return ANOMALY;
  }
}

function fromFailed(event: WithdrawalEvent): Transition<WithdrawalStatus> {
  switch (event) {
    case 'needs_attention':
    case 'failed':
      return SAME;
    case 'ask_approval':
    case 'approve':
    case 'cancel':
    case 'send':
    case 'resume':
      return REFUSED;
    case 'succeeded':
    case 'returned':
      return ANOMALY;
  }
}

function fromCanceled(event: WithdrawalEvent): Transition<WithdrawalStatus> {
  switch (event) {
    case 'cancel':
      return SAME;
    case 'ask_approval':
    case 'approve':
    case 'send':
    case 'resume':
      return REFUSED;
    case 'needs_attention':
    case 'succeeded':
    case 'failed':
    case 'returned':
      return ANOMALY;
  }
}

function fromReturned(event: WithdrawalEvent): Transition<WithdrawalStatus> {
  switch (event) {
    case 'needs_attention':
    case 'succeeded':
    case 'failed':
    case 'returned':
      return SAME;
    case 'ask_approval':
    case 'approve':
    case 'cancel':
    case 'send':
    case 'resume':
      return REFUSED;
  }
}
