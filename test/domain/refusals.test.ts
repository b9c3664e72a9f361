import { describe, expect, test } from 'vitest';
import {
  ALLOWED,
  firstOf,
  numberOf,
  REFUSAL_NUMBER_MIN,
  refusalOf,
  REFUSALS,
  RESULT,
  type Refusal,
  type RefusalRow,
} from '../../src/domain/refusals.ts';

/** Numbers and status codes for ever: clients have them in their code. New ones are added, none is changed. */
const PROMISED: readonly (readonly [Refusal, number, number])[] = [
  ['body_invalid', 16, 400],
  ['field_unknown', 17, 400],
  ['id_invalid', 18, 400],
  ['amount_invalid', 19, 400],
  ['currency_invalid', 20, 400],
  ['same_account', 21, 400],
  ['idempotency_key_required', 22, 400],
  ['query_invalid', 23, 400],
  ['batch_size_invalid', 24, 400],
  ['op_unknown', 25, 400],
  ['topic_unknown', 26, 400],
  ['framing_invalid', 27, 400],
  ['request_timeout', 28, 408],
  ['body_too_large', 29, 413],
  ['headers_too_large', 30, 431],
  ['media_type_unsupported', 31, 415],
  ['route_not_found', 32, 404],
  ['method_not_allowed', 33, 405],
  ['product_unknown', 34, 400],
  ['instruments_invalid', 35, 400],
  ['payees_invalid', 36, 400],
  ['webhook_url_refused', 40, 400],
  ['unauthenticated', 48, 401],
  ['scope_missing', 49, 403],
  ['origin_forbidden', 50, 403],
  ['callback_invalid', 51, 401],
  ['shadow_off', 52, 403],
  ['idempotency_key_reused', 64, 422],
  ['idempotency_key_in_use', 65, 409],
  ['transfer_exists_with_different_content', 66, 422],
  ['trade_exists_with_different_content', 67, 422],
  ['account_not_found', 80, 404],
  ['transfer_not_found', 81, 404],
  ['cursor_expired', 82, 410],
  ['voucher_not_found', 83, 404],
  ['trade_not_found', 84, 404],
  ['payment_not_found', 85, 404],
  ['refund_not_found', 86, 404],
  ['withdrawal_not_found', 87, 404],
  ['order_not_found', 88, 404],
  ['channel_not_found', 89, 404],
  ['case_not_found', 90, 404],
  ['run_not_found', 91, 404],
  ['difference_not_found', 92, 404],
  ['bill_not_given', 93, 404],
  ['webhook_endpoint_not_found', 95, 404],
  ['account_exists', 112, 409],
  ['account_frozen', 113, 409],
  ['account_closed', 114, 409],
  ['currency_mismatch', 115, 409],
  ['hold_not_open', 116, 409],
  ['capture_exceeds_hold', 117, 409],
  ['batch_member_refused', 118, 409],
  ['account_not_empty', 119, 409],
  ['hold_accounts_differ', 120, 409],
  ['transfer_not_reversible', 121, 409],
  ['transfer_reversed', 122, 409],
  ['decision_not_possible', 123, 409],
  ['difference_without_case', 124, 409],
  ['reconciliation_off', 125, 409],
  ['suspense_unusable', 130, 409],
  ['trade_not_open', 131, 409],
  ['trade_not_paid', 132, 409],
  ['trade_closed', 133, 409],
  ['trade_expired', 134, 409],
  ['trade_already_paid', 135, 409],
  ['attempt_in_progress', 136, 409],
  ['payment_not_capturable', 137, 409],
  ['payment_not_cancelable', 138, 409],
  ['refund_exceeds_paid', 139, 409],
  ['withdrawal_not_cancelable', 140, 409],
  ['withdrawal_not_pending_approval', 141, 409],
  ['same_person_approval', 142, 409],
  ['capture_exceeds_authorized', 143, 409],
  ['combination_not_allowed', 144, 409],
  ['case_not_open', 145, 409],
  ['refund_not_pending_approval', 146, 409],
  ['refund_not_cancelable', 150, 409],
  ['insufficient_funds', 160, 409],
  ['balance_overflow', 161, 409],
  ['limit_exceeded', 162, 409],
  ['channel_unavailable', 163, 409],
  ['check_refused', 164, 409],
  ['check_unavailable', 165, 409],
  ['outflow_stopped', 170, 409],
  ['webhook_limit_reached', 180, 409],
  ['shadow_mismatch', 186, 409],
  ['switched_off', 188, 409],
  ['too_many_requests', 192, 429],
  ['overloaded', 193, 503],
  ['shutting_down', 194, 503],
  ['recovering', 195, 503],
  ['outcome_unknown', 196, 503],
  ['books_unavailable', 197, 503],
  ['postponed', 198, 503],
  ['internal_error', 208, 500],
];

const rows = Object.entries(REFUSALS) as [Refusal, RefusalRow][];

test('the list is the one that was promised, both ways and in this order', () => {
  expect(rows.map(([code, { number, status }]) => [code, number, status])).toEqual(PROMISED);
});

test('each number is given once, and the list is in the order of judgement', () => {
  const numbers = rows.map(([, { number }]) => number);
  expect(numbers).toEqual([...new Set(numbers)].toSorted((one, other) => one - other));
});

/** What the groups of numbers are about, and the status codes that go with them. */
const GROUPS: readonly (readonly [string, number, number, readonly number[]])[] = [
  ['shape', 16, 47, [400, 404, 405, 408, 413, 415, 431]],
  ['authority', 48, 63, [401, 403]],
  ['idempotency', 64, 79, [409, 422]],
  ['existence', 80, 111, [404, 410]],
  ['state', 112, 159, [409]],
  ['funds', 160, 191, [409]],
  ['load', 192, 207, [429, 503]],
  ['fault', 208, 223, [500]],
];

test.each(rows)('%s is of the group that its number says', (_, { number, status, meaning }) => {
  const group = GROUPS.find(([, from, to]) => number >= from && number <= to);
  expect(group?.[3]).toContain(status);
  expect(meaning).toMatch(/^[A-Z±].*[.:-]$|_ \. : -$/);
});

test('only what is about load, money or time may succeed unchanged; only a lost answer is unknown', () => {
  const retryable = rows.filter(([, row]) => row.retryable).map(([code]) => code);
  expect(retryable).toEqual([
    'request_timeout',
    'idempotency_key_in_use',
    'bill_not_given',
    'difference_without_case',
    'insufficient_funds',
    'balance_overflow',
    'limit_exceeded',
    'channel_unavailable',
    'check_unavailable',
    'outflow_stopped',
    'switched_off',
    'too_many_requests',
    'overloaded',
    'shutting_down',
    'recovering',
    'outcome_unknown',
    'books_unavailable',
    'postponed',
    'internal_error',
  ]);
  const unknown = rows.filter(([, row]) => row.outcome).map(([code]) => code);
  expect(unknown).toEqual(['outcome_unknown', 'internal_error']);
});

test('numbers and codes lead to each other', () => {
  for (const [code] of rows) expect(refusalOf(numberOf(code))).toBe(code);
  for (const number of [0, 1, 4, 15, 47, 255, -1, NaN]) expect(() => refusalOf(number)).toThrow('no refusal');
});

test('results are below every refusal, for ever', () => {
  expect(RESULT).toEqual({ posted: 0, held: 1, captured: 2, voided: 3, alreadyThere: 4, sent: 5, reversed: 6 });
  expect(Math.min(...rows.map(([, { number }]) => number))).toBe(REFUSAL_NUMBER_MIN);
});

describe('of two verdicts', () => {
  test.each([
    [ALLOWED, ALLOWED, ALLOWED],
    [ALLOWED, 113, 113],
    [113, ALLOWED, 113],
    [113, 114, 113],
    [160, 115, 115],
    [161, 161, 161],
  ])('%i and %i: %i is told', (one, other, told) => {
    expect(firstOf(one, other)).toBe(told);
  });
});
