// Withdrawal. Money of an account goes out through a channel.
//
// W1. It is taken from the account before it is approved. W2. It can be canceled only before it is sent. W3. A bank may
// return it days after it succeeded.

import type { OrderBase } from './order-base.ts';

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
