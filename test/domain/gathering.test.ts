// What a debit lacks, and which sub-accounts give it.

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { gatheringsOf, lackingFor } from '../../src/domain/gathering.ts';
import { MONEY_MAX } from '../../src/domain/money.ts';

function given(have: readonly number[], lacking: number): string {
  const subAccounts = have.map((available, index) => ({ id: `*${index}`, available }));
  return gatheringsOf(subAccounts, lacking)
    .map(({ subAccount, amount }) => `${subAccount} ${amount}`)
    .join(', ');
}

test.each([
  [100, 0, 100, 0],
  [100, 0, 101, 1],
  [100, 50, 151, 1],
  [-50, 50, 1, 1],
  [-MONEY_MAX, MONEY_MAX, MONEY_MAX, MONEY_MAX],
  [0, Infinity, MONEY_MAX, -Infinity],
])('%i with a limit of %i lacks for %i: %i', (available, creditLimit, amount, expected) => {
  expect(lackingFor({ available, creditLimit }, amount)).toBe(expected);
});

test.each([
  [[5, 9, 7], 8, '*1 8'],
  [[5, 9, 7], 9, '*1 9'],
  [[5, 9, 7], 10, '*1 9, *2 1'],
  [[5, 9, 7], 21, '*1 9, *2 7, *0 5'],
  [[4, 4, 4], 5, '*0 4, *1 1'],
  [[0, 3, 0], 3, '*1 3'],
  [[0, 0], 0, ''],
])('of %o, %i: %s', (have, lacking, expected) => {
  expect(given(have, lacking)).toBe(expected);
});

test('more than there is cannot be gathered: whoever asks has counted wrongly', () => {
  expect(() => given([5, 0], 6)).toThrow('1 of them');
});

test('all that is lacked comes, from as few as can bring it, and nobody gives more than it has', () => {
  const have = fc.array(fc.nat(50), { minLength: 2, maxLength: 64 });
  fc.assert(
    fc.property(have, fc.nat(2_000), (amounts, wanted) => {
      const lacking = Math.min(
        wanted,
        amounts.reduce((sum, amount) => sum + amount, 0),
      );
      const subAccounts = amounts.map((available, index) => ({ id: String(index), available }));
      const gatherings = gatheringsOf(subAccounts, lacking);
      expect(gatherings.reduce((sum, { amount }) => sum + amount, 0)).toBe(lacking);
      for (const { subAccount, amount } of gatherings) {
        expect(amount).toBeGreaterThan(0);
        expect(amount).toBeLessThanOrEqual(amounts[Number(subAccount)] ?? 0);
      }
      const richest = amounts.toSorted((one, other) => other - one);
      const fewer = richest.slice(0, Math.max(0, gatherings.length - 1)).reduce((sum, amount) => sum + amount, 0);
      if (lacking > 0) expect(fewer).toBeLessThan(lacking);
    }),
  );
});
