// What the contract does not say: answers that a provider should never give, and callbacks of the simulator's own kind.

import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { NonceMemory } from '../../src/channels/nonce-memory.ts';
import { readOrdered, readQueried } from '../../src/channels/simulator-answers.ts';
import { makeCallbackReader } from '../../src/channels/simulator-callbacks.ts';
import { signedHeaders, type Answer, type ProviderStatus } from '../../src/channels/simulator-protocol.ts';
import { exampleRequest } from './support/channel-examples.ts';

const REQUEST = exampleRequest({ number: 'chn_1', verb: 'payout' });
const ANSWER: Answer = {
  number: 'chn_1',
  verb: 'payout',
  status: 'succeeded',
  trade_number: 't1',
  amount: 1_000,
  currency: 'EUR',
};

const answered = (body: unknown, status = 200) =>
  ({ kind: 'answer', status, headers: {}, body: typeof body === 'string' ? body : JSON.stringify(body) }) as const;

describe('an answer', () => {
  test.each<[ProviderStatus, object]>([
    ['succeeded', { class: 'succeeded', amount: 1_000, currency: 'EUR' }],
    ['failed', { class: 'failed', failure: 'declined' }],
    ['accepted', { class: 'accepted', failure: '' }],
    ['requires_action', { class: 'requires_action' }],
    ['closed', { class: 'failed', closed: true }],
    ['returned', { class: 'failed', returned: true }],
  ])('%s', (status, report) => {
    const reason = status === 'failed' ? { reason: 'declined' } : {};
    expect(readOrdered(answered({ ...ANSWER, status, ...reason }), REQUEST)).toMatchObject(report);
  });

  test('a failure because of a close says that it is closed', () => {
    const closed = answered({ ...ANSWER, status: 'failed', reason: 'closed' });
    expect(readOrdered(closed, REQUEST)).toMatchObject({ class: 'failed', closed: true });
  });

  test.each([
    ['about another number', { ...ANSWER, number: 'chn_2' }],
    ['about another verb', { ...ANSWER, verb: 'pay' }],
    ['with a status nobody knows', { ...ANSWER, status: 'invented' }],
    ['with a status of every object', { ...ANSWER, status: 'constructor' }],
    ['with a fraction of a cent', { ...ANSWER, amount: 10.5 }],
    ['below nothing', { ...ANSWER, amount: -1 }],
    ['without a currency', { ...ANSWER, currency: undefined }],
    ['that is a list', [ANSWER]],
    ['that is no JSON', '{"number": "chn_1", "status": "succ'],
    ['that is nothing', 'null'],
  ])('%s is unknown', (_, body) => {
    expect(readOrdered(answered(body), REQUEST)).toMatchObject({ class: 'unknown', failure: 'body_invalid' });
  });

  test.each<[string, number, string, string]>([
    ['invalid_request', 400, 'failed', 'unknown'],
    ['number_reused', 409, 'unknown', 'unknown'],
    ['signature_wrong', 401, 'unknown', 'unknown'],
    ['not_found', 404, 'unknown', 'unknown'],
  ])('error %s (%i) to an order is %s, to a query %s', (error, status, ordered, queried) => {
    const outcome = answered({ error, detail: 'for people' }, status);
    expect(readOrdered(outcome, REQUEST)).toMatchObject({ class: ordered, failure: error });
    expect(readQueried(outcome, REQUEST)).toMatchObject({ class: queried, failure: error });
    expect(readQueried(outcome, REQUEST).notFound).toBe(error === 'not_found' ? true : undefined);
  });

  test('text of a provider never becomes a code', () => {
    const outcome = answered({ error: 'Card 4242 4242 4242 4242 of Jane', detail: '' }, 418);
    expect(readOrdered(outcome, REQUEST).failure).toBe('http_418');
  });
});

describe('a callback', () => {
  const PATH = '/v1/callbacks/simulator?a=1';
  const raw = (body: object) => Buffer.from(JSON.stringify(body));
  const body = raw({ ...ANSWER, event: 'payout.succeeded' });
  const nowMs = Date.UTC(2026, 0, 5);
  const signed = (bytes: Uint8Array, path = PATH, secret = 'secret') =>
    signedHeaders(secret, { method: 'POST', path, body: bytes }, nowMs, randomUUID());
  const reader = () => makeCallbackReader('secret', PATH, new NonceMemory(300_000));

  test('sent again has a new signature and the same event; its very copy is refused', () => {
    const read = reader();
    const headers = signed(body);
    const first = read(headers, body, nowMs);
    expect(first).toMatchObject({ class: 'succeeded', number: 'chn_1', verb: 'payout', amount: 1_000 });
    expect(read(headers, body, nowMs)).toEqual({ refused: 'nonce_reused' });
    expect(read(signed(body), body, nowMs)).toEqual(first);
  });

  test('a contradiction is another event', () => {
    const read = reader();
    const failed = raw({ ...ANSWER, status: 'failed', reason: 'contradiction', event: 'payout.failed' });
    const events = [body, failed].map((bytes) => read(signed(bytes), bytes, nowMs));
    expect(new Set(events.map((event) => 'eventId' in event && event.eventId)).size).toBe(2);
  });

  test('for another path, or with another secret, is refused', () => {
    expect(reader()(signed(body, '/v1/callbacks/other'), body, nowMs)).toEqual({ refused: 'signature_invalid' });
    expect(reader()(signed(body, PATH, 'other'), body, nowMs)).toEqual({ refused: 'signature_invalid' });
  });

  test.each([
    ['{'],
    ['[]'],
    ['{"event":"payout.succeeded","number":"chn_1"}'],
    [JSON.stringify({ ...ANSWER, event: 'x', verb: 'steal' })],
  ])('that is well signed and says %s is refused', (text) => {
    expect(reader()(signed(Buffer.from(text)), Buffer.from(text), nowMs)).toEqual({ refused: 'body_invalid' });
  });
});
