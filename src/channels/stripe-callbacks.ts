// Stripe callbacks. Verified by the SDK on the bytes as they came, with our clock; then the object in them is read as if
// it had been asked for. Events of other kinds are refused as not supported: acknowledge them, or they come for days.

import Stripe from 'stripe';
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

function readEvent(event: Stripe.Event): ParsedCallback | RefusedCallback {
  switch (event.type) {
    case 'payment_intent.succeeded':
    case 'payment_intent.payment_failed':
    case 'payment_intent.processing':
    case 'payment_intent.requires_action':
    case 'payment_intent.amount_capturable_updated':
    case 'payment_intent.canceled':
      return parsed(event, 'pay', numberOf(event.data.object), readPaymentIntent(event.data.object));
    case 'refund.created':
    case 'refund.updated':
    case 'refund.failed': {
      const refund = event.data.object;
      return parsed(event, 'refund', numberOf(refund), readRefund(refund, statusBefore(event)));
    }
    case 'payout.created':
    case 'payout.updated':
    case 'payout.paid':
    case 'payout.failed':
    case 'payout.canceled': {
      const payout = event.data.object;
      return parsed(event, 'payout', numberOf(payout), readPayout(payout, statusBefore(event)));
    }
    default:
      return { refused: 'event_not_supported' };
  }
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
