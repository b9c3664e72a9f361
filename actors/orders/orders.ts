// Orders. The parent of the order actors: begins each one once, finds it again, wakes it when it is due.
//
// O1. A merchant's order number is one trade for ever: the same again gets the first answer, another one is refused.
// O2. An order's actor is in memory while the order is open and can leave any time: its latest fact has all of it.
// O3. Every open order is due some time; that time is in its facts and in the snapshots.

import type { OrderStepped } from '../../src/domain/order-facts.ts';
import { isExternalVoucherId } from '../../src/domain/orders/external-voucher.ts';
import { isRepeated } from '../../src/domain/orders/repeated.ts';
import { numberOf, type Verdict } from '../../src/domain/refusals.ts';
import type { OpenHold } from '../../src/journal/state-store.ts';
import { clockContext } from '../clock-context.ts';
import type { Desk } from '../desk.ts';
import { Cell } from '../runtime/cell.ts';
import type { Message } from '../runtime/message.ts';
import { cellOf } from './cell-of.ts';
import { openBreach } from './breach-case.ts';
import { CaseIndex } from './case-index.ts';
import { ChannelOrderCell } from './channel-order-cell.ts';
import { openDifference } from './difference-case.ts';
import { ExternalVoucherCell } from './external-voucher-cell.ts';
import { OpenOrders } from './open-orders.ts';
import { neededChecks } from './needed-checks.ts';
import { newPayment, planRest } from './new-payment.ts';
import { Outflow } from './outflow.ts';
import { newTrade } from './new-trade.ts';
import { newWithdrawal } from './new-withdrawal.ts';
import type { OrderCell } from './order-cell.ts';
import { orderKey } from './order-key.ts';
import {
  CreateTrade,
  OpenBreach,
  PayTrade,
  TopUp,
  Withdraw,
  type OrderCommand,
  type PayRequest,
} from './order-commands.ts';
import { Attempt, OrderDue, PayRest } from './order-messages.ts';
import { BookSettlement, OpenDifference } from './reconciliation-commands.ts';
import { bookSettlement } from './settlement.ts';
import type { PaymentCell } from './payment-cell.ts';
import { answerFirst } from './first-answer.ts';
import { CallbackArrived } from './outside.ts';
import { mayBeginBeside, waitingAttempt } from './trade-attempts.ts';
import { TradeCell } from './trade-cell.ts';
import { unknownCallback } from './unknown-callback.ts';

const OTHER_CONTENT = numberOf('trade_exists_with_different_content');

/** Orders at an end that stay in memory: whoever waited for the end reads them now, and from the journal it costs a frame. */
const ENDED_KEPT_MAX = 4_096;

export class Orders extends Cell {
  readonly #desk: Desk;
  /** Orders in memory, and which of them are at an end. */
  readonly #open = new Map<string, OrderCell>();
  readonly #over = new Set<string>();
  readonly cases = new CaseIndex();
  readonly outflow: Outflow;
  readonly #waiting = new OpenOrders(this.cases);
  started = 0;

  constructor(desk: Desk) {
    super();
    this.#desk = desk;
    this.outflow = new Outflow(desk.limits);
  }

  /** Open orders. */
  get size(): number {
    return this.#waiting.size;
  }

  /** Actors in memory. */
  get resident(): number {
    return this.#open.size;
  }

  /** Ids of open orders. */
  open(): string[] {
    return [...this.#waiting.all()].map(({ id }) => id);
  }

  /** Orders that are due, one message each. */
  receive(message: Message): void {
    if (!(message instanceof OrderDue)) throw new Error(`orders cannot handle ${message.constructor.name}`);
    const cell = this.find(message.context.merchant, message.id);
    // Something else may have moved it since it was woken: then it is due at another time, for another reason. The frame's
    // time says nothing of that: it is the one at which the frame began, before the order was due, perhaps.
    if (!cell || cell.isOver || cell.order.dueMs !== message.dueMs) return;
    this.#desk.dispatcher.send(cell, message);
  }

  /** What somebody asks; its reply is called in any case. */
  begin(command: OrderCommand): void {
    if (command instanceof CreateTrade) this.#create(command);
    else if (command instanceof TopUp) this.#topUp(command);
    else if (command instanceof Withdraw) this.#withdraw(command);
    else if (command instanceof OpenBreach) openBreach(this.#desk, command);
    else if (command instanceof OpenDifference) openDifference(this.#desk, command);
    else if (command instanceof BookSettlement) bookSettlement(this.#desk, command);
    else this.#ask(command);
  }

  #create(command: CreateTrade): void {
    const trade = this.#newTrade(command, command.request);
    trade?.create(command);
  }

  /** A top-up is a trade for the account itself, paid at once by a channel. */
  #topUp(command: TopUp): void {
    const { outTradeNo, account, amount, currency, channel, checks = [] } = command.request;
    const payees = [{ account, amount }];
    const request = { outTradeNo, product: 'topup', payer: account, payees, amount, currency, expiresAtMs: 0 };
    const trade = this.#newTrade(command, request);
    if (!trade) return;
    const instruments = [{ type: 'channel', account: '', channel, amount: 0 }];
    this.#pay(trade, command, { instruments, capture: 'automatic', checks });
  }

  #newTrade(command: CreateTrade | TopUp, request: CreateTrade['request']): TradeCell | null {
    const { context } = command;
    const first = this.#desk.names.findTradeNo(context.merchant, request.outTradeNo);
    if (first) {
      if (!isRepeated(first.fact.order, request) || !answerFirst(this.#desk, command, first.fact.order)) {
        this.#refuse(command, OTHER_CONTENT);
      }
      return null;
    }
    const trade = newTrade(this.#desk, context, request);
    if (typeof trade !== 'number') return trade;
    this.#refuse(command, trade);
    return null;
  }

  #withdraw(command: Withdraw): void {
    const cell = newWithdrawal(this.#desk, command);
    if (typeof cell === 'number') this.#refuse(command, cell);
    else cell.begin(command);
  }

  #ask(command: OrderCommand): void {
    const cell = this.find(command.context.merchant, command.target);
    // What a channel says of another one's order is as if there were none: its secret proves only that it is itself.
    if (command instanceof CallbackArrived && channelOf(cell) !== command.channel) {
      return unknownCallback(this.#desk, command);
    }
    if (cell?.order.kind !== command.kind) return this.#refuse(command, command.notFound);
    if (!(command instanceof PayTrade && cell instanceof TradeCell)) {
      this.#desk.dispatcher.send(cell, command);
      return;
    }
    this.#pay(cell, command, command.request);
  }

  /** By another attempt, or by more legs of the one that waits for the rest. */
  #pay(trade: TradeCell, command: PayTrade | TopUp, request: PayRequest): void {
    const waiting = command instanceof PayTrade ? waitingAttempt(trade) : null;
    if (!waiting) return this.#begin(trade, command, newPayment(trade, request));
    const planned = planRest(trade, waiting.order, request);
    if (typeof planned === 'number') return this.#refuse(command, planned);
    command.needs = neededChecks(trade, planned, request.checks ?? [], true);
    if (command.needs) this.#desk.commit.after(command);
    else this.#desk.dispatcher.send(waiting, new PayRest(command as PayTrade, planned));
  }

  /** Where checks are needed and have not been asked, nothing happens: it is asked again with what they said. */
  #begin(trade: TradeCell, command: PayTrade | TopUp, payment: PaymentCell | Verdict): void {
    if (typeof payment === 'number') return this.#refuse(command, payment);
    command.needs = neededChecks(trade, payment.order.instructions, payment.order.checks, mayBeginBeside(trade));
    if (command.needs) this.#desk.commit.after(command);
    else this.#attempt(trade, new Attempt(command, payment));
  }

  /** While it begins trade and payment find each other, although neither has a fact. */
  #attempt(trade: TradeCell, attempt: Attempt): void {
    this.#keep(trade);
    this.#keep(attempt.payment);
    this.#desk.dispatcher.send(trade, attempt);
  }

  #refuse(command: OrderCommand, verdict: number): void {
    command.verdict = verdict;
    this.#desk.commit.after(command);
  }

  /** The order's actor, from memory or from its latest fact; null when there is no such order. */
  find(merchant: string, id: string): OrderCell | null {
    const resident = this.#open.get(orderKey(merchant, id));
    if (resident) return resident;
    const found = this.#desk.names.findOrder(merchant, id);
    if (!found) return null;
    const { order, context } = found.fact;
    const { business } = context;
    if (!business) throw new Error(`order ${id} has no business identity`);
    const cell = cellOf(this.#desk, { order, business, merchant, traceId: context.traceId, seq: found.frame.seq });
    this.#keep(cell);
    return cell;
  }

  /** An order has stated a step. */
  stated(cell: OrderCell): void {
    const { key, seq, order } = cell;
    if (order.version === 1) this.started += 1;
    this.#desk.dayUses.note(order, cell.merchant, cell.origin.business);
    this.#waiting.note(key, order.dueMs, seq);
    this.outflow.note(cell);
    this.#keep(cell);
  }

  /** Takes in a step when the journal is read at start. */
  replay({ context: { merchant }, order }: OrderStepped, seq: number): void {
    const key = orderKey(merchant, order.id);
    this.#open.delete(key);
    this.#waiting.note(key, order.dueMs, seq);
  }

  /** Something that an earlier snapshot has. True when it is an order. */
  load(hold: OpenHold): boolean {
    return this.#waiting.load(hold);
  }

  /** What was on its way to a channel before the start: nobody knows what became of it. Once, before anything is asked. */
  resume(): void {
    for (const { merchant, id } of this.#waiting.all()) {
      const open = id.startsWith('cas_') ? this.find(merchant, id) : null;
      if (open) this.outflow.note(open);
      if (!id.startsWith('chn_') && !isExternalVoucherId(id)) continue;
      const cell = this.find(merchant, id);
      if (cell instanceof ChannelOrderCell || cell instanceof ExternalVoucherCell)
        cell.resume(clockContext(this.#desk, merchant, `due:${id}`));
    }
    this.#desk.dispatcher.finishBegun();
  }

  get nextDueMs(): number | null {
    return this.#waiting.nextDueMs;
  }

  /** Sends itself what is due. */
  wake(nowMs: number): void {
    for (let due = this.#waiting.takeDue(nowMs); due; due = this.#waiting.takeDue(nowMs)) {
      const context = clockContext(this.#desk, due.merchant, `due:${due.id}`);
      this.#desk.dispatcher.admit(this, new OrderDue(context, due.id, due.dueMs));
    }
  }

  /** What opened, moved or ended since the last call, for a snapshot. */
  takeChanged(): ReturnType<OpenOrders['takeChanged']> {
    return this.#waiting.takeChanged();
  }

  /** Lets the oldest orders at an end go, and of all the oldest until at most `max` are in memory. Only between two requests. */
  passivate(max: number): void {
    for (const oldest of this.#over) {
      if (this.#over.size <= ENDED_KEPT_MAX) break;
      this.#over.delete(oldest);
      if (this.#open.get(oldest)?.isOver) this.#open.delete(oldest);
    }
    for (const oldest of this.#open.keys()) {
      if (this.#open.size <= max) return;
      this.#open.delete(oldest);
    }
  }

  /** It never began. */
  dropped(cell: OrderCell): void {
    if (cell.order.version === 0) this.#open.delete(cell.key);
  }

  /** One actor for an order, as long as a request lasts: one at an end, too, may be told several things in it. */
  #keep(cell: OrderCell): void {
    this.#open.set(cell.key, cell);
    if (cell.isOver) this.#over.add(cell.key);
  }
}

function channelOf(cell: OrderCell | null): string | null {
  return cell?.order.kind === 'channel_order' ? cell.order.channel : null;
}
