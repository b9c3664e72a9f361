// Waiting. A part of a payment is here and the rest is not. By the rules of the product it waits until the trade expires;
// then, or where they say otherwise, all of it goes back.
//
// W1. It waits only while its trade can be paid. W2. What a channel brought short is in suspense, and always a case. W3. What
// was in suspense goes back by a refund of its own, and what was kept back beside it when that is done.

import type { Context } from '../../src/domain/context.ts';
import type { ChannelOrder } from '../../src/domain/orders/channel-order.ts';
import { inSuspense } from '../../src/domain/orders/payment-vouchers.ts';
import { NOBODY_AWAITED, type Payment } from '../../src/domain/orders/payment.ts';
import { received } from '../../src/domain/orders/received.ts';
import { foundAtChannel } from '../../src/domain/orders/refund-vouchers.ts';
import { isGone, restOf, shortened } from '../../src/domain/orders/short-payment.ts';
import type { Trade } from '../../src/domain/orders/trade.ts';
import { openCase } from './case-cell.ts';
import { returnReceived } from './new-refund.ts';
import type { OrderCell } from './order-cell.ts';
import type { OrderCommand } from './order-commands.ts';
import { setLeg } from './payment-legs.ts';

/** The refunds are under way by themselves; the payment looks after them again after this time, ms: an hour. */
const LOOK_MS = 3_600_000;

type PaymentActor = OrderCell<Payment>;

/** True when a part of it is here, or kept back, and the rules say to wait for the rest (W1). */
export function mayWait(cell: PaymentActor): boolean {
  const { canceling, status, instructions } = cell.order;
  const isPart = restOf(cell.order) > 0 && instructions.some((leg) => !isGone(leg));
  return isPart && !canceling && status !== 'reversing' && waitsByRule(cell);
}

/** True when less came than was asked for, and the rules say to ask for the rest. */
export function isShort(cell: PaymentActor, channelOrder: ChannelOrder): boolean {
  const came = received(channelOrder);
  const isLess = came.amount < channelOrder.amount && came.currency === channelOrder.currency;
  return isLess && !cell.order.canceling && waitsByRule(cell);
}

function waitsByRule(cell: PaymentActor): boolean {
  const { type, status, paidBy, expiresAtMs, ruleVersion, product } = tradeOf(cell);
  const isOpen = status === 'open' && paidBy === '' && cell.desk.commit.timeMs < expiresAtMs;
  return isOpen && type !== 'topup' && cell.desk.rulebook.of(ruleVersion).policy(product).partial === 'wait';
}

/** What is here stays until the rest is. */
export function wait(cell: PaymentActor, context: Context): void {
  cell.change({ status: 'in_review', ...NOBODY_AWAITED, dueMs: tradeOf(cell).expiresAtMs });
  cell.state(context);
}

/** What came short is in suspense, and the payer is asked for the rest. */
export function keepShort(cell: PaymentActor, context: Context, channelOrder: ChannelOrder): void {
  const { channel, instruction: place, id: number, amount: asked } = channelOrder;
  const { amount, currency } = received(channelOrder);
  const found = foundAtChannel(cell.order.id, channel, currency, amount, place + 1);
  cell.book(context, [found], ({ verdict, posted }) => {
    cell.must(verdict);
    const instructions = cell.order.instructions.map((leg, at) => (at === place ? shortened(leg, amount) : leg));
    cell.change({ instructions, vouchers: [...cell.order.vouchers, ...posted] });
    wait(cell, context);
    const detail = `${channel} took ${amount} of ${asked} ${currency} for ${number}; the rest is waited for.`;
    openCase(cell, context, { type: 'amount_mismatch', order: cell.order.id, amount, currency, detail });
  });
}

/** True when something was in suspense: it is on its way back now, and the rest follows when it is there (W3). */
export function leaveSuspense(cell: PaymentActor, context: Context, command: OrderCommand | null): boolean {
  const { desk, merchant } = cell;
  const { currency, failure, canceling } = cell.order;
  const legs = inSuspense(cell.order, desk.instruments.of);
  if (legs.length === 0) return false;
  for (const { place } of legs) setLeg(cell, place, { status: 'reversing' });
  cell.change({
    status: 'reversing',
    failure: failure || (canceling ? '' : 'mismatch_payment'),
    dueMs: cell.afterMs(LOOK_MS),
  });
  cell.state(context, command?.keyed);
  if (command) cell.answer(command);
  for (const { instruction, at } of legs) {
    const asked = desk.orders.find(merchant, instruction.channelOrder)?.order;
    if (asked?.kind !== 'channel_order') throw new Error(`payment ${cell.order.id} has asked no channel`);
    const came = { amount: instruction.amount, currency };
    returnReceived(cell, context, { cause: 'mismatch', channelOrder: asked, came, suspended: [at] });
  }
  return true;
}

function tradeOf({ desk, merchant, order }: PaymentActor): Trade {
  const trade = desk.orders.find(merchant, order.trade)?.order;
  if (trade?.kind !== 'trade') throw new Error(`payment ${order.id} has no trade`);
  return trade;
}
