// Trade resource. A trade as its merchant sees it.

import type { Trade } from '../../domain/orders/trade.ts';
import { timeText } from '../time-text.ts';
import { orNull, stepResource, type FrameTime, type Step, type StepResource } from './shown-step.ts';

export type TradeResource = StepResource & {
  readonly id: string;
  readonly object: 'trade';
  readonly out_trade_no: string;
  readonly product: string;
  readonly type: Trade['type'];
  readonly status: Trade['status'];
  readonly payer: string | null;
  readonly payees: Trade['payees'];
  /** Minor units, all of these. */
  readonly amount: number;
  readonly paid: number;
  readonly refund_reserved: number;
  readonly refunded: number;
  readonly settled: number;
  /** What is taken of it and was not given back. */
  readonly fee: number;
  readonly currency: string;
  readonly expires_at: string;
  /** Ids of its attempts, the oldest first; which of them is under way, and which has paid it. */
  readonly payments: readonly string[];
  readonly live_payment: string | null;
  readonly paid_by: string | null;
  readonly refunds: readonly string[];
  readonly rule_version: string;
};

export function tradeResource(step: Step<Trade>, frameTime: FrameTime): TradeResource {
  const { order: trade } = step;
  return {
    id: trade.id,
    object: 'trade',
    out_trade_no: trade.outTradeNo,
    product: trade.product,
    type: trade.type,
    status: trade.status,
    payer: orNull(trade.payer),
    payees: trade.payees.map(({ account, amount }) => ({ account, amount })),
    amount: trade.amount,
    paid: trade.paid,
    refund_reserved: trade.refundReserved,
    refunded: trade.refunded,
    settled: trade.settled,
    fee: trade.fee,
    currency: trade.currency,
    expires_at: timeText(trade.expiresAtMs),
    payments: trade.payments,
    live_payment: orNull(trade.livePayment),
    paid_by: orNull(trade.paidBy),
    refunds: trade.refunds,
    rule_version: trade.ruleVersion,
    ...stepResource(step, frameTime),
  };
}
