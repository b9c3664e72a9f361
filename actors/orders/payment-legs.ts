// Legs of a payment: what has become of each, and what of it is on its way back.

import { isPrepaid } from '../../src/domain/orders/channel-order.ts';
import {
  legRefundBounced,
  legRefundDone,
  legRefundFailed,
  releaseLeg,
  reserveLegRefund,
} from '../../src/domain/orders/instruction-amounts.ts';
import type { Instruction } from '../../src/domain/orders/instruction.ts';
import { changeLegs } from '../../src/domain/orders/payment-amounts.ts';
import { paysNothing } from '../../src/domain/orders/short-payment.ts';
import type { Payment } from '../../src/domain/orders/payment.ts';
import type { OrderCell } from './order-cell.ts';
import type { LegsRefunding } from './order-messages.ts';

const CHANGES = {
  reserved: reserveLegRefund,
  done: legRefundDone,
  failed: legRefundFailed,
  bounced: legRefundBounced,
} as const satisfies Record<LegsRefunding['how'], (leg: Instruction, amount: number) => Instruction>;

/** A refund has come as far as that. A payment at an end stays at its end. */
export function legsRefunding(cell: OrderCell<Payment>, { context, parts, how }: LegsRefunding): void {
  const { instructions } = changeLegs(cell.order, parts, CHANGES[how]);
  cell.change({ instructions });
  cell.state(context);
}

export function setLeg(cell: OrderCell<Payment>, place: number, changes: Partial<Instruction>): void {
  const { instructions } = cell.order;
  cell.change({ instructions: instructions.map((one, at) => (at === place ? { ...one, ...changes } : one)) });
}

/** The order that asks the channel for this leg: its voucher, where it has one. */
export function whoAsks(cell: OrderCell<Payment>, { channelOrder }: Instruction): string {
  const asked = cell.desk.orders.find(cell.merchant, channelOrder)?.order;
  return asked?.kind === 'channel_order' && isPrepaid(asked) ? asked.parent : channelOrder;
}

/** True when what the channel took for this leg is in the books: it has paid, goes back or is back. */
export function isBooked(leg: Instruction | undefined): boolean {
  return leg?.status === 'done' || leg?.status === 'reversing' || leg?.status === 'reversed';
}

/** All of it is taken, unless it brings nothing. */
export function taken(leg: Instruction): Instruction {
  if (paysNothing(leg)) return leg;
  return { ...leg, status: 'done', authorized: leg.amount, captured: leg.amount };
}

/** What was captured of it is all that is taken. */
export function closed(leg: Instruction): Instruction {
  if (paysNothing(leg)) return leg;
  return { ...releaseLeg(leg), status: leg.captured > 0 ? 'done' : 'reversed' };
}
