// Default rules. What a server runs by that was given no rules of its own: as plain JSON, so that it is judged like any
// other, and is the example to begin from.

import { problemText } from './json-reader.ts';
import { judgeRules, type Rules } from './rules.ts';
import { COMPENSATION_BACKOFF, QUERY_DELAYS_MS } from './schedule.ts';

const HOUR_SECONDS = 3_600;
const DAY_SECONDS = 24 * HOUR_SECONDS;

const NO_FEE = { fixed: 0, basis_points: 0, rounding: 'half_up' };

/** In the form in which rules are written. */
export const DEFAULT_RULES_JSON = {
  version: 'default-1',
  instruments: [
    { name: 'coupon', reversible: true, external: false },
    { name: 'balance', reversible: true, external: false },
    { name: 'channel', reversible: false, external: true },
  ],
  combinations: {
    standard: {
      allowed: [
        ['balance'],
        ['channel'],
        ['coupon', 'balance'],
        ['coupon', 'channel'],
        ['balance', 'channel'],
        ['coupon', 'balance', 'channel'],
      ],
      legs_max: 8,
      external_legs_max: 1,
      external_min: 1,
      external_min_basis_points: 0,
    },
    external: {
      allowed: [['channel']],
      legs_max: 1,
      external_legs_max: 1,
      external_min: 1,
      external_min_basis_points: 10_000,
    },
  },
  fees: {
    none: NO_FEE,
    standard: { fixed: 0, basis_points: 100, rounding: 'half_up' },
  },
  limits: {
    standard: {
      payment_min: 1,
      payment_max: 'unlimited',
      account_day_max: 'unlimited',
      account_day_count_max: 'unlimited',
      merchant_day_max: 'unlimited',
    },
  },
  channels: {
    simulator: {
      enabled: true,
      merchants: [],
      products: [],
      currencies: [],
      amount_min: 1,
      amount_max: 'unlimited',
      cost: NO_FEE,
      maintenance: [],
      visibility_delay_seconds: 60,
    },
  },
  // A point of success is worth a point of cost: who cannot pay buys nothing.
  routing: { cost_weight: 1, success_weight: 1 },
  policies: {
    standard: {
      partial: 'reverse',
      late_money: 'refund',
      expires_after_seconds: 2 * HOUR_SECONDS,
      confirm_after_seconds: 7 * DAY_SECONDS,
    },
  },
  approvals: { refund_above: 1_000_000, withdrawal_above: 1_000_000 },
  query_delays_ms: QUERY_DELAYS_MS,
  compensation: {
    first_ms: COMPENSATION_BACKOFF.firstMs,
    factor: COMPENSATION_BACKOFF.factor,
    max_ms: COMPENSATION_BACKOFF.maxMs,
  },
};

export const DEFAULT_RULES: Rules = rightOr(judgeRules(DEFAULT_RULES_JSON));

function rightOr(judged: ReturnType<typeof judgeRules>): Rules {
  if (Array.isArray(judged)) throw new Error(`default rules: ${judged.map(problemText).join('; ')}`);
  return judged;
}
