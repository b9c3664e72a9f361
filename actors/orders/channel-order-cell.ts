// Channel order actor. Owns one request to a channel: has it sent once, hears what became of it, asks when it does not
// hear, and tells the order that it is for.
//
// C1. Its number is durable before the channel's gateway is asked, `sent` is durable before anything leaves. C2. What was
// sent and not answered is unknown, and only evidence ends that: a reply, a callback, a query, a confirmed close, or two
// people. C3. A contradiction changes nothing and opens a case.

import type { Context } from '../../src/domain/context.ts';
import { FACT_KIND } from '../../src/domain/facts.ts';
import {
  isPrepaid,
  isTerminalChannelOrder,
  nextChannelOrder,
  type ChannelOrder,
  type ChannelOrderEvent,
} from '../../src/domain/orders/channel-order.ts';
import { makeId } from '../../src/domain/ids.ts';
import type { Message } from '../runtime/message.ts';
import { openCase } from './case-cell.ts';
import { OrderCell } from './order-cell.ts';
import { ReadOrder } from './order-commands.ts';
import { logOrder } from './order-log.ts';
import { CaseDecided, ChannelMoved, CloseChannelOrder, OrderDue, TokenGiven } from './order-messages.ts';
import { Call, CallbackArrived, ChannelReported, type Asked, type Report } from './outside.ts';

/** Until then the gateway has said whether it may be sent, ms: it decides at once, so afterwards its word was lost. */
const BEGIN_MS = 10_000;

/** Longest time without an answer, ms: the gateway gives a call up earlier, so afterwards its word was lost. */
export const ANSWER_MS_MAX = 60_000;

/** Queries after which people look at it as well: the schedule of the first day, and three daily ones. */
const QUERIES_MAX = 14;

export class ChannelOrderCell extends OrderCell<ChannelOrder> {
  receive(message: Message): void {
    if (message instanceof ChannelReported) this.#reported(message);
    else if (message instanceof CallbackArrived) this.#called(message);
    else if (message instanceof OrderDue) this.#due(message.context);
    else if (message instanceof CloseChannelOrder) this.#close(message.context);
    else if (message instanceof CaseDecided) this.#decided(message);
    else if (message instanceof ReadOrder) this.answer(message);
    else throw new Error(`a channel order cannot handle ${message.constructor.name}`);
  }

  /** Its first fact. The channel's gateway is asked when that is durable. */
  begin(context: Context): void {
    this.change({ dueMs: this.desk.commit.timeMs + BEGIN_MS });
    this.state(context);
    this.#ask('begin', context);
  }

  /** After a restart nobody knows what became of what was sent; what was not sent yet is begun again. */
  resume(context: Context): void {
    if (this.order.status === 'created') this.#ask('begin', context);
    else if (this.order.status === 'sent') this.#move(context, 'unknown', null);
  }

  #reported(message: ChannelReported): void {
    const { context, asked, report } = message;
    if (asked === 'begin') this.#mayLeave(context, report);
    else this.#heard(context, asked, report);
    this.desk.commit.after(message);
  }

  #mayLeave(context: Context, report: Report): void {
    if (this.order.status !== 'created') return;
    if (report.class === 'unsent') {
      this.#move(context, 'unsent', report);
      return;
    }
    const { timeMs } = this.desk.commit;
    this.change({ status: 'sent', sentAtMs: timeMs, dueMs: timeMs + ANSWER_MS_MAX });
    this.state(context);
    if (isPrepaid(this.order)) this.tell(this.order.parent, new ChannelMoved(context, this.order));
    this.#ask('call', context);
  }

  /** In the journal as it came, whatever follows from it. */
  #called(message: CallbackArrived): void {
    const { context, channel, raw, report } = message;
    const own = this.contextOf(context);
    this.desk.emit({ kind: FACT_KIND.callbackReceived, context: own, channel, raw, key: '', fingerprint: '' });
    this.#heard(context, 'callback', report);
    this.desk.commit.after(message);
  }

  #heard(context: Context, asked: Asked, report: Report): void {
    if (report.notFound) {
      this.#notFound(context, asked, report);
      return;
    }
    switch (report.class) {
      case 'unsent':
        // Of a query or a close that proves nothing; a call that never left is as if it had not been made.
        if (asked === 'call') this.#move(context, 'unsent', report);
        return;
      case 'succeeded':
      case 'failed':
      case 'closed':
      case 'accepted':
      case 'requires_action':
      case 'unknown':
        this.#move(context, report.class, report);
    }
    if (report.token && !isTerminalChannelOrder(this.order.status))
      this.tell(this.order.parent, new TokenGiven(context, report.token));
  }

  /** Not found is a failure only when the channel would see it by now, and has confirmed that it is closed. */
  #notFound(context: Context, asked: Asked, report: Report): void {
    const visibleMs = this.desk.rulebook.current.visibilityDelayMs(this.order.channel);
    const isVisible = this.desk.commit.timeMs - this.order.sentAtMs >= visibleMs;
    if (report.class === 'closed' && isVisible) this.#move(context, 'failed', report);
    else if (isVisible && asked === 'query' && !isTerminalChannelOrder(this.order.status)) this.#ask('close', context);
  }

  #move(context: Context, event: ChannelOrderEvent, report: Report | null): void {
    const { status } = this.order;
    const next = nextChannelOrder(status, event);
    if ('anomaly' in next && this.#isReturn(event, report)) {
      const failure = report?.failure ?? '';
      this.tell(this.order.parent, new ChannelMoved(context, { ...this.order, status: 'failed', failure }));
      return;
    }
    if ('anomaly' in next) this.#contradicted(context, event, report);
    if (!('to' in next)) return;
    const { timeMs } = this.desk.commit;
    const isOver = isTerminalChannelOrder(next.to);
    this.change({
      status: next.to,
      unknownSinceMs: next.to === 'unknown' ? this.order.unknownSinceMs || timeMs : 0,
      dueMs: isOver ? 0 : timeMs + this.desk.rulebook.current.queryDelayMs(this.order.queries),
      ...(report ? said(this.order, report) : {}),
    });
    this.state(context);
    if (next.to === 'unknown') logOrder(this, 'channel_unknown', context, { reason: report?.failure ?? 'no_answer' });
    else if (status === 'unknown') logOrder(this, 'channel_known', context);
    this.tell(this.order.parent, new ChannelMoved(context, this.order));
    if (next.to === 'late_succeeded') this.#contradicted(context, event, report);
  }

  /** Banks send a payout or a refund back days after they have confirmed it: a fact of its own, and no contradiction. */
  #isReturn(event: ChannelOrderEvent, report: Report | null): boolean {
    const { verb, status } = this.order;
    return verb !== 'pay' && status === 'succeeded' && event === 'failed' && report?.returned === true;
  }

  #contradicted(context: Context, event: ChannelOrderEvent, report: Report | null): void {
    const { id, status, amount, currency, channel } = this.order;
    logOrder(this, 'anomaly', context, { reason: event });
    const detail = `${channel} said ${event} of ${id}, which is ${status}. ${report?.failure ?? ''}`.trimEnd();
    openCase(this, context, { type: 'contradiction', order: id, amount, currency, detail });
  }

  #due(context: Context): void {
    switch (this.order.status) {
      case 'created':
        this.change({ dueMs: this.desk.commit.timeMs + BEGIN_MS });
        this.state(context);
        this.#ask('begin', context);
        return;
      case 'sent':
        this.#move(context, 'unknown', null);
        return;
      case 'accepted':
      case 'requires_action':
      case 'unknown':
        this.#query(context);
        return;
      case 'succeeded':
      case 'failed':
      case 'closed':
      case 'late_succeeded':
    }
  }

  #query(context: Context): void {
    const queries = this.order.queries + 1;
    this.change({ queries, dueMs: this.desk.commit.timeMs + this.desk.rulebook.current.queryDelayMs(queries) });
    this.state(context);
    if (queries === QUERIES_MAX) this.#unresolved(context);
    this.#ask('query', context);
  }

  #unresolved(context: Context): void {
    const { id, amount, currency, channel } = this.order;
    const detail = `${channel} does not say what became of ${id}.`;
    openCase(this, context, { type: 'unresolved_unknown', order: id, amount, currency, detail });
  }

  #close(context: Context): void {
    if (isTerminalChannelOrder(this.order.status)) this.tell(this.order.parent, new ChannelMoved(context, this.order));
    else if (this.order.status === 'created') this.#move(context, 'unsent', null);
    else this.#ask('close', context);
  }

  /** Two people stand for what the channel did not say. */
  #decided({ context, case: { decision, amount, currency } }: CaseDecided): void {
    if (decision === 'late_success') return this.#move(context, 'succeeded', settled(this.order, amount, currency));
    if (isTerminalChannelOrder(this.order.status)) return;
    if (decision === 'succeeded' || decision === 'failed') this.#move(context, decision, null);
  }

  #ask(what: Exclude<Asked, 'callback'>, context: Context): void {
    const { order } = this;
    const own = this.contextOf(context);
    this.desk.commit.after(new Call(() => this.desk.outside[what](order, own)));
  }
}

/** What a settlement file proves, once two people stand for it; a refund's or payout's amount has a sign there. */
function settled({ amount, currency }: ChannelOrder, moved: number, movedCurrency: string): Report {
  return {
    class: 'succeeded',
    channelTradeNo: '',
    amount: Math.abs(moved) || amount,
    currency: movedCurrency || currency,
    failure: 'settlement_file',
    actionUrl: '',
    notFound: false,
  };
}

/** What is asked of a channel. */
export type NewChannelOrder = Pick<
  ChannelOrder,
  'channel' | 'verb' | 'parent' | 'instruction' | 'amount' | 'currency'
> &
  Partial<Pick<ChannelOrder, 'original' | 'destination'>>;

/** A channel order of the same identity as the order that it is for; `begin` makes it one. */
export function newChannelOrder(parent: OrderCell, asked: NewChannelOrder): ChannelOrderCell {
  const { desk, merchant, business, traceId } = parent.origin;
  const { timeMs } = desk.commit;
  const order: ChannelOrder = {
    kind: 'channel_order',
    id: makeId('chn', timeMs, desk.entropy()),
    createdAtMs: timeMs,
    version: 0,
    dueMs: 0,
    vouchers: [],
    original: '',
    destination: '',
    ...asked,
    status: 'created',
    channelTradeNo: '',
    reportedAmount: 0,
    reportedCurrency: '',
    failure: '',
    actionUrl: '',
    unknownSinceMs: 0,
    sentAtMs: 0,
    queries: 0,
  };
  return new ChannelOrderCell(desk, { order, business, merchant, traceId, seq: 0 });
}

/** What a report adds to what is known. */
function said(order: ChannelOrder, report: Report): Partial<ChannelOrder> {
  return {
    channelTradeNo: report.channelTradeNo || order.channelTradeNo,
    reportedAmount: report.amount ?? order.reportedAmount,
    reportedCurrency: report.currency ?? order.reportedCurrency,
    failure: report.failure || order.failure,
    actionUrl: report.actionUrl || order.actionUrl,
  };
}
