import { expect, test } from 'vitest';
import { MONEY_MAX } from '../../../src/domain/money.ts';
import {
  judgeAccountDay,
  judgeLimits,
  judgeMerchantDay,
  limitsDays,
  UNUSED,
  type LimitRule,
} from '../../../src/domain/orders/limits.ts';

const RULE: LimitRule = {
  paymentMin: 10,
  paymentMax: 100,
  accountDayMax: 250,
  accountDayCountMax: 5,
  merchantDayMax: 1_000,
};
const UNLIMITED: LimitRule = {
  paymentMin: 0,
  paymentMax: MONEY_MAX,
  accountDayMax: MONEY_MAX,
  accountDayCountMax: MONEY_MAX,
  merchantDayMax: MONEY_MAX,
};

const refused = (detail: string) => ({ refused: 'limit_exceeded', detail });

test.each([
  [9, refused('a payment is at least 10')],
  [10, null],
  [100, null],
  [101, refused('a payment is at most 100')],
])('one payment of %i: %o', (amount, expected) => {
  expect(judgeLimits(RULE, amount)).toEqual(expected);
});

test.each([
  [100, UNUSED, null],
  [100, { amount: 150, count: 4 }, null],
  [100, { amount: 151, count: 4 }, refused('an account has at most 250 a day, and has had 151')],
  [10, { amount: 50, count: 5 }, refused('an account has at most 5 payments a day')],
  [10, { amount: 250, count: 5 }, refused('an account has at most 5 payments a day')],
])('%i of an account after %o: %o', (amount, used, expected) => {
  expect(judgeAccountDay(RULE, amount, used)).toEqual(expected);
});

test.each([
  [100, { amount: 900, count: 1_000 }, null],
  [100, { amount: 901, count: 1 }, refused('a merchant has at most 1000 a day, and has had 901')],
])('%i for a merchant after %o: %o', (amount, used, expected) => {
  expect(judgeMerchantDay(RULE, amount, used)).toEqual(expected);
});

test('without limits all that can be counted passes, and nothing need be counted', () => {
  expect(limitsDays(UNLIMITED)).toBe(false);
  expect(judgeLimits(UNLIMITED, MONEY_MAX)).toBeNull();
  expect(judgeAccountDay(UNLIMITED, 1, { amount: MONEY_MAX - 1, count: 1e9 })).toBeNull();
  for (const field of ['accountDayMax', 'accountDayCountMax', 'merchantDayMax'] as const) {
    expect([field, limitsDays({ ...UNLIMITED, [field]: MONEY_MAX - 1 })]).toEqual([field, true]);
  }
});
