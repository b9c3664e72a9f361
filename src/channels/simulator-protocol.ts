// The protocol of the simulated channel: what its clients and the simulator say to each other over HTTP.
//
//   POST /payments                  PaymentBody → Answer         take money from a customer
//   POST /payments/{number}/capture CaptureBody → Answer         of a payment with capture: false
//   POST /refunds                   RefundBody  → Answer         give back, in part or in full
//   POST /payouts                   PayoutBody  → Answer         send money out
//   GET  /{payments|refunds|payouts}/{number}   → Answer         404 not_found: not known (or not visible yet)
//   POST /{payments|refunds|payouts}/{number}/close → Answer     `closed`: no money will move; else what it is
//   POST /prepay                    PrepayBody  → PrepayAnswer   a token with which the customer pays by himself; an Answer
//                                                                when the payment is failed or closed
//   POST /checks/{name}             CheckBody   → CheckAnswer    may it begin? With the secret as a bearer, not signed
//   GET  /bills/{YYYY-MM-DD}                    → text/csv       BILL_COLUMNS, a line for each movement of that UTC day
//
// P1. Every request above and every callback is signed (`signedHeaders`): HMAC-SHA256 in hex over
//     `${timestamp}.${nonce}.${method}.${path}.${body}`; timestamp in unix ms, path as sent (with its query), body the raw
//     bytes. 401 when it is wrong, more than 300 s from the clock, or its nonce was used before.
// P2. `number` is the client's and names one order of one verb for ever. Asked again with the same parameters (verb,
//     amount, currency, original, destination, capture) it answers where the order stands, and moves nothing; with others
//     409 number_reused. `description` and `notify_url` may differ: the first ones stay.
// P3. 200 is an answer about money. Anything else is an ErrorAnswer, and 4xx among them says that nothing was booked;
//     5xx, a lost connection or a body that is no Answer says nothing: ask again or query.
// P4. Amounts are integers in minor units, 1 … 2^53 − 1. In an Answer they are what moved (or will, while it is open),
//     which a provider may get wrong: compare them with what you asked for.
// P5. Close of a number that was never seen answers `closed` too (amount 0, no currency), and from then on that number
//     does not move money: a request that is still on its way gets `closed` for an answer.
// P6. A prepaid payment is `requires_action` until the customer pays (POST /pay/{token}), it is closed or expires.
// P7. Each status that an order reaches is told to its notify_url (else to that of the refunded payment, else to the
//     simulator's --callback-url), POST, CallbackBody, again after 1 s, 5 s, 30 s, 2 min and 10 min unless it gets a 2xx.
//     Callbacks come late, twice, in any order, or never.
//
// The test control surface is in simulator/control.ts: unsigned, on loopback only, not for clients. It can make a closed
// or failed payment succeed after all, as late money does.

import { createHmac, timingSafeEqual } from 'node:crypto';

export const TIMESTAMP_HEADER = 'x-channel-timestamp';
export const NONCE_HEADER = 'x-channel-nonce';
export const SIGNATURE_HEADER = 'x-channel-signature';

/** How far a timestamp may be from the clock, either way: room for clocks that differ, little room for replays. */
export const SIGNATURE_WINDOW_MS = 300_000;

/** Known to everybody: the simulator takes it only on a loopback address, when it is given no secret of its own. */
export const DEVELOPMENT_SECRET = 'florin-development-secret';

/** Where the simulator listens unless told otherwise. */
export const DEVELOPMENT_PORT = 8070;

export type ProviderVerb = 'pay' | 'refund' | 'payout';

/** `accepted`: will end later. `returned`: a payout that succeeded and that the bank sent back. */
export type ProviderStatus = 'succeeded' | 'failed' | 'accepted' | 'requires_action' | 'closed' | 'returned';

export type PaymentBody = {
  readonly number: string;
  readonly amount: number;
  readonly currency: string;
  readonly description?: string;
  /** false: `accepted`, and the money moves at the capture. Default true. */
  readonly capture?: boolean;
  readonly notify_url?: string;
};

/** Without an amount, all of it. */
export type CaptureBody = { readonly amount?: number };

export type RefundBody = {
  readonly number: string;
  /** The number of the payment. */
  readonly original: string;
  readonly amount: number;
  readonly currency: string;
  readonly notify_url?: string;
};

export type PayoutBody = {
  readonly number: string;
  readonly destination: string;
  readonly amount: number;
  readonly currency: string;
  readonly notify_url?: string;
};

export type PrepayBody = {
  readonly number: string;
  readonly amount: number;
  readonly currency: string;
  readonly notify_url?: string;
};

/** And whatever else is known of the payment. */
export type CheckBody = { readonly amount: number };

/** A check that no rule of faults refuses lets everything pass. */
export type CheckAnswer = { readonly answer: 'pass' | 'refuse'; readonly reference: string };

/** expires_at in unix ms. */
export type PrepayAnswer = { readonly number: string; readonly token: string; readonly expires_at: number };

export type Answer = {
  readonly number: string;
  readonly verb: ProviderVerb;
  readonly status: ProviderStatus;
  /** The provider's own number. */
  readonly trade_number: string;
  readonly amount: number;
  readonly currency: string;
  /** Of `failed` and `returned`. */
  readonly reason?: string;
  /** Of `requires_action`: where the customer goes. */
  readonly action_url?: string;
};

/** Why an order failed or a payout came back, as far as the simulator says so by itself; fault rules name others. */
export type FailureReason =
  | 'original_unknown'
  | 'original_not_succeeded'
  | 'original_insufficient'
  | 'currency_mismatch'
  | 'instrument_closed'
  | 'insufficient_funds'
  | 'total_too_large';

export type ErrorAnswer = {
  readonly error:
    | 'invalid_request'
    | SignatureRefusal
    | 'nonce_reused'
    | 'secret_wrong'
    | 'loopback_only'
    | 'not_found'
    | 'method_not_allowed'
    | 'number_reused'
    | 'wrong_status'
    | 'body_too_large'
    | 'busy'
    | 'books_full'
    | 'internal';
  /** For people. */
  readonly detail: string;
};

export type CallbackBody = {
  /** Like payment.succeeded, refund.failed, payout.returned: what it is about, and `status`. */
  readonly event: string;
  readonly number: string;
  readonly trade_number: string;
  readonly status: ProviderStatus;
  readonly amount: number;
  readonly currency: string;
  readonly verb: ProviderVerb;
  readonly reason?: string;
};

/** `type` is pay, refund, payout or return; `fee` is what the provider keeps, in minor units; booked_at is ISO 8601. */
export const BILL_COLUMNS = [
  'trade_number',
  'number',
  'type',
  'amount',
  'currency',
  'fee',
  'original',
  'booked_at',
] as const;

export type SignedMessage = {
  /** In capitals. */
  readonly method: string;
  /** From the first slash on, with the query. */
  readonly path: string;
  readonly body: string | Uint8Array;
};

export type SignatureRefusal = 'signature_missing' | 'timestamp_out_of_range' | 'signature_wrong';

type HeaderValues = Readonly<Record<string, string | readonly string[] | undefined>>;

const TIMESTAMP = /^[1-9][0-9]{12}$/;
const NONCE = /^[A-Za-z0-9_-]{8,64}$/;
const SIGNATURE = /^[0-9a-f]{64}$/;

/** The signature of a message, in hex. */
export function signatureOf(secret: string, timestamp: string, nonce: string, message: SignedMessage): string {
  const { method, path, body } = message;
  return createHmac('sha256', secret).update(`${timestamp}.${nonce}.${method}.${path}.`).update(body).digest('hex');
}

/** The three headers that a message is sent with. `nonce`: 8 to 64 characters out of A-Z a-z 0-9 _ -, never used before. */
export function signedHeaders(
  secret: string,
  message: SignedMessage,
  nowMs: number,
  nonce: string,
): Record<string, string> {
  const timestamp = String(nowMs);
  return {
    [TIMESTAMP_HEADER]: timestamp,
    [NONCE_HEADER]: nonce,
    [SIGNATURE_HEADER]: signatureOf(secret, timestamp, nonce, message),
  };
}

/**
 * Whether a message is from who knows the secret, and recent. Whether its nonce is new is for the receiver to know
 * (nonce-memory.ts), and only after this.
 * @param headers under lower-case names, as node:http gives them
 */
export function checkSignature(
  secret: string,
  headers: HeaderValues,
  message: SignedMessage,
  nowMs: number,
): SignatureRefusal | { readonly nonce: string } {
  const timestamp = headers[TIMESTAMP_HEADER];
  const nonce = headers[NONCE_HEADER];
  const signature = headers[SIGNATURE_HEADER];
  if (!matches(timestamp, TIMESTAMP) || !matches(nonce, NONCE) || !matches(signature, SIGNATURE)) {
    return 'signature_missing';
  }
  if (Math.abs(nowMs - Number(timestamp)) > SIGNATURE_WINDOW_MS) return 'timestamp_out_of_range';
  const right = Buffer.from(signatureOf(secret, timestamp, nonce, message), 'hex');
  return timingSafeEqual(right, Buffer.from(signature, 'hex')) ? { nonce } : 'signature_wrong';
}

/** The path that a URL's request is signed with. */
export function signedPath(url: string): string {
  const { pathname, search } = new URL(url);
  return pathname + search;
}

function matches(value: string | readonly string[] | undefined, pattern: RegExp): value is string {
  return typeof value === 'string' && pattern.test(value);
}
