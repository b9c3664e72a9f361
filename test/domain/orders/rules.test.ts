import { describe, expect, test } from 'vitest';
import { MONEY_MAX } from '../../../src/domain/money.ts';
import { DEFAULT_RULES, DEFAULT_RULES_JSON } from '../../../src/domain/orders/default-rules.ts';
import { problemText } from '../../../src/domain/orders/json-reader.ts';
import { judgeRules } from '../../../src/domain/orders/rules.ts';

/** The default rules with one thing changed; undefined takes it away. */
function changed(path: string, value: unknown): unknown {
  const json = structuredClone(DEFAULT_RULES_JSON) as Record<string, unknown>;
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  const place = keys.reduce((object, key) => object[key] as Record<string, unknown>, json);
  if (value === undefined) delete place[last];
  else place[last] = value;
  return json;
}

function problems(json: unknown): string[] {
  const judged = judgeRules(json);
  return Array.isArray(judged) ? judged.map(problemText) : [];
}

describe('the rules of a server that was given none', () => {
  test('are right, as written and as JSON', () => {
    expect(judgeRules(DEFAULT_RULES_JSON)).toEqual(DEFAULT_RULES);
    expect(judgeRules(JSON.parse(JSON.stringify(DEFAULT_RULES_JSON)))).toEqual(DEFAULT_RULES);
  });

  test('ask the simulator, and limit nothing', () => {
    expect(Object.keys(DEFAULT_RULES.channels)).toEqual(['simulator']);
    expect(DEFAULT_RULES.limits['standard']).toMatchObject({ paymentMax: MONEY_MAX, merchantDayMax: MONEY_MAX });
    expect(DEFAULT_RULES.policies['standard']).toMatchObject({ partial: 'reverse', lateMoney: 'refund' });
  });
});

describe('a field at fault is named, with what it has to be and what it is', () => {
  // prettier-ignore
  test.each<[string, unknown, string]>([
    ['fees.standard.basis_points', 12.5, 'fees.standard.basis_points: must be an integer 0 … 10000, is 12.5'],
    ['fees.standard.basis_points', 10_001, 'fees.standard.basis_points: must be an integer 0 … 10000, is 10001'],
    ['fees.standard.basis_points', '12', 'fees.standard.basis_points: must be an integer 0 … 10000, is "12"'],
    ['fees.standard.basis_points', undefined, 'fees.standard.basis_points: must be an integer 0 … 10000, is missing'],
    ['fees.standard.basis_points', NaN, 'fees.standard.basis_points: must be an integer 0 … 10000, is NaN'],
    ['fees.standard.rounding', 'half_even', 'fees.standard.rounding: must be "down" or "half_up" or "up", is "half_even"'],
    ['fees.standard.fixed', -1, 'fees.standard.fixed: must be an integer 0 … 9007199254740991, is -1'],
    ['fees.standard.percent', 3, 'fees.standard.percent: is not a known field'],
    ['fees.standard.basisPoints', 3, 'fees.standard.basisPoints: is not a known field'],
    ['fees', {}, 'fees: must be an object with at least one entry, is {}'],
    ['fees', [], 'fees: must be an object with at least one entry, is []'],
    ['fees.standard', null, 'fees.standard: must be an object, is null'],
    ['fees.Card Fee', DEFAULT_RULES_JSON.fees.none, 'fees.Card Fee: must be a name of 1-64 characters a-z 0-9 _ -, is "Card Fee"'],
    ['version', '', 'version: must be an id of 1-64 characters A-Z a-z 0-9 _ . : -, is ""'],
    ['colour', 'red', 'colour: is not a known field'],
    ['limits.standard.payment_max', 'lots', 'limits.standard.payment_max: must be an integer 0 … 9007199254740991 or "unlimited", is "lots"'],
    ['instruments', [], 'instruments: must be a list of 1 … 64 entries, is []'],
    ['instruments.0.reversible', 'yes', 'instruments[0].reversible: must be true or false, is "yes"'],
    ['instruments.3', DEFAULT_RULES_JSON.instruments[0], 'instruments[3].name: "coupon" is declared twice'],
    ['combinations.standard.allowed.1', ['cheque'], 'combinations.standard.allowed[1]: names "cheque", which is not among the instruments'],
    ['combinations.standard.allowed.0', ['balance', 'balance'], 'combinations.standard.allowed[0]: names an instrument twice'],
    ['combinations.standard.legs_max', 17, 'combinations.standard.legs_max: must be an integer 1 … 16, is 17'],
    ['channels.simulator.amount_max', 0, 'channels.simulator.amount_min: must be at most amount_max, 0, is 1'],
    ['channels.simulator.maintenance', [{ from: '24:00', to: '01:00' }], 'channels.simulator.maintenance[0].from: must be a string of the form "23:30" (UTC), is "24:00"'],
    ['channels.simulator.maintenance', [{ from: '01:00', to: '01:00' }], 'channels.simulator.maintenance[0]: begins when it ends'],
    ['channels.simulator.currencies', ['eur'], 'channels.simulator.currencies[0]: must be a string of 3-12 capital letters and digits, is "eur"'],
    ['limits.standard.payment_max', 0, 'limits.standard.payment_min: must be at most payment_max, 0, is 1'],
    ['policies.standard.late_money', 'keep', 'policies.standard.late_money: must be "refund" or "accept", is "keep"'],
    ['policies.standard.fee_on_refund', 'half', 'policies.standard.fee_on_refund: must be "keep" or "return", is "half"'],
    ['policies.standard.fee_on_refund', null, 'policies.standard.fee_on_refund: must be "keep" or "return", is null'],
    ['policies.standard.expires_after_seconds', 0, 'policies.standard.expires_after_seconds: must be an integer 1 … 31536000, is 0'],
    ['approvals.refund_above', -1, 'approvals.refund_above: must be an integer 0 … 9007199254740991 or "unlimited", is -1'],
    ['query_delays_ms', [5, 4], 'query_delays_ms[1]: must be at least 5, is 4'],
    ['compensation.first_ms', 4_000_000, 'compensation.first_ms: must be at most max_ms, 3600000, is 4000000'],
    ['routing.cost_weight', 'x'.repeat(80), `routing.cost_weight: must be an integer 0 … 1000, is "${'x'.repeat(59)}…`],
  ])('%s = %o', (path, value, told) => {
    expect(problems(changed(path, value))).toEqual([told]);
  });

  test('and all of them at once', () => {
    const json = Object.assign(structuredClone<object>(DEFAULT_RULES_JSON), {
      fees: { card: {} },
      policies: 3,
      unknown: 1,
    });
    expect(problems(json)).toEqual([
      'unknown: is not a known field',
      'fees.card.fixed: must be an integer 0 … 9007199254740991, is missing',
      'fees.card.basis_points: must be an integer 0 … 10000, is missing',
      'fees.card.rounding: must be "down" or "half_up" or "up", is missing',
      'policies: must be an object with at least one entry, is 3',
    ]);
  });

  test.each([[null], [undefined], [[]], ['rules'], [7]])('%o are no rules', (json) => {
    expect(problems(json)[0]).toMatch(/^must be an object, is /);
  });
});

test('what is read is in the words of the code, and times are minutes', () => {
  const rules = judgeRules(changed('channels.simulator.maintenance', [{ from: '23:30', to: '00:05' }]));
  expect(rules).toMatchObject({ channels: { simulator: { maintenance: [{ from: 1_410, to: 5 }] } } });
});

// prettier-ignore
test.each<[string, unknown]>([
  ['limits.standard.payment_max', 1],
  ['channels.simulator.amount_max', 1],
  ['query_delays_ms', [5, 5]],
  ['compensation', { first_ms: 5, factor: 1, max_ms: 5 }],
  ['combinations.standard.legs_max', 16],
  ['approvals.refund_above', 'unlimited'],
])('a range may be as small as one value: %s = %o', (path, value) => {
  expect(problems(changed(path, value))).toEqual([]);
});

test('rules that were written before fees could go back keep them', () => {
  expect(DEFAULT_RULES_JSON.policies.standard).not.toHaveProperty('fee_on_refund');
  expect(DEFAULT_RULES.policies['standard']).toMatchObject({ feeOnRefund: 'keep' });
  const rules = judgeRules(changed('policies.standard.fee_on_refund', 'return'));
  expect(rules).toMatchObject({ policies: { standard: { feeOnRefund: 'return' } } });
});

test('a name that every object has is an entry like any other', () => {
  expect(problems(JSON.parse(JSON.stringify(DEFAULT_RULES_JSON).replace('"none"', '"__proto__"')))).toEqual([
    'fees.__proto__: must be a name of 1-64 characters a-z 0-9 _ -, is "__proto__"',
  ]);
});
