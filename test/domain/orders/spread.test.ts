import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MONEY_MAX } from '../../../src/domain/money.ts';
import { spread } from '../../../src/domain/orders/spread.ts';

describe('an amount is spread to the unit', () => {
  test.each<[number, number[], number[]]>([
    [100, [1, 1], [50, 50]],
    [100, [1, 1, 1], [34, 33, 33]],
    [101, [1, 1, 1], [34, 34, 33]],
    [10, [3, 7], [3, 7]],
    [1, [1, 9], [0, 1]],
    [1, [5, 5], [1, 0]],
    [5, [0, 3, 0], [0, 5, 0]],
    [2, [7, 0, 7, 7], [1, 0, 1, 0]],
    [0, [1, 2], [0, 0]],
    [0, [0, 0], [0, 0]],
    [0, [], []],
    [MONEY_MAX, [MONEY_MAX, MONEY_MAX], [4503599627370496, 4503599627370495]],
    [MONEY_MAX, [1], [MONEY_MAX]],
  ])('%i over %o is %o', (amount, weights, parts) => {
    expect(spread(amount, weights)).toEqual(parts);
  });

  test.each([[[]], [[0]], [[0, 0]]])('but not over %o', (weights) => {
    expect(() => spread(1, weights)).toThrow(RangeError);
  });
});

describe('for any amount and any weights', () => {
  const weight = fc.oneof(fc.constant(0), fc.nat(20), fc.integer({ min: 0, max: MONEY_MAX }));
  const weights = fc.array(weight, { minLength: 1, maxLength: 12 }).filter((all) => all.some((one) => one > 0));
  const amount = fc.oneof(fc.nat(50), fc.integer({ min: 0, max: MONEY_MAX }));

  test('the parts add up, and each is less than a unit away from its share', () => {
    fc.assert(
      fc.property(amount, weights, (all, by) => {
        const parts = spread(all, by);
        expect(parts.reduce((sum, part) => sum + BigInt(part), 0n)).toBe(BigInt(all));
        const sum = by.reduce((total, one) => total + BigInt(one), 0n);
        for (const [place, part] of parts.entries()) {
          const away = BigInt(part) * sum - BigInt(all) * BigInt(by[place] ?? 0);
          expect(away < sum && away > -sum).toBe(true);
        }
      }),
    );
  });

  test('no part is larger than its weight when the amount is not larger than all of them', () => {
    const small = fc.array(fc.nat(1_000_000), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(small, fc.double({ min: 0, max: 1, noNaN: true }), (by, share) => {
        const all = Math.floor(by.reduce((total, one) => total + one, 0) * share);
        for (const [place, part] of spread(all, by).entries()) expect(part).toBeLessThanOrEqual(by[place] ?? 0);
      }),
    );
  });
});
