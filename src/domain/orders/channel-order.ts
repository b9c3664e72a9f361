// Channel order. One request to a channel: its number is in the journal before anything is sent and never used again.
//
// C1. Only a channel order is ever unknown. C2. Failed means: the channel said so, or nothing was ever sent. Time alone
// never fails it. C3. What was sent before a crash is unknown after it. C4. Asked again, it is asked under the same number
// with the same parameters.

import type { OrderBase } from './order-base.ts';

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
  /** The payment, refund or withdrawal that it is for, and which of its instructions (from 0). */
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
  /** '' unless it failed. */
  readonly failure: string;
  readonly actionUrl: string;
  readonly unknownSinceMs: number;
  /** When it was sent, ms since 1970; 0 before. */
  readonly sentAtMs: number;
  /** Queries so far. */
  readonly queries: number;
};
