// The rule of crediting, and the names of the accounts behind it.

import { describe, expect, test } from 'vitest';
import {
  creditingOf,
  isBuffer,
  isInternal,
  isOnTheWay,
  isSubAccount,
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
  ['spread', 0, 0],
  ['spread', 5, 0],
])('%s with a delay of %i ms waits %i ms', (way, delayMs, expected) => {
  expect(creditingOf('shop', way, delayMs)).toMatchObject({ way, delayMs: expected });
});

test('each way leads over an account of its own, or over none', () => {
  const ways = (['direct', 'buffered', 'segmented', 'spread'] as const).map((way) =>
    onTheWay(creditingOf('shop', way, 0)),
  );
  expect(ways).toEqual(['', '+shop', '~shop', '']);
});

test.each<[CreditingWay, number, number, number, number]>([
  ['spread', 0, 0, 8, 8],
  ['spread', 2, 0, 2, 2],
  ['spread', 64, 0, 64, 64],
  ['spread', 4, 8, 4, 8],
  ['spread', 8, 4, 8, 8],
  ['direct', 0, 8, 0, 8],
  ['buffered', 0, 0, 0, 0],
])('%s over %i, where %i were opened before: over %i of %i', (way, over, opened, spreadOver, count) => {
  const crediting = creditingOf('shop', way, 0, over, opened);
  expect([crediting.spreadOver, crediting.subAccounts.length]).toEqual([spreadOver, count]);
});

test('sub-accounts are numbered, and theirs are names that no other account can have', () => {
  expect(creditingOf('shop', 'spread', 0, 2).subAccounts).toEqual(['*01:shop', '*02:shop']);
  const all = creditingOf('a:b', 'spread', 0, 64).subAccounts;
  expect(new Set(all).size).toBe(64);
  for (const id of all) {
    expect([isId(id), isInternal(id), isSubAccount(id), isOnTheWay(id), isBuffer(id)]).toEqual([false, true, true, false, false]); // prettier-ignore
    expect(payeeOf(id)).toBe('a:b');
  }
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
