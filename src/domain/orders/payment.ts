// Payment. One attempt to pay a trade: a plan of instructions, each by one instrument, reversible ones first and the
// external one last.
//
// P1. The plan is in the journal before its first instruction runs. P2. While a channel order is unknown the payment stays
// processing: holds stay, nothing is reversed. P3. It succeeds only when all of its instructions are done.

import type { CheckSaid } from './checks.ts';
import type { Instruction } from './instruction.ts';
import type { FactPosition } from '../ids.ts';
import type { OrderBase } from './order-base.ts';

export type PaymentStatus =
  | 'created'
  | 'processing'
  | 'requires_action'
  | 'authorized'
  | 'reversing'
  | 'in_review'
  | 'canceling'
  | 'succeeded'
  | 'failed'
  | 'canceled';

export type Payment = OrderBase & {
  readonly kind: 'payment';
  readonly trade: string;
  /** Which attempt of the trade, from 1. */
  readonly attempt: number;
  readonly payer: string;
  readonly amount: number;
  readonly currency: string;
  /** manual: it stays authorized until it is captured. */
  readonly capture: 'automatic' | 'manual';
  /** Captures of a part so far. */
  readonly captures: number;
  /** Somebody has asked to end it: it ends as canceled and not as failed. */
  readonly canceling: boolean;
  /** Vouchers that kept something back, in the order of the plan. */
  readonly reserved: readonly FactPosition[];
  /** Attempts to undo it that were refused. */
  readonly undone: number;
  readonly status: PaymentStatus;
  readonly instructions: readonly Instruction[];
  /** Why it failed: the code of a refusal, or what the channel said; '' otherwise. */
  readonly failure: string;
  /** Since when the outcome of its channel order is not known, ms since 1970; 0 when it is. */
  readonly unknownSinceMs: number;
  /** Where the payer has to go on; '' unless status is requires_action. */
  readonly actionUrl: string;
  /** With what the payer pays at the channel, and until when, ms since 1970; '' and 0 unless status is requires_action. */
  readonly token: string;
  readonly tokenExpiresAtMs: number;
  /** What was asked about it before it began, and what was said. */
  readonly checks: readonly CheckSaid[];
};

/** Of a payment that waits neither for its payer nor for word of its channel. */
export const NOBODY_AWAITED = { unknownSinceMs: 0, actionUrl: '', token: '', tokenExpiresAtMs: 0 } as const;

/** What clients are told; the other states are for operators. */
export type PublicPaymentStatus =
  'requires_action' | 'processing' | 'authorized' | 'succeeded' | 'failed' | 'canceled' | 'in_review';

export function publicStatus(payment: Pick<Payment, 'status'>): PublicPaymentStatus {
  switch (payment.status) {
    case 'created':
    case 'processing':
    case 'reversing':
    case 'canceling':
      return 'processing';
    case 'requires_action':
    case 'authorized':
    case 'succeeded':
    case 'failed':
    case 'canceled':
    case 'in_review':
      return payment.status;
  }
}
