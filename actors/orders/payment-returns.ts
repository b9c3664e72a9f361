// Returns. Money that a channel has taken and that may not pay its trade: too much, too little, in another currency, twice
// or too late. It is booked as received, and goes back by a refund of its own.

import type { Context } from '../../src/domain/context.ts';
import type { ChannelOrder } from '../../src/domain/orders/channel-order.ts';
import { isTerminalPayment } from '../../src/domain/orders/payment-machine.ts';
import { externalLeg } from '../../src/domain/orders/payment-vouchers.ts';
import { received } from '../../src/domain/orders/received.ts';
import { foundAtChannel } from '../../src/domain/orders/refund-vouchers.ts';
import { openCase } from './case-cell.ts';
import type { Payment } from '../../src/domain/orders/payment.ts';
import type { OrderCell } from './order-cell.ts';
import { returnReceived } from './new-refund.ts';

/** The refund is under way by itself; the payment looks after it again after this time, ms: an hour. */
const LOOK_MS = 3_600_000;

/** Never a success: what came waits in suspense until it is back at the channel, and what was kept back goes back then. */
export function suspend(cell: OrderCell<Payment>, context: Context, channelOrder: ChannelOrder): void {
  const { channel, id, amount, currency } = channelOrder;
  const came = received(channelOrder);
  const found = foundAtChannel(cell.order.id, channel, came.currency, came.amount, 1);
  cell.book(context, [found], ({ verdict, posted }) => {
    cell.must(verdict);
    const vouchers = [...cell.order.vouchers, ...posted];
    cell.change({ status: 'in_review', vouchers, unknownSinceMs: 0, actionUrl: '', dueMs: cell.afterMs(LOOK_MS) });
    cell.state(context);
    const type = came.currency === currency ? 'amount_mismatch' : 'currency_mismatch';
    const detail = `${channel} took ${came.amount} ${came.currency} for ${id}, which asked for ${amount} ${currency}.`;
    openCase(cell, context, { type, order: cell.order.id, ...came, detail });
    returnReceived(cell, context, { cause: 'mismatch', channelOrder, suspended: posted });
  });
}

/** A success that may not pay the trade, of a payment that has ended or ends now. */
export function sendBack(
  cell: OrderCell<Payment>,
  context: Context,
  channelOrder: ChannelOrder,
  cause: 'late' | 'duplicate',
): void {
  const { instruments } = cell.desk;
  const external = externalLeg(cell.order, instruments.of);
  if (!external) throw new Error(`payment ${cell.order.id} has asked no channel`);
  const taken = instruments.of(external.instruction.instrument).complete(external, received(channelOrder).amount, 1);
  cell.book(context, taken, ({ verdict, posted }) => {
    cell.must(verdict);
    cell.change({ vouchers: [...cell.order.vouchers, ...posted], unknownSinceMs: 0, actionUrl: '' });
    if (!isTerminalPayment(cell.order.status)) {
      cell.change({ status: 'reversing', failure: `${cause}_payment`, dueMs: cell.afterMs(LOOK_MS) });
    }
    cell.state(context);
    returnReceived(cell, context, { cause, channelOrder, suspended: [] });
  });
}
