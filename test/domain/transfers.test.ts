import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ALLOWED, refusalOf, RESULT } from '../../src/domain/refusals.ts';
import {
  applySettle,
  isOpen,
  refuseSettle,
  remaining,
  resultOf,
  type Hold,
  type SettleRequest,
} from '../../src/domain/transfers.ts';

function hold(state: Partial<Hold> = {}): Hold {
  return { debit: 'alice', credit: 'shop', amount: 70, captured: 0, released: 0, status: 'held', ...state };
}

function ask(request: Partial<SettleRequest>): SettleRequest {
  return { id: 'c1', transfer: 'h1', step: 'captured', amount: 0, debit: '', credit: '', ...request };
}

describe.each(['captured', 'voided'] as const)('a hold of 70, to be %s', (step) => {
  test.each<[string, Partial<Hold>, Partial<SettleRequest>]>([
    ['allowed', {}, { amount: 70 }],
    ['allowed', {}, { amount: 0 }],
    ['capture_exceeds_hold', {}, { amount: 71 }],
    ['allowed', { captured: 30, released: 20 }, { amount: 20 }],
    ['capture_exceeds_hold', { captured: 30, released: 20 }, { amount: 21 }],
    ['hold_not_open', { captured: 70, status: 'captured' }, {}],
    ['hold_not_open', { released: 70, status: 'voided' }, {}],
    ['hold_not_open', { released: 70, status: 'expired' }, {}],
    ['hold_not_open', { status: 'posted' }, {}],
    ['allowed', {}, { debit: 'alice', credit: 'shop' }],
    ['hold_accounts_differ', {}, { debit: 'shop', credit: 'alice' }],
    ['hold_accounts_differ', {}, { debit: 'bob' }],
    ['hold_accounts_differ', {}, { credit: 'bob' }],
    ['hold_not_open', { status: 'captured', captured: 70 }, { amount: 71, debit: 'bob' }],
    ['capture_exceeds_hold', {}, { amount: 71, debit: 'bob' }],
  ])('%s: %o asked for %o', (expected, state, request) => {
    const verdict = refuseSettle(hold(state), ask({ step, ...request }));
    expect(verdict === ALLOWED ? 'allowed' : refusalOf(verdict)).toBe(expected);
  });
});

test('the step that takes the last of it names its final status (P3)', () => {
  const one = hold();
  applySettle(one, 'captured', 30);
  expect([one.status, one.captured, one.released, remaining(one), isOpen(one)]).toEqual(['held', 30, 0, 40, true]);
  applySettle(one, 'voided', 15);
  expect([one.status, one.captured, one.released, remaining(one), isOpen(one)]).toEqual(['held', 30, 15, 25, true]);
  applySettle(one, 'expired', 25);
  expect([one.status, one.captured, one.released, remaining(one), isOpen(one)]).toEqual(['expired', 30, 40, 0, false]);
});

test('however it is taken, nothing is lost and nothing is taken twice (P1, P2)', () => {
  const requests = fc.array(fc.record({ step: fc.constantFrom('captured', 'voided', 'expired'), amount: fc.nat(60) }));
  fc.assert(
    fc.property(requests, (asked) => {
      const one = hold();
      for (const { step, amount } of asked) {
        if (refuseSettle(one, ask({ step, amount })) !== ALLOWED) continue;
        applySettle(one, step, amount === 0 ? remaining(one) : amount);
        expect(one.captured + one.released).toBeLessThanOrEqual(70);
        expect(isOpen(one)).toBe(remaining(one) > 0);
      }
    }),
  );
});

test('each step has its result', () => {
  expect((['posted', 'held', 'captured', 'voided', 'expired'] as const).map(resultOf)).toEqual([
    RESULT.posted,
    RESULT.held,
    RESULT.captured,
    RESULT.voided,
    RESULT.voided,
  ]);
});
