import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { judgeVoucher, readVoucherId, reversalOf, voucherId, voucherKey } from '../../../src/domain/books/voucher.ts';
import type { Judgement, Voucher, VoucherLeg } from '../../../src/domain/books/voucher.ts';
import { eventId, isId, readEventId } from '../../../src/domain/ids.ts';
import { MONEY_MAX } from '../../../src/domain/money.ts';

const DEBIT: VoucherLeg = { account: 'pending', subject: 2003, side: 'debit', amount: 100 };
const NET: VoucherLeg = { account: 'shop', subject: 2004, side: 'credit', amount: 97 };
const FEE: VoucherLeg = { account: 'fee', subject: 4001, side: 'credit', amount: 3 };

function voucher(...legs: VoucherLeg[]): Voucher {
  return {
    id: voucherId(1_800_000_000_000, { seq: 7, index: 2 }),
    event: 'ST1',
    order: 's1',
    segment: 1,
    key: 'ST1.1:s1:1',
    accountingDate: '2027-01-15',
    currency: 'EUR',
    merchant: 'acme',
    legs,
    reverses: null,
  };
}

/** A leg of any content, as it might be read from a disk. */
function changed(leg: VoucherLeg, change: { readonly amount?: number; readonly subject?: number }): VoucherLeg {
  return { ...leg, ...change } as VoucherLeg;
}

describe('a voucher is judged', () => {
  test.each<[Judgement, readonly VoucherLeg[]]>([
    ['ok', [DEBIT, NET, FEE]],
    ['ok', [FEE, NET, DEBIT]],
    ['no_legs', []],
    ['unbalanced', [DEBIT]],
    ['unbalanced', [DEBIT, NET]],
    ['unbalanced', [NET, FEE]],
    ['unbalanced', [DEBIT, NET, FEE, FEE]],
    ['unbalanced', [DEBIT, changed(NET, { amount: 98 }), FEE]],
    ['amount_invalid', [changed(DEBIT, { amount: 0 }), changed(NET, { amount: 0 })]],
    ['amount_invalid', [changed(DEBIT, { amount: -100 }), changed(NET, { amount: -100 })]],
    ['amount_invalid', [changed(DEBIT, { amount: 0.5 }), changed(NET, { amount: 0.5 })]],
    ['amount_invalid', [changed(DEBIT, { amount: NaN }), NET, FEE]],
    ['amount_invalid', [changed(DEBIT, { amount: 2 ** 53 }), changed(NET, { amount: 2 ** 53 })]],
    ['subject_unknown', [changed(DEBIT, { subject: 2005 }), NET, FEE]],
    ['ok', [changed(DEBIT, { amount: MONEY_MAX }), changed(NET, { amount: MONEY_MAX - 3 }), FEE]],
    ['sum_overflow', [changed(DEBIT, { amount: MONEY_MAX }), changed(NET, { amount: MONEY_MAX }), FEE]],
    ['sum_overflow', [changed(DEBIT, { amount: MONEY_MAX }), DEBIT, changed(NET, { amount: MONEY_MAX }), FEE]],
  ])('%s: %o', (judgement, legs) => {
    expect(judgeVoucher(voucher(...legs))).toBe(judgement);
  });

  test('an account of another currency, or one that nobody knows, is a mismatch', () => {
    const currencies = new Map(['pending', 'shop', 'fee'].map((account) => [account, 'EUR']));
    const judge = () => judgeVoucher(voucher(DEBIT, NET, FEE), (account) => currencies.get(account));
    expect(judge()).toBe('ok');
    currencies.set('fee', 'CZK');
    expect(judge()).toBe('currency_mismatch');
    currencies.delete('fee');
    expect(judge()).toBe('currency_mismatch');
  });

  test('where there is no account there is no currency to compare', () => {
    const between: VoucherLeg = { account: '', subject: 2990, side: 'credit', amount: 100 };
    expect(judgeVoucher(voucher(DEBIT, between), (account) => (account === 'pending' ? 'EUR' : 'CZK'))).toBe('ok');
  });

  test('of several faults the first of the list', () => {
    const none = () => undefined;
    expect(judgeVoucher(voucher(changed(DEBIT, { amount: 0, subject: 1 })), none)).toBe('amount_invalid');
    expect(judgeVoucher(voucher(changed(DEBIT, { subject: 1 })), none)).toBe('subject_unknown');
    expect(judgeVoucher(voucher(DEBIT), none)).toBe('currency_mismatch');
    expect(judgeVoucher(voucher(changed(DEBIT, { amount: MONEY_MAX }), DEBIT))).toBe('sum_overflow');
  });
});

describe('a reversal', () => {
  const first = voucher(DEBIT, NET, FEE);
  const reversal = reversalOf(first, 'vch_r', '2027-01-16');

  test('has the legs on the other side, a day and a key of its own, and says what it takes back', () => {
    expect(reversal).toEqual({
      ...first,
      id: 'vch_r',
      key: 'RV-ST1.1:s1:1',
      accountingDate: '2027-01-16',
      legs: [
        { ...DEBIT, side: 'credit' },
        { ...NET, side: 'debit' },
        { ...FEE, side: 'debit' },
      ],
      reverses: first.id,
    });
    expect(judgeVoucher(reversal)).toBe('ok');
  });

  test('taken back gives the legs of the first, under a third key', () => {
    const again = reversalOf(reversal, 'vch_rr', '2027-01-17');
    expect(again.legs).toEqual(first.legs);
    expect(again.reverses).toBe('vch_r');
    expect(new Set([first.key, reversal.key, again.key]).size).toBe(3);
  });

  test('leaves what it takes back as it was', () => {
    expect(first).toEqual(voucher(DEBIT, NET, FEE));
  });
});

test('two vouchers never share a key, whatever their orders are called', () => {
  const few = fc.integer({ min: 1, max: 12 });
  const order = fc.string({ unit: fc.constantFrom(':', '.', '1', '2', 'a'), minLength: 1, maxLength: 4 });
  const place = fc.tuple(fc.constantFrom('HD2', 'HD3', 'RF4'), few, order, few);
  fc.assert(
    fc.property(place, place, (one, other) => {
      expect(voucherKey(...one) === voucherKey(...other)).toBe(one.join() === other.join());
    }),
    { numRuns: 2_000 },
  );
  expect(voucherKey('HD2', 3, 'h1', 1)).toBe('HD2.3:h1:1');
});

describe('a voucher id', () => {
  const places = fc.record({
    timeMs: fc.integer({ min: 0, max: 2 ** 48 - 1 }),
    seq: fc.integer({ min: 0, max: 2 ** 48 - 1 }),
    index: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  });

  test('is read back as the place in the journal that it names', () => {
    fc.assert(
      fc.property(places, (place) => {
        const id = voucherId(place.timeMs, place);
        expect(isId(id)).toBe(true);
        expect(readVoucherId(id)).toEqual(place);
      }),
    );
  });

  test('of an event at the same place differs in its prefix only, and neither is taken for the other', () => {
    fc.assert(
      fc.property(places, (place) => {
        const [id, event] = [voucherId(place.timeMs, place), eventId(place.timeMs, place)];
        expect(id).toBe(event.replace('evt_', 'vch_'));
        expect([readVoucherId(event), readEventId(id)]).toEqual([null, null]);
      }),
    );
  });

  test.each([
    '',
    'vch_',
    'vch_0000000000000000000000000',
    'vch_000000000000000000000000000',
    'vch_0000000000000000000000000U',
    'vch_0000000000000000000000000a',
    'vch_80000000000000000000000000',
    'VCH_00000000000000000000000000',
    'vch_00000000000000000000000000\n',
  ])('%o is none', (id) => {
    expect(readVoucherId(id)).toBeNull();
  });
});
