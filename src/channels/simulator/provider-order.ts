// Provider order: a payment, refund or payout as the provider knows it, which steps it may take and what it has moved.
//
// R1. Money moves at the step to succeeded, once; a payout's comes back at the step to returned.
// R2. What an order counts in the totals follows from the order alone, so totals are sums over orders.

import type { Answer, ProviderStatus, ProviderVerb } from '../simulator-protocol.ts';

export type ProviderOrder = {
  readonly number: string;
  readonly verb: ProviderVerb;
  readonly status: ProviderStatus;
  readonly tradeNumber: string;
  /** As asked for, minor units; 0 and '' for a number that was closed before it was asked for. */
  readonly amount: number;
  readonly currency: string;
  /** What moved or will move: the same, unless a rule of faults said otherwise. */
  readonly moved: number;
  readonly movedCurrency: string;
  /** What the provider keeps of a payment, once it succeeded. */
  readonly fee: number;
  readonly original: string;
  readonly destination: string;
  readonly capture: boolean;
  readonly reason: string;
  readonly notifyUrl: string;
  /** Of a prepaid payment; '' otherwise. */
  readonly token: string;
  /** When a prepaid payment can no longer be paid, unix ms; 0 for never. */
  readonly expiresAtMs: number;
  /** Queries find it from then on, unix ms. */
  readonly visibleAtMs: number;
};

/** What orders have moved in one currency, minor units. */
export type Totals = {
  readonly payments: number;
  readonly refunds: number;
  readonly payouts: number;
  /** Payouts that the bank sent back; they are in payouts too. */
  readonly returns: number;
  readonly fees: number;
  /** Payouts that are accepted and have not ended. */
  readonly held: number;
};

export const NO_TOTALS: Totals = { payments: 0, refunds: 0, payouts: 0, returns: 0, fees: 0, held: 0 };

/** Whether an order may go from one status to another. */
export function mayFollow(verb: ProviderVerb, from: ProviderStatus, to: ProviderStatus): boolean {
  switch (from) {
    case 'accepted':
    case 'requires_action':
      return to === 'succeeded' || to === 'failed' || to === 'closed';
    case 'succeeded':
      return verb === 'payout' && to === 'returned';
    case 'failed':
    case 'closed':
      // Late money: the customer's bank pays what was given up.
      return verb === 'pay' && to === 'succeeded';
    case 'returned':
      return false;
  }
}

/** Whether an order has not ended. */
export function isOpen({ status }: ProviderOrder): boolean {
  return status === 'accepted' || status === 'requires_action';
}

/** What an order counts in the totals of its movedCurrency. */
export function countedOf(order: ProviderOrder): Totals {
  const { moved, fee } = order;
  const succeeded = order.status === 'succeeded' || order.status === 'returned';
  switch (order.verb) {
    case 'pay':
      return succeeded ? { ...NO_TOTALS, payments: moved, fees: fee } : NO_TOTALS;
    case 'refund':
      return succeeded ? { ...NO_TOTALS, refunds: moved } : NO_TOTALS;
    case 'payout':
      if (isOpen(order)) return { ...NO_TOTALS, held: moved };
      if (order.status === 'returned') return { ...NO_TOTALS, payouts: moved, returns: moved };
      return succeeded ? { ...NO_TOTALS, payouts: moved } : NO_TOTALS;
  }
}

/** What a refund takes of the amount that can be refunded; from when it is accepted on, so that two cannot share it. */
export function refundedBy(order: ProviderOrder): number {
  return order.verb === 'refund' && (order.status === 'succeeded' || isOpen(order)) ? order.amount : 0;
}

/** Totals plus or minus others. */
export function addTotals(one: Totals, other: Totals, sign: 1 | -1): Totals {
  return {
    payments: one.payments + sign * other.payments,
    refunds: one.refunds + sign * other.refunds,
    payouts: one.payouts + sign * other.payouts,
    returns: one.returns + sign * other.returns,
    fees: one.fees + sign * other.fees,
    held: one.held + sign * other.held,
  };
}

/** The order as its owner hears of it. @param base URL of the simulator, for where a customer goes */
export function answerOf(order: ProviderOrder, base: string): Answer {
  return {
    number: order.number,
    verb: order.verb,
    status: order.status,
    trade_number: order.tradeNumber,
    amount: order.moved,
    currency: order.movedCurrency,
    ...(order.reason === '' ? {} : { reason: order.reason }),
    ...(order.status === 'requires_action' ? { action_url: `${base}/act/${encodeURIComponent(order.number)}` } : {}),
  };
}
