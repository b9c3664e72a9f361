// Rules of faults are read whole and strictly: a misspelt one would be a test that tests nothing.

import { expect, test } from 'vitest';
import { readRules } from '../../../src/channels/simulator/fault-reading.ts';
import { simulated } from '../support/simulated.ts';

const doing = (fault: object) => ({ rules: [{ do: [fault] }] });

test.each<[string, unknown]>([
  ['the body must be an object', []],
  ['the body.rule is not a field', { rule: [] }],
  ['rules must be a list', { rules: {} }],
  ['rules has 1001 elements', { rules: Array.from({ length: 1_001 }, () => ({ do: [{ fault: 'reset' }] })) }],
  ['rules[0].do has nothing to do', { rules: [{ do: [] }] }],
  ['rules[0].match.verb must be pay or', { rules: [{ match: { verb: 'buy' }, do: [{ fault: 'reset' }] }] }],
  ['rules[0].match.probability must be', { rules: [{ match: { probability: 5 }, do: [{ fault: 'reset' }] }] }],
  ['rules[0].match.every must be', { rules: [{ match: { every: 0 }, do: [{ fault: 'reset' }] }] }],
  ['rules[0].do[0].fault must be one of latency, drop_reply', doing({ fault: 'dropreply' })],
  ['rules[0].do[0].fault must be one of', doing({ fault: 'toString' })],
  ['rules[0].do[0].ms is not a field', doing({ fault: 'reset', ms: 1 })],
  ['rules[0].do[0].delay_ms is required', doing({ fault: 'late_callback' })],
  ['rules[0].do[0] needs ms, or p50 and p99', doing({ fault: 'latency', p50: 10 })],
  ['rules[0].do[0] has its ends exchanged', doing({ fault: 'latency', min: 10, max: 5 })],
  ['rules[0].do[0].status must be an integer from 500 to 599', doing({ fault: 'error', status: 404 })],
  ['rules[0].do[0].by must be', doing({ fault: 'amount', by: 0 })],
  [
    'rules[0]: bill_line goes into a rule of its own',
    { rules: [{ do: [{ fault: 'reset' }, { fault: 'bill_line', how: 'missing' }] }] },
  ],
])('%s', (problem, rules) => {
  expect(() => readRules(rules)).toThrow(problem);
});

test('over the control surface, rules replace all others or none', async () => {
  const { control, pay, url } = await simulated();
  expect((await control('/faults', { rules: [{ match: { number: 'p1' }, do: [{ fault: 'reset' }] }] })).status).toBe(
    200,
  );
  const refused = await control('/faults', doing({ fault: 'nonsense' }));
  expect([refused.status, refused.body?.error]).toEqual([400, 'invalid_request']);
  expect((await pay('p1', 100)).status).toBe(0);
  const shown: unknown = await (await fetch(`${url}/faults`)).json();
  expect(shown).toEqual({ rules: [{ match: { number: 'p1' }, do: [{ fault: 'reset' }], applied: 1 }] });
  await control('/faults', { rules: [] });
  expect((await pay('p1', 100)).status).toBe(200);
});
