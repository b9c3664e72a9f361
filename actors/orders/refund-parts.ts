// Parts of a refund: each undoes one leg of the payment, and both the payment and the trade hear of it.

import type { Context } from '../../src/domain/context.ts';
import type { Payment } from '../../src/domain/orders/payment.ts';
import type { Refund, RefundPart } from '../../src/domain/orders/refund.ts';
import type { VoucherDraft } from '../../src/domain/orders/voucher-draft.ts';
import { ALLOWED, type Verdict } from '../../src/domain/refusals.ts';
import type { OrderCell } from './order-cell.ts';
import { LegsRefunding, RefundMoved } from './order-messages.ts';

type RefundActor = OrderCell<Refund>;

/** @throws Error when there is none: a refund is always of a payment */
export function paymentOf({ desk, merchant, order }: RefundActor): Payment {
  const found = desk.orders.find(merchant, order.payment);
  if (found?.order.kind !== 'payment') throw new Error(`refund ${order.id} has no payment`);
  return found.order;
}

/** RF2 of one part: its money is where it came from. */
export function returned(cell: RefundActor, payment: Payment, part: RefundPart): readonly VoucherDraft[] {
  const { instruction: place, amount } = part;
  const instruction = payment.instructions[place];
  if (!instruction) throw new Error(`payment ${payment.id} has no instruction ${place}`);
  const leg = { payment, place, instruction };
  const { refund } = cell.desk.instruments.of(instruction.instrument);
  return refund(leg, { refund: cell.order.id, occurrence: place + 1, amount });
}

export function setPart(cell: RefundActor, place: number, status: RefundPart['status']): void {
  cell.change({ parts: cell.order.parts.map((part, at) => (at === place ? { ...part, status } : part)) });
}

/** Only what somebody asked for is of a payment that has paid; what may not stay never was counted as its money. */
export function tellLegs(
  cell: RefundActor,
  context: Context,
  parts: readonly RefundPart[],
  how: LegsRefunding['how'],
): void {
  const { cause, payment } = cell.order;
  if (cause === 'request' && parts.length > 0) cell.tell(payment, new LegsRefunding(context, parts, how));
}

export function tellTrade(cell: RefundActor, context: Context, verdict: Verdict): void {
  cell.tell(cell.order.trade, new RefundMoved(context, cell.order, verdict));
}

/** It is at an end: whoever began it hears of it. */
export function tellWhoeverAsked(cell: RefundActor, context: Context): void {
  if (cell.order.cause === 'request') tellTrade(cell, context, ALLOWED);
  else cell.tell(cell.order.payment, new RefundMoved(context, cell.order, ALLOWED));
}
