// When an account refuses, and what a step does to it. Stories of whole transfers are in test/actors/business.test.ts.

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  applyCredit,
  applyDebit,
  refuseCapture,
  refuseChange,
  refuseCredit,
  refuseDebit,
  refuseReturn,
  type Account,
  type AccountStatus,
  type Step,
} from '../../src/domain/accounts.ts';
import { isBalance, MONEY_MAX } from '../../src/domain/money.ts';
import { ALLOWED, refusalOf } from '../../src/domain/refusals.ts';
import { sampleAccount } from '../support/samples.ts';

function told(verdict: number): string {
  return verdict === ALLOWED ? 'allowed' : refusalOf(verdict);
}

type Row = [string, Partial<Account>, number];

describe('paying', () => {
  test.each<Row>([
    ['allowed', { available: 70 }, 70],
    ['insufficient_funds', { available: 69 }, 70],
    ['allowed', { available: 0, creditLimit: 70 }, 70],
    ['insufficient_funds', { available: 0, creditLimit: 69 }, 70],
    ['allowed', { available: -20, creditLimit: 90 }, 70],
    ['insufficient_funds', { available: -21, creditLimit: 90 }, 70],
    ['insufficient_funds', { available: -50, creditLimit: 0 }, 1],
    ['allowed', { available: 0, creditLimit: Infinity }, MONEY_MAX],
    ['balance_overflow', { available: -1, creditLimit: Infinity }, MONEY_MAX],
    ['balance_overflow', { available: -MONEY_MAX, creditLimit: Infinity }, MONEY_MAX],
    ['allowed', { available: 1, held: MONEY_MAX - 1, creditLimit: Infinity }, 1],
    ['balance_overflow', { available: 1, held: MONEY_MAX, creditLimit: Infinity }, 1],
    ['account_frozen', { available: 0, status: 'frozen' }, 1],
    ['account_closed', { available: 0, status: 'closed' }, 1],
    ['currency_mismatch', { available: 0, currency: 'CZK' }, 1],
    ['account_frozen', { currency: 'CZK', status: 'frozen' }, 1],
  ])('%s: %o pays %i', (expected, state, amount) => {
    expect(told(refuseDebit(sampleAccount(state), amount, 'EUR'))).toBe(expected);
  });
});

describe('receiving', () => {
  test.each<Row>([
    ['allowed', {}, MONEY_MAX],
    ['allowed', { available: MONEY_MAX - 1 }, 1],
    ['balance_overflow', { available: MONEY_MAX }, 1],
    ['balance_overflow', { available: MONEY_MAX }, MONEY_MAX],
    ['balance_overflow', { available: 1, held: MONEY_MAX - 1 }, 1],
    ['balance_overflow', { available: 1, pending: MONEY_MAX - 1 }, 1],
    ['allowed', { available: -MONEY_MAX }, MONEY_MAX],
    ['balance_overflow', { available: -MONEY_MAX, held: MONEY_MAX }, 1],
    ['account_frozen', { available: MONEY_MAX, status: 'frozen' }, 1],
    ['account_closed', { status: 'closed' }, 1],
    ['currency_mismatch', { available: MONEY_MAX, currency: 'CZK' }, 1],
  ])('%s: %o receives %i', (expected, state, amount) => {
    expect(told(refuseCredit(sampleAccount(state), amount, 'EUR'))).toBe(expected);
  });
});

test.each<[AccountStatus, string]>([
  ['active', 'allowed'],
  ['frozen', 'account_frozen'],
  ['closed', 'account_closed'],
])('a capture where an account is %s: %s', (status, expected) => {
  expect(told(refuseCapture(sampleAccount({ status })))).toBe(expected);
});

test.each<[Partial<Account>, AccountStatus, string]>([
  [{ available: 5 }, 'frozen', 'allowed'],
  [{ status: 'frozen', available: 5 }, 'active', 'allowed'],
  [{}, 'closed', 'allowed'],
  [{ status: 'frozen' }, 'closed', 'allowed'],
  [{ available: 1 }, 'closed', 'account_not_empty'],
  [{ available: -1 }, 'closed', 'account_not_empty'],
  [{ held: 1 }, 'closed', 'account_not_empty'],
  [{ pending: 1 }, 'closed', 'account_not_empty'],
  [{ status: 'closed' }, 'active', 'account_closed'],
  [{ status: 'closed' }, 'closed', 'account_closed'],
])('%o becomes %s: %s', (state, status, expected) => {
  expect(told(refuseChange(sampleAccount(state), status, 0))).toBe(expected);
});

/** What each step does to [available, held, pending], per unit moved. */
const STEPS: Readonly<Record<Step, { readonly debit: readonly number[]; readonly credit: readonly number[] }>> = {
  posted: { debit: [-1, 0, 0], credit: [1, 0, 0] },
  held: { debit: [-1, 1, 0], credit: [0, 0, 1] },
  captured: { debit: [0, -1, 0], credit: [1, 0, -1] },
  voided: { debit: [1, -1, 0], credit: [0, 0, -1] },
  expired: { debit: [1, -1, 0], credit: [0, 0, -1] },
  reversed: { debit: [1, 0, 0], credit: [-1, 0, 0] },
  buffered: { debit: [-1, 0, 0], credit: [1, 0, 0] },
  applied: { debit: [-1, 0, 0], credit: [1, 0, 0] },
  sent: { debit: [-1, 0, 0], credit: [1, 0, 0] },
  delivered: { debit: [-1, 0, 0], credit: [1, 0, 0] },
  returned: { debit: [-1, 0, 0], credit: [1, 0, 0] },
  parked: { debit: [-1, 0, 0], credit: [1, 0, 0] },
  spread: { debit: [-1, 0, 0], credit: [1, 0, 0] },
  gathered: { debit: [-1, 0, 0], credit: [1, 0, 0] },
};

test('what lies on sub-accounts counts for a debit and for closing, and for nothing else', () => {
  const account = sampleAccount({ available: -5, creditLimit: 10 });
  expect(told(refuseDebit(account, 25, 'EUR', 20))).toBe('allowed');
  expect(told(refuseDebit(account, 26, 'EUR', 20))).toBe('insufficient_funds');
  expect(told(refuseDebit({ ...account, status: 'frozen' }, 1, 'EUR', 20))).toBe('account_frozen');
  expect(told(refuseChange(account, 'closed', 0, 5))).toBe('allowed');
  expect(told(refuseChange(account, 'closed', 0, 4))).toBe('account_not_empty');
  expect(told(refuseChange(account, 'frozen', 0, 4))).toBe('allowed');
});

test('an account for which credits have gathered does not close', () => {
  expect(told(refuseChange(sampleAccount(), 'closed', 1))).toBe('account_not_empty');
  expect(told(refuseChange(sampleAccount(), 'frozen', 1))).toBe('allowed');
});

test.each<[Partial<Account>, number, string]>([
  [{}, MONEY_MAX, 'allowed'],
  [{ status: 'frozen' }, 1, 'allowed'],
  [{ status: 'closed' }, 1, 'account_closed'],
  [{ available: 1 }, MONEY_MAX, 'balance_overflow'],
  [{ held: 1 }, MONEY_MAX, 'balance_overflow'],
  [{ pending: 1 }, MONEY_MAX, 'balance_overflow'],
  [{ available: -1 }, MONEY_MAX, 'allowed'],
])('%o gets %i back: %s', (state, amount, expected) => {
  expect(told(refuseReturn(sampleAccount(state), amount))).toBe(expected);
});

describe.each(Object.entries(STEPS) as [Step, (typeof STEPS)[Step]][])('%s', (step, { debit, credit }) => {
  test.each([
    ['debit', applyDebit, debit],
    ['credit', applyCredit, credit],
  ] as const)('%s', (_, apply, change) => {
    const before = sampleAccount({ available: 1_000, held: 200, pending: 300, version: 7 });
    const after = { ...before };
    apply(after, step, 10);
    const [available = 0, held = 0, pending = 0] = change.map((unit) => unit * 10);
    const expected = { available: 1_000 + available, held: 200 + held, pending: 300 + pending, version: 8 };
    expect(after).toEqual({ ...before, ...expected });
  });
});

test('whatever is allowed leaves an account whose every hold can end either way (A1, A2)', () => {
  const action = fc.record({
    what: fc.constantFrom('pay', 'hold', 'receive', 'expect'),
    amount: fc.oneof(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: MONEY_MAX }), fc.constant(MONEY_MAX)),
    captured: fc.boolean(),
  });
  const limits = fc.constantFrom(0, 50, MONEY_MAX, Infinity);
  fc.assert(
    fc.property(limits, fc.array(action, { maxLength: 30 }), (creditLimit, actions) => {
      const one = sampleAccount({ creditLimit });
      const open: { step: typeof applyDebit; amount: number; captured: boolean }[] = [];
      for (const { what, amount, captured } of actions) {
        const pays = what === 'pay' || what === 'hold';
        if ((pays ? refuseDebit : refuseCredit)(one, amount, 'EUR') !== ALLOWED) continue;
        const step = pays ? applyDebit : applyCredit;
        step(one, what === 'hold' || what === 'expect' ? 'held' : 'posted', amount);
        if (what === 'hold' || what === 'expect') open.push({ step, amount, captured });
        if (pays) expect(one.available).toBeGreaterThanOrEqual(-creditLimit);
        expectCountable(one);
      }
      for (const { step, amount, captured } of open) {
        step(one, captured ? 'captured' : 'voided', amount);
        expectCountable(one);
      }
      expect([one.held, one.pending]).toEqual([0, 0]);
    }),
    { numRuns: 500 },
  );
});

function expectCountable({ available, held, pending }: Account): void {
  expect(isBalance(available)).toBe(true);
  expect(held >= 0 && held <= MONEY_MAX).toBe(true);
  expect(pending >= 0 && pending <= MONEY_MAX).toBe(true);
}
