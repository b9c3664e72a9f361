// What every event books, that it always balances, and that nothing else is booked.

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AVAILABLE, SUBJECTS } from '../../../src/domain/books/subjects.ts';
import type { Segment, Template, TemplateLeg } from '../../../src/domain/books/template-table.ts';
import { TEMPLATES, voucherOf } from '../../../src/domain/books/templates.ts';
import type { BookedEvent, EventRefusal } from '../../../src/domain/books/templates.ts';
import { judgeVoucher, type Voucher, type VoucherLeg } from '../../../src/domain/books/voucher.ts';
import { MONEY_MAX } from '../../../src/domain/money.ts';
import { EXAMPLES, partiesWith, sampleEvent, shops } from '../../support/book-examples.ts';

function booked(event: BookedEvent): Voucher {
  const voucher = voucherOf(event);
  if ('refused' in voucher) throw new Error(voucher.refused);
  return voucher;
}

function shown(legs: readonly VoucherLeg[]): string {
  return legs.map(({ side, subject, account, amount }) => `${side} ${subject} ${account} ${amount}`).join(', ');
}

const examples = EXAMPLES.map((one) => [`${one.code}, segment ${one.segment}`, shown(one.legs), one] as const);

test.each(examples)('%s: %s', (_, legs, { event }) => {
  expect(shown(booked(event).legs)).toBe(legs);
});

test('a voucher says where it belongs', () => {
  const event = sampleEvent('RF4 2', { occurrence: 3, order: 'pay_1' });
  const { id, accountingDate, currency, merchant } = event;
  expect(booked(event)).toEqual({
    id,
    event: 'RF4',
    order: 'pay_1',
    segment: 2,
    key: 'RF4.3:pay_1:2',
    accountingDate,
    currency,
    merchant,
    legs: EXAMPLES.find(({ code, segment }) => code === 'RF4' && segment === 2)?.legs,
    reverses: null,
  });
});

const templates = Object.entries(TEMPLATES) as [string, Template][];
const segments = templates.flatMap(([code, template]) =>
  template.segments.map((segment, index) => [`${code} ${index + 1}`, segment] as [string, Segment]),
);

describe('the examples leave nothing out', () => {
  test.each(segments)('%s: each leg, with each sort of account that it allows', (name, segment) => {
    const legs = EXAMPLES.filter((one) => `${one.code} ${one.segment}` === name).flatMap((one) => one.legs);
    for (const { side, subjects } of segment) {
      const seen = subjects.filter((subject) => legs.some((leg) => leg.side === side && leg.subject === subject));
      expect(seen.length).toBeGreaterThan(0);
      if (subjects.length < AVAILABLE.length) expect(seen).toEqual(subjects);
    }
  });

  test('every code of the design', () => {
    // prettier-ignore
    expect(templates.map(([code]) => code)).toEqual([
      'RC1', 'RC2', 'PY1', 'PY2', 'PY3', 'PY4', 'GC1', 'ST1', 'RF1', 'RF2', 'RF3', 'RF4', 'RF5', 'WD1', 'WD2', 'WD3',
      'WD4', 'WD5',
      'TR1', 'TR2', 'SA1', 'HD1', 'HD2', 'HD3', 'RE1', 'RE2',
    ]);
  });
});

/** A kind of account for each subject of available money. */
const KIND_OF = new Map<number, string>(
  // prettier-ignore
  [[1001, 'bank'], [1110, 'channel'], [1190, 'suspense_short'], [2001, 'user'], [2003, 'merchant_pending'],
   [2004, 'merchant'], [2010, 'escrow'], [2020, 'payment_transit'], [2021, 'withdrawal_transit'], [2022, 'refund_transit'],
   [2023, 'transfer_transit'], [2090, 'suspense'], [4001, 'fee'], [4002, 'withdrawal_fee'], [5001, 'channel_fee'],
   [5002, 'marketing'], [5003, 'loss']],
);

/** Any event that this segment takes: any amounts, the fee from nothing to all, any accounts that it allows. */
function arbitraryEvent(name: string, segment: Segment): fc.Arbitrary<BookedEvent> {
  const pick = (leg: TemplateLeg) => fc.constantFrom(...leg.subjects).map((one) => [leg.of, KIND_OF.get(one)] as const);
  const kinds = fc
    .tuple(...segment.filter(({ money }) => money === 'available').map(pick))
    .map((pairs) => Object.fromEntries(pairs));
  const total = fc.oneof(
    fc.integer({ min: 1, max: 100 }),
    fc.integer({ min: 1, max: MONEY_MAX }),
    fc.constant(MONEY_MAX),
  );
  const cut = fc.tuple(total, fc.double({ min: 0, max: 1, noNaN: true }));
  return fc.tuple(kinds, cut).map(([by, [sum, part]]) => {
    const fee = Math.min(Math.floor(sum * part), sum);
    const hasFee = segment.some(({ share }) => share === 'fee');
    const shares = hasFee ? { total: sum, net: sum - fee, fee } : { total: sum };
    const isSplit = segment.some(({ share }) => share === 'part');
    const parts = [fee, sum - fee].map((amount) => ({ ...partiesWith().pending, amount }));
    return sampleEvent(name, isSplit ? { shares, parts } : { shares }, by);
  });
}

function sumOf(legs: readonly VoucherLeg[], side: VoucherLeg['side']): bigint {
  return legs.filter((leg) => leg.side === side).reduce((sum, { amount }) => sum + BigInt(amount), 0n);
}

describe.each(segments)('%s', (name, segment) => {
  test('balances, whatever the amounts and whoever the accounts', () => {
    fc.assert(
      fc.property(arbitraryEvent(name, segment), (event) => {
        const { legs } = booked(event);
        const total = BigInt(event.shares.total ?? 0);
        expect([sumOf(legs, 'debit'), sumOf(legs, 'credit')]).toEqual([total, total]);
        for (const { subject, side } of legs)
          expect(segment.some((leg) => leg.side === side && leg.subjects.includes(subject))).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  test('is refused with a unit more or less in any one of its amounts, where it has several', () => {
    fc.assert(
      fc.property(arbitraryEvent(name, segment), fc.constantFrom(1, -1), (event, unit) => {
        const shares = Object.entries(event.shares);
        if (shares.length === 1 && !event.parts) return;
        for (const [share, amount] of shares)
          expect(voucherOf({ ...event, shares: { ...event.shares, [share]: amount + unit } })).toHaveProperty(
            'refused',
          );
      }),
    );
  });

  test('with one leg dropped, or its amount or side altered, is refused: every mutant', () => {
    fc.assert(
      fc.property(arbitraryEvent(name, segment), (event) => {
        const voucher = booked(event);
        const mutants = voucher.legs.flatMap((_, index) => mutantsOf(voucher, index));
        expect(mutants).toHaveLength(voucher.legs.length * 10);
        expect(mutants.filter((mutant) => judgeVoucher(mutant) === 'ok')).toEqual([]);
      }),
    );
  });
});

/** A voucher with one thing wrong in one leg. */
function mutantsOf(voucher: Voucher, index: number): Voucher[] {
  const { legs } = voucher;
  const leg = legs[index];
  if (!leg) return [];
  const wrong = [leg.amount + 1, leg.amount - 1, leg.amount * 2, -leg.amount, 0.5, 0, NaN];
  const swapped: VoucherLeg = { ...leg, side: leg.side === 'debit' ? 'credit' : 'debit' };
  return [
    legs.toSpliced(index, 1),
    [...legs, leg],
    legs.with(index, swapped),
    ...wrong.map((amount) => legs.with(index, { ...leg, amount })),
  ].map((mutant) => ({ ...voucher, legs: mutant }));
}

describe('refused', () => {
  const fee = { total: 100, net: 97, fee: 3 };
  const { fee: feeParty, ...withoutFee } = partiesWith();
  const [shop = { ...feeParty, amount: 1 }] = shops;

  test.each<[EventRefusal, string, Partial<BookedEvent>]>([
    ['event_unknown', 'XX1', {}],
    ['event_unknown', '', {}],
    ['event_unknown', 'rc1', {}],
    ['event_unknown', 'constructor', {}],
    ['event_unknown', '__proto__', {}],
    ['event_unknown', 'toString', {}],
    ['segment_unknown', 'RC1 0', {}],
    ['segment_unknown', 'RC1 2', {}],
    ['segment_unknown', 'RC1 -1', {}],
    ['segment_unknown', 'RC1 1.5', {}],
    ['segment_unknown', 'RC1 NaN', {}],
    ['segment_unknown', 'TR2 5', {}],
    ['share_unknown', 'RC1', { shares: { total: 100, fee: 3 } }],
    ['share_unknown', 'RC1', { shares: { total: 100, fee: 0 } }],
    ['share_unknown', 'RC1', { parts: shops }],
    ['share_unknown', 'RC1', { parts: [] }],
    ['share_missing', 'RC1', { shares: {} }],
    ['share_missing', 'ST1', { shares: { total: 100, net: 100 } }],
    ['share_missing', 'ST1', { shares: { total: 100, fee: 3 } }],
    ['share_missing', 'GC1', {}],
    ['party_missing', 'RC1', { parties: {} }],
    ['party_missing', 'ST1', { shares: fee, parties: withoutFee }],
    ['kind_not_allowed', 'RC1', { parties: partiesWith({ user: 'merchant' }) }],
    ['kind_not_allowed', 'PY4', { parties: partiesWith({ receiver: 'user' }) }],
    ['kind_not_allowed', 'RC2', { shares: fee, parties: partiesWith({ fee: 'fee' }) }],
    ['kind_not_allowed', 'GC1', { parts: [{ ...shop, kind: 'merchant' }] }],
    ['no_legs', 'RC1', { shares: { total: 0 } }],
    ['no_legs', 'ST1', { shares: { total: 0, net: 0, fee: 0 } }],
    ['amount_invalid', 'RC1', { shares: { total: -1 } }],
    ['amount_invalid', 'RC1', { shares: { total: 0.5 } }],
    ['amount_invalid', 'RC1', { shares: { total: NaN } }],
    ['amount_invalid', 'RC1', { shares: { total: MONEY_MAX + 1 } }],
    ['amount_invalid', 'ST1', { shares: { total: 100, net: 103, fee: -3 } }],
    ['currency_mismatch', 'RC1', { currency: 'CZK' }],
    ['currency_mismatch', 'GC1', { parts: shops.with(0, { ...shop, currency: 'CZK' }) }],
    ['unbalanced', 'ST1', { shares: { total: 100, net: 97, fee: 4 } }],
    ['unbalanced', 'ST1', { shares: { total: 100, net: 0, fee: 0 } }],
    ['unbalanced', 'GC1', { parts: shops.slice(1) }],
    ['unbalanced', 'GC1', { parts: [] }],
    [
      'sum_overflow',
      'GC1',
      { shares: { total: MONEY_MAX }, parts: shops.map((one) => ({ ...one, amount: MONEY_MAX })) },
    ],
  ])('%s: %s %o', (refused, name, said) => {
    expect(voucherOf(sampleEvent(name, said))).toEqual({ refused });
  });

  test('no fee needs no account for it', () => {
    expect(
      booked(sampleEvent('TR1', { shares: { total: 100, net: 100, fee: 0 }, parties: withoutFee })).legs,
    ).toHaveLength(2);
  });
});

test('every subject of the chart is in some template, but what is between shards', () => {
  const used = new Set<number>(segments.flatMap(([, segment]) => segment.flatMap(({ subjects }) => subjects)));
  expect(Object.keys(SUBJECTS).filter((number) => !used.has(Number(number)))).toEqual(['2990']);
});
