// Refund actor. Owns money of a payment on its way back: what was asked for, and what came twice, too late or not as agreed.
//
// R1. What it returns is out of the payees' hands before anything is asked of a channel. R2. Legs inside are done at once;
// the external one is done when the channel says so. R3. What a channel cannot return is a case, never forgotten.

import type { Context } from '../../src/domain/context.ts';
import { judgeSecondPerson } from '../../src/domain/orders/approvals.ts';
import type { ChannelOrder } from '../../src/domain/orders/channel-order.ts';
import {
  accepted,
  acceptedBack,
  foundAtChannel,
  setAside,
  setAsideReturned,
} from '../../src/domain/orders/refund-vouchers.ts';
import { isTerminalRefund, type Refund, type RefundPart } from '../../src/domain/orders/refund.ts';
import type { Payment } from '../../src/domain/orders/payment.ts';
import type { Trade } from '../../src/domain/orders/trade.ts';
import type { VoucherDraft } from '../../src/domain/orders/voucher-draft.ts';
import { ALLOWED, numberOf, type Verdict } from '../../src/domain/refusals.ts';
import type { Message } from '../runtime/message.ts';
import { openCase } from './case-cell.ts';
import { newChannelOrder, type ChannelOrderCell } from './channel-order-cell.ts';
import { OrderCell } from './order-cell.ts';
import { Approve, Cancel, ReadOrder, type OrderCommand, type RefundTrade } from './order-commands.ts';
import { CaseDecided, ChannelMoved, LegsRefunding, OrderDue, RefundMoved } from './order-messages.ts';

const NOT_CANCELABLE = numberOf('refund_not_cancelable');
const NOT_PENDING = numberOf('refund_not_pending_approval');
const SAME_PERSON = numberOf('same_person_approval');

/** What nobody approves is given up after this time, ms: a week. */
const APPROVAL_MS_MAX = 7 * 86_400_000;

/** The channel order has a clock of its own; the refund looks after it again after this time, ms: an hour. */
const LOOK_MS = 3_600_000;

/** A failure by which an instrument says that it will never take money again. */
const DEAD_INSTRUMENT = 'instrument_closed';

export class RefundCell extends OrderCell<Refund> {
  receive(message: Message): void {
    if (message instanceof ChannelMoved) this.#channelMoved(message.context, message.channelOrder);
    else if (message instanceof Approve) this.#approve(message);
    else if (message instanceof Cancel) this.#cancelAsked(message);
    else if (message instanceof OrderDue) this.#due(message.context);
    else if (message instanceof CaseDecided) this.#decided(message);
    else if (message instanceof ReadOrder) this.answer(message);
    else throw new Error(`a refund cannot handle ${message.constructor.name}`);
  }

  /** Somebody asked for it. `trade` has reserved it. */
  begin(trade: Trade, command: RefundTrade): void {
    const { context } = command;
    const limit = this.desk.rulebook.of(trade.ruleVersion).rules.approvals.refundAbove;
    this.change({ requestedBy: context.by });
    if (this.order.amount <= limit) return this.#process(context, command);
    this.change({ status: 'pending_approval', dueMs: this.afterMs(APPROVAL_MS_MAX) });
    this.state(context, command.keyed);
    this.#tellLegs(context, this.order.parts, 'reserved');
    this.#tellTrade(context, ALLOWED);
    this.answer(command);
  }

  /** Nobody asked: money that came to `about` and may not stay. */
  returnAll(context: Context, payment: Payment): void {
    const drafts = this.order.cause === 'mismatch' ? [] : [setAside(this.order)];
    this.book(context, drafts, ({ verdict, posted }) => {
      this.must(verdict);
      this.change({ vouchers: [...this.order.vouchers, ...posted] });
      const asked = this.#askChannel(payment);
      this.change({ status: 'processing', dueMs: this.afterMs(LOOK_MS) });
      this.state(context);
      for (const channelOrder of asked) channelOrder.begin(context);
    });
  }

  /** The payees give the money, legs inside have it at once, and the channel is asked for the rest. */
  #process(context: Context, command: OrderCommand): void {
    const isNew = this.order.version === 0;
    const payment = this.#payment;
    const inside = this.order.parts.filter((part) => !this.#isExternal(payment, part));
    const drafts = [...accepted(this.order), ...inside.flatMap((part) => this.#returned(payment, part))];
    this.book(context, drafts, ({ verdict, posted }) => {
      if (verdict !== ALLOWED && isNew) return this.#tellTrade(context, verdict);
      if (verdict !== ALLOWED) return this.refuse(command, verdict);
      const parts = this.order.parts.map((part) =>
        inside.includes(part) ? ({ ...part, status: 'done' } as const) : part,
      );
      this.change({ parts, vouchers: [...this.order.vouchers, ...posted] });
      const asked = this.#askChannel(payment);
      if (isNew) this.#tellLegs(context, this.order.parts, 'reserved');
      this.#tellLegs(context, inside, 'done');
      const isOver = this.order.parts.every(({ status }) => status === 'done');
      this.change(isOver ? { status: 'succeeded', dueMs: 0 } : { status: 'processing', dueMs: this.afterMs(LOOK_MS) });
      this.state(context, command.keyed);
      for (const channelOrder of asked) channelOrder.begin(context);
      this.#tellTrade(context, ALLOWED);
      this.answer(command);
    });
  }

  /** What is to be asked of channels, with its number; it is begun when the refund has stated it. */
  #askChannel(payment: Payment): readonly ChannelOrderCell[] {
    const { id: parent, currency } = this.order;
    const asked: ChannelOrderCell[] = [];
    const parts = this.order.parts.map((part) => {
      const leg = payment.instructions[part.instruction];
      if (part.status === 'done' || !leg || leg.channel === '') return part;
      const { channel, channelOrder: original } = leg;
      const { instruction, amount } = part;
      const order = { channel, verb: 'refund', parent, instruction, original, amount, currency } as const;
      const channelOrder = newChannelOrder(this, order);
      asked.push(channelOrder);
      return { ...part, status: 'executing', channelOrder: channelOrder.order.id } as const;
    });
    this.change({ parts });
    return asked;
  }

  // What the channel says.

  #channelMoved(context: Context, channelOrder: ChannelOrder): void {
    const place = this.order.parts.findIndex((part) => part.channelOrder === channelOrder.id);
    const part = this.order.parts[place];
    if (!part) throw new Error(`refund ${this.order.id} has asked for no ${channelOrder.id}`);
    switch (channelOrder.status) {
      case 'created':
      case 'sent':
      case 'accepted':
      case 'requires_action':
        return this.#partIs(context, place, 'executing');
      case 'unknown':
        return this.#partIs(context, place, 'unknown');
      case 'succeeded':
      case 'late_succeeded':
        return this.#partDone(context, place, part, channelOrder);
      case 'failed':
      case 'closed':
        return this.#partRefused(context, place, channelOrder);
    }
  }

  #partIs(context: Context, place: number, status: RefundPart['status']): void {
    if (isTerminalRefund(this.order.status) || this.order.parts[place]?.status === status) return;
    this.#setPart(place, status);
    this.change({ dueMs: this.afterMs(LOOK_MS) });
    this.state(context);
  }

  #partDone(context: Context, place: number, part: RefundPart, channelOrder: ChannelOrder): void {
    // A success after all: the refund has failed, and its money is the payees' again. People decide (the channel order
    // has opened a case).
    if (isTerminalRefund(this.order.status) || part.status === 'done') return;
    this.book(context, this.#booksOf(part, channelOrder), ({ verdict, posted }) => {
      this.must(verdict);
      this.#setPart(place, 'done');
      this.change({ vouchers: [...this.order.vouchers, ...posted] });
      const isOver = this.order.parts.every(({ status }) => status === 'done');
      if (isOver) this.change({ status: 'succeeded', dueMs: 0 });
      this.state(context);
      if (this.order.cause === 'request') this.#tellLegs(context, [part], 'done');
      if (isOver) this.#tellWhoeverAsked(context);
    });
  }

  /** What is booked when the channel has returned a part. */
  #booksOf(part: RefundPart, channelOrder: ChannelOrder): readonly VoucherDraft[] {
    switch (this.order.cause) {
      case 'request':
        return this.#returned(this.#payment, part);
      case 'duplicate':
      case 'late':
        return [setAsideReturned(this.order, channelOrder.channel)];
      case 'mismatch': {
        const [reverses] = this.order.vouchers;
        const { amount, currency } = this.order;
        const found = foundAtChannel(this.order.payment, channelOrder.channel, currency, amount, 1);
        return reverses ? [{ ...found, reverses }] : [];
      }
    }
  }

  /** When nothing else has moved, it is as if it had not been asked for; else, and for a dead instrument, people decide. */
  #partRefused(context: Context, place: number, { failure, status }: ChannelOrder): void {
    if (isTerminalRefund(this.order.status)) return;
    this.#setPart(place, 'refused');
    this.change({ failure: failure || status });
    const alone = this.order.parts.every((part) => part.status === 'refused');
    if (this.order.cause === 'request' && alone && failure !== DEAD_INSTRUMENT) return this.#giveUp(context, 'failed');
    this.change({ status: 'needs_attention', dueMs: this.afterMs(LOOK_MS * 24) });
    this.state(context);
    const { id: order, amount, currency } = this.order;
    const detail = `Refund ${order} cannot go back the way it came: ${failure || status}.`;
    openCase(this, context, { type: 'refund_needs_attention', order, amount, currency, detail });
  }

  /** The payees have their money again. */
  #giveUp(context: Context, status: 'failed' | 'canceled', command: OrderCommand | null = null): void {
    const { sources, vouchers, parts } = this.order;
    const back = vouchers.length > 0 ? acceptedBack(this.order, vouchers.slice(0, sources.length)) : [];
    this.book(context, back, ({ verdict, posted }) => {
      this.must(verdict);
      this.change({ status, vouchers: [...vouchers, ...posted], dueMs: 0 });
      this.state(context, command?.keyed);
      this.#tellLegs(context, parts, 'failed');
      this.#tellTrade(context, ALLOWED);
      if (command) this.answer(command);
    });
  }

  // What people say.

  #approve(command: Approve): void {
    if (this.order.status !== 'pending_approval') return this.refuse(command, NOT_PENDING);
    if (judgeSecondPerson(this.order.requestedBy, command.context.by)) return this.refuse(command, SAME_PERSON);
    this.change({ approvedBy: command.context.by });
    this.#process(command.context, command);
  }

  #cancelAsked(command: Cancel): void {
    if (this.order.status !== 'pending_approval') return this.refuse(command, NOT_CANCELABLE);
    this.#giveUp(command.context, 'canceled', command);
  }

  /** retry: the same way under a new number. */
  #decided({ context, case: { decision } }: CaseDecided): void {
    if (this.order.status !== 'needs_attention' || decision !== 'retry') return;
    const asked = this.#askChannel(this.#payment);
    this.change({ status: 'processing', dueMs: this.afterMs(LOOK_MS) });
    this.state(context);
    for (const channelOrder of asked) channelOrder.begin(context);
  }

  #due(context: Context): void {
    if (this.order.status === 'pending_approval') return this.#giveUp(context, 'canceled');
    this.change({ dueMs: this.afterMs(LOOK_MS) });
    this.state(context);
    for (const { channelOrder } of this.order.parts) {
      const asked = channelOrder === '' ? null : this.desk.orders.find(this.merchant, channelOrder);
      if (asked?.order.kind === 'channel_order') this.#channelMoved(context, asked.order);
    }
  }

  get #payment(): Payment {
    const found = this.desk.orders.find(this.merchant, this.order.payment);
    if (found?.order.kind !== 'payment') throw new Error(`refund ${this.order.id} has no payment`);
    return found.order;
  }

  #isExternal(payment: Payment, { instruction }: RefundPart): boolean {
    return payment.instructions[instruction]?.channel !== '';
  }

  #returned(payment: Payment, { instruction: place, amount }: RefundPart): readonly VoucherDraft[] {
    const instruction = payment.instructions[place];
    if (!instruction) throw new Error(`payment ${payment.id} has no instruction ${place}`);
    const leg = { payment, place, instruction };
    const { refund } = this.desk.instruments.of(instruction.instrument);
    return refund(leg, { refund: this.order.id, occurrence: place + 1, amount });
  }

  #setPart(place: number, status: RefundPart['status']): void {
    this.change({ parts: this.order.parts.map((part, at) => (at === place ? { ...part, status } : part)) });
  }

  #tellLegs(context: Context, parts: readonly RefundPart[], how: LegsRefunding['how']): void {
    if (parts.length > 0) this.tell(this.order.payment, new LegsRefunding(context, parts, how));
  }

  #tellTrade(context: Context, verdict: Verdict): void {
    this.tell(this.order.trade, new RefundMoved(context, this.order, verdict));
  }

  #tellWhoeverAsked(context: Context): void {
    if (this.order.cause === 'request') this.#tellTrade(context, ALLOWED);
    else this.tell(this.order.payment, new RefundMoved(context, this.order, ALLOWED));
  }
}
