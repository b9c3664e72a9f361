// Stripe objects. What the status of a payment intent, a refund or a payout means: the classes of the port. Statuses are
// those of Stripe's API reference; one that is not in these tables is unknown, for it is newer than they are.

import type { Stripe } from 'stripe';
import { reportOf, unknownReport } from './channel-report.ts';
import type { ChannelReport } from './channel.ts';

/** Under these names our number, and how the order was begun, are in the metadata of what we create. */
export const NUMBER_KEY = 'florin_number';
export const FLOW_KEY = 'florin_flow';

/** `direct`: we confirmed it. `client`: the customer does, with a token, and may try again after a refusal. */
export type Flow = 'direct' | 'client';

export function numberOf(object: { readonly metadata?: Stripe.Metadata | null }): string {
  return object.metadata?.[NUMBER_KEY] ?? '';
}

export function readPaymentIntent(intent: Stripe.PaymentIntent): ChannelReport {
  const said = { channelTradeNo: intent.id, amount: intent.amount, currency: intent.currency.toUpperCase() };
  switch (intent.status) {
    case 'succeeded':
      return reportOf('succeeded', { ...said, amount: intent.amount_received });
    case 'canceled':
      return reportOf('failed', { ...said, failure: 'canceled', closed: true });
    case 'requires_action':
      return reportOf('requires_action', { ...said, actionUrl: intent.next_action?.redirect_to_url?.url ?? '' });
    case 'requires_payment_method':
      return readRefusedIntent(intent, said);
    case 'processing':
    case 'requires_capture':
    case 'requires_confirmation':
      return reportOf('accepted', said);
    default:
      return unknownReport('status_unknown', said);
  }
}

/**
 * An instrument that was refused ends what we confirmed ourselves: nobody confirms it again. With a token the customer
 * may take another card, so that there only a cancellation is the end.
 */
function readRefusedIntent(intent: Stripe.PaymentIntent, said: Partial<ChannelReport>): ChannelReport {
  const flow: string | undefined = intent.metadata[FLOW_KEY];
  const refused = intent.last_payment_error;
  if (flow !== ('direct' satisfies Flow) || !refused) return reportOf('accepted', said);
  return reportOf('failed', { ...said, failure: codeOf(refused.decline_code ?? refused.code) });
}

/**
 * A refund that failed has a balance transaction of its own where its money had gone and is back.
 * @param before the status before this one, where the channel says it
 */
export function readRefund(refund: Stripe.Refund, before = ''): ChannelReport {
  const said = { channelTradeNo: refund.id, amount: refund.amount, currency: refund.currency.toUpperCase() };
  switch (refund.status) {
    case 'succeeded':
      return reportOf('succeeded', said);
    case 'pending':
      return reportOf('accepted', said);
    case 'requires_action':
      return reportOf('requires_action', { ...said, actionUrl: '' });
    case 'failed':
      return reportOf('failed', {
        ...said,
        failure: codeOf(refund.failure_reason),
        ...(before === 'succeeded' || refund.failure_balance_transaction ? { returned: true } : {}),
      });
    case 'canceled':
      return reportOf('failed', { ...said, failure: 'canceled', closed: true });
    case null:
    default:
      return unknownReport('status_unknown', said);
  }
}

/** @param before the status before this one, where the channel says it: a payout can fail after it was paid */
export function readPayout(payout: Stripe.Payout, before = ''): ChannelReport {
  const said = { channelTradeNo: payout.id, amount: payout.amount, currency: payout.currency.toUpperCase() };
  switch (payout.status) {
    case 'paid':
      return reportOf('succeeded', said);
    case 'pending':
    case 'in_transit':
      return reportOf('accepted', said);
    case 'failed':
      return reportOf('failed', {
        ...said,
        failure: codeOf(payout.failure_code),
        ...(before === 'paid' || payout.failure_balance_transaction ? { returned: true } : {}),
      });
    case 'canceled':
      return reportOf('failed', { ...said, failure: 'canceled', closed: true });
    default:
      return unknownReport('status_unknown', said);
  }
}

/** Codes only: what else Stripe says may quote what somebody typed. */
export function codeOf(code: string | null | undefined): string {
  return typeof code === 'string' && /^[a-z0-9_]{1,60}$/.test(code) ? code : 'refused';
}
