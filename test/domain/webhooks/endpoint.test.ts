import { describe, expect, test } from 'vitest';
import {
  changedEndpoint,
  disabledEndpoint,
  isEventFilter,
  ROTATION_MS,
  rotatedEndpoint,
  signingSecrets,
  wantsEvent,
  type Endpoint,
} from '../../../src/domain/webhooks/endpoint.ts';

const ENDPOINT: Endpoint = {
  id: 'whe_1',
  merchant: 'acme',
  url: 'https://shop.example/hook',
  description: '',
  events: ['*'],
  status: 'enabled',
  disabledBecause: null,
  secret: 'whsec_one',
  previous: null,
  createdAtMs: 1,
  updatedAtMs: 1,
};

describe('a filter', () => {
  test.each(['*', 'transfer.posted', 'trade.*', 'trade.refund.*', 'account.opened'])('can be %s', (filter) => {
    expect(isEventFilter(filter)).toBe(true);
  });

  test.each(['', '.*', '**', 'transfer.', 'transfer*', 'Transfer.posted', '*.posted', 'a b', 'x'.repeat(65)])(
    'cannot be "%s"',
    (filter) => expect(isEventFilter(filter)).toBe(false),
  );

  test.each<[string[], string, boolean]>([
    [['*'], 'transfer.posted', true],
    [['transfer.posted'], 'transfer.posted', true],
    [['transfer.posted'], 'transfer.posted_late', false],
    [['transfer.*'], 'transfer.posted', true],
    [['transfer.*'], 'transfers.posted', false],
    [['transfer.*'], 'transfer', false],
    [['account.*', 'transfer.held'], 'transfer.held', true],
    [['account.*', 'transfer.held'], 'transfer.voided', false],
  ])('%o lets %s through: %s', (events, type, wanted) => {
    expect(wantsEvent({ events }, type)).toBe(wanted);
  });
});

describe('a rotation', () => {
  const rotated = rotatedEndpoint(ENDPOINT, 'whsec_two', 1_000);

  test('lets the old secret sign for a day, after the new one', () => {
    expect(signingSecrets(ENDPOINT, 1_000)).toEqual(['whsec_one']);
    expect(signingSecrets(rotated, 1_000)).toEqual(['whsec_two', 'whsec_one']);
    expect(signingSecrets(rotated, 1_000 + ROTATION_MS - 1)).toEqual(['whsec_two', 'whsec_one']);
    expect(signingSecrets(rotated, 1_000 + ROTATION_MS)).toEqual(['whsec_two']);
  });

  test('a second one within the day ends the oldest at once', () => {
    const twice = rotatedEndpoint(rotated, 'whsec_three', 2_000);
    expect(signingSecrets(twice, 2_000)).toEqual(['whsec_three', 'whsec_two']);
  });
});

describe('a change', () => {
  test('says who disabled it, and forgets that when it is enabled', () => {
    const asked = changedEndpoint(ENDPOINT, { status: 'disabled' }, 5);
    expect(asked).toMatchObject({ status: 'disabled', disabledBecause: 'asked', updatedAtMs: 5 });
    const gone = disabledEndpoint(ENDPOINT, 'gone', 5);
    expect(changedEndpoint(gone, { status: 'disabled' }, 6).disabledBecause).toBe('gone');
    expect(changedEndpoint(gone, { status: 'enabled' }, 6)).toMatchObject({ status: 'enabled', disabledBecause: null });
  });

  test('leaves what it does not name', () => {
    expect(changedEndpoint(ENDPOINT, { events: ['trade.*'] }, 9)).toEqual({
      ...ENDPOINT,
      events: ['trade.*'],
      updatedAtMs: 9,
    });
  });
});
