import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MONEY_MAX } from '../../../src/domain/money.ts';
import { isRefused } from '../../../src/domain/orders/order-base.ts';
import {
  addAttempt,
  attemptEnded,
  feeBack,
  paidBy,
  refundable,
  refundBounced,
  refundDone,
  refundFailed,
  reserveRefund,
  settledBy,
  settlementOf,
} from '../../../src/domain/orders/trade-amounts.ts';
import type { Trade, TradeStatus } from '../../../src/domain/orders/trade.ts';
import { paidTrade, sampleTrade } from './support/samples.ts';

const NOW = 1_800_000_000_000;

describe('an attempt', () => {
  test('is live from the start', () => {
    expect(addAttempt(sampleTrade(), 'pay_1', NOW)).toEqual(sampleTrade({ payments: ['pay_1'], livePayment: 'pay_1' }));
  });

  test.each<[string, Partial<Trade>, number]>([
    ['trade_closed', { status: 'closed' }, NOW],
    ['trade_closed', { status: 'closing', livePayment: 'pay_0' }, NOW],
    ['trade_already_paid', { status: 'paid' }, NOW],
    ['trade_already_paid', { status: 'completed' }, NOW],
    ['trade_expired', {}, 1_800_000_900_000],
    ['trade_expired', { livePayment: 'pay_0' }, 1_800_000_900_001],
    ['attempt_in_progress', { livePayment: 'pay_0' }, NOW],
  ])('is refused by %s', (refused, state, nowMs) => {
    expect(addAttempt(sampleTrade(state), 'pay_1', nowMs)).toMatchObject({ refused });
  });

  test('may begin until the last millisecond', () => {
    expect(addAttempt(sampleTrade(), 'pay_1', 1_800_000_899_999)).toMatchObject({ livePayment: 'pay_1' });
  });

  test('that ends makes room for the next; the end of an old one does not', () => {
    const trade = sampleTrade({ payments: ['pay_1', 'pay_2'], livePayment: 'pay_2' });
    expect(attemptEnded(trade, 'pay_2').livePayment).toBe('');
    expect(attemptEnded(trade, 'pay_1')).toBe(trade);
  });
});

describe('one attempt pays', () => {
  const live = sampleTrade({ payments: ['pay_1'], livePayment: 'pay_1' });

  test('and is then no longer live', () => {
    expect(paidBy(live, 'pay_1', 100)).toEqual({ ...live, livePayment: '', paidBy: 'pay_1', paid: 100 });
  });

  test('said twice it is the same', () => {
    const paid = paidTrade(100);
    expect(paidBy(paid, 'pay_1', 100)).toBe(paid);
  });

  test('a second one does not', () => {
    expect(paidBy(paidTrade(100), 'pay_2', 100)).toEqual({ refused: 'trade_already_paid', detail: 'pay_1' });
  });

  test('an old one leaves the live one as it is', () => {
    expect(paidBy(live, 'pay_0', 100)).toMatchObject({ paidBy: 'pay_0', livePayment: 'pay_1' });
  });

  test.each([1, 100])('by %i, if that is what was captured', (amount) => {
    expect(paidBy(live, 'pay_1', amount)).toMatchObject({ paid: amount });
  });

  test.each([0, -1, 101])('nobody pays %i of 100', (amount) => {
    expect(() => paidBy(live, 'pay_1', amount)).toThrow(RangeError);
  });
});

describe('a refund', () => {
  test('reserves what it may return before anything moves', () => {
    const reserved = reserveRefund(paidTrade(100), 30, 'rfd_1');
    expect(reserved).toMatchObject({ refundReserved: 30, refunded: 0, refunds: ['rfd_1'] });
  });

  test('two at a time share the rest; what is above it is refused', () => {
    const one = taken(reserveRefund(paidTrade(100), 60, 'rfd_1'));
    expect(reserveRefund(one, 41, 'rfd_2')).toEqual({ refused: 'refund_exceeds_paid', detail: '40 can be refunded' });
    const both = taken(reserveRefund(one, 40, 'rfd_2'));
    expect(reserveRefund(both, 1, 'rfd_3')).toMatchObject({ refused: 'refund_exceeds_paid' });
    expect(refundable(refundDone(refundFailed(both, 40), 60))).toBe(40);
  });

  test('returns no more than was captured', () => {
    expect(reserveRefund(paidTrade(100, { paid: 60 }), 61, 'rfd_1')).toMatchObject({ refused: 'refund_exceeds_paid' });
  });

  test.each<TradeStatus>(['open', 'closing', 'closed'])('of a trade that is %s and not paid is refused', (status) => {
    expect(reserveRefund(sampleTrade({ status }), 1, 'rfd_1')).toMatchObject({ refused: 'trade_not_paid' });
  });

  test('that bounced can be made again', () => {
    expect(refundBounced(paidTrade(100, { refunded: 100 }), 30)).toMatchObject({ refunded: 70, refundReserved: 0 });
  });

  test('ends only when it was reserved', () => {
    const trade = paidTrade(100, { refundReserved: 10, refunded: 10 });
    for (const end of [refundDone, refundFailed, refundBounced]) expect(() => end(trade, 11)).toThrow(RangeError);
  });

  test('of any size, in any order, never lets more go back than was paid (T3)', () => {
    const step = fc.tuple(fc.constantFrom('reserve', 'done', 'failed', 'bounced'), fc.integer({ min: 1, max: 60 }));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        let trade = paidTrade(100);
        for (const [what, amount] of steps) {
          trade = after(trade, what, amount);
          expect(Math.min(trade.refunded, trade.refundReserved, refundable(trade))).toBeGreaterThanOrEqual(0);
        }
      }),
    );
  });
});

/** The trade after a step that is possible; the same otherwise. */
function after(trade: Trade, what: string, amount: number): Trade {
  if (what === 'reserve') {
    const reserved = reserveRefund(trade, amount, 'rfd_1');
    expect(isRefused(reserved)).toBe(amount > 100 - trade.refunded - trade.refundReserved);
    return isRefused(reserved) ? trade : reserved;
  }
  if (what === 'bounced') return amount > trade.refunded ? trade : refundBounced(trade, amount);
  if (amount > trade.refundReserved) return trade;
  return what === 'done' ? refundDone(trade, amount) : refundFailed(trade, amount);
}

describe('a settlement', () => {
  test.each<[string, Partial<Trade>, number, [string, number, number][]]>([
    ['one payee, less the fee', {}, 3, [['shop', 97, 3]]],
    ['no fee', {}, 0, [['shop', 100, 0]]],
    ['two payees share amount and fee', { payees: payees(70, 30) }, 10, [['a', 63, 7], ['b', 27, 3]]], // prettier-ignore
    ['an uneven fee', { payees: payees(50, 50) }, 3, [['a', 48, 2], ['b', 49, 1]]], // prettier-ignore
    [
      'what was refunded, or is about to be, is not settled',
      { refunded: 30, refundReserved: 20 },
      5,
      [['shop', 45, 5]],
    ],
    ['only what was captured', { paid: 60 }, 6, [['shop', 54, 6]]],
    ['the fee takes no more than there is', { refunded: 98 }, 5, [['shop', 0, 2]]],
    ['nothing is left', { refunded: 100 }, 5, []],
    ['all is settled', { settled: 100 }, 5, []],
    ['settled, then refunded', { settled: 100, refunded: 50 }, 5, []],
  ])('%s', (_, state, fee, expected) => {
    const shares = settlementOf(paidTrade(100, state), fee);
    expect(shares.map((share) => [share.payee, share.net, share.fee])).toEqual(expected);
  });

  test('settles nothing twice', () => {
    const trade = paidTrade(100);
    const settled = settledBy(trade, settlementOf(trade, 3));
    expect(settled).toMatchObject({ settled: 100, fee: 3 });
    expect(settlementOf(settled, 3)).toEqual([]);
  });

  test('of any trade: shares and fee are together what was paid and not refunded', () => {
    const amounts = fc.array(fc.integer({ min: 1, max: Math.floor(MONEY_MAX / 10) }), { minLength: 1, maxLength: 10 });
    const part = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(amounts, part, fc.nat(1_000_000), (all, share, fee) => {
        const amount = all.reduce((sum, one) => sum + one, 0);
        const refunded = Math.floor(amount * share);
        const shares = settlementOf(paidTrade(amount, { payees: payees(...all), refunded }), fee);
        const total = shares.reduce((sum, one) => sum + one.net + one.fee, 0);
        const fees = shares.reduce((sum, one) => sum + one.fee, 0);
        expect([total, fees]).toEqual([amount - refunded, Math.min(fee, amount - refunded)]);
        for (const one of shares) expect(Math.min(one.net, one.fee)).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});

describe('of the fee goes back', () => {
  test.each([
    [60, 1, 60, 1],
    [60, 1, 59, 0],
    [60, 3, 20, 1],
    [60, 3, 39, 1],
    [60, 0, 60, 0],
    [0, 0, 0, 0],
    [MONEY_MAX, MONEY_MAX - 1, MONEY_MAX - 2, MONEY_MAX - 3],
  ])('of %i with a fee of %i, refunded by %i: %i', (settled, fee, amount, back) => {
    expect(feeBack({ settled, fee }, amount)).toBe(back);
  });

  test('in any parts: never more than was taken, never far from its share, and all of it in the end', () => {
    const amount = fc.integer({ min: 1, max: MONEY_MAX });
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(amount, share, fc.array(share, { maxLength: 20 }), (whole, part, cuts) => {
        const taken = Math.floor(whole * part);
        let [settled, fee] = [whole, taken];
        for (const cut of [...cuts.map((one) => Math.floor(settled * one)), settled]) {
          const refunded = Math.min(cut, settled);
          const back = feeBack({ settled, fee }, refunded);
          expect(back).toBeGreaterThanOrEqual(0);
          expect(back).toBeLessThanOrEqual(Math.min(fee, refunded));
          [settled, fee] = [settled - refunded, fee - back];
          // What stays is at least its share of what was taken.
          expect(BigInt(fee) * BigInt(whole) >= BigInt(taken) * BigInt(settled)).toBe(true);
        }
        expect([settled, fee]).toEqual([0, 0]);
      }),
    );
  });
});

function payees(...amounts: number[]) {
  return amounts.map((amount, place) => ({ account: String.fromCharCode(97 + place), amount }));
}

function taken<Value extends object>(value: Value): Exclude<Value, { refused: string }> {
  if (isRefused(value)) throw new Error(`refused: ${value.refused}`);
  return value as Exclude<Value, { refused: string }>;
}
