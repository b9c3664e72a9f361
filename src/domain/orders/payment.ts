// Payment. One attempt to pay a trade: a plan of instructions, each by one instrument, reversible ones first and the
// external one last.
//
// P1. The plan is in the journal before its first instruction runs. P2. While a channel order is unknown the payment stays
// processing: holds stay, nothing is reversed. P3. It succeeds only when all of its instructions are done.

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

export type InstructionStatus = 'planned' | 'executing' | 'done' | 'refused' | 'unknown' | 'reversing' | 'reversed';

/** A leg of a payment: so much by this instrument. */
export type Instruction = {
  /** Name of the plug-in: balance, coupon, channel, … */
  readonly instrument: string;
  /** Where the money comes from: the payer's account, the budget, the clearing account of the channel. */
  readonly account: string;
  /** '' unless a channel is asked. */
  readonly channel: string;
  readonly amount: number;
  readonly status: InstructionStatus;
  /** What was asked of the channel; '' before. */
  readonly channelOrder: string;
  /** Minor units: kept back for it, taken, and of that on its way back or back. */
  readonly authorized: number;
  readonly captured: number;
  readonly refundReserved: number;
  readonly refunded: number;
};

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
  readonly status: PaymentStatus;
  readonly instructions: readonly Instruction[];
  /** Why it failed: the code of a refusal, or what the channel said; '' otherwise. */
  readonly failure: string;
  /** Since when the outcome of its channel order is not known, ms since 1970; 0 when it is. */
  readonly unknownSinceMs: number;
  /** Where the payer has to go on; '' unless status is requires_action. */
  readonly actionUrl: string;
};
