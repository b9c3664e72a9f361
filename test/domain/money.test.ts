import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { basisPointsOf, isAmount, isBalance, MONEY_MAX, readAmount, type Rounding } from '../../src/domain/money.ts';

describe('an amount as clients send it', () => {
  test.each<[unknown, number]>([
    [1, 1],
    [42, 42],
    [MONEY_MAX, MONEY_MAX],
    ['1', 1],
    ['9007199254740991', MONEY_MAX],
    [1n, 1],
    [9007199254740991n, MONEY_MAX],
    [1.0, 1],
    [1e3, 1000],
  ])('%o is taken', (value, amount) => {
    expect(readAmount(value)).toBe(amount);
  });

  // prettier-ignore
  test.each<unknown>([
    0, -0, -1, 1.5, 0.1, 1e21, 2 ** 53, 2 ** 53 + 2, -MONEY_MAX, NaN, Infinity, -Infinity,
    '', '0', '00', '-1', '+1', '01', '1.0', '1.5', '1e3', '1E3', '0x10', '1_000', '1,000', '١٢', '１２', '²',
    ' 1', '1 ', '\t1', '1\n', '1\u0000', '\u00a01', 'NaN', 'Infinity', 'null',
    '9007199254740992', '9007199254740993', '10000000000000000', '1'.repeat(17), '9'.repeat(400),
    0n, -1n, 9007199254740992n, 2n ** 64n, -(2n ** 64n),
    null, undefined, true, false, [], [1], {}, { valueOf: () => 1 }, Object(1), Object('1'), Symbol('1'), () => 1, new Date(1),
  ])('%o is not', (value) => {
    expect(readAmount(value)).toBeNull();
  });

  test('whatever is taken is an amount, and is the number that was sent', () => {
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.integer(), fc.bigInt(), fc.maxSafeInteger().map(String)), (value) => {
        const amount = readAmount(value);
        if (amount === null) return;
        expect(isAmount(amount)).toBe(true);
        expect(String(amount)).toBe(String(value));
      }),
    );
  });
});

test('a balance stays within ±(2^53 − 1)', () => {
  for (const value of [0, -0, 1, MONEY_MAX, -MONEY_MAX]) expect(isBalance(value), String(value)).toBe(true);
  for (const value of [2 ** 53, -(2 ** 53), Infinity, -Infinity, NaN])
    expect(isBalance(value), String(value)).toBe(false);
});

/** Long division by hand, digit by digit: nothing in common with the code but the numbers. */
function reference(amount: number, basisPoints: number, rounding: Rounding): bigint {
  const product = BigInt(amount) * BigInt(basisPoints);
  const whole = product / 10_000n;
  const rest = product % 10_000n;
  if (rest === 0n || rounding === 'down') return whole;
  return rounding === 'up' || rest >= 5_000n ? whole + 1n : whole;
}

describe('basis points', () => {
  const amounts = fc.oneof(fc.nat({ max: 100_000 }), fc.integer({ min: 0, max: MONEY_MAX }), fc.constant(MONEY_MAX));
  const roundings = fc.constantFrom<Rounding>('down', 'half_up', 'up');

  test('exact for every amount', () => {
    fc.assert(
      fc.property(amounts, fc.integer({ min: 0, max: 10_000 }), roundings, (amount, basisPoints, rounding) => {
        expect(BigInt(basisPointsOf(amount, basisPoints, rounding))).toBe(reference(amount, basisPoints, rounding));
      }),
      { numRuns: 2_000 },
    );
  });

  test.each<[number, number, number, number, number]>([
    [10_000, 250, 250, 250, 250],
    [199, 100, 1, 2, 2],
    [150, 100, 1, 2, 2],
    [149, 100, 1, 1, 2],
    [1, 1, 0, 0, 1],
    [0, 10_000, 0, 0, 0],
    [MONEY_MAX, 10_000, MONEY_MAX, MONEY_MAX, MONEY_MAX],
    [MONEY_MAX, 0, 0, 0, 0],
  ])('%i at %i: %i, %i or %i', (amount, basisPoints, down, halfUp, up) => {
    expect(basisPointsOf(amount, basisPoints, 'down')).toBe(down);
    expect(basisPointsOf(amount, basisPoints, 'half_up')).toBe(halfUp);
    expect(basisPointsOf(amount, basisPoints, 'up')).toBe(up);
  });

  test.each([
    [-1, 1],
    [1.5, 1],
    [2 ** 53, 1],
    [NaN, 1],
    [1, -1],
    [1, 10_001],
    [1, 0.5],
    [1, NaN],
  ])('%d at %d is a fault of the caller', (amount, basisPoints) => {
    expect(() => basisPointsOf(amount, basisPoints, 'down')).toThrow(RangeError);
  });
});
