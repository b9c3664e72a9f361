// Trade actor. Owns what a merchant and a payer agreed on: lets one attempt pay it, has the payees paid, lets no more go
// back than was paid. It moves no money itself but what is already the payees'.
//
// T1. Whatever has been received asks here whether it may pay the trade, and only the first may. T2. A trade with a live
// attempt closes when the attempt has ended. T3. What could not be settled is tried again, and then people look at it.

import type { Context } from '../../src/domain/context.ts';
import type { FactPosition } from '../../src/domain/ids.ts';
import { isTerminalPayment } from '../../src/domain/orders/payment-machine.ts';
import type { Payment } from '../../src/domain/orders/payment.ts';
import type { Refund } from '../../src/domain/orders/refund.ts';
import {
  addAttempt,
  attemptEnded,
  paidBy,
  refundable,
  refundBounced,
  refundDone,
  refundFailed,
  reserveRefund,
  settledBy,
  settlementOf,
  type Settlement,
} from '../../src/domain/orders/trade-amounts.ts';
import { confirmation, settlement } from '../../src/domain/orders/trade-vouchers.ts';
import { nextTrade, type Trade } from '../../src/domain/orders/trade.ts';
import { ALLOWED, numberOf, refusalOf, type Verdict } from '../../src/domain/refusals.ts';
import type { Message } from '../runtime/message.ts';
import { openCase } from './case-cell.ts';
import { OrderCell } from './order-cell.ts';
import { CloseTrade, ConfirmTrade, CreateTrade, PayTrade, ReadOrder, RefundTrade, TopUp } from './order-commands.ts';
import {
  Attempt,
  BeginPayment,
  EndPayment,
  OrderDue,
  PaymentMoved,
  PaymentReceived,
  RefundMoved,
  TradeSays,
} from './order-messages.ts';
import { newRefund } from './new-refund.ts';

const NOT_OPEN = numberOf('trade_not_open');
const NOT_PAID = numberOf('trade_not_paid');

/** A trade that closes waits for its attempt, which has a clock of its own; it looks again after this time, ms: an hour. */
const LOOK_MS = 3_600_000;

/** Attempts to settle before people look at it as well. */
const SETTLE_MAX = 6;

type Beginning = {
  readonly command: PayTrade | TopUp;
  readonly payment: OrderCell;
  readonly before: Trade;
};
type Refunding = { readonly command: RefundTrade; readonly before: Trade };

export class TradeCell extends OrderCell<Trade> {
  /** What was asked for and has not begun yet, and the trade as it was before it. */
  #beginning: Beginning | null = null;
  #refunding: Refunding | null = null;

  receive(message: Message): void {
    if (message instanceof Attempt) this.#attempt(message);
    else if (message instanceof PaymentReceived) this.#received(message);
    else if (message instanceof PaymentMoved) this.#paymentMoved(message);
    else if (message instanceof RefundTrade) this.#refund(message);
    else if (message instanceof RefundMoved) this.#refundMoved(message);
    else if (message instanceof ConfirmTrade) this.#confirm(message);
    else if (message instanceof CloseTrade) this.#close(message.context, message);
    else if (message instanceof OrderDue) this.#due(message.context);
    else if (message instanceof ReadOrder) this.answer(message);
    else throw new Error(`a trade cannot handle ${message.constructor.name}`);
  }

  /** Its first fact. */
  create(command: CreateTrade): void {
    this.state(command.context, command.keyed);
    this.answer(command);
  }

  // Paying.

  /** What a planned attempt comes to is told by `PaymentMoved`. */
  #attempt({ command, payment }: Attempt): void {
    const next = addAttempt(this.order, payment.order.id, this.desk.commit.timeMs);
    if ('refused' in next) return this.refuse(command, numberOf(next.refused));
    this.#beginning = { command, payment, before: this.order };
    this.change(next);
    this.desk.dispatcher.send(payment, new BeginPayment(command.context, this.order, this.#settlement(), command));
  }

  /** Who gets what as soon as it is paid; null where that is not yet, or nobody's to say. */
  #settlement(): readonly Settlement[] | null {
    if (this.order.type !== 'instant') return null;
    return settlementOf({ ...this.order, paid: this.order.amount }, this.#fee(this.order.amount));
  }

  #fee(amount: number): number {
    const { product, ruleVersion } = this.order;
    return this.desk.rulebook.of(ruleVersion).fee(product, amount);
  }

  #paymentMoved({ context, payment, verdict, settled, settle }: PaymentMoved): void {
    const beginning = this.#beginning;
    this.#beginning = null;
    if (verdict !== ALLOWED) this.#neverBegan(beginning, verdict);
    else if (payment.status === 'succeeded') this.#paid(context, payment, settled, settle);
    else if (isTerminalPayment(payment.status)) this.#attemptEnded(context, payment.id);
    else if (beginning) this.state(context);
  }

  #neverBegan(beginning: Beginning | null, verdict: Verdict): void {
    if (!beginning) throw new Error(`trade ${this.order.id} is told of an attempt that it did not begin`);
    const { command, payment, before } = beginning;
    this.change(before);
    this.desk.orders.dropped(payment);
    this.desk.orders.dropped(this);
    this.refuse(command, verdict);
  }

  #attemptEnded(context: Context, payment: string): void {
    const next = attemptEnded(this.order, payment);
    if (next === this.order) return;
    this.change(next);
    if (this.order.status === 'closing') this.change({ status: 'closed', dueMs: 0 });
    this.state(context);
  }

  /** Only the live attempt of a trade that nobody has paid may pay it, while it closes only by the rule for late money. */
  #received(message: PaymentReceived): void {
    const { status, livePayment, paidBy: payer, ruleVersion, product } = this.order;
    const isLive = payer === '' && livePayment === message.payment;
    const late = status === 'closing' && this.desk.rulebook.of(ruleVersion).policy(product).lateMoney === 'accept';
    const accepted = isLive && (status === 'open' || late);
    this.tell(message.payment, new TradeSays(message, this.order, accepted, this.#settlement()));
  }

  #paid(
    context: Context,
    payment: Payment,
    settled: readonly FactPosition[],
    settle: readonly Settlement[] | null,
  ): void {
    const paid = paidBy(this.order, payment.id, payment.amount);
    if ('refused' in paid) throw new Error(`trade ${this.order.id} was paid again by ${payment.id}`);
    const isOver = settled.length > 0 || paid.type === 'topup';
    this.change(settle && isOver ? settledBy(paid, settle) : paid);
    this.change({ status: isOver ? 'completed' : 'paid', vouchers: [...this.order.vouchers, ...settled] });
    this.change({ dueMs: isOver ? 0 : this.#settleMs() });
    this.state(context);
  }

  /** When it settles by itself: escrow when the buyer has had time to object, what was refused soon again. */
  #settleMs(): number {
    const { type, ruleVersion, product, settleTries } = this.order;
    if (type === 'escrow') return this.afterMs(this.desk.rulebook.of(ruleVersion).autoConfirmMs(product));
    return this.afterMs(this.desk.rulebook.current.backoffMs(settleTries));
  }

  // Settling.

  #confirm(command: ConfirmTrade): void {
    const { status, type } = this.order;
    if (status === 'completed' && type === 'escrow') return this.answerUnchanged(command);
    if (status !== 'paid' || type !== 'escrow') return this.refuse(command, NOT_PAID);
    this.#settle(command.context, command);
  }

  /** All that is neither refunded nor on its way back. */
  #settle(context: Context, command: ConfirmTrade | null): void {
    const { type, version } = this.order;
    const parts = settlementOf(this.order, this.#fee(refundable(this.order)));
    const escrow = type === 'escrow' && parts.length > 0 ? [confirmation(this.order, parts, version)] : [];
    this.book(context, [...escrow, ...settlement(this.order, parts, version)], ({ verdict, posted }) => {
      if (verdict === ALLOWED) this.#settled(context, parts, posted, command);
      else if (command) this.refuse(command, verdict);
      else this.#settleLater(context, verdict);
    });
  }

  #settled(
    context: Context,
    parts: readonly Settlement[],
    posted: readonly FactPosition[],
    command: ConfirmTrade | null,
  ): void {
    this.change(settledBy(this.order, parts));
    this.change({ status: 'completed', vouchers: [...this.order.vouchers, ...posted], dueMs: 0 });
    this.state(context, command?.keyed);
    if (command) this.answer(command);
  }

  #settleLater(context: Context, verdict: Verdict): void {
    const settleTries = this.order.settleTries + 1;
    this.change({ settleTries, dueMs: this.afterMs(this.desk.rulebook.current.backoffMs(settleTries)) });
    this.state(context);
    if (settleTries !== SETTLE_MAX) return;
    const { id: order, amount, currency } = this.order;
    const detail = `The payees of trade ${order} do not take their money: ${refusalOf(verdict)}.`;
    openCase(this, context, { type: 'settlement_refused', order, amount, currency, detail });
  }

  // Refunding.

  #refund(command: RefundTrade): void {
    const amount = command.amount === 0 ? refundable(this.order) : command.amount;
    const refund = newRefund(this, command, amount);
    if (typeof refund === 'number') return this.refuse(command, refund);
    const reserved = reserveRefund(this.order, amount, refund.order.id);
    if ('refused' in reserved) return this.refuse(command, numberOf(reserved.refused));
    this.#refunding = { command, before: this.order };
    this.change(reserved);
    refund.begin(this.order, command);
  }

  #refundMoved({ context, refund, verdict }: RefundMoved): void {
    const refunding = this.#refunding;
    this.#refunding = null;
    if (verdict !== ALLOWED) {
      if (!refunding) throw new Error(`refund ${refund.id} was refused after it had begun`);
      this.change(refunding.before);
      this.refuse(refunding.command, verdict);
      return;
    }
    this.#count(refund);
    this.state(context);
    if (this.order.status === 'paid' && refundable(this.order) === 0 && this.order.refundReserved === 0) {
      this.change({ status: 'completed', dueMs: 0 });
      this.state(context);
    } else if (this.order.status === 'completed' && this.order.type === 'escrow' && refund.status === 'failed') {
      // What it would have returned is in escrow again, and belongs to the payees.
      this.#settle(context, null);
    }
  }

  #count(refund: Refund): void {
    switch (refund.status) {
      case 'succeeded':
        return this.change(refundDone(this.order, refund.amount));
      case 'failed':
      case 'canceled':
        return this.change(refundFailed(this.order, refund.amount));
      case 'bounced':
        return this.change(refundBounced(this.order, refund.amount));
      case 'created':
      case 'pending_approval':
      case 'processing':
      case 'needs_attention':
    }
  }

  // Closing.

  #close(context: Context, command: CloseTrade | null): void {
    const { status, livePayment } = this.order;
    const next = nextTrade(status, livePayment === '' ? 'close' : 'close_live');
    if ('to' in next) {
      this.change({ status: next.to, dueMs: next.to === 'closed' ? 0 : this.afterMs(LOOK_MS) });
      this.state(context, command?.keyed);
    } else if (command && !('same' in next)) {
      return this.refuse(command, NOT_OPEN);
    }
    if (command && 'same' in next) this.answerUnchanged(command);
    else if (command) this.answer(command);
    if (livePayment !== '' && this.order.status === 'closing') this.tell(livePayment, new EndPayment(context));
  }

  #due(context: Context): void {
    switch (this.order.status) {
      case 'open':
        return this.#close(context, null);
      case 'paid':
        return this.#settle(context, null);
      case 'closing':
        this.change({ dueMs: this.afterMs(LOOK_MS) });
        this.state(context);
        return this.tell(this.order.livePayment, new EndPayment(context));
      case 'completed':
      case 'closed':
    }
  }
}
