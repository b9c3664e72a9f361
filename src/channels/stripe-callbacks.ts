// Stripe callbacks. Verified by the SDK on the bytes as they came, with our clock; then the object in them is read as if
// it had been asked for. Events about anything else are refused as not supported: acknowledge them, or they come for days.

import { Stripe } from 'stripe';
import type { CallbackHeaders, CallbackRefusal, ChannelReport, ParsedCallback, RefusedCallback } from './channel.ts';
import { numberOf, readPaymentIntent, readPayout, readRefund } from './stripe-objects.ts';

/** Stripe's own tolerance, seconds. */
const TOLERANCE_SECONDS = 300;

const SIGNATURE_HEADER = 'stripe-signature';
const PROVIDER = Stripe.createNodeCryptoProvider();

export function readStripeCallback(
  secret: string,
  headers: CallbackHeaders,
  raw: Uint8Array,
  nowMs: number,
): ParsedCallback | RefusedCallback {
  const signature = headers[SIGNATURE_HEADER];
  if (signature === undefined || signature === '') return { refused: 'signature_missing' };
  try {
    // The SDK takes the time of receipt in ms and does not look ahead of it: a date in the future is for us to refuse.
    const event = Stripe.webhooks.constructEvent(raw, signature, secret, TOLERANCE_SECONDS, PROVIDER, nowMs);
    if (signedAtMs(signature) > nowMs + TOLERANCE_SECONDS * 1_000) return { refused: 'timestamp_out_of_range' };
    return readEvent(event);
  } catch (error) {
    return { refused: refusalOf(error) };
  }
}

function signedAtMs(signature: string): number {
  return Number(/(?:^|,)t=(\d+)/.exec(signature)?.[1] ?? Number.NaN) * 1_000;
}

function refusalOf(error: unknown): CallbackRefusal {
  if (!(error instanceof Stripe.errors.StripeSignatureVerificationError)) return 'body_invalid';
  return error.message.includes('outside the tolerance') ? 'timestamp_out_of_range' : 'signature_invalid';
}

/** What happened to an object of ours says the object itself; the kind of the event adds nothing. */
function readEvent(event: Stripe.Event): ParsedCallback | RefusedCallback {
  const { object } = event.data;
  if (object.object === 'payment_intent') return parsed(event, 'pay', numberOf(object), readPaymentIntent(object));
  if (object.object === 'refund') {
    return parsed(event, 'refund', numberOf(object), readRefund(object, statusBefore(event)));
  }
  if (object.object === 'payout') {
    return parsed(event, 'payout', numberOf(object), readPayout(object, statusBefore(event)));
  }
  return { refused: 'event_not_supported' };
}

function parsed(
  event: Stripe.Event,
  verb: ParsedCallback['verb'],
  number: string,
  report: ChannelReport,
): ParsedCallback {
  return { ...report, eventId: event.id, number, verb };
}

/** Of an update Stripe says what the changed fields were. */
function statusBefore({ data }: Stripe.Event): string {
  const before = 'previous_attributes' in data ? data.previous_attributes : undefined;
  if (typeof before !== 'object' || before === null || !('status' in before)) return '';
  return typeof before.status === 'string' ? before.status : '';
}
