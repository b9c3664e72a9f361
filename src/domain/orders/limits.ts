// Limits. How much of a product may be asked at once, and in a day.

import { MONEY_MAX } from '../money.ts';
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

/** What a day has seen so far: minor units, and of how many payments. */
export type DayUse = { readonly amount: number; readonly count: number };

export const UNUSED: DayUse = { amount: 0, count: 0 };

export const limitRule: JsonReader<LimitRule> = object<LimitRule>({
  paymentMin: money,
  paymentMax: limit,
  accountDayMax: limit,
  accountDayCountMax: limit,
  merchantDayMax: limit,
});

/** False where a day can hold all that can be counted: then nobody counts. */
export function limitsDays({ accountDayMax, accountDayCountMax, merchantDayMax }: LimitRule): boolean {
  return Math.min(accountDayMax, accountDayCountMax, merchantDayMax) < MONEY_MAX;
}

/** Of one payment, whatever the day has seen; null when it is within its limits. */
export function judgeLimits({ paymentMin, paymentMax }: LimitRule, amount: number): Refused | null {
  if (amount < paymentMin) return exceeded(`a payment is at least ${paymentMin}`);
  return amount > paymentMax ? exceeded(`a payment is at most ${paymentMax}`) : null;
}

/** One payment more, of which `amount` comes from the account. */
export function judgeAccountDay(rule: LimitRule, amount: number, used: DayUse): Refused | null {
  const { accountDayMax, accountDayCountMax } = rule;
  if (used.count >= accountDayCountMax) return exceeded(`an account has at most ${accountDayCountMax} payments a day`);
  if (used.amount <= accountDayMax - amount) return null;
  return exceeded(`an account has at most ${accountDayMax} a day, and has had ${used.amount}`);
}

/** `amount` more for the merchant. */
export function judgeMerchantDay({ merchantDayMax }: LimitRule, amount: number, used: DayUse): Refused | null {
  if (used.amount <= merchantDayMax - amount) return null;
  return exceeded(`a merchant has at most ${merchantDayMax} a day, and has had ${used.amount}`);
}

function exceeded(detail: string): Refused {
  return refuse('limit_exceeded', detail);
}
