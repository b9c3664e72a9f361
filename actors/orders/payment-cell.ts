// Payment actor. Owns one attempt to pay a trade: keeps back what can be kept back, asks the channel last, and when
// everything has been received asks the trade whether it may pay.
//
// P1. What is kept back and the plan are one frame, durable before a channel is asked. P2. While the channel's answer is
// unknown nothing is undone and nothing else is tried. P3. What was received and cannot pay the trade goes back by itself.
// P4. What a channel took is booked once: its leg says so.

import type { Context } from '../../src/domain/context.ts';
import type { FactPosition } from '../../src/domain/ids.ts';
import type { ChannelOrder } from '../../src/domain/orders/channel-order.ts';
import type { PrepaidToken } from '../../src/domain/orders/external-voucher.ts';
import type { Instruction } from '../../src/domain/orders/instruction.ts';
import { isTerminalPayment, nextPayment, type PaymentEvent } from '../../src/domain/orders/payment-machine.ts';
import { completing, completingShort, externalLeg, reserving } from '../../src/domain/orders/payment-vouchers.ts';
import { NOBODY_AWAITED, type Payment } from '../../src/domain/orders/payment.ts';
import { isEnough, received } from '../../src/domain/orders/received.ts';
import type { Settlement } from '../../src/domain/orders/trade-amounts.ts';
import { isWaiting } from '../../src/domain/orders/short-payment.ts';
import { ALLOWED, refusalOf } from '../../src/domain/refusals.ts';
import type { RequestKey } from '../commands.ts';
import type { Message } from '../runtime/message.ts';
import { OrderCell } from './order-cell.ts';
import { CancelPayment, CapturePayment, ReadOrder } from './order-commands.ts';
import {
  BeginPayment,
  CaseDecided,
  ChannelMoved,
  EndPayment,
  LegsRefunding,
  OrderDue,
  PaymentReceived,
  PayRest,
  RefundMoved,
  TradeSays,
} from './order-messages.ts';
import { LOOK_MS, setOut } from './payment-asking.ts';
import { capture } from './payment-capture.ts';
import { cancel, cancelAsked, tellTrade, undo } from './payment-ending.ts';
import { closed, isBooked, legsRefunding, setLeg, taken } from './payment-legs.ts';
import { payRest } from './payment-rest.ts';
import { returnExcess, sendBack } from './payment-returns.ts';
import { isShort, keepShort } from './payment-waiting.ts';

/** What is kept back for a capture that does not come, ms: seven days, as card authorisations are. */
const AUTHORIZED_MS_MAX = 7 * 86_400_000;

export class PaymentCell extends OrderCell<Payment> {
  receive(message: Message): void {
    if (message instanceof BeginPayment) this.#begin(message);
    else if (message instanceof PayRest) payRest(this, message);
    else if (message instanceof ChannelMoved) this.#channelMoved(message);
    else if (message instanceof TradeSays) this.#tradeSays(message);
    else if (message instanceof CapturePayment) capture(this, message);
    else if (message instanceof CancelPayment) cancelAsked(this, message);
    else if (message instanceof EndPayment) cancel(this, message.context);
    else if (message instanceof RefundMoved) this.#refundMoved(message);
    else if (message instanceof LegsRefunding) legsRefunding(this, message);
    else if (message instanceof CaseDecided) this.#decided(message);
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
      if (verdict !== ALLOWED) return tellTrade(this, context, { verdict, settle });
      this.change({ reserved: posted.slice(0, reserved), vouchers: posted });
      if (atOnce) this.change({ instructions: this.order.instructions.map(taken) });
      if (atOnce) this.#paid(context, posted, settle, command.keyed);
      else if (external) setOut(this, context, external.place, command.keyed);
      else this.#authorize(context, command.keyed);
      this.answer(command);
    });
  }

  #authorize(context: Context, keyed: RequestKey): void {
    const instructions = this.order.instructions.map(
      (one) => ({ ...one, status: 'done', authorized: one.amount }) as const,
    );
    this.change({ status: 'authorized', instructions, dueMs: this.afterMs(AUTHORIZED_MS_MAX) });
    this.state(context, keyed);
    tellTrade(this, context);
  }

  // What the channel says.

  #channelMoved({ context, channelOrder, token }: ChannelMoved): void {
    const { status, instruction } = channelOrder;
    if (isBooked(this.order.instructions[instruction])) return;
    if (isTerminalPayment(this.order.status) && status !== 'late_succeeded') return;
    switch (status) {
      case 'created':
      case 'sent':
      case 'accepted':
      case 'unknown':
        return this.#wait(context, channelOrder, 'action_done', null);
      case 'requires_action':
        return this.#wait(context, channelOrder, 'action_required', token);
      case 'succeeded':
        return this.#received(context, channelOrder);
      case 'failed':
      case 'closed':
        // Said again of a leg that the payment goes on without.
        if (this.order.instructions[instruction]?.status === 'refused') return;
        return undo(this, context, channelOrder);
      case 'late_succeeded':
        return sendBack(this, context, channelOrder, this.#isPaidByAnother ? 'duplicate' : 'late');
    }
  }

  get #isPaidByAnother(): boolean {
    const trade = this.desk.orders.find(this.merchant, this.order.trade)?.order;
    return trade?.kind === 'trade' && trade.paidBy !== '';
  }

  #wait(context: Context, channelOrder: ChannelOrder, event: PaymentEvent, given: PrepaidToken | null): void {
    const { instruction, actionUrl, unknownSinceMs } = channelOrder;
    const next = nextPayment(this.order.status, event);
    const status = channelOrder.status === 'unknown' ? 'unknown' : 'executing';
    const dueMs = this.afterMs(LOOK_MS);
    const { token, expiresAtMs: tokenExpiresAtMs } = given ?? { token: '', expiresAtMs: 0 };
    if (!('to' in next) && this.order.instructions[instruction]?.status === status) this.change({ dueMs });
    else
      this.change({
        ...('to' in next ? { status: next.to } : {}),
        actionUrl,
        token,
        tokenExpiresAtMs,
        unknownSinceMs,
        dueMs,
      });
    setLeg(this, instruction, { status });
    this.state(context);
  }

  #received(context: Context, channelOrder: ChannelOrder): void {
    if (isShort(this, channelOrder)) return keepShort(this, context, channelOrder);
    if (!isEnough(channelOrder)) return sendBack(this, context, channelOrder, 'mismatch');
    this.change(NOBODY_AWAITED);
    this.tell(this.order.trade, new PaymentReceived(context, this.order, channelOrder));
  }

  // What the trade says to what has been received.

  #tradeSays(said: TradeSays): void {
    const { context, trade, accepted, received: came } = said;
    if (accepted) return this.#complete(said, said.settle);
    if (!came.channelOrder) throw new Error(`trade ${trade.id} does not take what was captured for it`);
    sendBack(this, context, came.channelOrder, trade.paidBy === '' ? 'late' : 'duplicate');
  }

  /** A payee that takes nothing at the moment has its part pending, and the trade settles it later. */
  #complete(said: TradeSays, settle: readonly Settlement[] | null): void {
    const { context, trade, received: came } = said;
    const { of } = this.desk.instruments;
    const isWhole = came.amount === this.order.amount;
    const drafts = (isWhole ? completing : completingShort)(trade, this.order, of, settle);
    this.book(context, drafts, ({ verdict, posted }) => {
      if (verdict !== ALLOWED && settle) return this.#complete(said, null);
      // The account that was to be topped up takes no money any more.
      if (verdict !== ALLOWED && came.channelOrder) {
        return sendBack(this, context, came.channelOrder, 'late', refusalOf(verdict));
      }
      this.must(verdict);
      this.change({ vouchers: [...this.order.vouchers, ...posted], ...NOBODY_AWAITED });
      this.change({ instructions: this.order.instructions.map(isWhole ? taken : closed) });
      this.#paid(context, posted, settle, came.command?.keyed);
      if (came.command) this.answer(came.command);
      if (came.channelOrder && received(came.channelOrder).amount > came.channelOrder.amount) {
        returnExcess(this, context, came.channelOrder);
      }
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
    this.change({ status: 'succeeded', vouchers, dueMs: 0 });
    this.state(context, keyed);
    tellTrade(this, context, { settled, settle });
  }

  /** What was received and may not stay is back at the channel: now the rest goes back, too. */
  #refundMoved({ context, refund }: RefundMoved): void {
    const place = refund.parts[0]?.instruction ?? -1;
    if (refund.status !== 'succeeded' || this.order.instructions[place]?.status !== 'reversing') return;
    setLeg(this, place, { status: 'reversed' });
    if (this.#goesOnWithout) this.state(context);
    else undo(this, context, null);
  }

  /** It is at an end, is being paid the rest, or more of it is on its way back. */
  get #goesOnWithout(): boolean {
    const { status, instructions } = this.order;
    const isUnderWay = instructions.some((leg) => leg.status === 'reversing' || isAsked(leg));
    return isTerminalPayment(status) || isUnderWay;
  }

  /** retry: what is kept back is given back now. */
  #decided({ context, case: { decision } }: CaseDecided): void {
    if (decision === 'retry' && this.order.status === 'reversing') this.#goOn(context);
  }

  #due(context: Context): void {
    const { status } = this.order;
    if (status === 'authorized' || isWaiting(this.order)) return undo(this, context, null);
    if (status === 'reversing') return this.#goOn(context);
    const external = externalLeg(this.order, this.desk.instruments.of);
    const asked = external ? this.desk.orders.find(this.merchant, external.instruction.channelOrder) : null;
    this.#look(context);
    // As it told its parent, or would have: a voucher knows what of it is for the payment.
    if (asked?.order.kind === 'channel_order') this.tell(asked.order.parent, new ChannelMoved(context, asked.order));
  }

  /** While money is on its way back to a channel, nothing else is: the refund tells when it is there. */
  #goOn(context: Context): void {
    if (this.order.instructions.some(({ status }) => status === 'reversing')) this.#look(context);
    else undo(this, context, null);
  }

  #look(context: Context): void {
    this.change({ dueMs: this.afterMs(LOOK_MS) });
    this.state(context);
  }
}

/** Its channel has been asked for it and has not answered. */
function isAsked({ status }: Instruction): boolean {
  return status === 'executing' || status === 'unknown';
}
