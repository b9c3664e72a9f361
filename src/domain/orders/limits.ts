// Limits. How much of a product may be asked at once, and in a day.

import { refuse, type Refused } from './order-base.ts';
import { limit, money, object, type JsonReader } from './json-reader.ts';

/** Minor units. A day is an accounting date of the merchant. */
export type LimitRule = {
  /** Least of one payment: what is smaller costs more than it brings. */
  readonly paymentMin: number;
  readonly paymentMax: number;
  /** All payments of one account in a day, and how many of them. */
  readonly accountDayMax: number;
  readonly accountDayCountMax: number;
  /** All payments to one merchant in a day. */
  readonly merchantDayMax: number;
};

/** What the day has seen before this payment, minor units. */
export type DayUse = {
  readonly accountDay: number;
  readonly accountDayCount: number;
  readonly merchantDay: number;
};

/** Where days are not counted: only what one payment may be is judged. */
export const NO_DAY_USE: DayUse = { accountDay: 0, accountDayCount: 0, merchantDay: 0 };

export const limitRule: JsonReader<LimitRule> = object<LimitRule>({
  paymentMin: money,
  paymentMax: limit,
  accountDayMax: limit,
  accountDayCountMax: limit,
  merchantDayMax: limit,
});

/** The first limit that the payment would pass, from the payment to the merchant; null when it passes none. */
export function judgeLimits(rule: LimitRule, amount: number, used: DayUse): Refused | null {
  if (amount < rule.paymentMin) return exceeded(`a payment is at least ${rule.paymentMin}`);
  if (amount > rule.paymentMax) return exceeded(`a payment is at most ${rule.paymentMax}`);
  if (used.accountDayCount >= rule.accountDayCountMax) {
    return exceeded(`an account has at most ${rule.accountDayCountMax} payments a day`);
  }
  if (used.accountDay > rule.accountDayMax - amount) {
    return exceeded(`an account has at most ${rule.accountDayMax} a day, and has had ${used.accountDay}`);
  }
  if (used.merchantDay > rule.merchantDayMax - amount) {
    return exceeded(`a merchant has at most ${rule.merchantDayMax} a day, and has had ${used.merchantDay}`);
  }
  return null;
}

function exceeded(detail: string): Refused {
  return refuse('limit_exceeded', detail);
}
