// Payment actor. Owns one attempt to pay a trade: keeps back what can be kept back, asks the channel last, and when
// everything has been received asks the trade whether it may pay.
//
// P1. What is kept back and the plan are one frame, durable before a channel is asked. P2. While the channel's answer is
// unknown nothing is undone and nothing else is tried. P3. What was received and cannot pay the trade goes back by itself.

import type { Context } from '../../src/domain/context.ts';
import type { FactPosition } from '../../src/domain/ids.ts';
import type { ChannelOrder } from '../../src/domain/orders/channel-order.ts';
import type { Instruction } from '../../src/domain/orders/instruction.ts';
import { isTerminalPayment, nextPayment, type PaymentEvent } from '../../src/domain/orders/payment-machine.ts';
import { completing, externalLeg, reserving, undoing } from '../../src/domain/orders/payment-vouchers.ts';
import type { Payment } from '../../src/domain/orders/payment.ts';
import { isAsAgreed } from '../../src/domain/orders/received.ts';
import type { Settlement } from '../../src/domain/orders/trade-amounts.ts';
import type { Trade } from '../../src/domain/orders/trade.ts';
import { ALLOWED, numberOf, refusalOf, type Verdict } from '../../src/domain/refusals.ts';
import type { RequestKey } from '../commands.ts';
import type { Message } from '../runtime/message.ts';
import { openCase } from './case-cell.ts';
import { newChannelOrder } from './channel-order-cell.ts';
import { OrderCell } from './order-cell.ts';
import { CancelPayment, CapturePayment, ReadOrder, type OrderCommand } from './order-commands.ts';
import {
  BeginPayment,
  ChannelMoved,
  CloseChannelOrder,
  EndPayment,
  OrderDue,
  PaymentMoved,
  PaymentReceived,
  RefundMoved,
  TradeSays,
} from './order-messages.ts';
import { capture } from './payment-capture.ts';
import { sendBack, suspend } from './payment-returns.ts';

const NOT_CANCELABLE = numberOf('payment_not_cancelable');

/** What is kept back for a capture that does not come, ms: seven days, as card authorisations are. */
const AUTHORIZED_MS_MAX = 7 * 86_400_000;

/** A payment that waits for its channel looks by itself whether it has missed anything, ms: an hour. */
const LOOK_MS = 3_600_000;

/** Attempts to undo before people look at it. */
const UNDO_MAX = 6;

export class PaymentCell extends OrderCell<Payment> {
  receive(message: Message): void {
    if (message instanceof BeginPayment) this.#begin(message);
    else if (message instanceof ChannelMoved) this.#channelMoved(message.context, message.channelOrder);
    else if (message instanceof TradeSays) this.#tradeSays(message);
    else if (message instanceof CapturePayment) capture(this, message);
    else if (message instanceof CancelPayment) this.#cancelAsked(message);
    else if (message instanceof EndPayment) this.#cancel(message.context);
    else if (message instanceof RefundMoved) this.#refundMoved(message);
    else if (message instanceof OrderDue) this.#due(message.context);
    else if (message instanceof ReadOrder) this.answer(message);
    else throw new Error(`a payment cannot handle ${message.constructor.name}`);
  }

  // What it begins with.

  #begin({ context, trade, settle, command }: BeginPayment): void {
    const { instruments } = this.desk;
    const external = externalLeg(this.order, instruments.of);
    const atOnce = !external && this.order.capture === 'automatic';
    const drafts = reserving(this.order, instruments.of);
    const reserved = drafts.length;
    const all = atOnce ? [...drafts, ...completing(trade, this.order, instruments.of, settle)] : drafts;
    this.book(context, all, ({ verdict, posted }) => {
      // Refused: nothing has happened, and the attempt never was.
      if (verdict !== ALLOWED) return this.#tellTrade(context, verdict, [], settle);
      this.change({ reserved: posted.slice(0, reserved), vouchers: posted });
      if (atOnce) this.#paid(context, posted, settle, command.keyed);
      else if (external) this.#setOut(context, external.place, command.keyed);
      else this.#authorize(context, command.keyed);
      this.answer(command);
    });
  }

  /** The channel is asked last. */
  #setOut(context: Context, place: number, keyed: RequestKey): void {
    const { id: parent, currency, instructions } = this.order;
    const { channel, amount } = instructions[place] as Instruction;
    const asked = newChannelOrder(this, { channel, verb: 'pay', parent, instruction: place, amount, currency });
    this.#setInstruction(place, { status: 'executing', channelOrder: asked.order.id });
    this.change({ status: 'processing', dueMs: this.afterMs(LOOK_MS) });
    this.state(context, keyed);
    asked.begin(context);
    this.#tellTrade(context, ALLOWED, [], null);
  }

  #authorize(context: Context, keyed: RequestKey): void {
    const instructions = this.order.instructions.map(
      (one) => ({ ...one, status: 'done', authorized: one.amount }) as const,
    );
    this.change({ status: 'authorized', instructions, dueMs: this.afterMs(AUTHORIZED_MS_MAX) });
    this.state(context, keyed);
    this.#tellTrade(context, ALLOWED, [], null);
  }

  // What the channel says.

  #channelMoved(context: Context, channelOrder: ChannelOrder): void {
    const { status } = channelOrder;
    if (!this.#isWaiting && status !== 'late_succeeded') return;
    switch (status) {
      case 'created':
      case 'sent':
      case 'accepted':
      case 'unknown':
        return this.#wait(context, channelOrder, 'action_done');
      case 'requires_action':
        return this.#wait(context, channelOrder, 'action_required');
      case 'succeeded':
        return this.#received(context, channelOrder);
      case 'failed':
      case 'closed':
        return this.#undo(context, channelOrder);
      case 'late_succeeded':
        return sendBack(this, context, channelOrder, 'late');
    }
  }

  /** For its channel. What it says of a payment that is undone, or at an end, has been heard; but a late success is news. */
  get #isWaiting(): boolean {
    const { status } = this.order;
    return status === 'processing' || status === 'requires_action' || status === 'canceling';
  }

  #wait(context: Context, channelOrder: ChannelOrder, event: PaymentEvent): void {
    const { instruction, actionUrl, unknownSinceMs } = channelOrder;
    const next = nextPayment(this.order.status, event);
    const status = channelOrder.status === 'unknown' ? 'unknown' : 'executing';
    if (!('to' in next) && this.order.instructions[instruction]?.status === status) return;
    this.#setInstruction(instruction, { status });
    this.change({
      ...('to' in next ? { status: next.to } : {}),
      actionUrl,
      unknownSinceMs,
      dueMs: this.afterMs(LOOK_MS),
    });
    this.state(context);
  }

  #received(context: Context, channelOrder: ChannelOrder): void {
    if (!isAsAgreed(channelOrder)) return suspend(this, context, channelOrder);
    this.change({ unknownSinceMs: 0, actionUrl: '' });
    this.tell(this.order.trade, new PaymentReceived(context, this.order.id, channelOrder));
  }

  // What the trade says to what has been received.

  #tradeSays({ context, trade, accepted, settle, received: { channelOrder, command } }: TradeSays): void {
    if (!accepted && channelOrder) sendBack(this, context, channelOrder, trade.paidBy === '' ? 'late' : 'duplicate');
    else if (!accepted) this.#undo(context, null, command);
    else this.#complete(context, trade, settle, command);
  }

  /** A payee that takes nothing at the moment has its part pending, and the trade settles it later. */
  #complete(context: Context, trade: Trade, settle: readonly Settlement[] | null, command: OrderCommand | null): void {
    this.book(context, completing(trade, this.order, this.desk.instruments.of, settle), ({ verdict, posted }) => {
      if (verdict !== ALLOWED && settle) return this.#complete(context, trade, null, command);
      this.must(verdict);
      this.change({ vouchers: [...this.order.vouchers, ...posted], unknownSinceMs: 0, actionUrl: '' });
      this.#paid(context, posted, settle, command?.keyed);
      if (command) this.answer(command);
    });
  }

  #paid(
    context: Context,
    posted: readonly FactPosition[],
    settle: readonly Settlement[] | null,
    keyed?: RequestKey,
  ): void {
    const settled = settle ? posted.slice(posted.length - settle.length) : [];
    const vouchers = this.order.vouchers.slice(0, this.order.vouchers.length - settled.length);
    const instructions = this.order.instructions.map(
      (one) => ({ ...one, status: 'done', authorized: one.amount, captured: one.amount }) as const,
    );
    this.change({ status: 'succeeded', instructions, vouchers, dueMs: 0 });
    this.state(context, keyed);
    this.#tellTrade(context, ALLOWED, settled, settle);
  }

  // Its end before it has paid.

  #cancelAsked(command: CancelPayment): void {
    const { status, captures } = this.order;
    const may = status === 'requires_action' || status === 'authorized' || status === 'processing';
    if (!may || captures > 0) return this.refuse(command, NOT_CANCELABLE);
    this.#cancel(command.context, command);
  }

  /** What a channel was asked for is over only when the channel says so. */
  #cancel(context: Context, command: OrderCommand | null = null): void {
    const external = externalLeg(this.order, this.desk.instruments.of);
    if (isTerminalPayment(this.order.status)) return;
    if (!external) {
      this.#undo(context, null, command);
      return;
    }
    const next = nextPayment(this.order.status, 'cancel');
    this.change({ canceling: true, ...('to' in next ? { status: next.to } : {}), dueMs: this.afterMs(LOOK_MS) });
    this.state(context, command?.keyed);
    if (command) this.answer(command);
    this.tell(external.instruction.channelOrder, new CloseChannelOrder(context));
  }

  #undo(context: Context, channelOrder: ChannelOrder | null, command: OrderCommand | null = null): void {
    if (channelOrder) this.#setInstruction(channelOrder.instruction, { status: 'refused' });
    const { canceling, undone, reserved } = this.order;
    const failure = canceling || command ? '' : channelOrder?.failure || channelOrder?.status || 'refused';
    this.book(context, undoing(this.order, this.desk.instruments.of, reserved), ({ verdict, posted }) => {
      this.change({ vouchers: [...this.order.vouchers, ...posted], failure, unknownSinceMs: 0, actionUrl: '' });
      if (verdict === ALLOWED) this.#ended(context, failure === '' ? 'canceled' : 'failed', command);
      else this.#undoLater(context, verdict, undone + 1);
    });
  }

  #ended(context: Context, status: 'canceled' | 'failed', command: OrderCommand | null): void {
    const instructions = this.order.instructions.map((one) =>
      one.status === 'refused' ? one : ({ ...one, status: 'reversed', authorized: 0 } as const),
    );
    this.change({ status, instructions, dueMs: 0 });
    this.state(context, command?.keyed);
    if (command) this.answer(command);
    this.#tellTrade(context, ALLOWED, [], null);
  }

  /** An account that should have its money back does not take it. */
  #undoLater(context: Context, verdict: Verdict, undone: number): void {
    this.change({ status: 'reversing', undone, dueMs: this.afterMs(this.desk.rulebook.current.backoffMs(undone)) });
    this.state(context);
    if (undone !== UNDO_MAX) return;
    const { id: order, amount, currency } = this.order;
    const detail = `What payment ${order} kept back cannot go back: ${refusalOf(verdict)}.`;
    openCase(this, context, { type: 'reverse_failed', order, amount, currency, detail });
  }

  /** What was received and may not stay is back at the channel: now the rest goes back, too. */
  #refundMoved({ context, refund }: RefundMoved): void {
    if (refund.status === 'succeeded' && !isTerminalPayment(this.order.status)) this.#undo(context, null);
  }

  #due(context: Context): void {
    const { status } = this.order;
    const external = externalLeg(this.order, this.desk.instruments.of);
    if (status === 'authorized') return this.#undo(context, null);
    if (status === 'reversing' && this.order.undone > 0) return this.#undo(context, null);
    this.change({ dueMs: this.afterMs(LOOK_MS) });
    this.state(context);
    const asked =
      this.#isWaiting && external ? this.desk.orders.find(this.merchant, external.instruction.channelOrder) : null;
    if (asked?.order.kind === 'channel_order') this.#channelMoved(context, asked.order);
  }

  #setInstruction(place: number, changes: Partial<Instruction>): void {
    this.change({
      instructions: this.order.instructions.map((one, at) => (at === place ? { ...one, ...changes } : one)),
    });
  }

  #tellTrade(
    context: Context,
    verdict: Verdict,
    settled: readonly FactPosition[],
    settle: readonly Settlement[] | null,
  ): void {
    this.tell(this.order.trade, new PaymentMoved(context, this.order, { verdict, settled, settle }));
  }
}
