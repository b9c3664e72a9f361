// Order actor. What the actors of all orders have in common: one order, its business identity, its facts.
//
// O1. The order changes only by `change`, and is told by `state`: in one turn several changes are one fact. O2. Whoever
// waits for an answer gets the order as the fact says it. O3. Only the actor itself, and the files of its steps, call them.

import { ofBusiness, sameBusiness, type Business, type Context, type OrderContext } from '../../src/domain/context.ts';
import { FACT_KIND } from '../../src/domain/facts.ts';
import type { FactPosition } from '../../src/domain/ids.ts';
import type { Order } from '../../src/domain/orders/order.ts';
import type { VoucherDraft } from '../../src/domain/orders/voucher-draft.ts';
import { ALLOWED, refusalOf, type Verdict } from '../../src/domain/refusals.ts';
import { NO_KEY, type RequestKey } from '../commands.ts';
import type { Desk } from '../desk.ts';
import { Posting } from '../posting.ts';
import { Cell } from '../runtime/cell.ts';
import type { Message } from '../runtime/message.ts';
import type { OrderCommand, ShownOrder } from './order-commands.ts';
import { requestOf } from './booking.ts';
import { rememberKey } from './first-answer.ts';
import { orderKey } from './order-key.ts';

/** An order as it came from the journal, or as it begins (seq 0). */
export type Kept<O extends Order> = {
  readonly order: O;
  readonly business: Business;
  readonly merchant: string;
  /** Of the request that moved it last, or of the order that it follows from; '' for none. */
  readonly traceId: string;
  readonly seq: number;
};

/** What was booked, or why nothing was. */
export type Booked = { readonly verdict: Verdict; readonly posted: readonly FactPosition[] };

const NOTHING: Booked = { verdict: ALLOWED, posted: [] };

export abstract class OrderCell<O extends Order = Order> extends Cell {
  readonly merchant: string;
  /** Its name among the orders of all merchants. */
  readonly key: string;
  readonly desk: Desk;
  readonly #business: Business;
  #order: O;
  #seq: number;
  #traceId: string;
  #asked: Context | null = null;
  #context: OrderContext | null = null;

  constructor(desk: Desk, { order, business, merchant, traceId, seq }: Kept<O>) {
    super();
    this.desk = desk;
    this.merchant = merchant;
    this.key = orderKey(merchant, order.id);
    this.#business = business;
    this.#traceId = traceId;
    this.#order = order;
    this.#seq = seq;
  }

  /** As it is now; what is not stated yet, too. Never changed, only replaced. */
  get order(): O {
    return this.#order;
  }

  /** Frame of its latest fact; 0 before the first. */
  get seq(): number {
    return this.#seq;
  }

  /** Where it belongs, for orders that follow from it. */
  get origin(): { readonly desk: Desk } & Pick<Kept<O>, 'merchant' | 'business' | 'traceId'> {
    return { desk: this.desk, merchant: this.merchant, business: this.#business, traceId: this.#traceId };
  }

  abstract override receive(message: Message): void;

  /** The order at an end: it needs neither memory nor a clock. */
  get isOver(): boolean {
    return this.#order.dueMs === 0;
  }

  change(changes: Partial<Omit<O, 'id' | 'version' | 'kind'>>): void {
    this.#order = { ...this.#order, ...changes };
  }

  /** States what has changed. `context`: of the request that caused it. */
  state(context: Context, keyed: RequestKey = NO_KEY): void {
    const { desk } = this;
    this.#order = { ...this.#order, version: this.#order.version + 1 };
    const { key, fingerprint } = keyed;
    const previousSeq = this.#seq;
    const own = this.contextOf(context);
    desk.emit({ kind: FACT_KIND.orderStepped, context: own, key, fingerprint, previousSeq, order: this.#order });
    this.#seq = desk.commit.seq;
    desk.orders.stated(this);
  }

  /**
   * The request's context with the identity of this order, and with its trace where the request has none: a clock, a
   * channel. A request that claims another identity is a fault.
   */
  contextOf(request: Context): OrderContext {
    if (request.business === this.#business && (request.traceId || this.#traceId) === request.traceId) {
      this.#traceId = request.traceId;
      return request as OrderContext;
    }
    if (request === this.#asked && this.#context) return this.#context;
    if (request.business && !sameBusiness(request.business, this.#business)) {
      throw new Error(`order ${this.#order.id} was asked under the identity of another one`);
    }
    this.#asked = request;
    this.#traceId = request.traceId || this.#traceId;
    this.#context = { ...ofBusiness(request, this.#business), traceId: this.#traceId };
    return this.#context;
  }

  answer(command: OrderCommand): void {
    command.shown = this.shown;
    this.desk.commit.after(command);
  }

  /** As its latest fact says it. */
  get shown(): ShownOrder {
    const { commit, history } = this.desk;
    const stated = this.#seq === commit.seq ? commit : history.frame(this.#seq);
    if (!stated) throw new Error(`the journal has no frame ${this.#seq} of order ${this.#order.id}`);
    return { order: this.#order, timeMs: stated.timeMs, outTradeNo: this.#business.outTradeNo };
  }

  /** What it asks is so already. */
  answerUnchanged(command: OrderCommand): void {
    const found = this.desk.names.findOrder(this.merchant, this.#order.id);
    if (found) rememberKey(this.desk, command, found);
    this.answer(command);
  }

  refuse(command: OrderCommand, verdict: Verdict): void {
    command.verdict = verdict;
    this.desk.commit.after(command);
  }

  /** Books all of it or nothing; what it comes to is told in the same turn. */
  book(context: Context, drafts: readonly VoucherDraft[], done: (booked: Booked) => void): void {
    if (drafts.length === 0) {
      done(NOTHING);
      return;
    }
    const requests = drafts.map((draft) => requestOf(this.desk, this.merchant, draft));
    const postingsDone = ({ verdict, posted }: Posting): void => done({ verdict, posted });
    new Posting(this.contextOf(context), requests, { postingsDone }).begin(this.desk);
  }

  /** What accounts of the house take is never refused. @throws Error when it was: money would be lost */
  must(verdict: Verdict): void {
    if (verdict !== ALLOWED) throw new Error(`order ${this.#order.id} was refused: ${refusalOf(verdict)}`);
  }

  /** So much later than now, ms since 1970. */
  afterMs(ms: number): number {
    return this.desk.commit.timeMs + ms;
  }

  /** Sends to another order of the same merchant. @throws Error when there is none: orders do not vanish */
  tell(id: string, message: Message): void {
    const cell = this.desk.orders.find(this.merchant, id);
    if (!cell) throw new Error(`order ${this.#order.id} names ${id}, which does not exist`);
    this.desk.dispatcher.send(cell, message);
  }
}
