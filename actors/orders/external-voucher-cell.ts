// External voucher actor. Owns what a payer pays with at a channel: has the channel asked for it once, gives it to the
// payment, and when nobody can pay with it any more has the channel close what it was asked for.
//
// E1. It is issued with the payment that it is for, and requesting before anything is sent, each in one frame with what it
// belongs to. E2. The channel is never asked for it again: no answer in time, a crash included, is a failure of the voucher
// and never one of the money. E3. What became of the money is what the channel order under it says; the payment hears
// that, whatever the voucher is.

import type { Context } from '../../src/domain/context.ts';
import { isTerminalChannelOrder, type ChannelOrder } from '../../src/domain/orders/channel-order.ts';
import {
  isTerminalExternalVoucher,
  nextExternalVoucher,
  type ExternalVoucher,
  type ExternalVoucherEvent,
  type PrepaidToken,
} from '../../src/domain/orders/external-voucher.ts';
import { makeId } from '../../src/domain/ids.ts';
import type { Message } from '../runtime/message.ts';
import { ANSWER_MS_MAX, newChannelOrder, type ChannelOrderCell, type NewChannelOrder } from './channel-order-cell.ts';
import { OrderCell } from './order-cell.ts';
import { ReadOrder } from './order-commands.ts';
import { ChannelMoved, CloseChannelOrder, OrderDue, TokenGiven } from './order-messages.ts';

/** One that waits for its channel looks by itself whether it has missed anything, ms: an hour. */
const LOOK_MS = 3_600_000;

const NOT_ANSWERED = 'prepay_not_answered';

export class ExternalVoucherCell extends OrderCell<ExternalVoucher> {
  receive(message: Message): void {
    if (message instanceof ChannelMoved) this.#channelMoved(message.context, message.channelOrder);
    else if (message instanceof TokenGiven) this.#given(message.context, message.token);
    else if (message instanceof CloseChannelOrder) this.#giveUp(message.context, 'close');
    else if (message instanceof OrderDue) this.#due(message.context);
    else if (message instanceof ReadOrder) this.answer(message);
    else throw new Error(`an external voucher cannot handle ${message.constructor.name}`);
  }

  /** Its first fact, and that of the channel order under it. */
  begin(context: Context, channelOrder: ChannelOrderCell): void {
    this.change({ dueMs: this.afterMs(LOOK_MS) });
    this.state(context);
    channelOrder.begin(context);
  }

  /** After a restart nobody knows what was answered. */
  resume(context: Context): void {
    if (this.order.status === 'requesting') this.#notAnswered(context);
  }

  #channelMoved(context: Context, channelOrder: ChannelOrder): void {
    switch (channelOrder.status) {
      case 'created':
        return;
      case 'sent':
        this.#step(context, 'request', { dueMs: this.afterMs(ANSWER_MS_MAX) });
        return;
      case 'unknown':
        if (this.order.status === 'requesting') this.#notAnswered(context);
        return this.#stillOpen(context, channelOrder);
      case 'accepted':
      case 'requires_action':
        return this.#stillOpen(context, channelOrder);
      case 'failed':
        if (this.order.status === 'requesting') this.change({ failure: channelOrder.failure });
        this.#step(context, this.order.status === 'requesting' ? 'failed' : 'close', { dueMs: 0 });
        return this.#tellPayment(context, channelOrder);
      case 'closed':
      case 'succeeded':
      case 'late_succeeded':
        this.#step(context, 'close', { dueMs: 0 });
        return this.#tellPayment(context, channelOrder);
    }
  }

  /** Before the token is here, and as long as it is good, that says nothing new to the payment. */
  #stillOpen(context: Context, channelOrder: ChannelOrder): void {
    if (isTerminalExternalVoucher(this.order.status)) this.#tellPayment(context, channelOrder);
  }

  /** One that comes after the voucher was given up is not used. */
  #given(context: Context, { token, expiresAtMs }: PrepaidToken): void {
    if (this.order.status !== 'requesting') return;
    this.#step(context, 'ready', { token, expiresAtMs, dueMs: Math.max(expiresAtMs, this.afterMs(1)) });
    this.#tellPayment(context, this.#channelOrder);
  }

  #notAnswered(context: Context): void {
    this.change({ failure: NOT_ANSWERED });
    this.#giveUp(context, 'failed');
  }

  /** Nobody shall pay with it any more; whether somebody has, the channel says when it closes what it was asked for. */
  #giveUp(context: Context, event: 'failed' | 'expire' | 'close'): void {
    const closes = this.order.closes + 1;
    const dueMs = this.afterMs(this.desk.rulebook.current.queryDelayMs(closes));
    this.#step(context, event, { closes, dueMs });
    this.tell(this.order.channelOrder, new CloseChannelOrder(context));
  }

  #due(context: Context): void {
    switch (this.order.status) {
      case 'issued':
        this.change({ dueMs: this.afterMs(LOOK_MS) });
        return this.state(context);
      case 'requesting':
        return this.#notAnswered(context);
      case 'ready':
        this.#giveUp(context, 'expire');
        return this.#tellPayment(context, this.#channelOrder);
      case 'failed':
      case 'expired':
      case 'closed':
        return this.#giveUp(context, 'close');
    }
  }

  /** Also where the status stays as it is: what it is due for has changed. */
  #step(context: Context, event: ExternalVoucherEvent, changes: Partial<ExternalVoucher>): void {
    const next = nextExternalVoucher(this.order.status, event);
    const before = this.order;
    this.change({ ...changes, ...('to' in next ? { status: next.to } : {}) });
    if ('to' in next || this.order.dueMs !== before.dueMs) this.state(context);
  }

  /** As long as the token is good the payer is to act; afterwards nobody is. */
  #tellPayment(context: Context, channelOrder: ChannelOrder): void {
    const { status, payment, token, expiresAtMs } = this.order;
    if (isTerminalChannelOrder(channelOrder.status)) {
      const failure = this.#reason || channelOrder.failure;
      return this.tell(payment, new ChannelMoved(context, { ...channelOrder, failure }));
    }
    if (status === 'ready') {
      const waiting = { ...channelOrder, status: 'requires_action' } as const;
      return this.tell(payment, new ChannelMoved(context, waiting, { token, expiresAtMs }));
    }
    const open = channelOrder.status === 'requires_action' ? 'accepted' : channelOrder.status;
    this.tell(payment, new ChannelMoved(context, { ...channelOrder, status: open }));
  }

  /** Why nobody could pay with it; '' where that is for the channel to say. */
  get #reason(): string {
    return this.order.status === 'expired' ? 'prepay_expired' : this.order.failure;
  }

  get #channelOrder(): ChannelOrder {
    const asked = this.desk.orders.find(this.merchant, this.order.channelOrder)?.order;
    if (asked?.kind !== 'channel_order') throw new Error(`voucher ${this.order.id} has no channel order`);
    return asked;
  }
}

/** What is asked of a channel by way of a voucher: `begin` makes it one, and asks. */
export type Asking = { readonly channelOrder: string; readonly begin: (context: Context) => void };

export function newExternalVoucher(payment: OrderCell, asked: Omit<NewChannelOrder, 'verb' | 'parent'>): Asking {
  const { desk, merchant, business, traceId } = payment.origin;
  const { timeMs } = desk.commit;
  const id = makeId('ext', timeMs, desk.entropy());
  const channelOrder = newChannelOrder(payment, { ...asked, verb: 'pay', parent: id });
  const { channel, instruction, amount, currency } = asked;
  const order: ExternalVoucher = {
    kind: 'external_voucher',
    id,
    createdAtMs: timeMs,
    version: 0,
    dueMs: 0,
    vouchers: [],
    payment: payment.order.id,
    instruction,
    channel,
    channelOrder: channelOrder.order.id,
    amount,
    currency,
    status: 'issued',
    token: '',
    expiresAtMs: 0,
    failure: '',
    closes: 0,
  };
  const voucher = new ExternalVoucherCell(desk, { order, business, merchant, traceId, seq: 0 });
  return { channelOrder: channelOrder.order.id, begin: (context) => voucher.begin(context, channelOrder) };
}
