// A problem document, looked at as a whole.

import { expect } from 'vitest';
import { REFUSALS, type Refusal, type RefusalRow } from '../../../../src/domain/refusals.ts';
import type { Problem } from '../../../../src/gateway/problem.ts';

/** Every member that a problem may have; the last two are there when there is something to say. */
const MEMBERS = ['type', 'title', 'status', 'detail', 'instance', 'code', 'outcome', 'retryable', 'request_id'];

/** Checks that it is a whole problem of this code, and nothing more. */
export function expectProblem(problem: Problem, code: Refusal): void {
  const row: RefusalRow = REFUSALS[code];
  expect(problem).toMatchObject({
    type: `/v1/refusals#${code}`,
    title: row.meaning,
    status: row.status,
    code,
    outcome: row.outcome ?? 'none',
    retryable: row.retryable ?? false,
  });
  for (const text of [problem.detail, problem.instance, problem.request_id]) expect(text).toMatch(/^\S.*$/s);
  const more = Object.keys(problem).filter((name) => !MEMBERS.includes(name));
  expect(['', 'param', 'errors', 'param,errors']).toContain(more.join(','));
  expect(JSON.stringify(problem)).not.toMatch(/\bat .*\.(ts|js):\d+|node_modules|Error:|\/src\//);
}
