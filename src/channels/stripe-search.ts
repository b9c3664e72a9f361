// Stripe search. Finds what we created: by Stripe's own number where it is known, else by ours in the metadata. What is
// found has to carry our number; nothing found is said as such, for Stripe's search lags behind what it did.

import type { Stripe } from 'stripe';
import type { ChannelRequest } from './channel.ts';
import { NUMBER_KEY, numberOf } from './stripe-objects.ts';

/** Objects of a list that are looked through for one number: beyond it the bill has to say. */
const SEARCHED_MAX = 1_000;
const PAGE = 100;
/** Clocks differ; a payout is looked for among those created from so much before we sent it. */
const CLOCK_SKEW_MS = 3_600_000;

/** 'ambiguous': several carry one number, or the one asked for carries another. Somebody has to look. */
export type Found<T> = { readonly object: T } | 'not_found' | 'ambiguous';

export async function findPaymentIntent(stripe: Stripe, request: ChannelRequest): Promise<Found<Stripe.PaymentIntent>> {
  if (request.channelTradeNo !== '') {
    return checked(await stripe.paymentIntents.retrieve(request.channelTradeNo), request);
  }
  const query = `metadata["${NUMBER_KEY}"]:"${request.number.replaceAll(/[^A-Za-z0-9_-]/g, '')}"`;
  const { data } = await stripe.paymentIntents.search({ query, limit: 2 });
  return onlyOne(data, request);
}

export async function findRefund(stripe: Stripe, request: ChannelRequest): Promise<Found<Stripe.Refund>> {
  if (request.channelTradeNo !== '') return checked(await stripe.refunds.retrieve(request.channelTradeNo), request);
  if (request.originalTradeNo === '') return 'not_found';
  const listed = stripe.refunds.list({ payment_intent: request.originalTradeNo, limit: PAGE });
  return onlyOne(await listed.autoPagingToArray({ limit: SEARCHED_MAX }), request);
}

export async function findPayout(stripe: Stripe, request: ChannelRequest): Promise<Found<Stripe.Payout>> {
  if (request.channelTradeNo !== '') return checked(await stripe.payouts.retrieve(request.channelTradeNo), request);
  const gte = Math.max(0, Math.floor((request.sentAtMs - CLOCK_SKEW_MS) / 1_000));
  const listed = stripe.payouts.list({ created: { gte }, limit: PAGE });
  return onlyOne(await listed.autoPagingToArray({ limit: SEARCHED_MAX }), request);
}

type Numbered = { readonly metadata?: Stripe.Metadata | null };

function checked<T extends Numbered>(object: T, { number }: ChannelRequest): Found<T> {
  return numberOf(object) === number ? { object } : 'ambiguous';
}

function onlyOne<T extends Numbered>(objects: readonly T[], { number }: ChannelRequest): Found<T> {
  const ours = objects.filter((object) => numberOf(object) === number);
  const [object] = ours;
  if (object === undefined) return 'not_found';
  return ours.length === 1 ? { object } : 'ambiguous';
}
