// Channel desk. The engine's side of the channels: hands them what has become durable, and brings back what they say.
//
// D1. Every report goes to the engine as a command; one that the engine does not take (it stops, it has too much to do) is
// asked for again by the order's own clock. D2. A callback is answered with success only after it is in the journal.

import { randomBytes } from 'node:crypto';
import type { Engine, EngineSession } from '../actors/engine.ts';
import { CallbackArrived, ChannelReported, type Asked, type Outside, type Report } from '../actors/orders/outside.ts';
import type { ChannelGateway } from './channels/channel-gateway.ts';
import {
  QUERY_OF,
  type CallbackHeaders,
  type CallbackRefusal,
  type ChannelReport,
  type ChannelRequest,
  type OrderVerb,
  type PrepayReport,
} from './channels/channel.ts';
import type { Channels } from './channels/channels.ts';
import type { Context } from './domain/context.ts';
import { ALLOWED } from './domain/refusals.ts';
import { mustBearMark } from './domain/shadow.ts';
import { isPrepaid, type ChannelOrder } from './domain/orders/channel-order.ts';
import type { ChannelHealth } from './domain/orders/routing.ts';
import type { Log } from './log/log-line.ts';

/** Basis points of a whole. */
const WHOLE = 10_000;

/** What a callback comes to: `unknown` for a channel that does not exist, `busy` when it has to come again. */
export type CallbackOutcome = 'taken' | 'refused' | 'unknown' | 'busy';

type Unsent = { readonly unsent: true; readonly reason: 'switched_off' };

export class ChannelDesk implements Outside {
  readonly names: readonly string[];
  readonly #channels: Channels;
  /** Whose money it is that a channel has for an order that nobody knows. */
  readonly #owner: string;
  #engine: Engine | null = null;
  #session: EngineSession | null = null;
  readonly #log: Log;
  /** These are the channels of stress traffic. */
  readonly #shadow: boolean;
  /** True for a channel order of the other world: what is said of it has lost its mark on the way. */
  isElsewhere: (number: string) => boolean = () => false;

  constructor(channels: Channels, owner: string, log: Log, shadow = false) {
    this.#channels = channels;
    this.#log = log;
    this.#shadow = shadow;
    this.#owner = owner;
    this.names = channels.all().map(({ name }) => name);
  }

  /** Whom it reports to. Before the engine starts. */
  serve(engine: Engine): void {
    this.#engine = engine;
    this.#session = engine.openSession();
  }

  health = (): Readonly<Record<string, ChannelHealth>> => {
    const standings = this.#channels.standings();
    return Object.fromEntries(
      standings.map(({ name, open, successRatio }) => [
        name,
        { available: open && !this.#isOff(name), successBasisPoints: Math.round(successRatio * WHOLE) },
      ]),
    );
  };

  isPrepaid = (channel: string): boolean => this.#channels.isPrepaid(channel);

  begin = (order: ChannelOrder, context: Context): void => {
    mustBearMark(context, this.#shadow);
    const verb = isPrepaid(order) ? 'prepay' : order.verb;
    const admission = this.#isHeldBack(order, context) ?? this.#gateway(order).mayBegin(verb);
    const report = 'unsent' in admission ? said('unsent', admission.reason) : said('accepted', '');
    this.#tell('begin', order, context, report);
  };

  call = (order: ChannelOrder, context: Context): void => {
    mustBearMark(context, this.#shadow);
    if (!isPrepaid(order)) return this.#ask('call', order.verb, order, context);
    void this.#gateway(order)
      .prepay(this.#requestOf(order, context))
      .then((report) => this.#tell('call', order, context, prepaidReportOf(report)));
  };

  query = (order: ChannelOrder, context: Context): void => this.#ask('query', QUERY_OF[order.verb], order, context);

  close = (order: ChannelOrder, context: Context): void => this.#ask('close', 'close', order, context);

  #isOff(channel: string): boolean {
    return this.#engine?.isSwitchedOff(`channel:${channel}`) ?? false;
  }

  /** By hand, as by an open breaker: nothing leaves, and nothing that left is judged by it. */
  #isHeldBack({ channel, verb }: ChannelOrder, { business }: Context): Unsent | null {
    const isOutflow = verb !== 'pay' && (this.#engine?.isSwitchedOff(`outflow:${business?.product ?? ''}`) ?? false);
    return isOutflow || this.#isOff(channel) ? { unsent: true, reason: 'switched_off' } : null;
  }

  /** A provider calls. `raw`: the body, byte for byte; header names in lower case. */
  receive(channel: string, headers: CallbackHeaders, raw: Uint8Array, requestId: string): Promise<CallbackOutcome> {
    const gateway = this.#channels.get(channel);
    if (!gateway) return Promise.resolve('unknown');
    const parsed = gateway.parseCallback(headers, raw);
    if ('refused' in parsed) return Promise.resolve(this.#refused(channel, parsed.refused, requestId));
    const known = this.#engine?.merchantOf(parsed.number) ?? null;
    if (known === null && this.isElsewhere(parsed.number))
      return Promise.resolve(this.#refused(channel, 'shadow_mismatch', requestId));
    const merchant = known ?? this.#owner;
    const context = this.#contextOf(merchant, `callback:${parsed.eventId}`);
    return new Promise((resolve) => {
      const content = { channel, raw: Uint8Array.from(raw), report: reportOf(parsed) };
      const told = ({ verdict }: CallbackArrived): void => resolve(verdict === ALLOWED ? 'taken' : 'busy');
      this.#session?.submit(new CallbackArrived(context, parsed.number, content, told as never));
    });
  }

  /** A provider tells of more than was asked for, and calls again until it is told that it was heard. */
  #refused(channel: string, reason: CallbackRefusal | 'shadow_mismatch', requestId: string): CallbackOutcome {
    if (reason === 'event_not_supported') return 'taken';
    // Whose order it claims to be is not looked at: nothing of it is believed.
    this.#log.request('callback_refused', this.#contextOf('', requestId), { channel, reason });
    return 'refused';
  }

  #ask(asked: Asked, verb: OrderVerb, order: ChannelOrder, context: Context): void {
    mustBearMark(context, this.#shadow);
    void this.#gateway(order)
      .call(verb, this.#requestOf(order, context), (error) => this.#adapterFailed(order, context, error))
      .then((report) => this.#tell(asked, order, context, reportOf(report)));
  }

  #adapterFailed(order: ChannelOrder, { business, ...rest }: Context, error: unknown): void {
    if (!business) throw new Error(`${order.id} was asked of a channel under no identity`);
    this.#log.order('adapter_failed', { context: { ...rest, business }, orders: [order] }, { error });
  }

  #tell(asked: Asked, { id }: ChannelOrder, context: Context, report: Report): void {
    this.#session?.submit(new ChannelReported(context, id, { asked, report }, () => {}));
  }

  #gateway({ channel }: ChannelOrder): ChannelGateway {
    const gateway = this.#channels.get(channel);
    if (!gateway) throw new Error(`there is no channel ${channel}`);
    return gateway;
  }

  /** Of what a channel calls to say: nobody asked for it. */
  #contextOf(merchant: string, requestId: string): Context {
    const shadow = this.#shadow;
    return { version: 1, merchant, origin: 'http', requestId, traceId: '', shadow, by: '', business: null };
  }

  #requestOf(order: ChannelOrder, { merchant, traceId }: Context): ChannelRequest {
    const { id: number, verb, amount, currency, original, channelTradeNo, sentAtMs, destination } = order;
    const refunded = original === '' ? null : this.#engine?.order(merchant, original);
    const originalTradeNo = refunded?.kind === 'channel_order' ? refunded.channelTradeNo : '';
    const traceparent = traceId === '' ? '' : `00-${traceId}-${randomBytes(8).toString('hex')}-01`;
    // prettier-ignore
    return { number, verb, amount, currency, original, originalTradeNo, channelTradeNo, sentAtMs, destination, traceparent };
  }
}

function said(reportClass: Report['class'], failure: string): Report {
  return {
    class: reportClass,
    channelTradeNo: '',
    amount: null,
    currency: null,
    failure,
    actionUrl: '',
    notFound: false,
  };
}

/**
 * With a token it is for the payer to act; an answer that should have had one and has none says nothing. That it is closed is
 * an answer to this very request: it will never be paid.
 */
function prepaidReportOf(prepaid: PrepayReport): Report {
  const report = reportOf(prepaid);
  const { token, expiresAtMs } = prepaid;
  if (report.class === 'closed') return { ...report, class: 'failed' };
  if (report.class !== 'accepted') return report;
  if (token === '') return { ...report, class: 'unknown', failure: 'token_missing' };
  return { ...report, class: 'requires_action', token: { token, expiresAtMs } };
}

/** A close that the channel confirms is a class of its own here: it ends what is unknown. */
function reportOf(report: ChannelReport): Report {
  const { channelTradeNo, amount, currency, failure, actionUrl, notFound = false, closed = false } = report;
  const reportClass = closed && report.class === 'failed' ? 'closed' : report.class;
  return { class: reportClass, channelTradeNo, amount, currency, failure, actionUrl, notFound };
}
