// Stripe channel. The official SDK behind the port, against any host that speaks Stripe's API.
//
// S1. The idempotency key of what moves money is our number: asked again, Stripe answers what it answered first.
// S2. The SDK repeats nothing by itself. S3. Stripe learns our number, how the order was begun, amount and currency.
// S4. Which class an object or an error has is in the tables of stripe-objects.ts and stripe-errors.ts.

import { Stripe } from 'stripe';
import { unknownReport, unsentReport, withoutToken } from './channel-report.ts';
import type { ChannelAdapter, ChannelReport, ChannelRequest, PrepayReport } from './channel.ts';
import type { HttpCalls } from './http-call.ts';
import { readStripeBill } from './stripe-bill.ts';
import { readStripeCallback } from './stripe-callbacks.ts';
import { readOrderError, readQueryError } from './stripe-errors.ts';
import { StripeHttp } from './stripe-http.ts';
import { FLOW_KEY, NUMBER_KEY, readPaymentIntent, readPayout, readRefund, type Flow } from './stripe-objects.ts';
import { findPaymentIntent, findPayout, findRefund, type Found } from './stripe-search.ts';

export type StripeOptions = {
  readonly name: string;
  readonly secret: string;
  readonly webhookSecret: string;
  /** Where Stripe sends a customer back to; '' allows no payment methods that send him away. */
  readonly returnUrl: string;
  /** What is charged when a payment names no instrument of its own; '' leaves such payments unsent. */
  readonly paymentMethod: string;
  readonly http: HttpCalls;
  /** ms since 1970. */
  readonly now: () => number;
};

/** A client secret lives as long as its payment; by then the order has been paid or closed. */
const TOKEN_MS = 86_400_000;

export function makeStripeChannel(options: StripeOptions): ChannelAdapter {
  const transport = new StripeHttp(options.http);
  const stripe = new Stripe(options.secret, {
    httpClient: transport,
    maxNetworkRetries: 0,
    telemetry: false,
    emitEventBodies: false,
  });
  const order = (signal: AbortSignal, work: () => Promise<ChannelReport>) =>
    transport.under(signal, () => work().catch(readOrderError));
  const ask = (signal: AbortSignal, work: () => Promise<ChannelReport>) =>
    transport.under(signal, () => work().catch(readQueryError));
  return {
    name: options.name,
    pay: (request, signal) => order(signal, () => pay(stripe, options, request)),
    refund: (request, signal) => order(signal, () => refund(stripe, request)),
    payout: (request, signal) =>
      order(signal, async () => readPayout(await stripe.payouts.create(payoutOf(request), keyed(request)))),
    query: (request, signal) =>
      ask(signal, async () => readFound(await findPaymentIntent(stripe, request), readPaymentIntent)),
    queryRefund: (request, signal) =>
      ask(signal, async () => readFound(await findRefund(stripe, request), (found) => readRefund(found))),
    queryPayout: (request, signal) =>
      ask(signal, async () => readFound(await findPayout(stripe, request), (found) => readPayout(found))),
    close: (request, signal) => ask(signal, () => close(stripe, request)),
    prepay: (request, signal) => transport.under(signal, () => prepay(stripe, options, request)),
    downloadBill: (date, signal) => underSignal(transport, signal, readStripeBill(stripe, date)),
    parseCallback: (headers, raw, nowMs) => readStripeCallback(options.webhookSecret, headers, raw, nowMs),
    stop: () => options.http.stop(),
  };
}

/** The key under which Stripe carries this out once, and the trace that it belongs to. */
function keyed({ number, traceparent }: ChannelRequest): Stripe.RequestOptions {
  return { idempotencyKey: number, ...(traceparent === '' ? {} : { headers: { traceparent } }) };
}

function metadataOf({ number }: ChannelRequest, flow: Flow): Stripe.MetadataParam {
  return { [NUMBER_KEY]: number, [FLOW_KEY]: flow };
}

async function pay(stripe: Stripe, options: StripeOptions, request: ChannelRequest): Promise<ChannelReport> {
  const { returnUrl } = options;
  const paymentMethod = request.destination || options.paymentMethod;
  if (paymentMethod === '') return unsentReport('payment_method_missing');
  const intent = await stripe.paymentIntents.create(
    {
      amount: request.amount,
      currency: request.currency.toLowerCase(),
      confirm: true,
      payment_method: paymentMethod,
      automatic_payment_methods: { enabled: true, allow_redirects: returnUrl === '' ? 'never' : 'always' },
      ...(returnUrl === '' ? {} : { return_url: returnUrl }),
      metadata: metadataOf(request, 'direct'),
    },
    keyed(request),
  );
  return readPaymentIntent(intent);
}

async function refund(stripe: Stripe, request: ChannelRequest): Promise<ChannelReport> {
  if (request.originalTradeNo === '') return unsentReport('original_missing');
  const refunded = await stripe.refunds.create(
    {
      payment_intent: request.originalTradeNo,
      amount: request.amount,
      metadata: metadataOf(request, 'direct'),
    },
    keyed(request),
  );
  return readRefund(refunded);
}

function payoutOf(request: ChannelRequest): Stripe.PayoutCreateParams {
  return {
    amount: request.amount,
    currency: request.currency.toLowerCase(),
    ...(request.destination === '' ? {} : { destination: request.destination }),
    metadata: metadataOf(request, 'direct'),
  };
}

async function prepay(stripe: Stripe, options: StripeOptions, request: ChannelRequest): Promise<PrepayReport> {
  try {
    const { amount, currency } = request;
    const intent = await stripe.paymentIntents.create(
      {
        amount,
        currency: currency.toLowerCase(),
        automatic_payment_methods: { enabled: true },
        metadata: metadataOf(request, 'client'),
      },
      keyed(request),
    );
    const report = readPaymentIntent(intent);
    if (report.class !== 'accepted' || !intent.client_secret) return withoutToken(report);
    return { ...report, token: intent.client_secret, expiresAtMs: options.now() + TOKEN_MS };
  } catch (error) {
    return withoutToken(readOrderError(error));
  }
}

/**
 * Cancels what is not at an end. When Stripe does not take it (it is at an end, or just being carried out), how it stands
 * then is the answer. What Stripe does not know cannot be closed: it may still be on its way.
 */
async function close(stripe: Stripe, request: ChannelRequest): Promise<ChannelReport> {
  switch (request.verb) {
    case 'pay':
      return closeFound(
        () => findPaymentIntent(stripe, request),
        readPaymentIntent,
        ({ id }) => stripe.paymentIntents.cancel(id),
      );
    case 'refund':
      return closeFound(
        () => findRefund(stripe, request),
        (found) => readRefund(found),
        ({ id }) => stripe.refunds.cancel(id),
      );
    case 'payout':
      return closeFound(
        () => findPayout(stripe, request),
        (found) => readPayout(found),
        ({ id }) => stripe.payouts.cancel(id),
      );
  }
}

async function closeFound<T>(
  find: () => Promise<Found<T>>,
  read: (object: T) => ChannelReport,
  cancel: (object: T) => Promise<T>,
): Promise<ChannelReport> {
  const found = await find();
  const report = readFound(found, read);
  if (typeof found === 'string' || report.class === 'succeeded' || report.closed === true) return report;
  try {
    return read(await cancel(found.object));
  } catch (error) {
    if (!(error instanceof Stripe.errors.StripeInvalidRequestError)) throw error;
    return readFound(await find(), read);
  }
}

function readFound<T>(found: Found<T>, read: (object: T) => ChannelReport): ChannelReport {
  if (found === 'not_found') return unknownReport(found, { notFound: true });
  if (found === 'ambiguous') return unknownReport(found);
  return read(found.object);
}

/** A generator goes on outside of the call that made it: each of its steps is run under the signal. */
async function* underSignal(transport: StripeHttp, signal: AbortSignal, lines: AsyncGenerator<string>) {
  for (;;) {
    const next = await transport.under(signal, () => lines.next());
    if (next.done === true) return;
    yield next.value;
  }
}
