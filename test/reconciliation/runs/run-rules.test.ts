// Rules of runs: read whole, and refused in words.

import { expect, test } from 'vitest';
import { DEFAULT_RUN_RULES, matchingRules, readRunRules, rulesOf } from '../../../src/reconciliation/runs/run-rules.ts';

test('what is left out is the default, and a channel has it from there', () => {
  const read = readRunRules('{"default": {"wait_days": 2}, "channels": {"card": {"fee": {"basis_points": 30}}}}');
  if (!('default' in read)) throw new Error(read.join());
  expect(rulesOf(read, 'card')).toEqual({
    ...DEFAULT_RUN_RULES.default,
    waitDays: 2,
    fee: { fixed: 0, basisPoints: 30 },
  });
  expect(rulesOf(read, 'constructor')).toEqual({ ...DEFAULT_RUN_RULES.default, waitDays: 2 });
  expect(matchingRules(rulesOf(read, 'card'), '1970-01-03')).toMatchObject({
    asOfDay: 2,
    waitDays: 2,
    keys: ['number'],
  });
});

test('everything that is wrong is told at once', () => {
  const text = '{"defaults": {}, "default": {"keys": ["name"], "wait_days": -1, "colour": 1}, "channels": {"card": 7}}';
  expect(readRunRules(text)).toEqual([
    'there is no field defaults',
    'default.keys: a list of number, channel_trade_no was expected',
    'default.wait_days: 0 … 60 days was expected',
    'default: there is no field colour',
    'card: an object was expected',
  ]);
  expect(readRunRules('[')).toEqual(['it is not a JSON object']);
});
