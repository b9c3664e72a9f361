import { expect, test } from 'vitest';
import { judgeSecondPerson, needsApproval } from '../../../src/domain/orders/approvals.ts';

test.each([
  [100, 100, false],
  [100, 101, true],
  [0, 1, true],
])('above %i, %i needs a second person: %s', (above, amount, needed) => {
  expect(needsApproval(above, amount)).toBe(needed);
});

test.each([
  ['key_1', 'key_2', true],
  ['', 'key_1', true],
  ['key_1', 'key_1', false],
  ['key_1', '', false],
  ['', '', false],
])('what "%s" asked for, "%s" may approve: %s', (requestedBy, approver, may) => {
  expect(judgeSecondPerson(requestedBy, approver)).toEqual(
    may ? null : { refused: 'same_person_approval', detail: '' },
  );
});
