// Channel. The port between the engine and the outside: what a provider can be asked, and the few things it can be said
// to have answered.
//
// N1. Only a definite answer is success or failure; everything else is unknown, and only evidence resolves an unknown.
// N2. Unsent is a proof, not a guess: nothing left this process. It alone allows another channel to be tried.
// N3. A number is never asked about with other parameters, and asking the same again never moves money twice.
// N4. A channel gets our number and nothing else that says who pays whom or why.

import type { ChannelVerb } from '../domain/orders/channel-order.ts';

/**
 * What is known of an order after a channel was asked:
 * - `succeeded`: the channel says that the money moved, in words that cannot mean anything else.
 * - `failed`: the channel says that it did not move and never will under this number.
 * - `accepted`: the channel has the order and says that it is not at an end.
 * - `requires_action`: the channel has it, and a person has to do something at `actionUrl` first.
 * - `unknown`: all else. Time-outs, resets, 5xx, bodies that cannot be read, statuses nobody knows.
 * - `unsent`: nothing left this process. The breaker is open, the bulkhead full, the bucket empty, the channel in
 *   maintenance, or no connection was ever made (refused, or the name did not resolve). Never said once a byte was sent.
 */
export type ResultClass = 'succeeded' | 'failed' | 'accepted' | 'requires_action' | 'unknown' | 'unsent';

/** What an adapter can be asked about one order. */
export type OrderVerb = 'pay' | 'refund' | 'payout' | 'query' | 'queryRefund' | 'queryPayout' | 'close';

/** Everything that is a request to the channel about one order. */
export type CallVerb = OrderVerb | 'prepay';

/** Who asks how an order stands: these move no money and stay possible while a breaker is open. */
export const QUERY_OF = {
  pay: 'query',
  refund: 'queryRefund',
  payout: 'queryPayout',
} as const satisfies Record<ChannelVerb, OrderVerb>;

/** One order, as every verb gets it. A query and a close get what the order was sent with. */
export type ChannelRequest = {
  /** Our number, chn_…: the idempotency key, and all that the channel learns of us. */
  readonly number: string;
  readonly verb: ChannelVerb;
  /** Minor units, at least 1. */
  readonly amount: number;
  /** ISO 4217, upper case. */
  readonly currency: string;
  /** Of a refund: the number of the order that is refunded, and the channel's own number of that; '' otherwise. */
  readonly original: string;
  readonly originalTradeNo: string;
  /** The channel's own number of this order; '' until it said one. Verbs that ask and close find it faster by this. */
  readonly channelTradeNo: string;
  /** When it was sent, ms since 1970; 0 before that. Bounds a search of a channel that cannot be asked by our number. */
  readonly sentAtMs: number;
  /** Of a payout: where to, as the channel understands it. Of a payment: the instrument, where the channel needs one. */
  readonly destination: string;
  /** W3C trace context; '' sends none. */
  readonly traceparent: string;
};

export type ChannelReport = {
  readonly class: ResultClass;
  /** The channel's own number of the order; '' when it said none. */
  readonly channelTradeNo: string;
  /** What the channel says has moved or is to move, minor units and ISO 4217; null when it said nothing of it. */
  readonly amount: number | null;
  readonly currency: string | null;
  /** A short code of why, for `failed`, `unknown` and `unsent`; '' otherwise. Never text that a person typed. */
  readonly failure: string;
  /** For `requires_action`; '' otherwise. */
  readonly actionUrl: string;
  /** The channel does not know the number (class `unknown`): a failure only after its visibility delay and a close. */
  readonly notFound?: boolean;
  /** The channel confirms that the order is closed (class `failed`): nothing will ever move under this number. */
  readonly closed?: boolean;
  /** The money came back after a success: a payout that the bank returned, a refund that bounced (class `failed`). */
  readonly returned?: boolean;
};

/** A voucher of the channel's: `accepted` with a token that a client pays with until it expires; another class without. */
export type PrepayReport = ChannelReport & {
  /** '' unless accepted. */
  readonly token: string;
  /** ms since 1970; 0 unless accepted. */
  readonly expiresAtMs: number;
};

/** A callback whose signature and time were right. The class is never `unsent`. */
export type ParsedCallback = ChannelReport & {
  /** The channel's name of this event: the same event delivered twice has the same. */
  readonly eventId: string;
  /** Our number; '' when the channel named none, which is a case and no reason to drop it. */
  readonly number: string;
  readonly verb: ChannelVerb;
};

export type CallbackRefusal =
  | 'signature_missing'
  | 'signature_invalid'
  | 'timestamp_out_of_range'
  | 'nonce_reused'
  | 'body_invalid'
  | 'event_not_supported';

export type RefusedCallback = { readonly refused: CallbackRefusal };

/** Header names are lower case. */
export type CallbackHeaders = Readonly<Record<string, string | undefined>>;

/**
 * A provider behind the port. Verbs about an order answer with a report whatever the provider does: an error thrown is
 * a fault of the adapter, which the gateway around it reports as `unknown`. A signal that aborts ends the wait, not the
 * order.
 */
export type ChannelAdapter = {
  readonly name: string;
  readonly pay: (request: ChannelRequest, signal: AbortSignal) => Promise<ChannelReport>;
  /** A pure read: how the payment stands. */
  readonly query: (request: ChannelRequest, signal: AbortSignal) => Promise<ChannelReport>;
  readonly refund: (request: ChannelRequest, signal: AbortSignal) => Promise<ChannelReport>;
  readonly queryRefund: (request: ChannelRequest, signal: AbortSignal) => Promise<ChannelReport>;
  readonly payout: (request: ChannelRequest, signal: AbortSignal) => Promise<ChannelReport>;
  readonly queryPayout: (request: ChannelRequest, signal: AbortSignal) => Promise<ChannelReport>;
  /** Ends an order that is not at an end: `failed` with `closed`, or `succeeded` when the payment was faster. */
  readonly close: (request: ChannelRequest, signal: AbortSignal) => Promise<ChannelReport>;
  readonly prepay: (request: ChannelRequest, signal: AbortSignal) => Promise<PrepayReport>;
  /**
   * The lines of one day's bill, in the channel's own format, without line ends.
   * @param date YYYY-MM-DD, a day of the channel's
   * @throws when the bill is not there or breaks off: half a bill must not look like a whole one
   */
  readonly downloadBill: (date: string, signal: AbortSignal) => AsyncIterable<string>;
  /** @param raw the body as it came, byte for byte; @param nowMs ms since 1970 */
  readonly parseCallback: (
    headers: CallbackHeaders,
    raw: Uint8Array,
    nowMs: number,
  ) => ParsedCallback | RefusedCallback;
  /** Lets go of connections; calls under way end as unknown. */
  readonly stop: () => Promise<void>;
};
