// Refund actor. Owns money of a payment on its way back: what was asked for, and what came twice, too late or not as agreed.
//
// R1. What it returns is out of the payees' hands before anything is asked of a channel. R2. Legs inside are done at once;
// the external one is done when the channel says so. R3. What a channel cannot return is a case, never forgotten.

import type { Context } from '../../src/domain/context.ts';
import { judgeSecondPerson } from '../../src/domain/orders/approvals.ts';
import { bouncedGiven, sentAgain } from '../../src/domain/orders/bounced-refund.ts';
import type { Payment } from '../../src/domain/orders/payment.ts';
import { accepted, setAside } from '../../src/domain/orders/refund-vouchers.ts';
import type { Refund, RefundPart } from '../../src/domain/orders/refund.ts';
import type { Trade } from '../../src/domain/orders/trade.ts';
import { makeId } from '../../src/domain/ids.ts';
import { ALLOWED, numberOf } from '../../src/domain/refusals.ts';
import type { Message } from '../runtime/message.ts';
import { OrderCell } from './order-cell.ts';
import { Approve, Cancel, ReadOrder, type OrderCommand, type RefundTrade } from './order-commands.ts';
import { CaseDecided, ChannelMoved, OrderDue, RefundJoined } from './order-messages.ts';
import { decideBounced, isDecided, stayBounced } from './refund-bouncing.ts';
import { askChannel, channelMoved, isUnsent, openAttention, resend } from './refund-channel.ts';
import { giveUp, goElsewhere } from './refund-ending.ts';
import { paymentOf, returned, tellLegs, tellTrade } from './refund-parts.ts';
import { isOutflowOff } from './route.ts';

const NOT_CANCELABLE = numberOf('refund_not_cancelable');
const NOT_PENDING = numberOf('refund_not_pending_approval');
const SAME_PERSON = numberOf('same_person_approval');
const SWITCHED_OFF = numberOf('switched_off');

/** What nobody approves is given up after this time, ms: a week. */
const APPROVAL_MS_MAX = 7 * 86_400_000;

/** The channel order has a clock of its own; the refund looks after it again after this time, ms: an hour. */
const LOOK_MS = 3_600_000;

export class RefundCell extends OrderCell<Refund> {
  receive(message: Message): void {
    if (message instanceof ChannelMoved) channelMoved(this, message.context, message.channelOrder);
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
    tellLegs(this, context, this.order.parts, 'reserved');
    tellTrade(this, context, ALLOWED);
    this.answer(command);
  }

  /** Nobody asked: money that came to `payment` and may not stay. */
  returnAll(context: Context, payment: Payment): void {
    const isInSuspense = this.order.cause === 'mismatch' || this.order.cause === 'bounced';
    const drafts = isInSuspense ? [] : [setAside(this.order)];
    this.book(context, drafts, ({ verdict, posted }) => {
      this.must(verdict);
      this.change({ vouchers: [...this.order.vouchers, ...posted] });
      this.#send(context, payment);
    });
  }

  /** The payees give the money, legs inside have it at once, and the channel is asked for the rest. */
  #process(context: Context, command: OrderCommand): void {
    const isNew = this.order.version === 0;
    const payment = paymentOf(this);
    const inside = this.order.parts.filter((part) => payment.instructions[part.instruction]?.channel === '');
    const drafts = [...accepted(this.order), ...inside.flatMap((part) => returned(this, payment, part))];
    this.book(context, drafts, ({ verdict, posted }) => {
      if (verdict !== ALLOWED && isNew) return tellTrade(this, context, verdict);
      if (verdict !== ALLOWED) return this.refuse(command, verdict);
      const parts = this.order.parts.map((part) => (inside.includes(part) ? done(part) : part));
      const approvedBy = isNew ? '' : context.by;
      this.change({ parts, approvedBy, vouchers: [...this.order.vouchers, ...posted] });
      if (isNew) tellLegs(this, context, this.order.parts, 'reserved');
      tellLegs(this, context, inside, 'done');
      this.#send(context, payment, command);
      tellTrade(this, context, ALLOWED);
      this.answer(command);
    });
  }

  /** What is not done inside is asked of the channel. */
  #send(context: Context, payment: Payment, command: OrderCommand | null = null): void {
    const asked = askChannel(this, payment);
    const isOver = this.order.parts.every(({ status }) => status === 'done');
    this.change(isOver ? { status: 'succeeded', dueMs: 0 } : { status: 'processing', dueMs: this.afterMs(LOOK_MS) });
    this.state(context, command?.keyed);
    for (const channelOrder of asked) channelOrder.begin(context);
  }

  // What people say.

  #approve(command: Approve): void {
    if (this.order.status !== 'pending_approval') return this.refuse(command, NOT_PENDING);
    if (judgeSecondPerson(this.order.requestedBy, command.context.by)) return this.refuse(command, SAME_PERSON);
    const stopped = this.desk.orders.outflow.refuse(this.merchant, this.origin.business.product);
    if (stopped !== ALLOWED) return this.refuse(command, stopped);
    if (isOutflowOff(this.desk, this.origin.business.product)) return this.refuse(command, SWITCHED_OFF);
    this.#process(command.context, command);
  }

  #cancelAsked(command: Cancel): void {
    if (this.order.status === 'canceled') return this.answer(command);
    if (this.order.status !== 'pending_approval') return this.refuse(command, NOT_CANCELABLE);
    giveUp(this, command.context, 'canceled', command);
  }

  /** retry: the same way under a new number. balance: to the payer's account. fail: not at all; the payees keep it. */
  #decided({ context, case: { decision } }: CaseDecided): void {
    if (this.order.status === 'bounced') return this.#decidedBounced(context, decision);
    if (this.order.status !== 'needs_attention') return;
    const isAllRefused = this.order.parts.every(({ status }) => status === 'refused');
    if (decision === 'retry') resend(this, context);
    else if (decision === 'fail' && isAllRefused) giveUp(this, context, 'failed');
    else if (decision !== 'balance' || !goElsewhere(this, context)) {
      openAttention(this, context, `still cannot go back: "${decision}" is no way for it`);
    }
  }

  /** retry: the same way again, by a refund of its own. */
  #decidedBounced(context: Context, decision: string): void {
    if (isDecided(this)) return;
    if (decision === 'retry') return this.#sendAgain(context);
    if (!decideBounced(this, context, decision)) stayBounced(this, context, `"${decision}" is no way for it`);
  }

  #sendAgain(context: Context): void {
    const { desk, merchant, business, traceId } = this.origin;
    const { timeMs } = desk.commit;
    const order = sentAgain(this.order, makeId('rfd', timeMs, desk.entropy()), timeMs);
    this.change({ parts: bouncedGiven(this.order) });
    this.state(context);
    new RefundCell(desk, { order, business, merchant, traceId, seq: 0 }).returnAll(context, paymentOf(this));
    this.tell(this.order.trade, new RefundJoined(context, order.id));
  }

  #due(context: Context): void {
    if (this.order.status === 'pending_approval') return giveUp(this, context, 'canceled');
    if (this.order.status === 'processing' && this.order.parts.some((part) => isUnsent(this, part))) {
      return resend(this, context);
    }
    this.change({ dueMs: this.afterMs(LOOK_MS) });
    this.state(context);
    if (this.order.status !== 'processing') return;
    for (const { channelOrder } of this.order.parts) {
      const asked = channelOrder === '' ? null : this.desk.orders.find(this.merchant, channelOrder);
      if (asked?.order.kind === 'channel_order') channelMoved(this, context, asked.order);
    }
  }
}

function done(part: RefundPart): RefundPart {
  return { ...part, status: 'done' };
}
