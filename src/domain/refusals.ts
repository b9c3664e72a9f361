// Refusals. The closed list of reasons why a request is not carried out; its order is the order in which they are
// judged: shape, authority, idempotency, existence, state, funds, load. When several apply, the lowest number wins.
//
// F1. A number is given once and never changes its meaning (results of batches are numbers). 0-15 are successes.

export type RefusalRow = {
  readonly number: number;
  /** HTTP status. */
  readonly status: number;
  /** What it means, for people. */
  readonly meaning: string;
  /** The same request may succeed later without being changed. */
  readonly retryable?: true;
  /** Whether an effect can have happened; 'none' unless said. */
  readonly outcome?: 'unknown';
};

export const REFUSALS = {
  body_invalid: { number: 16, status: 400, meaning: 'The body or one of its fields has the wrong shape.' },
  field_unknown: { number: 17, status: 400, meaning: 'The body has a field that this operation does not know.' },
  id_invalid: { number: 18, status: 400, meaning: 'An id is not 1-64 characters of A-Z a-z 0-9 _ . : -' },
  amount_invalid: {
    number: 19,
    status: 400,
    meaning: 'An amount is not an integer of 1 … 9007199254740991 minor units.',
  },
  currency_invalid: { number: 20, status: 400, meaning: 'The currency is not an ISO 4217 code or a configured asset.' },
  same_account: { number: 21, status: 400, meaning: 'Debit and credit account are the same.' },
  idempotency_key_required: { number: 22, status: 400, meaning: 'Money moves only under an Idempotency-Key.' },
  query_invalid: { number: 23, status: 400, meaning: 'A query parameter is unknown or out of range.' },
  batch_size_invalid: { number: 24, status: 400, meaning: 'A batch has 1 … 10,000 transfers.' },
  op_unknown: { number: 25, status: 400, meaning: 'The frame names an operation that does not exist.' },
  topic_unknown: { number: 26, status: 400, meaning: 'The topic does not exist.' },
  framing_invalid: { number: 27, status: 400, meaning: 'The HTTP message is malformed or its length is ambiguous.' },
  request_timeout: { number: 28, status: 408, meaning: 'The request did not arrive in time.', retryable: true },
  body_too_large: { number: 29, status: 413, meaning: 'The body is larger than this operation allows.' },
  headers_too_large: { number: 30, status: 431, meaning: 'The headers are larger than allowed.' },
  media_type_unsupported: { number: 31, status: 415, meaning: 'The body is not application/json.' },
  route_not_found: { number: 32, status: 404, meaning: 'There is nothing at this path.' },
  method_not_allowed: { number: 33, status: 405, meaning: 'The path exists, the method does not.' },
  product_unknown: { number: 34, status: 400, meaning: 'The rules have no such product.' },
  instruments_invalid: {
    number: 35,
    status: 400,
    meaning: 'The instruments are none, too many, unknown, or do not add up to what is to be paid.',
  },
  payees_invalid: {
    number: 36,
    status: 400,
    meaning: 'The payees are none, too many, named twice, or do not add up to the amount.',
  },
  webhook_url_refused: { number: 40, status: 400, meaning: 'Webhooks are not sent to a URL like this one.' },
  unauthenticated: { number: 48, status: 401, meaning: 'The API key is missing, unknown or revoked.' },
  scope_missing: { number: 49, status: 403, meaning: 'The API key lacks the scope that this operation needs.' },
  origin_forbidden: { number: 50, status: 403, meaning: 'The Origin is not on the list of this server.' },
  callback_invalid: {
    number: 51,
    status: 401,
    meaning: 'Signature, time or content of the callback is not that of the channel.',
  },
  shadow_off: { number: 52, status: 403, meaning: 'The API key is for stress traffic, and this server takes none.' },
  idempotency_key_reused: { number: 64, status: 422, meaning: 'The key was used with another request.' },
  idempotency_key_in_use: {
    number: 65,
    status: 409,
    meaning: 'The first request with this key is still running.',
    retryable: true,
  },
  transfer_exists_with_different_content: {
    number: 66,
    status: 422,
    meaning: 'A transfer with this id exists and says something else.',
  },
  trade_exists_with_different_content: {
    number: 67,
    status: 422,
    meaning: 'A trade with this merchant order number exists and says something else.',
  },
  account_not_found: { number: 80, status: 404, meaning: 'There is no such account.' },
  transfer_not_found: { number: 81, status: 404, meaning: 'There is no such transfer.' },
  cursor_expired: { number: 82, status: 410, meaning: 'The cursor is older than the retention; read by HTTP.' },
  voucher_not_found: { number: 83, status: 404, meaning: 'There is no such voucher.' },
  trade_not_found: { number: 84, status: 404, meaning: 'There is no such trade.' },
  payment_not_found: { number: 85, status: 404, meaning: 'There is no such payment.' },
  refund_not_found: { number: 86, status: 404, meaning: 'There is no such refund.' },
  withdrawal_not_found: { number: 87, status: 404, meaning: 'There is no such withdrawal.' },
  order_not_found: { number: 88, status: 404, meaning: 'There is no such order.' },
  channel_not_found: { number: 89, status: 404, meaning: 'There is no such channel.' },
  case_not_found: { number: 90, status: 404, meaning: 'There is no such case.' },
  run_not_found: { number: 91, status: 404, meaning: 'There is no such run of a reconciliation.' },
  difference_not_found: { number: 92, status: 404, meaning: 'There is no such difference.' },
  bill_not_given: {
    number: 93,
    status: 404,
    meaning: 'The channel does not give the bill of that day, or not now.',
    retryable: true,
  },
  webhook_endpoint_not_found: { number: 95, status: 404, meaning: 'There is no such webhook endpoint.' },
  account_exists: { number: 112, status: 409, meaning: 'An account with this id exists.' },
  account_frozen: { number: 113, status: 409, meaning: 'An account of this transfer is frozen.' },
  account_closed: { number: 114, status: 409, meaning: 'An account of this transfer is closed.' },
  currency_mismatch: { number: 115, status: 409, meaning: 'The accounts or the transfer name different currencies.' },
  hold_not_open: { number: 116, status: 409, meaning: 'The transfer is not a hold, or nothing of it remains.' },
  capture_exceeds_hold: { number: 117, status: 409, meaning: 'More than what remains of the hold.' },
  batch_member_refused: { number: 118, status: 409, meaning: 'Another transfer of this atomic batch was refused.' },
  account_not_empty: { number: 119, status: 409, meaning: 'Only an account without money, holds and debts closes.' },
  hold_accounts_differ: { number: 120, status: 409, meaning: 'The accounts named are not those of the hold.' },
  transfer_not_reversible: {
    number: 121,
    status: 409,
    meaning: 'Only a post is reversed, or a hold of which nothing remains and that was captured in one step.',
  },
  transfer_reversed: { number: 122, status: 409, meaning: 'The transfer was reversed before.' },
  decision_not_possible: { number: 123, status: 409, meaning: 'This cannot be decided of a difference like that.' },
  difference_without_case: {
    number: 124,
    status: 409,
    meaning: 'The case of the difference is not open yet.',
    retryable: true,
  },
  reconciliation_off: { number: 125, status: 409, meaning: 'This server reconciles nothing: it is switched off.' },
  suspense_unusable: {
    number: 130,
    status: 409,
    meaning: 'The account suspense:{currency} is there already and is not of kind suspense in that currency.',
  },
  trade_not_open: { number: 131, status: 409, meaning: 'The trade can no longer be paid.' },
  trade_not_paid: { number: 132, status: 409, meaning: 'The trade has not been paid.' },
  trade_closed: { number: 133, status: 409, meaning: 'The trade is closed, or closing.' },
  trade_expired: { number: 134, status: 409, meaning: 'The time in which the trade could be paid is over.' },
  trade_already_paid: { number: 135, status: 409, meaning: 'The trade has been paid.' },
  attempt_in_progress: { number: 136, status: 409, meaning: 'Another attempt to pay this trade has not ended.' },
  payment_not_capturable: {
    number: 137,
    status: 409,
    meaning: 'The payment is not authorized, or nothing of it is kept back.',
  },
  payment_not_cancelable: { number: 138, status: 409, meaning: 'The payment is under way or at an end.' },
  refund_exceeds_paid: {
    number: 139,
    status: 409,
    meaning: 'More than what was paid and is neither refunded nor being refunded.',
  },
  withdrawal_not_cancelable: { number: 140, status: 409, meaning: 'The withdrawal was sent, or is at an end.' },
  withdrawal_not_pending_approval: {
    number: 141,
    status: 409,
    meaning: 'The withdrawal does not wait for a second person.',
  },
  same_person_approval: {
    number: 142,
    status: 409,
    meaning: 'Who asked for it cannot approve it: a second person has to.',
  },
  capture_exceeds_authorized: { number: 143, status: 409, meaning: 'More than what remains of the authorization.' },
  combination_not_allowed: {
    number: 144,
    status: 409,
    meaning: 'The rules do not allow these instruments together, or not in these parts.',
  },
  case_not_open: { number: 145, status: 409, meaning: 'The case has been resolved, or is not in a state for this.' },
  refund_not_pending_approval: { number: 146, status: 409, meaning: 'The refund does not wait for a second person.' },
  refund_not_cancelable: { number: 150, status: 409, meaning: 'The refund was sent, or is at an end.' },
  insufficient_funds: {
    number: 160,
    status: 409,
    meaning: 'Available money and credit limit do not cover it.',
    retryable: true,
  },
  balance_overflow: { number: 161, status: 409, meaning: 'A balance would leave ±9007199254740991.', retryable: true },
  limit_exceeded: {
    number: 162,
    status: 409,
    meaning: 'A limit for the payment, the account, the merchant or the day would be passed.',
    retryable: true,
  },
  channel_unavailable: { number: 163, status: 409, meaning: 'No channel takes this at the moment.', retryable: true },
  check_refused: { number: 164, status: 409, meaning: 'A check (risk, identity, price) does not allow it.' },
  check_unavailable: {
    number: 165,
    status: 409,
    meaning: 'A check that is needed did not answer in time.',
    retryable: true,
  },
  outflow_stopped: {
    number: 170,
    status: 409,
    meaning: 'No money of this product goes out until people have resolved a breach of the books.',
    retryable: true,
  },
  webhook_limit_reached: { number: 180, status: 409, meaning: 'A merchant has at most 20 webhook endpoints.' },
  shadow_mismatch: {
    number: 186,
    status: 409,
    meaning: 'The mark of stress traffic was lost on the way, or came where none belongs.',
  },
  switched_off: {
    number: 188,
    status: 409,
    meaning: 'An operator has switched this off for the time being; nothing was done.',
    retryable: true,
  },
  too_many_requests: { number: 192, status: 429, meaning: 'More requests than allowed at once.', retryable: true },
  overloaded: { number: 193, status: 503, meaning: 'The engine has as much work as it takes.', retryable: true },
  shutting_down: { number: 194, status: 503, meaning: 'The server is stopping.', retryable: true },
  recovering: { number: 195, status: 503, meaning: 'The engine is reading its journal.', retryable: true },
  outcome_unknown: {
    number: 196,
    status: 503,
    meaning: 'The engine stopped before the answer was known: send the same request again.',
    retryable: true,
    outcome: 'unknown',
  },
  books_unavailable: {
    number: 197,
    status: 503,
    meaning: 'The books cannot be read at the moment; payments go on.',
    retryable: true,
  },
  postponed: {
    number: 198,
    status: 503,
    meaning: 'The server is busy: lists, reports and statements wait so that payments need not.',
    retryable: true,
  },
  internal_error: {
    number: 208,
    status: 500,
    meaning: 'A fault of the server: send the same request again.',
    retryable: true,
    outcome: 'unknown',
  },
} as const satisfies Record<string, RefusalRow>;

export type Refusal = keyof typeof REFUSALS;

/** 0 allows; any other number is the refusal's. A number, because the hot path allocates nothing. */
export type Verdict = number;

export const ALLOWED = 0;

/** What a batch member answers when it is carried out (or was before); `reversed` is no member's: it is asked for alone. */
export const RESULT = { posted: 0, held: 1, captured: 2, voided: 3, alreadyThere: 4, sent: 5, reversed: 6 } as const;

/** First number that is a refusal. */
export const REFUSAL_NUMBER_MIN = 16;

const BY_NUMBER = new Map<number, Refusal>(
  (Object.keys(REFUSALS) as Refusal[]).map((code) => [REFUSALS[code].number, code]),
);

export function numberOf(code: Refusal): Verdict {
  return REFUSALS[code].number;
}

/** @throws Error for a number that no refusal has. */
export function refusalOf(verdict: Verdict): Refusal {
  const code = BY_NUMBER.get(verdict);
  if (!code) throw new Error(`no refusal has the number ${verdict}`);
  return code;
}

/** True for what says nothing of the request: the engine has no time, or nobody knows what came of it. Told again, it may be done. */
export function isForNow(verdict: Verdict): boolean {
  return verdict >= REFUSALS.too_many_requests.number;
}

/** The one of two verdicts that is told: the lower number, where 0 is no refusal at all. */
export function firstOf(one: Verdict, other: Verdict): Verdict {
  if (one === ALLOWED) return other;
  return other === ALLOWED || one < other ? one : other;
}
