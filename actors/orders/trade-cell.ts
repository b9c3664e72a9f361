// Trade actor. Owns what a merchant and a payer agreed on: lets one attempt pay it, has the payees paid, lets no more go
// back than was paid. It moves no money itself but what is already the payees'.
//
// T1. Whatever has been received asks here whether it may pay the trade, and only the first may. T2. A trade with a live
// attempt closes when the attempt has ended.

import type { Context } from '../../src/domain/context.ts';
import type { FactPosition } from '../../src/domain/ids.ts';
import { capturedSum } from '../../src/domain/orders/payment-amounts.ts';
import { isTerminalPayment } from '../../src/domain/orders/payment-machine.ts';
import type { Payment } from '../../src/domain/orders/payment.ts';
import type { Refund } from '../../src/domain/orders/refund.ts';
import {
  addAttempt,
  attemptEnded,
  leftToPayees,
  paidBy,
  refundable,
  refundBounced,
  refundDone,
  refundFailed,
  reserveRefund,
  settledBy,
  tookFromPayees,
  unsettled,
  type Settlement,
} from '../../src/domain/orders/trade-amounts.ts';
import { nextTrade, type Trade } from '../../src/domain/orders/trade.ts';
import { ALLOWED, numberOf, type Verdict } from '../../src/domain/refusals.ts';
import type { Message } from '../runtime/message.ts';
import { OrderCell } from './order-cell.ts';
import { CloseTrade, ConfirmTrade, CreateTrade, PayTrade, ReadOrder, RefundTrade, TopUp } from './order-commands.ts';
import {
  Attempt,
  BeginPayment,
  CaseDecided,
  EndPayment,
  OrderDue,
  PaymentMoved,
  PaymentReceived,
  RefundJoined,
  RefundMoved,
  TradeSays,
} from './order-messages.ts';
import { newRefund } from './new-refund.ts';
import { settle, settlementAtOnce, settleMs } from './trade-settling.ts';

const EXCEEDS_PAID = numberOf('refund_exceeds_paid');
const NOT_OPEN = numberOf('trade_not_open');
const NOT_PAID = numberOf('trade_not_paid');

/** A trade that closes waits for its attempt, which has a clock of its own; it looks again after this time, ms: an hour. */
const LOOK_MS = 3_600_000;

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
    else if (message instanceof RefundJoined) this.#refundJoined(message);
    else if (message instanceof ConfirmTrade) this.#confirm(message);
    else if (message instanceof CloseTrade) this.#close(message.context, message);
    else if (message instanceof CaseDecided) this.#decided(message);
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
    if ('refused' in next) {
      this.desk.orders.dropped(payment);
      return this.refuse(command, numberOf(next.refused));
    }
    this.#beginning = { command, payment, before: this.order };
    this.change(next);
    const atOnce = settlementAtOnce(this, this.order.amount);
    const context = this.contextOf(command.context);
    this.desk.dispatcher.send(payment, new BeginPayment(context, this.order, atOnce, command));
  }

  #paymentMoved({ context, payment, verdict, settled, settle: parts }: PaymentMoved): void {
    const beginning = this.#beginning;
    this.#beginning = null;
    if (verdict !== ALLOWED) this.#neverBegan(beginning, verdict);
    else if (payment.status === 'succeeded') this.#paid(context, payment, settled, parts);
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

  /**
   * Only the live attempt of a trade that nobody has paid may pay it; while it closes, only by the rule for late money,
   * or with what was captured before.
   */
  #received(message: PaymentReceived): void {
    const { status, livePayment, paidBy: payer, ruleVersion, product } = this.order;
    const isLive = payer === '' && livePayment === message.payment;
    const isLate = message.channelOrder !== null;
    const lateMoney = !isLate || this.desk.rulebook.of(ruleVersion).policy(product).lateMoney === 'accept';
    const accepted = isLive && (status === 'open' || (status === 'closing' && lateMoney));
    const atOnce = settlementAtOnce(this, message.amount);
    this.tell(message.payment, new TradeSays(message, this.order, accepted, atOnce));
  }

  #paid(
    context: Context,
    payment: Payment,
    settled: readonly FactPosition[],
    parts: readonly Settlement[] | null,
  ): void {
    const paid = paidBy(this.order, payment.id, capturedSum(payment));
    if ('refused' in paid) throw new Error(`trade ${this.order.id} was paid again by ${payment.id}`);
    const isOver = settled.length > 0 || paid.type === 'topup';
    this.change(parts && isOver ? settledBy(paid, parts) : paid);
    this.change({ status: isOver ? 'completed' : 'paid', vouchers: [...this.order.vouchers, ...settled] });
    this.change({ dueMs: isOver ? 0 : settleMs(this) });
    this.state(context);
  }

  // Settling.

  #confirm(command: ConfirmTrade): void {
    const { status, type } = this.order;
    if (status === 'completed' && type === 'escrow') return this.answerUnchanged(command);
    if (status !== 'paid' || type !== 'escrow') return this.refuse(command, NOT_PAID);
    settle(this, command.context, command);
  }

  /** retry: the payees may take their money by now. */
  #decided({ context, case: { decision } }: CaseDecided): void {
    if (decision === 'retry' && this.order.status === 'paid') settle(this, context);
  }

  // Refunding.

  #refund(command: RefundTrade): void {
    const amount = command.amount === 0 ? refundable(this.order) : command.amount;
    if (this.order.paidBy !== '' && amount === 0) return this.refuse(command, EXCEEDS_PAID);
    const refund = newRefund(this, command, amount);
    if (typeof refund === 'number') return this.refuse(command, refund);
    const reserved = reserveRefund(this.order, amount, refund.order.id);
    if ('refused' in reserved) return this.refuse(command, numberOf(reserved.refused));
    this.#refunding = { command, before: this.order };
    this.change(tookFromPayees(reserved, refund.order));
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
    const { status, refundReserved } = this.order;
    const isAllBack = status === 'paid' && refundable(this.order) === 0 && refundReserved === 0;
    if (isAllBack) this.change({ status: 'completed', dueMs: 0 });
    this.state(context);
    // What it kept back in hand has come to the payees' turn after all.
    if (status === 'completed' && unsettled(this.order) > 0) settle(this, context);
  }

  #count(refund: Refund): void {
    switch (refund.status) {
      case 'succeeded':
        return this.change(refundDone(this.order, refund.amount));
      case 'failed':
      case 'canceled':
        return this.change(leftToPayees(refundFailed(this.order, refund.amount), refund));
      case 'bounced':
        return this.change(refundBounced(this.order, refund.amount));
      case 'created':
      case 'pending_approval':
      case 'processing':
      case 'needs_attention':
    }
  }

  /** It takes nothing of what the payees have, so nothing is reserved for it. */
  #refundJoined({ context, refund }: RefundJoined): void {
    this.change({ refunds: [...this.order.refunds, refund] });
    this.state(context);
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
        return settle(this, context);
      case 'closing':
        this.change({ dueMs: this.afterMs(LOOK_MS) });
        this.state(context);
        return this.tell(this.order.livePayment, new EndPayment(context));
      case 'completed':
      case 'closed':
    }
  }
}
