import { describe, expect, test } from 'vitest';
import { Stripe } from 'stripe';
import type { ResultClass } from '../../src/channels/channel.ts';
import { readOrderError, readQueryError } from '../../src/channels/stripe-errors.ts';
import { NoAnswer } from '../../src/channels/stripe-http.ts';

const errorOf = (raw: object) => Stripe.errors.StripeError.generate({ message: 'text', ...raw });
const connection = (detail: Error) => new Stripe.errors.StripeConnectionError({ message: 'text', detail });

describe.each<[string, Error, ResultClass, ResultClass]>([
  ['a declined card', errorOf({ type: 'card_error', code: 'card_declined', statusCode: 402 }), 'failed', 'unknown'],
  [
    'a wrong amount',
    errorOf({ type: 'invalid_request_error', code: 'amount_too_small', statusCode: 400 }),
    'failed',
    'unknown',
  ],
  [
    'an object that is not there',
    errorOf({ type: 'invalid_request_error', code: 'resource_missing', statusCode: 404 }),
    'failed',
    'unknown',
  ],
  [
    'a refund that was made before',
    errorOf({ type: 'invalid_request_error', code: 'charge_already_refunded', statusCode: 400 }),
    'unknown',
    'unknown',
  ],
  [
    'a state that does not allow it',
    errorOf({ type: 'invalid_request_error', code: 'payment_intent_unexpected_state', statusCode: 400 }),
    'unknown',
    'unknown',
  ],
  [
    'a key that is just in use',
    errorOf({ type: 'invalid_request_error', code: 'other', statusCode: 409 }),
    'unknown',
    'unknown',
  ],
  ['a key with other parameters', errorOf({ type: 'idempotency_error', statusCode: 400 }), 'unknown', 'unknown'],
  ['a wrong key of ours', errorOf({ type: 'invalid_request_error', statusCode: 401 }), 'unknown', 'unknown'],
  ['a lock', errorOf({ type: 'invalid_request_error', code: 'lock_timeout', statusCode: 429 }), 'unknown', 'unknown'],
  ['too many requests', errorOf({ type: 'rate_limit_error', statusCode: 429 }), 'unknown', 'unknown'],
  ['an error of the API', errorOf({ type: 'api_error', statusCode: 500 }), 'unknown', 'unknown'],
  ['an error that nobody knows', errorOf({ type: 'invented_error' }), 'unknown', 'unknown'],
  ['a lost connection', connection(new NoAnswer('unknown', 'connection_lost')), 'unknown', 'unknown'],
  ['a connection never made', connection(new NoAnswer('unsent', 'connect_refused')), 'unsent', 'unsent'],
  ['a connection that says nothing of how far it got', connection(new Error('socket')), 'unknown', 'unknown'],
])('%s', (_, error, ordered, queried) => {
  test(`makes an order ${ordered}, and one that is asked about ${queried}`, () => {
    expect(readOrderError(error).class).toBe(ordered);
    expect(readQueryError(error).class).toBe(queried);
  });
});

test('only an object that is not there is said to be not found', () => {
  const missing = errorOf({ type: 'invalid_request_error', code: 'resource_missing', statusCode: 404 });
  expect(readQueryError(missing)).toMatchObject({ class: 'unknown', notFound: true });
  expect(readQueryError(errorOf({ type: 'api_error' }))).not.toHaveProperty('notFound');
});

test('a fault of ours is no report', () => {
  expect(() => readOrderError(new TypeError('ours'))).toThrow('ours');
});
