// Stripe errors. What an error of the SDK says about an order: the classes of the port.
//
// | Error of the SDK            | pay, refund, payout | Why                                                              |
// | --------------------------- | ------------------- | ---------------------------------------------------------------- |
// | card error (402)            | failed              | the issuer refused; the same key gets the same answer            |
// | invalid request (400, 404)  | failed              | judged before anything runs, and always the same way             |
// |   … about a state           | unknown             | an earlier request under this number may have made that state    |
// | idempotency error, 409      | unknown             | the key was used: something runs or ran. Never sent otherwise    |
// | authentication, permission  | unknown             | says nothing of an earlier request with the same number          |
// | rate limit (429)            | unknown             | bytes were sent, so it is not unsent; a query finds nothing       |
// | API error, 5xx, no JSON     | unknown             | it may have been carried out                                     |
// | connection error            | unsent or unknown   | unsent only when no connection ever took the request             |
//
// To a query or a close no error is definite; that Stripe does not know the object (`resource_missing`) is reported.

import { Stripe } from 'stripe';
import { reportOf, unknownReport, unsentReport } from './channel-report.ts';
import type { ChannelReport } from './channel.ts';
import { codeOf } from './stripe-objects.ts';
import { NoAnswer } from './stripe-http.ts';

/** Invalid requests that speak of what was there before, not of the request. */
const ABOUT_A_STATE: ReadonlySet<string> = new Set([
  'charge_already_refunded',
  'charge_already_captured',
  'payment_intent_unexpected_state',
  'idempotency_key_in_use',
  'lock_timeout',
]);

/** Of a pay, refund, payout or prepay. @throws what is no error of the SDK: a fault of ours */
export function readOrderError(error: unknown): ChannelReport {
  const { StripeCardError, StripeInvalidRequestError } = Stripe.errors;
  if (error instanceof StripeCardError) {
    return reportOf('failed', {
      channelTradeNo: error.payment_intent?.id ?? '',
      failure: codeOf(error.decline_code ?? error.code),
    });
  }
  if (error instanceof StripeInvalidRequestError && !isUndecided(error)) {
    return reportOf('failed', { failure: codeOf(error.code ?? 'invalid_request') });
  }
  return readAnyError(error);
}

/** Of a query or a close. @throws what is no error of the SDK: a fault of ours */
export function readQueryError(error: unknown): ChannelReport {
  const report = readAnyError(error);
  return report.failure === 'resource_missing' ? { ...report, notFound: true } : report;
}

function readAnyError(error: unknown): ChannelReport {
  const { StripeConnectionError, StripeError } = Stripe.errors;
  if (error instanceof StripeConnectionError) {
    const why = error.detail;
    if (!(why instanceof NoAnswer)) return unknownReport('connection_lost');
    return why.kind === 'unsent' ? unsentReport(why.reason) : unknownReport(why.reason);
  }
  if (error instanceof StripeError) return unknownReport(codeOf(error.code ?? error.rawType ?? 'api_error'));
  throw error;
}

function isUndecided(error: InstanceType<typeof Stripe.errors.StripeInvalidRequestError>): boolean {
  return error.statusCode === 409 || ABOUT_A_STATE.has(error.code ?? '');
}
