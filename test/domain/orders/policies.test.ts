import { expect, test } from 'vitest';
import { mayExpireAt } from '../../../src/domain/orders/policies.ts';

const NOW = 1_800_000_000_000;
const YEAR_MS = 31_536_000_000;

test.each([
  [1, false],
  [NOW - 1, false],
  [NOW, false],
  [NOW + 1, true],
  [NOW + YEAR_MS, true],
  [NOW + YEAR_MS + 1, false],
  [Infinity, false],
])('a trade that is made now and open until %i: %s', (expiresAtMs, may) => {
  expect(mayExpireAt(expiresAtMs, NOW)).toBe(may);
});
