// Ending. How a payment ends that does not pay: it is canceled, or its channel refuses. What was kept back goes back; what
// was captured before stays, and pays the trade as far as it goes.

import type { Context } from '../../src/domain/context.ts';
import type { FactPosition } from '../../src/domain/ids.ts';
import type { ChannelOrder } from '../../src/domain/orders/channel-order.ts';
import { capturedSum } from '../../src/domain/orders/payment-amounts.ts';
import { isTerminalPayment, nextPayment } from '../../src/domain/orders/payment-machine.ts';
import { externalLeg, undoing } from '../../src/domain/orders/payment-vouchers.ts';
import { NOBODY_AWAITED, type Payment } from '../../src/domain/orders/payment.ts';
import { isWaiting } from '../../src/domain/orders/short-payment.ts';
import type { Settlement } from '../../src/domain/orders/trade-amounts.ts';
import { ALLOWED, numberOf, refusalOf, type Verdict } from '../../src/domain/refusals.ts';
import { openCase } from './case-cell.ts';
import type { OrderCell } from './order-cell.ts';
import type { CancelPayment, OrderCommand } from './order-commands.ts';
import { CloseChannelOrder, PaymentMoved, PaymentReceived } from './order-messages.ts';
import { isBooked, setLeg, whoAsks } from './payment-legs.ts';
import { leaveSuspense, mayWait, wait } from './payment-waiting.ts';

const NOT_CANCELABLE = numberOf('payment_not_cancelable');

/** The channel has been asked to end it; the payment looks after it again after this time, ms: an hour. */
const LOOK_MS = 3_600_000;

/** Attempts to undo before people look at it. */
const UNDO_MAX = 6;

type PaymentActor = OrderCell<Payment>;
type Told = {
  readonly verdict?: Verdict;
  readonly settled?: readonly FactPosition[];
  readonly settle?: readonly Settlement[] | null;
};

/** What became of it. */
export function tellTrade(cell: PaymentActor, context: Context, told: Told = {}): void {
  const { verdict = ALLOWED, settled = [], settle = null } = told;
  cell.tell(cell.order.trade, new PaymentMoved(context, cell.order, { verdict, settled, settle }));
}

export function cancelAsked(cell: PaymentActor, command: CancelPayment): void {
  const { status, captures } = cell.order;
  const may = status === 'requires_action' || status === 'authorized' || status === 'processing';
  if ((!may && !isWaiting(cell.order)) || captures > 0) return cell.refuse(command, NOT_CANCELABLE);
  cancel(cell, command.context, command);
}

/** What a channel was asked for is over only when the channel says so. */
export function cancel(cell: PaymentActor, context: Context, command: OrderCommand | null = null): void {
  const external = externalLeg(cell.order, cell.desk.instruments.of);
  // At an end, or on its way to one: money that came goes back, and then everything else does.
  const { status } = cell.order;
  if (isTerminalPayment(status) || status === 'reversing') return;
  const waits = isWaiting(cell.order);
  if (!waits && isBooked(external?.instruction)) return;
  if (!external || waits) {
    cell.change({ canceling: true });
    undo(cell, context, null, command);
    return;
  }
  const next = nextPayment(status, 'cancel');
  cell.change({ canceling: true, ...('to' in next ? { status: next.to } : {}), dueMs: cell.afterMs(LOOK_MS) });
  cell.state(context, command?.keyed);
  if (command) cell.answer(command);
  cell.tell(whoAsks(cell, external.instruction), new CloseChannelOrder(context));
}

export function undo(
  cell: PaymentActor,
  context: Context,
  channelOrder: ChannelOrder | null,
  command: OrderCommand | null = null,
): void {
  if (cell.order.captures > 0) return finishShort(cell, context);
  if (channelOrder) setLeg(cell, channelOrder.instruction, { status: 'refused' });
  if (mayWait(cell)) return wait(cell, context);
  if (leaveSuspense(cell, context, command)) return;
  const { canceling, failure: before, undone, reserved } = cell.order;
  const failure = before || (canceling ? '' : channelOrder?.failure || channelOrder?.status || 'expired');
  cell.book(context, undoing(cell.order, cell.desk.instruments.of, reserved), ({ verdict, posted }) => {
    cell.change({ vouchers: [...cell.order.vouchers, ...posted], failure, ...NOBODY_AWAITED });
    if (verdict === ALLOWED) ended(cell, context, failure === '' ? 'canceled' : 'failed', command);
    else undoLater(cell, context, verdict, undone + 1);
  });
}

/** A part was captured and no more will be: the trade is paid by that part. */
function finishShort(cell: PaymentActor, context: Context): void {
  const { id, trade } = cell.order;
  cell.tell(trade, new PaymentReceived(context, { id, amount: capturedSum(cell.order) }, null));
}

function ended(
  cell: PaymentActor,
  context: Context,
  status: 'canceled' | 'failed',
  command: OrderCommand | null,
): void {
  const instructions = cell.order.instructions.map((one) =>
    one.status === 'refused' ? one : ({ ...one, status: 'reversed', authorized: 0 } as const),
  );
  cell.change({ status, instructions, dueMs: 0 });
  cell.state(context, command?.keyed);
  if (command) cell.answer(command);
  tellTrade(cell, context);
}

/** An account that should have its money back does not take it. */
function undoLater(cell: PaymentActor, context: Context, verdict: Verdict, undone: number): void {
  cell.change({ status: 'reversing', undone, dueMs: cell.afterMs(cell.desk.rulebook.current.backoffMs(undone)) });
  cell.state(context);
  if (undone !== UNDO_MAX) return;
  const { id: order, amount, currency } = cell.order;
  const detail = `What payment ${order} kept back cannot go back: ${refusalOf(verdict)}.`;
  openCase(cell, context, { type: 'reverse_failed', order, amount, currency, detail });
}
