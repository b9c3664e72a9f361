// Attempts of a trade: which of them are live, and whether one more may begin.
//
// A1. A second attempt begins only by a rule that the merchant asked for, and only while nobody knows what became of the
// first; never a third. A2. The first of two that succeeds pays the trade; the second is a duplicate, and goes back.

import type { Context } from '../../src/domain/context.ts';
import { isTerminalPayment } from '../../src/domain/orders/payment-machine.ts';
import type { Payment } from '../../src/domain/orders/payment.ts';
import type { PolicyRule } from '../../src/domain/orders/policies.ts';
import { isWaiting } from '../../src/domain/orders/short-payment.ts';
import type { Trade } from '../../src/domain/orders/trade.ts';
import type { OrderCell } from './order-cell.ts';
import { EndPayment } from './order-messages.ts';

type TradeActor = OrderCell<Trade>;

/** What was agreed about time and money that comes in part or too late. */
export function policyOf({ order: { ruleVersion, product }, desk }: TradeActor): PolicyRule {
  return desk.rulebook.of(ruleVersion).policy(product);
}

/** Attempts that are not at an end, the newest first. Without a rule for two the trade knows the only one there can be. */
function openAttempts(trade: TradeActor): Payment[] {
  const { order, desk, merchant } = trade;
  const mayBeTwo = policyOf(trade).secondAttempt !== 'refuse';
  const ids = mayBeTwo ? order.payments : [order.livePayment].filter((id) => id !== '');
  const attempts = ids.map((id) => desk.orders.find(merchant, id)?.order);
  return attempts.filter((one) => one?.kind === 'payment' && !isTerminalPayment(one.status)).toReversed() as Payment[];
}

/** Their ids. */
export function liveAttempts(trade: TradeActor): readonly string[] {
  return openAttempts(trade).map(({ id }) => id);
}

/** The newest of them; '' for none. */
export function liveAttempt(trade: TradeActor): string {
  return liveAttempts(trade)[0] ?? '';
}

/** A1. */
export function mayBeginBeside(trade: TradeActor): boolean {
  if (trade.order.livePayment === '' || policyOf(trade).secondAttempt === 'refuse') return false;
  const [first, ...others] = openAttempts(trade);
  return others.length === 0 && first?.status === 'processing' && first.unknownSinceMs > 0;
}

/** The attempt that waits for the rest of what is to be paid; null for none. */
export function waitingAttempt({ order, desk, merchant }: TradeActor): OrderCell<Payment> | null {
  const live = order.livePayment === '' ? null : desk.orders.find(merchant, order.livePayment);
  return live?.order.kind === 'payment' && isWaiting(live.order) ? (live as OrderCell<Payment>) : null;
}

/** Nothing more shall be paid: what is live ends, as far as it was not paid in fact. */
export function endAttempts(trade: TradeActor, context: Context): void {
  for (const id of liveAttempts(trade)) trade.tell(id, new EndPayment(context));
}
