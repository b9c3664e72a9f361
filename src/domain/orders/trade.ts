// Trade. What a merchant and a payer agreed on: one amount, one merchant order number for ever. It has attempts to pay it,
// refunds of it, and moves no money itself.
//
// T1. At most one attempt pays a trade. T2. At most one attempt is live. T3. refunded + refundReserved ≤ amount.

import type { OrderBase } from './order-base.ts';

/** instant: the payees have the money at once. escrow: when the buyer confirms. topup: the payer's own account has it. */
export type TradeType = 'instant' | 'escrow' | 'topup';

export type TradeStatus = 'open' | 'paid' | 'completed' | 'closing' | 'closed';

/** Who receives how much of a trade, minor units; all together the trade's amount. */
export type Payee = { readonly account: string; readonly amount: number };

export type Trade = OrderBase & {
  readonly kind: 'trade';
  /** The merchant's order number: unique for ever. */
  readonly outTradeNo: string;
  /** Product code of the rules, and what it says. */
  readonly product: string;
  readonly type: TradeType;
  readonly ruleVersion: string;
  /** Account of the payer; '' where nobody has one here. */
  readonly payer: string;
  readonly payees: readonly Payee[];
  readonly amount: number;
  readonly currency: string;
  /** Not paid by then, it closes; ms since 1970. */
  readonly expiresAtMs: number;
  readonly status: TradeStatus;
  /** Attempts, the oldest first. */
  readonly payments: readonly string[];
  /** The attempt that is not at an end; '' for none. */
  readonly livePayment: string;
  /** The attempt that paid it; '' while none has. */
  readonly paidBy: string;
  readonly refunds: readonly string[];
  /** Of refunds that are not at an end, and of those that succeeded; minor units. */
  readonly refundReserved: number;
  readonly refunded: number;
  /** What has left escrow or pending for the payees, and the fee in it; minor units. */
  readonly settled: number;
  readonly fee: number;
};
