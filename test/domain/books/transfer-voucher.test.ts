// What the steps of a transfer book: the voucher that is shown, what the workers look up, and what the engine does to its
// accounts are three views of one thing.

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { applyCredit, applyDebit, type Account, type DirectStep } from '../../../src/domain/accounts.ts';
import { HELD, subjectsOfKind } from '../../../src/domain/books/subjects.ts';
import { MOVEMENTS } from '../../../src/domain/books/templates.ts';
import { voucherOfFact } from '../../../src/domain/books/transfer-voucher.ts';
import { readVoucherId, voucherId, type Voucher, type VoucherLeg } from '../../../src/domain/books/voucher.ts';
import type { DirectFact } from '../../../src/domain/facts.ts';
import { MONEY_MAX } from '../../../src/domain/money.ts';
import { sampleAccount, samplePost, sampleReversal } from '../../support/samples.ts';

const POSITION = { seq: 12, index: 3 };
const TIME_MS = 1_800_000_000_000;

/** A fact of this step. */
function factOf(step: DirectStep, moved: number): DirectFact {
  return step === 'reversed' ? { ...sampleReversal, moved } : { ...samplePost, step, moved };
}

function voucherAt(fact: DirectFact, kinds = { debit: 'user', credit: 'merchant' }): Voucher {
  return voucherOfFact(fact, POSITION, TIME_MS, '2027-01-15', kinds);
}

test('what each step books', () => {
  const [available, held] = [{ of: 'payer', money: 'available' } as const, { of: 'payer', money: 'held' } as const];
  const payee = { of: 'payee', money: 'available' } as const;
  expect(MOVEMENTS).toEqual({
    posted: { code: 'TR1', segment: 1, debit: available, credit: payee },
    held: { code: 'HD1', segment: 1, debit: available, credit: held },
    captured: { code: 'HD2', segment: 1, debit: held, credit: payee },
    voided: { code: 'HD3', segment: 1, debit: held, credit: available },
    expired: { code: 'HD3', segment: 1, debit: held, credit: available },
    reversed: { code: 'TR1', segment: 1, debit: payee, credit: available },
    buffered: { code: 'TR2', segment: 1, debit: available, credit: payee },
    sent: { code: 'TR2', segment: 1, debit: available, credit: payee },
    applied: { code: 'TR2', segment: 2, debit: available, credit: payee },
    delivered: { code: 'TR2', segment: 2, debit: available, credit: payee },
    returned: { code: 'TR2', segment: 3, debit: available, credit: payee },
    parked: { code: 'TR2', segment: 4, debit: available, credit: payee },
    spread: { code: 'TR1', segment: 1, debit: available, credit: payee },
    gathered: { code: 'SA1', segment: 1, debit: available, credit: payee },
  });
});

test('the voucher of a post, whole', () => {
  const voucher = voucherAt(samplePost);
  expect(voucher).toEqual({
    id: voucher.id,
    event: 'TR1',
    order: 't1',
    segment: 1,
    key: 'TR1.1:t1:1',
    accountingDate: '2027-01-15',
    currency: 'EUR',
    merchant: 'acme',
    legs: [
      { account: 'alice', subject: 2001, side: 'debit', amount: 70 },
      { account: 'shop', subject: 2004, side: 'credit', amount: 70 },
    ],
    reverses: null,
  });
  expect(readVoucherId(voucher.id)).toEqual({ ...POSITION, timeMs: TIME_MS });
});

test('a hold of 70, captured twice, then voided: each step has its key', () => {
  const steps: readonly (readonly [DirectStep, number])[] = [
    ['held', 70],
    ['captured', 30],
    ['captured', 30],
    ['voided', 10],
  ];
  const vouchers = steps.map(([step, moved], index) =>
    voucherAt({ ...samplePost, step, moved, id: '', transfer: 'h1', version: index + 1 }),
  );
  expect(vouchers.map(({ key }) => key)).toEqual(['HD1.1:h1:1', 'HD2.2:h1:1', 'HD2.3:h1:1', 'HD3.4:h1:1']);
});

const STEPS: readonly DirectStep[] = ['posted', 'held', 'captured', 'voided', 'expired'];
const words = ['user', 'merchant', 'escrow', 'bank', 'channel', 'payment_transit', 'fee', 'loss', 'members:gold', ''];
const kinds = fc.record({ debit: fc.constantFrom(...words), credit: fc.constantFrom(...words) });
const amounts = fc.oneof(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: MONEY_MAX }));

describe.each(STEPS)('%s', (step) => {
  test('the voucher is what the workers look up', () => {
    fc.assert(
      fc.property(kinds, amounts, (by, moved) => {
        const { code, debit, credit } = MOVEMENTS[step];
        const leg = (side: VoucherLeg['side'], { of, money }: typeof debit): VoucherLeg => ({
          account: of === 'payer' ? 'alice' : 'shop',
          subject: subjectsOfKind(of === 'payer' ? by.debit : by.credit)[money],
          side,
          amount: moved,
        });
        const voucher = voucherAt(factOf(step, moved), by);
        expect(voucher.event).toBe(code);
        expect(bySide(voucher.legs)).toEqual([leg('debit', debit), leg('credit', credit)]);
      }),
    );
  });

  test('and what the engine does to available and held of both accounts', () => {
    fc.assert(
      fc.property(kinds, fc.integer({ min: 1, max: 1_000 }), (by, moved) => {
        const payer = sampleAccount({ id: 'alice', kind: by.debit, available: 1_000, held: 1_000 });
        const payee = sampleAccount({ id: 'shop', kind: by.credit, available: 1_000, pending: 1_000 });
        applyDebit(payer, step, moved);
        applyCredit(payee, step, moved);
        const { legs } = voucherAt(factOf(step, moved), by);
        for (const account of [payer, payee]) {
          expect(changeOf(legs, account, false)).toBe(account.available - 1_000);
          expect(changeOf(legs, account, true)).toBe(account.held - (account === payer ? 1_000 : 0));
        }
      }),
    );
  });
});

function bySide(legs: readonly VoucherLeg[]): VoucherLeg[] {
  return legs.toSorted((one, other) => other.side.localeCompare(one.side));
}

/** Credits less debits of an account's held or available money. */
function changeOf(legs: readonly VoucherLeg[], { id }: Account, held: boolean): number {
  return legs
    .filter(({ account, subject }) => account === id && (subject === HELD) === held)
    .reduce((sum, { side, amount }) => sum + (side === 'credit' ? amount : -amount), 0);
}

describe('the voucher of a reversal', () => {
  const ids = [voucherId(TIME_MS, POSITION), voucherId(TIME_MS + 9, { seq: 20, index: 1 })];
  const reversed = (fact: DirectFact): Voucher =>
    voucherOfFact(fact, { seq: 20, index: 1 }, TIME_MS + 9, '2027-01-16', { debit: 'user', credit: 'merchant' });

  test('of a post is its voucher with the sides swapped, of its own day, and names it', () => {
    const original = voucherAt(samplePost);
    expect(reversed(sampleReversal)).toEqual({
      ...original,
      id: ids[1],
      key: 'RV-TR1.1:t1:1',
      accountingDate: '2027-01-16',
      legs: [
        { account: 'alice', subject: 2001, side: 'credit', amount: 70 },
        { account: 'shop', subject: 2004, side: 'debit', amount: 70 },
      ],
      reverses: original.id,
    });
    expect(original.id).toBe(ids[0]);
  });

  test('of a capture pays what can be spent, not a hold that is over', () => {
    const takesBack = { ...sampleReversal.takesBack, step: 'captured', version: 2 } as const;
    const voucher = reversed({ ...sampleReversal, amount: 100, captured: 70, released: 30, version: 4, takesBack });
    expect(voucher).toMatchObject({
      event: 'HD2',
      key: 'RV-HD2.2:t1:1',
      reverses: ids[0],
      legs: [
        { account: 'alice', subject: 2001, side: 'credit', amount: 70 },
        { account: 'shop', subject: 2004, side: 'debit', amount: 70 },
      ],
    });
  });
});

test('a fact that moves nothing is a fault: the engine never states one', () => {
  expect(() => voucherAt({ ...samplePost, moved: 0 })).toThrow('fact 3 of frame 12 has no voucher: no_legs');
});
