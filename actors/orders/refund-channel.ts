// What a refund asks of channels, and what it makes of their answers.
//
// C1. A part is asked for again only when the channel has said that it did not return it, and under a new number. C2. What
// a channel returned after it had said that it would not is booked as money that is missing there: people look for it.

import type { Context } from '../../src/domain/context.ts';
import type { ChannelOrder } from '../../src/domain/orders/channel-order.ts';
import type { Payment } from '../../src/domain/orders/payment.ts';
import { takenFromSuspense } from '../../src/domain/orders/bounced-refund.ts';
import { foundAtChannel, goneAtChannel, setAsideReturned } from '../../src/domain/orders/refund-vouchers.ts';
import { isTerminalRefund, type Refund, type RefundPart } from '../../src/domain/orders/refund.ts';
import type { VoucherDraft } from '../../src/domain/orders/voucher-draft.ts';
import { channelAccount } from '../../src/domain/house-accounts.ts';
import { openCase } from './case-cell.ts';
import { newChannelOrder, type ChannelOrderCell } from './channel-order-cell.ts';
import type { OrderCell } from './order-cell.ts';
import { bounce, bounceEarly } from './refund-bouncing.ts';
import { giveUp } from './refund-ending.ts';
import { paymentOf, returned, setPart, tellLegs, tellWhoeverAsked } from './refund-parts.ts';

type RefundActor = OrderCell<Refund>;

/** The channel order has a clock of its own; the refund looks after it again after this time, ms: an hour. */
const LOOK_MS = 3_600_000;

/** What never left is sent again after this time, ms: a minute, in which a breaker has probed its channel. */
const RESEND_MS = 60_000;

/** A failure by which an instrument says that it will never take money again. */
const DEAD_INSTRUMENT = 'instrument_closed';

/** What is to be asked of channels, with its number; it is begun when the refund has stated it. */
export function askChannel(cell: RefundActor, payment: Payment): readonly ChannelOrderCell[] {
  const { id: parent, currency } = cell.order;
  const asked: ChannelOrderCell[] = [];
  const parts = cell.order.parts.map((part) => {
    const leg = payment.instructions[part.instruction];
    const mayBeAsked = part.status === 'planned' || part.status === 'refused';
    if (!mayBeAsked || !leg || leg.channel === '') return part;
    const { channel, channelOrder: original } = leg;
    const { instruction, amount } = part;
    const order = { channel, verb: 'refund', parent, instruction, original, amount, currency } as const;
    const channelOrder = newChannelOrder(cell, order);
    asked.push(channelOrder);
    return { ...part, status: 'executing', channelOrder: channelOrder.order.id } as const;
  });
  cell.change({ parts });
  return asked;
}

/** What was refused is asked for again, the same way under a new number. */
export function resend(cell: RefundActor, context: Context): void {
  const asked = askChannel(cell, paymentOf(cell));
  cell.change({ status: 'processing', dueMs: cell.afterMs(LOOK_MS) });
  cell.state(context);
  for (const channelOrder of asked) channelOrder.begin(context);
}

/** A part that its channel was to be asked for, and provably was not. */
export function isUnsent(cell: RefundActor, { status, channelOrder }: RefundPart): boolean {
  if (status !== 'refused') return false;
  const asked = cell.desk.orders.find(cell.merchant, channelOrder)?.order;
  return asked?.kind === 'channel_order' && asked.sentAtMs === 0;
}

export function channelMoved(cell: RefundActor, context: Context, channelOrder: ChannelOrder): void {
  const place = cell.order.parts.findIndex((part) => part.channelOrder === channelOrder.id);
  const part = cell.order.parts[place];
  switch (channelOrder.status) {
    case 'created':
    case 'sent':
    case 'accepted':
    case 'requires_action':
      return partIs(cell, context, place, 'executing');
    case 'unknown':
      return partIs(cell, context, place, 'unknown');
    case 'succeeded':
    case 'late_succeeded':
      if (!part || part.status === 'done' || isTerminalRefund(cell.order.status))
        return returnedAnyway(cell, context, channelOrder);
      return partDone(cell, context, place, channelOrder);
    case 'failed':
    case 'closed':
      // Of a number that was given up for another one it says nothing new.
      if (!part) return;
      if (part.status !== 'done') return partRefused(cell, context, place, channelOrder);
      if (isTerminalRefund(cell.order.status)) return bounce(cell, context, place, channelOrder);
      return bounceEarly(cell, context, place, channelOrder.channel, () =>
        partRefused(cell, context, place, channelOrder),
      );
  }
}

function partIs(cell: RefundActor, context: Context, place: number, status: RefundPart['status']): void {
  if (isTerminalRefund(cell.order.status) || cell.order.parts[place]?.status === status) return;
  setPart(cell, place, status);
  cell.change({ dueMs: cell.afterMs(LOOK_MS) });
  cell.state(context);
}

function partDone(cell: RefundActor, context: Context, place: number, channelOrder: ChannelOrder): void {
  const part = cell.order.parts[place] as RefundPart;
  cell.book(context, booksOf(cell, part, channelOrder), ({ verdict, posted }) => {
    cell.must(verdict);
    setPart(cell, place, 'done');
    cell.change({ vouchers: [...cell.order.vouchers, ...posted] });
    const isOver = cell.order.parts.every(({ status }) => status === 'done');
    if (isOver) cell.change({ status: 'succeeded', dueMs: 0 });
    cell.state(context);
    tellLegs(cell, context, [part], 'done');
    if (isOver) tellWhoeverAsked(cell, context);
  });
}

/** The same again, or money that the channel has returned although its refund had failed: then C2. */
function returnedAnyway(cell: RefundActor, context: Context, { id, channel, status }: ChannelOrder): void {
  if (status !== 'late_succeeded') return;
  const { vouchers, amount, currency, parts } = cell.order;
  const part = parts.find(({ channelOrder }) => channelOrder === id);
  const nth = vouchers.length + 1;
  const gone = goneAtChannel(cell.order.id, channelAccount(channel, currency), currency, part?.amount ?? amount, nth);
  cell.book(context, [gone], ({ verdict, posted }) => {
    cell.must(verdict);
    cell.change({ vouchers: [...vouchers, ...posted] });
    cell.state(context);
  });
}

/** What is booked when the channel has returned a part. */
function booksOf(cell: RefundActor, part: RefundPart, { channel }: ChannelOrder): readonly VoucherDraft[] {
  switch (cell.order.cause) {
    case 'request':
      return returned(cell, paymentOf(cell), part);
    case 'duplicate':
    case 'late':
      return [setAsideReturned(cell.order, channel)];
    case 'bounced':
      return [takenFromSuspense(cell.order, channelAccount(channel, cell.order.currency), part.amount)];
    case 'mismatch': {
      const [reverses] = cell.order.vouchers;
      const { payment, amount, currency } = cell.order;
      return reverses
        ? [{ ...foundAtChannel(payment, channel, currency, amount, part.instruction + 1), reverses }]
        : [];
    }
  }
}

/** When nothing else has moved, it is as if it had not been asked for; else, and for a dead instrument, people decide. */
function partRefused(cell: RefundActor, context: Context, place: number, channelOrder: ChannelOrder): void {
  const { status: before } = cell.order;
  if (isTerminalRefund(before) || cell.order.parts[place]?.status === 'refused') return;
  const { status, sentAtMs } = channelOrder;
  const failure = channelOrder.failure || status;
  setPart(cell, place, 'refused');
  cell.change({ failure });
  const { cause, parts } = cell.order;
  const alone = parts.every((part) => part.status === 'refused');
  if (cause === 'request' && alone && failure !== DEAD_INSTRUMENT) return giveUp(cell, context, 'failed');
  const isUnsentYet = sentAtMs === 0;
  if (isUnsentYet) cell.change({ dueMs: cell.afterMs(RESEND_MS) });
  else cell.change({ status: 'needs_attention', dueMs: cell.afterMs(LOOK_MS * 24) });
  cell.state(context);
  if (!isUnsentYet && before !== 'needs_attention')
    openAttention(cell, context, `cannot go back the way it came: ${failure}`);
}

/** People look at it. */
export function openAttention(cell: RefundActor, context: Context, what: string): void {
  const { id: order, amount, currency } = cell.order;
  openCase(cell, context, {
    type: 'refund_needs_attention',
    order,
    amount,
    currency,
    detail: `Refund ${order} ${what}.`,
  });
}
