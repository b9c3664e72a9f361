// The rule of crediting, and the names of the accounts behind it.

import { describe, expect, test } from 'vitest';
import {
  creditingOf,
  isBuffer,
  isInternal,
  onTheWay,
  payeeOf,
  suspenseOf,
  type CreditingWay,
} from '../../src/domain/crediting.ts';
import { isId } from '../../src/domain/ids.ts';

test.each<[CreditingWay, number, number]>([
  ['direct', 0, 0],
  ['direct', 5, 0],
  ['buffered', 0, 1_000],
  ['buffered', 5, 5],
  ['segmented', 0, 100],
  ['segmented', 86_400_000, 86_400_000],
])('%s with a delay of %i ms waits %i ms', (way, delayMs, expected) => {
  expect(creditingOf('shop', way, delayMs)).toMatchObject({ way, delayMs: expected });
});

test('each way leads over an account of its own, or over none', () => {
  const ways = (['direct', 'buffered', 'segmented'] as const).map((way) => onTheWay(creditingOf('shop', way, 0)));
  expect(ways).toEqual(['', '+shop', '~shop']);
});

describe.each(['shop', 'a', '.', 'x'.repeat(64)])('the accounts of %s', (payee) => {
  const { buffer, transit } = creditingOf(payee, 'direct', 0);

  test('have names that no client can write, and lead back to it', () => {
    for (const internal of [buffer, transit]) {
      expect(isId(internal)).toBe(false);
      expect(isInternal(internal)).toBe(true);
      expect(payeeOf(internal)).toBe(payee);
    }
    expect([isBuffer(buffer), isBuffer(transit), isBuffer(payee), isInternal(payee)]).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });
});

test('the suspense has a name that the merchant can write', () => {
  expect(isId(suspenseOf('EUR'))).toBe(true);
  expect(isInternal(suspenseOf('EUR'))).toBe(false);
});
