import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { MONEY_MAX, type Rounding } from '../../../src/domain/money.ts';
import { feeOf } from '../../../src/domain/orders/fees.ts';

test.each<[number, number, Rounding, number, number]>([
  [0, 0, 'half_up', 100, 0],
  [25, 0, 'half_up', 100, 25],
  [0, 100, 'half_up', 149, 1],
  [0, 100, 'half_up', 150, 2],
  [0, 100, 'down', 199, 1],
  [0, 100, 'up', 101, 2],
  [25, 290, 'half_up', 10_000, 315],
  [25, 0, 'half_up', 25, 25],
  [25, 0, 'half_up', 24, 24],
  [1, 10_000, 'down', 100, 100],
  [0, 10_000, 'up', MONEY_MAX, MONEY_MAX],
  [MONEY_MAX, 10_000, 'up', MONEY_MAX, MONEY_MAX],
  [0, 1, 'down', MONEY_MAX, 900719925474],
  [0, 1, 'up', MONEY_MAX, 900719925475],
])('%i and %i basis points, rounded %s, of %i are %i', (fixed, basisPoints, rounding, amount, fee) => {
  expect(feeOf({ fixed, basisPoints, rounding }, amount)).toBe(fee);
});

test('a fee is exact, and never more than the amount', () => {
  const money = fc.oneof(fc.nat(1_000), fc.integer({ min: 0, max: MONEY_MAX }));
  fc.assert(
    fc.property(money, fc.integer({ min: 0, max: 10_000 }), money, (fixed, basisPoints, amount) => {
      const exact = BigInt(fixed) + (BigInt(amount) * BigInt(basisPoints) + 9_999n) / 10_000n;
      const fee = BigInt(feeOf({ fixed, basisPoints, rounding: 'up' }, amount));
      expect(fee).toBe(exact < BigInt(amount) ? exact : BigInt(amount));
    }),
  );
});
