// Withdrawal actor. Owns money of an account on its way out: takes it at once, has it approved where the rules ask for a
// second person, and follows it to the bank and, should the bank send it back, home again.
//
// W1. The money has left the account before anybody is asked. W2. It goes back only when the channel says that it did not
// go out, or before it was sent. W3. Closed is for ever: what comes home to a closed account waits in suspense, with a case.

import type { Context } from '../../src/domain/context.ts';
import { judgeSecondPerson } from '../../src/domain/orders/approvals.ts';
import { houseAccount } from '../../src/domain/house-accounts.ts';
import type { ChannelOrder } from '../../src/domain/orders/channel-order.ts';
import { goneAtChannel } from '../../src/domain/orders/refund-vouchers.ts';
import {
  givenBack,
  paidOut,
  returned,
  wasPaidOut,
  withdrawn,
  type Home,
} from '../../src/domain/orders/withdrawal-vouchers.ts';
import { isTerminalWithdrawal, nextWithdrawal, type Withdrawal } from '../../src/domain/orders/withdrawal.ts';
import { ALLOWED, numberOf } from '../../src/domain/refusals.ts';
import type { Message } from '../runtime/message.ts';
import { openCase } from './case-cell.ts';
import { newChannelOrder } from './channel-order-cell.ts';
import { bringHome, openClosed } from './closed-account.ts';
import { OrderCell } from './order-cell.ts';
import { Approve, Cancel, ReadOrder, type OrderCommand, type Withdraw } from './order-commands.ts';
import { CaseDecided, ChannelMoved, OrderDue } from './order-messages.ts';
import { isOutflowOff } from './route.ts';

const NOT_PENDING = numberOf('withdrawal_not_pending_approval');
const NOT_CANCELABLE = numberOf('withdrawal_not_cancelable');
const ACCOUNT_CLOSED = numberOf('account_closed');
const SAME_PERSON = numberOf('same_person_approval');
const SWITCHED_OFF = numberOf('switched_off');

/** What nobody approves goes back after this time, ms: a week. */
const APPROVAL_MS_MAX = 7 * 86_400_000;

/** The channel order has a clock of its own; the withdrawal looks after it again after this time, ms: an hour. */
const LOOK_MS = 3_600_000;

export class WithdrawalCell extends OrderCell<Withdrawal> {
  receive(message: Message): void {
    if (message instanceof ChannelMoved) this.#channelMoved(message.context, message.channelOrder);
    else if (message instanceof Approve) this.#approve(message);
    else if (message instanceof Cancel) this.#cancelAsked(message);
    else if (message instanceof OrderDue) this.#due(message.context);
    else if (message instanceof CaseDecided) this.#decided(message);
    else if (message instanceof ReadOrder) this.answer(message);
    else throw new Error(`a withdrawal cannot handle ${message.constructor.name}`);
  }

  begin(command: Withdraw): void {
    const { context } = command;
    const { ruleVersion, amount } = this.order;
    this.book(context, [withdrawn(this.order)], ({ verdict, posted }) => {
      if (verdict !== ALLOWED) return this.refuse(command, verdict);
      this.change({ vouchers: posted, requestedBy: context.by });
      if (amount <= this.desk.rulebook.of(ruleVersion).rules.approvals.withdrawalAbove)
        return this.#send(context, command);
      this.change({ status: 'pending_approval', dueMs: this.afterMs(APPROVAL_MS_MAX) });
      this.state(context, command.keyed);
      this.answer(command);
    });
  }

  #send(context: Context, command: OrderCommand | null): void {
    const { id: parent, channel, destination, amount, fee, currency } = this.order;
    const net = amount - fee;
    const asked = newChannelOrder(this, {
      channel,
      verb: 'payout',
      parent,
      instruction: 0,
      destination,
      amount: net,
      currency,
    });
    this.change({ status: 'processing', channelOrder: asked.order.id, dueMs: this.afterMs(LOOK_MS) });
    this.state(context, command?.keyed);
    asked.begin(context);
    if (command) this.answer(command);
  }

  #approve(command: Approve): void {
    if (this.order.status !== 'pending_approval') return this.refuse(command, NOT_PENDING);
    if (judgeSecondPerson(this.order.requestedBy, command.context.by)) return this.refuse(command, SAME_PERSON);
    const stopped = this.desk.orders.outflow.refuse(this.merchant, this.order.product);
    if (stopped !== ALLOWED) return this.refuse(command, stopped);
    if (isOutflowOff(this.desk, this.order.product)) return this.refuse(command, SWITCHED_OFF);
    this.change({ approvedBy: command.context.by });
    this.#send(command.context, command);
  }

  #cancelAsked(command: Cancel): void {
    const next = nextWithdrawal(this.order.status, 'cancel');
    if ('same' in next) return this.answer(command);
    if (!('to' in next)) return this.refuse(command, NOT_CANCELABLE);
    this.#giveBack(command.context, 'canceled', command);
  }

  #giveBack(
    context: Context,
    status: 'failed' | 'canceled',
    command: OrderCommand | null,
    home: Home = 'account',
  ): void {
    this.book(context, [givenBack(this.order, home)], ({ verdict, posted }) => {
      if (verdict === ACCOUNT_CLOSED) return this.#giveBack(context, status, command, 'suspense');
      if (verdict !== ALLOWED) return this.#attention(context, command);
      this.change({ status, vouchers: [...this.order.vouchers, ...posted], unknownSinceMs: 0, dueMs: 0 });
      this.state(context, command?.keyed);
      if (command) this.answer(command);
      if (home === 'suspense') openClosed(this, context);
    });
  }

  #channelMoved(context: Context, channelOrder: ChannelOrder): void {
    const { status, failure, unknownSinceMs, id } = channelOrder;
    if (id !== this.order.channelOrder) return;
    switch (status) {
      case 'created':
      case 'sent':
      case 'accepted':
      case 'requires_action':
      case 'unknown':
        if (isTerminalWithdrawal(this.order.status) || this.order.unknownSinceMs === unknownSinceMs) return;
        this.change({ unknownSinceMs, dueMs: this.afterMs(LOOK_MS) });
        return this.state(context);
      case 'succeeded':
        return this.#paidOut(context);
      case 'failed':
      case 'closed':
        if (this.order.status === 'succeeded') return this.#returned(context);
        if (this.order.status !== 'processing') return;
        this.change({ failure: failure || status });
        return this.#giveBack(context, 'failed', null);
      case 'late_succeeded':
        return this.#paidOutAnyway(context);
    }
  }

  #paidOut(context: Context): void {
    if (this.order.status === 'processing') this.#paidOutAfterAll(context);
  }

  #paidOutAfterAll(context: Context): void {
    this.book(context, [paidOut(this.order)], ({ verdict, posted }) => {
      this.must(verdict);
      this.change({ status: 'succeeded', vouchers: [...this.order.vouchers, ...posted], unknownSinceMs: 0, dueMs: 0 });
      this.state(context);
    });
  }

  /** The account has its money again, and the bank has paid all the same: money that somebody looks for. */
  #paidOutAnyway(context: Context): void {
    const { id, amount, fee, currency, vouchers, status } = this.order;
    if (status === 'needs_attention') return this.#paidOutAfterAll(context);
    const gone = goneAtChannel(id, houseAccount('bank', currency), currency, amount - fee, 1);
    this.book(context, [gone], ({ verdict, posted }) => {
      this.must(verdict);
      this.change({ vouchers: [...vouchers, ...posted] });
      this.state(context);
    });
  }

  /** Days later the bank has sent it back. */
  #returned(context: Context, home: Home = 'account'): void {
    this.book(context, [returned(this.order, home)], ({ verdict, posted }) => {
      if (verdict === ACCOUNT_CLOSED) return this.#returned(context, 'suspense');
      if (verdict !== ALLOWED) return this.#attention(context, null);
      this.change({ status: 'returned', failure: '', vouchers: [...this.order.vouchers, ...posted], dueMs: 0 });
      this.state(context);
      if (home === 'suspense') return openClosed(this, context);
      const { id: order, amount, currency } = this.order;
      openCase(this, context, {
        type: 'payout_returned',
        order,
        amount,
        currency,
        detail: `The bank returned ${order}.`,
      });
    });
  }

  /** The account does not take its money back at the moment: it is frozen, perhaps. */
  #attention(context: Context, command: OrderCommand | null): void {
    const isNew = this.order.status !== 'needs_attention';
    this.change({ status: 'needs_attention', dueMs: this.afterMs(24 * LOOK_MS) });
    this.state(context, command?.keyed);
    const { id: order, amount, currency, account } = this.order;
    const detail = `Account ${account} does not take back what ${order} took from it.`;
    if (isNew) openCase(this, context, { type: 'reverse_failed', order, amount, currency, detail });
    if (command) this.answer(command);
  }

  #decided({ context, case: decided }: CaseDecided): void {
    const { type, decision } = decided;
    if (type === 'account_closed') return bringHome(this, context, decided);
    if (this.order.status === 'needs_attention' && decision === 'retry') this.#retry(context);
  }

  /** What it is about depends on how far it had come: to the bank, to the channel, or not at all. */
  #retry(context: Context): void {
    if (wasPaidOut(this.order)) this.#returned(context);
    else this.#giveBack(context, this.order.channelOrder === '' ? 'canceled' : 'failed', null);
  }

  #due(context: Context): void {
    if (this.order.status === 'pending_approval') return this.#giveBack(context, 'canceled', null);
    if (this.order.status === 'needs_attention') return this.#retry(context);
    this.change({ dueMs: this.afterMs(LOOK_MS) });
    this.state(context);
    const asked = this.order.channelOrder === '' ? null : this.desk.orders.find(this.merchant, this.order.channelOrder);
    if (asked?.order.kind === 'channel_order') this.#channelMoved(context, asked.order);
  }
}
