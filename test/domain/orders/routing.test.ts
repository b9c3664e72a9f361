import { describe, expect, test } from 'vitest';
import { MONEY_MAX } from '../../../src/domain/money.ts';
import {
  isInMaintenance,
  routeOf,
  type ChannelHealth,
  type ChannelRule,
  type RouteRequest,
  type RoutingRules,
} from '../../../src/domain/orders/routing.ts';

const FREE = { fixed: 0, basisPoints: 0, rounding: 'half_up' } as const;

const CHANNEL: ChannelRule = {
  enabled: true,
  merchants: [],
  products: [],
  currencies: [],
  amountMin: 1,
  amountMax: MONEY_MAX,
  cost: FREE,
  maintenance: [],
  visibilityDelaySeconds: 0,
};

const NOON = Date.parse('2026-11-24T12:00:00Z');

const REQUEST: RouteRequest = {
  merchant: 'acme',
  product: 'sale',
  currency: 'EUR',
  amount: 10_000,
  candidates: ['one', 'two', 'three'],
  nowMs: NOON,
};

function rules(channels: Record<string, Partial<ChannelRule>>, costWeight = 1, successWeight = 1): RoutingRules {
  const whole = Object.entries(channels).map(([name, rule]) => [name, { ...CHANNEL, ...rule }] as const);
  return { channels: Object.fromEntries(whole), routing: { costWeight, successWeight } };
}

function route(from: RoutingRules, request: Partial<RouteRequest> = {}, health: Record<string, ChannelHealth> = {}) {
  const routed = routeOf(from, { ...REQUEST, ...request }, health);
  return 'refused' in routed ? `${routed.refused}: ${routed.detail}` : routed.channels.join(', ');
}

const NO_ONE = 'channel_unavailable: none of: one, two, three';

describe('a channel is asked only for what it takes', () => {
  test.each<[string, Partial<ChannelRule>, Partial<RouteRequest>, boolean]>([
    ['switched off', { enabled: false }, {}, false],
    ['for this merchant', { merchants: ['shop', 'acme'] }, {}, true],
    ['for other merchants', { merchants: ['shop'] }, {}, false],
    ['for this product', { products: ['sale'] }, {}, true],
    ['for other products', { products: ['topup'] }, {}, false],
    ['in this currency', { currencies: ['EUR'] }, {}, true],
    ['in other currencies', { currencies: ['USD'] }, {}, false],
    ['the least amount', { amountMin: 10_000 }, {}, true],
    ['less than the least', { amountMin: 10_001 }, {}, false],
    ['the largest amount', { amountMax: 10_000 }, {}, true],
    ['more than the largest', { amountMax: 9_999 }, {}, false],
    ['in maintenance', { maintenance: [{ from: 700, to: 721 }] }, {}, false],
    ['after maintenance', { maintenance: [{ from: 700, to: 720 }] }, {}, true],
  ])('%s', (_, rule, request, taken) => {
    expect(route(rules({ one: rule }), request)).toBe(taken ? 'one' : NO_ONE);
  });

  test('and only when it is there', () => {
    expect(route(rules({ one: {}, two: {} }), { candidates: ['two', 'nine'] })).toBe('two');
    expect(route(rules({ one: {} }), { candidates: [] })).toMatch('channel_unavailable');
  });
});

describe('of several the best is first', () => {
  test('at equal scores the one that the rules name first', () => {
    expect(route(rules({ two: {}, one: {} }))).toBe('two, one');
  });

  test('the cheaper one', () => {
    expect(route(rules({ one: { cost: { ...FREE, basisPoints: 150 } }, two: { cost: { ...FREE, fixed: 100 } } }))).toBe('two, one'); // prettier-ignore
    expect(route(rules({ one: { cost: { ...FREE, basisPoints: 150 } }, two: { cost: { ...FREE, fixed: 100 } } }), { amount: 1_000 })).toBe('one, two'); // prettier-ignore
  });

  const dearAndSure = { one: { cost: { ...FREE, basisPoints: 300 } }, two: {} };
  const failing = { two: { available: true, successBasisPoints: 9_500 } };

  test('the one that succeeds, when failing costs more', () => {
    expect(route(rules(dearAndSure), {}, failing)).toBe('one, two');
  });

  test('unless the rules weigh it otherwise', () => {
    expect(route(rules(dearAndSure, 2, 1), {}, failing)).toBe('two, one');
    expect(route(rules(dearAndSure, 1, 0), {}, failing)).toBe('two, one');
  });

  test('never one whose breaker is open', () => {
    const open = { one: { available: false, successBasisPoints: 10_000 } };
    expect(route(rules({ one: {}, two: { cost: { ...FREE, fixed: 500 } } }), {}, open)).toBe('two');
    expect(route(rules({ one: {} }), {}, open)).toBe(NO_ONE);
  });
});

test.each<[number, number, string, boolean]>([
  [120, 180, '01:59', false],
  [120, 180, '02:00', true],
  [120, 180, '02:59', true],
  [120, 180, '03:00', false],
  [1_410, 30, '23:29', false],
  [1_410, 30, '23:30', true],
  [1_410, 30, '00:29', true],
  [1_410, 30, '00:30', false],
])('maintenance from minute %i to %i, at %s: %s', (from, to, clock, inside) => {
  expect(isInMaintenance([{ from, to }], Date.parse(`2026-11-24T${clock}:30Z`))).toBe(inside);
});
