// Refund. Money of a paid trade goes back, each part the way on which it came.
//
// R1. What it may return is reserved in the trade before anything moves. R2. It is never pending when nothing was sent.

import type { OrderBase } from './order-base.ts';

export type RefundStatus =
  'created' | 'pending_approval' | 'processing' | 'needs_attention' | 'succeeded' | 'failed' | 'canceled' | 'bounced';

/** The part of a refund that undoes one instruction of the payment. */
export type RefundPart = {
  /** Place of the instruction in the payment, from 0. */
  readonly instruction: number;
  readonly amount: number;
  readonly status: 'planned' | 'executing' | 'done' | 'refused' | 'unknown';
  readonly channelOrder: string;
};

export type Refund = OrderBase & {
  readonly kind: 'refund';
  readonly trade: string;
  readonly payment: string;
  readonly amount: number;
  readonly currency: string;
  /** request: somebody asked. duplicate, late: money that came too often or too late goes back by itself. */
  readonly cause: 'request' | 'duplicate' | 'late' | 'mismatch';
  readonly reason: string;
  readonly status: RefundStatus;
  readonly parts: readonly RefundPart[];
  /** From where it was taken: minor units by account. */
  readonly sources: readonly { readonly account: string; readonly amount: number }[];
  readonly failure: string;
  /** Who asked and who approved: ids of keys; '' for none. */
  readonly requestedBy: string;
  readonly approvedBy: string;
};
