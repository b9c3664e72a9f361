// Channel order. One request to a channel: its number is in the journal before anything is sent and never used again.
//
// C1. Only a channel order is ever unknown. C2. Failed means: the channel said so, or nothing was ever sent. Time alone
// never fails it. C3. What was sent before a crash is unknown after it. C4. Asked again, it is asked under the same number
// with the same parameters.

import { isExternalVoucherId } from './external-voucher.ts';
import { ANOMALY, REFUSED, SAME, type OrderBase, type Transition } from './order-base.ts';

export type ChannelOrderStatus =
  | 'created'
  | 'sent'
  | 'accepted'
  | 'requires_action'
  | 'succeeded'
  | 'failed'
  | 'closed'
  | 'unknown'
  | 'late_succeeded';

export type ChannelVerb = 'pay' | 'refund' | 'payout';

export type ChannelOrder = OrderBase & {
  readonly kind: 'channel_order';
  readonly channel: string;
  readonly verb: ChannelVerb;
  /** The payment, external voucher, refund or withdrawal that it is for, and which of its instructions (from 0). */
  readonly parent: string;
  readonly instruction: number;
  /** A refund names the channel order that is refunded; '' otherwise. */
  readonly original: string;
  /** Where a payout goes, as the channel understands it; '' otherwise. */
  readonly destination: string;
  readonly amount: number;
  readonly currency: string;
  readonly status: ChannelOrderStatus;
  /** The channel's own number; '' until it said one. */
  readonly channelTradeNo: string;
  /** What the channel says has moved, minor units; 0 until it said so. */
  readonly reportedAmount: number;
  /** In which currency; '' until it said so. */
  readonly reportedCurrency: string;
  /** '' unless it failed. */
  readonly failure: string;
  readonly actionUrl: string;
  readonly unknownSinceMs: number;
  /** When it was sent, ms since 1970; 0 before. */
  readonly sentAtMs: number;
  /** Queries so far. */
  readonly queries: number;
};

/**
 * sent: it is about to leave. unsent: it provably never left. The others are what the channel says, or, unknown, that
 * it does not say; `closed` is a close that it confirmed.
 */
export type ChannelOrderEvent =
  'sent' | 'unsent' | 'accepted' | 'requires_action' | 'succeeded' | 'failed' | 'closed' | 'unknown';

/**
 * `late_succeeded` is an anomaly too: money came after its refusal. From `sent` and `unknown` a close counts only as
 * the channel's own word. What was asked again and did not leave proves nothing about the first time: `unsent` leaves
 * it unknown. An action of the payer that is first heard of by a query finds the order accepted; the action's address
 * is kept all the same.
 */
export function nextChannelOrder(status: ChannelOrderStatus, event: ChannelOrderEvent): Transition<ChannelOrderStatus> {
  switch (status) {
    case 'created':
      return fromCreated(event);
    case 'sent':
      return fromSent(event);
    case 'accepted':
      return fromAccepted(event);
    case 'requires_action':
      return fromRequiresAction(event);
    case 'unknown':
      return fromUnknown(event);
    case 'succeeded':
      return fromSucceeded(event);
    case 'failed':
      return fromFailed(event);
    case 'closed':
      return fromClosed(event);
    case 'late_succeeded':
      return fromLateSucceeded(event);
  }
}

/** True where no answer is awaited; only a late success still moves it. */
export function isTerminalChannelOrder(status: ChannelOrderStatus): boolean {
  return status === 'succeeded' || status === 'failed' || status === 'closed' || status === 'late_succeeded';
}

/** True when the channel is asked for a token, and the payer pays there with it. */
export function isPrepaid({ parent }: Pick<ChannelOrder, 'parent'>): boolean {
  return isExternalVoucherId(parent);
}

function fromCreated(event: ChannelOrderEvent): Transition<ChannelOrderStatus> {
  switch (event) {
    case 'sent':
      return { to: 'sent' };
    case 'unsent':
      return { to: 'failed' };
    case 'accepted':
    case 'requires_action':
    case 'succeeded':
    case 'failed':
    case 'closed':
    case 'unknown':
      return ANOMALY;
  }
}

function fromSent(event: ChannelOrderEvent): Transition<ChannelOrderStatus> {
  switch (event) {
    case 'unsent':
    case 'failed':
      return { to: 'failed' };
    case 'accepted':
      return { to: 'accepted' };
    case 'requires_action':
      return { to: 'requires_action' };
    case 'succeeded':
      return { to: 'succeeded' };
    case 'unknown':
      return { to: 'unknown' };
    case 'sent':
      return SAME;
    case 'closed':
      return REFUSED;
  }
}

function fromAccepted(event: ChannelOrderEvent): Transition<ChannelOrderStatus> {
  switch (event) {
    case 'succeeded':
      return { to: 'succeeded' };
    case 'failed':
      return { to: 'failed' };
    case 'closed':
      return { to: 'closed' };
    case 'unknown':
      return { to: 'unknown' };
    case 'sent':
    case 'accepted':
    case 'requires_action':
      return SAME;
    case 'unsent':
      return ANOMALY;
  }
}

function fromRequiresAction(event: ChannelOrderEvent): Transition<ChannelOrderStatus> {
  switch (event) {
    case 'succeeded':
      return { to: 'succeeded' };
    case 'failed':
      return { to: 'failed' };
    case 'closed':
      return { to: 'closed' };
    case 'unknown':
      return { to: 'unknown' };
    case 'sent':
    case 'accepted':
    case 'requires_action':
      return SAME;
    case 'unsent':
      return ANOMALY;
  }
}

function fromUnknown(event: ChannelOrderEvent): Transition<ChannelOrderStatus> {
  switch (event) {
    case 'accepted':
    case 'requires_action':
      return { to: 'accepted' };
    case 'succeeded':
      return { to: 'succeeded' };
    case 'failed':
      return { to: 'failed' };
    case 'closed':
      return { to: 'closed' };
    case 'sent':
    case 'unsent':
    case 'unknown':
      return SAME;
  }
}

function fromSucceeded(event: ChannelOrderEvent): Transition<ChannelOrderStatus> {
  switch (event) {
    case 'sent':
    case 'accepted':
    case 'requires_action':
    case 'succeeded':
    case 'unknown':
      return SAME;
    case 'unsent':
    case 'failed':
    case 'closed':
      return ANOMALY;
  }
}

function fromFailed(event: ChannelOrderEvent): Transition<ChannelOrderStatus> {
  switch (event) {
    case 'succeeded':
      return { to: 'late_succeeded' };
    case 'unsent':
    case 'accepted':
    case 'requires_action':
    case 'failed':
    case 'closed':
    case 'unknown':
      return SAME;
    case 'sent':
      return REFUSED;
  }
}

function fromClosed(event: ChannelOrderEvent): Transition<ChannelOrderStatus> {
  switch (event) {
    case 'succeeded':
      return { to: 'late_succeeded' };
    case 'unsent':
    case 'accepted':
    case 'requires_action':
    case 'failed':
    case 'closed':
    case 'unknown':
      return SAME;
    case 'sent':
      return REFUSED;
  }
}

function fromLateSucceeded(event: ChannelOrderEvent): Transition<ChannelOrderStatus> {
  switch (event) {
    case 'accepted':
    case 'requires_action':
    case 'succeeded':
    case 'unknown':
      return SAME;
    case 'sent':
      return REFUSED;
    case 'unsent':
    case 'failed':
    case 'closed':
      return ANOMALY;
  }
}
