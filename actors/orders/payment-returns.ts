// Returns. Money that a channel has taken and that may not pay its trade: too much, too little, in another currency, twice
// or too late. It is booked as received, and goes back by a refund of its own.
//
// N1. What is of the trade's currency and comes late or twice waits in the payment's transit; what was never agreed on
// waits in suspense. N2. A payment that has ended stays as it ended.

import type { Context } from '../../src/domain/context.ts';
import type { ChannelOrder } from '../../src/domain/orders/channel-order.ts';
import { isTerminalPayment } from '../../src/domain/orders/payment-machine.ts';
import { legsOf } from '../../src/domain/orders/payment-vouchers.ts';
import { NOBODY_AWAITED, type Payment } from '../../src/domain/orders/payment.ts';
import { received } from '../../src/domain/orders/received.ts';
import { foundAtChannel } from '../../src/domain/orders/refund-vouchers.ts';
import type { VoucherDraft } from '../../src/domain/orders/voucher-draft.ts';
import { openCase } from './case-cell.ts';
import { returnReceived } from './new-refund.ts';
import type { OrderCell } from './order-cell.ts';
import { setLeg } from './payment-legs.ts';

/** The refund is under way by itself; the payment looks after it again after this time, ms: an hour. */
const LOOK_MS = 3_600_000;

type Cause = 'late' | 'duplicate' | 'mismatch';

/** What came goes back, and what was kept back beside it goes back then. `failure`: '' where the cause says it all. */
export function sendBack(
  cell: OrderCell<Payment>,
  context: Context,
  channelOrder: ChannelOrder,
  why: Cause,
  failure = '',
): void {
  const came = received(channelOrder);
  const cause: Cause = came.currency === channelOrder.currency ? why : 'mismatch';
  const drafts =
    cause === 'mismatch' ? [inSuspense(cell, channelOrder, came.amount)] : taken(cell, channelOrder, came.amount);
  cell.book(context, drafts, ({ verdict, posted }) => {
    cell.must(verdict);
    const goesOn = isBeside(cell.order, channelOrder);
    setLeg(cell, channelOrder.instruction, { status: 'reversing' });
    cell.change({ vouchers: [...cell.order.vouchers, ...posted] });
    if (!isTerminalPayment(cell.order.status) && !goesOn) {
      cell.change(NOBODY_AWAITED);
      const status = cause === 'mismatch' ? 'in_review' : 'reversing';
      cell.change({ status, failure: failure || `${cause}_payment`, dueMs: cell.afterMs(LOOK_MS) });
    }
    cell.state(context);
    if (cause === 'mismatch') openMismatch(cell, context, channelOrder);
    returnReceived(cell, context, { cause, channelOrder, came, suspended: cause === 'mismatch' ? posted : [] });
  });
}

/** True when its leg was refused and the payment went on without it: with legs for the rest, or waiting for them. */
function isBeside({ status, instructions }: Payment, { instruction }: ChannelOrder): boolean {
  return status !== 'reversing' && instructions[instruction]?.status === 'refused';
}

/** The trade is paid, and more came than was asked for: only that goes back. */
export function returnExcess(cell: OrderCell<Payment>, context: Context, channelOrder: ChannelOrder): void {
  const { amount, currency } = received(channelOrder);
  const came = { amount: amount - channelOrder.amount, currency };
  cell.book(context, [inSuspense(cell, channelOrder, came.amount)], ({ verdict, posted }) => {
    cell.must(verdict);
    cell.change({ vouchers: [...cell.order.vouchers, ...posted] });
    cell.state(context);
    openMismatch(cell, context, channelOrder);
    returnReceived(cell, context, { cause: 'mismatch', channelOrder, came, suspended: posted });
  });
}

function inSuspense(cell: OrderCell<Payment>, channelOrder: ChannelOrder, amount: number): VoucherDraft {
  const { currency } = received(channelOrder);
  return foundAtChannel(cell.order.id, channelOrder.channel, currency, amount, channelOrder.instruction + 1);
}

function taken(cell: OrderCell<Payment>, { instruction }: ChannelOrder, amount: number): readonly VoucherDraft[] {
  const leg = legsOf(cell.order)[instruction];
  if (!leg) throw new Error(`payment ${cell.order.id} has no leg ${instruction}`);
  return cell.desk.instruments.of(leg.instruction.instrument).complete(leg, amount, 1);
}

function openMismatch(cell: OrderCell<Payment>, context: Context, channelOrder: ChannelOrder): void {
  const { channel, id, amount, currency } = channelOrder;
  const came = received(channelOrder);
  const type = came.currency === currency ? 'amount_mismatch' : 'currency_mismatch';
  const detail = `${channel} took ${came.amount} ${came.currency} for ${id}, which asked for ${amount} ${currency}.`;
  openCase(cell, context, { type, order: cell.order.id, ...came, detail });
}
