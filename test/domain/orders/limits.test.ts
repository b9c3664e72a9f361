import { expect, test } from 'vitest';
import { MONEY_MAX } from '../../../src/domain/money.ts';
import { judgeLimits, type DayUse, type LimitRule } from '../../../src/domain/orders/limits.ts';

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
const NONE: DayUse = { accountDay: 0, accountDayCount: 0, merchantDay: 0 };

test.each<[number, Partial<DayUse>]>([
  [10, {}],
  [100, {}],
  [100, { accountDay: 150 }],
  [100, { accountDayCount: 4 }],
  [100, { merchantDay: 900 }],
])('%i after %o is within the limits', (amount, used) => {
  expect(judgeLimits(RULE, amount, { ...NONE, ...used })).toBeNull();
});

test.each<[number, Partial<DayUse>, string]>([
  [9, {}, 'a payment is at least 10'],
  [101, {}, 'a payment is at most 100'],
  [10, { accountDayCount: 5 }, 'an account has at most 5 payments a day'],
  [100, { accountDay: 151 }, 'an account has at most 250 a day, and has had 151'],
  [100, { merchantDay: 901 }, 'a merchant has at most 1000 a day, and has had 901'],
  [101, { accountDayCount: 5, accountDay: 250, merchantDay: 1_000 }, 'a payment is at most 100'],
  [10, { accountDay: 250, merchantDay: 1_000 }, 'an account has at most 250 a day, and has had 250'],
])('%i after %o is refused: %s', (amount, used, detail) => {
  expect(judgeLimits(RULE, amount, { ...NONE, ...used })).toEqual({ refused: 'limit_exceeded', detail });
});

test('without limits all that can be counted passes', () => {
  expect(judgeLimits(UNLIMITED, MONEY_MAX, NONE)).toBeNull();
  expect(judgeLimits(UNLIMITED, 1, { accountDay: MONEY_MAX - 1, accountDayCount: 1e9, merchantDay: 0 })).toBeNull();
});
