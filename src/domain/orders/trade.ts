// Trade. What a merchant and a payer agreed on: one amount, one merchant order number for ever. It has attempts to pay it,
// refunds of it, and moves no money itself.
//
// T1. At most one attempt pays a trade. T2. At most one attempt is live. T3. refunded + refundReserved ≤ paid ≤ amount.

import { ANOMALY, REFUSED, SAME, type OrderBase, type Transition } from './order-base.ts';

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
  /** What it brought, minor units: less than the amount when only a part was captured; 0 while none has paid. */
  readonly paid: number;
  readonly refunds: readonly string[];
  /** Of refunds that are not at an end, and of those that succeeded; minor units. */
  readonly refundReserved: number;
  readonly refunded: number;
  /**
   * What has left escrow or pending for the payees and was not refunded by them, and the fees taken and not given back;
   * minor units.
   */
  readonly settled: number;
  readonly fee: number;
  /** How often settling was refused so far. */
  readonly settleTries: number;
};

/**
 * paid: an attempt paid it. settled: the payees have the money. close: somebody or the time closes it, no attempt is
 * live. close_live: the same while one is. attempt_ended: the live attempt ended and does not pay it. late_money: an
 * attempt succeeded that does not pay it (too late, a second time, at an old price); its money goes back by itself,
 * and nothing is said about the live attempt.
 */
export type TradeEvent = 'paid' | 'settled' | 'close' | 'close_live' | 'attempt_ended' | 'late_money';

/**
 * `paid` while closing is for the late-money policy `accept`; under `refund` the live attempt's success is
 * `late_money` and `attempt_ended`.
 */
export function nextTrade(status: TradeStatus, event: TradeEvent): Transition<TradeStatus> {
  switch (status) {
    case 'open':
      return fromOpen(event);
    case 'paid':
      return fromPaid(event);
    case 'completed':
      return fromCompleted(event);
    case 'closing':
      return fromClosing(event);
    case 'closed':
      return fromClosed(event);
  }
}

/** True where nothing is due any more. Refunds are orders of their own: they do not change the state. */
export function isTerminalTrade(status: TradeStatus): boolean {
  return status === 'completed' || status === 'closed';
}

function fromOpen(event: TradeEvent): Transition<TradeStatus> {
  switch (event) {
    case 'paid':
      return { to: 'paid' };
    case 'close':
      return { to: 'closed' };
    case 'close_live':
      return { to: 'closing' };
    case 'attempt_ended':
    case 'late_money':
      return SAME;
    case 'settled':
      return ANOMALY;
  }
}

function fromPaid(event: TradeEvent): Transition<TradeStatus> {
  switch (event) {
    case 'settled':
      return { to: 'completed' };
    case 'paid':
    case 'attempt_ended':
    case 'late_money':
      return SAME;
    case 'close':
    case 'close_live':
      return REFUSED;
  }
}

function fromCompleted(event: TradeEvent): Transition<TradeStatus> {
  switch (event) {
    case 'paid':
    case 'settled':
    case 'attempt_ended':
    case 'late_money':
      return SAME;
    case 'close':
    case 'close_live':
      return REFUSED;
  }
}

function fromClosing(event: TradeEvent): Transition<TradeStatus> {
  switch (event) {
    case 'paid':
      return { to: 'paid' };
    case 'close':
    case 'attempt_ended':
      return { to: 'closed' };
    case 'close_live':
    case 'late_money':
      return SAME;
    case 'settled':
      return ANOMALY;
  }
}

function fromClosed(event: TradeEvent): Transition<TradeStatus> {
  switch (event) {
    case 'close':
    case 'close_live':
    case 'attempt_ended':
    case 'late_money':
      return SAME;
    case 'paid':
    case 'settled':
      return ANOMALY;
  }
}
