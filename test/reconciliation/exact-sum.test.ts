import { expect, test } from 'vitest';
import { ExactSum } from '../../src/reconciliation/exact-sum.ts';

test('a sum stays exact above 2^53, both ways', () => {
  const sum = new ExactSum();
  for (let count = 0; count < 9; count++) sum.add(2 ** 52 - 1);
  for (let count = 0; count < 3; count++) sum.add(1);
  expect(sum.value).toBe(9n * (2n ** 52n - 1n) + 3n);
  for (let count = 0; count < 20; count++) sum.add(-Number.MAX_SAFE_INTEGER);
  expect(sum.value).toBe(9n * (2n ** 52n - 1n) + 3n - 20n * BigInt(Number.MAX_SAFE_INTEGER));
});
