// Lines of vouchers: what each action does to an account, who refuses it, and which lines balance.

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MONEY_MAX } from '../../src/domain/money.ts';
import { applyLine, EFFECTS, isBalanced, refuseLine, type PostingAction } from '../../src/domain/posting-lines.ts';
import { ALLOWED, refusalOf } from '../../src/domain/refusals.ts';
import type { Account } from '../../src/domain/accounts.ts';
import { sampleAccount } from '../support/samples.ts';

const ACTIONS = Object.keys(EFFECTS) as PostingAction[];
const HOUSE = '@escrow:EUR';

test.each<[PostingAction, available: number, held: number, pending: number]>([
  ['debit', -7, 0, 0],
  ['credit', 7, 0, 0],
  ['hold', -7, 7, 0],
  ['expect', 0, 0, 7],
  ['take', 0, -7, 0],
  ['receive', 7, 0, -7],
  ['release', 7, -7, 0],
  ['forgo', 0, 0, -7],
])('%s: available %i, held %i, pending %i, and one version more', (action, available, held, pending) => {
  const balances = { available: 0, held: 0, pending: 0, version: 3 };
  applyLine(balances, { account: 'a', action, amount: 7 });
  expect(balances).toEqual({ available, held, pending, version: 4 });
  const { posted, promised } = EFFECTS[action];
  expect([available + held, held - pending]).toEqual([posted * 7, promised * 7]);
});

describe('refused', () => {
  const verdict = (action: PostingAction, state: Partial<Account>, amount = 7, currency = 'EUR'): string => {
    const number = refuseLine(sampleAccount(state), { account: '', action, amount }, currency);
    return number === ALLOWED ? 'allowed' : refusalOf(number);
  };
  const frozen = { status: 'frozen', available: 100, held: 100, pending: 100 } as const;

  test.each<[PostingAction, string]>([
    ['debit', 'account_frozen'],
    ['hold', 'account_frozen'],
    ['credit', 'account_frozen'],
    ['expect', 'account_frozen'],
    ['take', 'allowed'],
    ['receive', 'allowed'],
    ['release', 'allowed'],
    ['forgo', 'allowed'],
  ])('%s of a frozen account: %s', (action, told) => {
    expect(verdict(action, frozen)).toBe(told);
  });

  test.each(['debit', 'hold'] as const)('%s of more than there is', (action) => {
    expect(verdict(action, { available: 6 })).toBe('insufficient_funds');
    expect(verdict(action, { available: 7 })).toBe('allowed');
    expect(verdict(action, { id: HOUSE, creditLimit: Infinity })).toBe('allowed');
  });

  test.each(['credit', 'expect'] as const)('%s of what cannot be counted, of a client and of the house', (action) => {
    for (const id of ['alice', HOUSE]) {
      expect(verdict(action, { id, available: MONEY_MAX - 7 })).toBe('allowed');
      expect(verdict(action, { id, available: MONEY_MAX - 8, pending: 2 })).toBe('balance_overflow');
    }
  });

  test.each(['debit', 'credit', 'hold', 'expect'] as const)('%s in another currency', (action) => {
    for (const id of ['alice', HOUSE]) expect(verdict(action, { id }, 7, 'CZK')).toBe('currency_mismatch');
  });

  test.each(['take', 'receive', 'release', 'forgo'] as const)('%s in another currency is a fault', (action) => {
    expect(() => verdict(action, {}, 7, 'CZK')).toThrow('has promised nothing in CZK');
  });
});

test('balanced is what moves as much as it brings and keeps back as much as it promises', () => {
  const line = fc.record({
    account: fc.constant('a'),
    action: fc.constantFrom(...ACTIONS),
    amount: fc.integer({ min: 1, max: 3 }),
  });
  fc.assert(
    fc.property(fc.array(line, { maxLength: 4 }), (lines) => {
      const sums = { available: 0, held: 0, pending: 0, version: 0 };
      for (const one of lines) applyLine(sums, one);
      const even = sums.available + sums.held === 0 && sums.held === sums.pending;
      expect(isBalanced(lines)).toBe(even && lines.length > 0);
    }),
    { numRuns: 2_000 },
  );
});

test('not balanced is what cannot be counted', () => {
  const pair = (amount: number) => [
    { account: 'a', action: 'debit', amount } as const,
    { account: 'b', action: 'credit', amount } as const,
  ];
  expect(isBalanced(pair(MONEY_MAX))).toBe(true);
  for (const amount of [0, -1, 0.5, NaN, MONEY_MAX + 1]) expect(isBalanced(pair(amount))).toBe(false);
  const [debit, credit] = pair(MONEY_MAX);
  if (debit && credit) expect(isBalanced([debit, debit, credit, credit])).toBe(false);
});
