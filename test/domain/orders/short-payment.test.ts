import { describe, expect, test } from 'vitest';
import { isSuspended, isWaiting, restOf, shortened, suspendedLegs } from '../../../src/domain/orders/short-payment.ts';
import { sampleLeg, samplePayment } from './support/samples.ts';

const channelLeg = sampleLeg({ instrument: 'channel', channel: 'simulator', status: 'executing' });

describe('the rest', () => {
  test.each([
    ['nothing is missing of a plan', [sampleLeg(), channelLeg], 0],
    ['a refused leg is', [sampleLeg(), { ...channelLeg, status: 'refused' } as const], 100],
    ['one that is on its way back is not yet', [sampleLeg(), { ...channelLeg, status: 'reversing' } as const], 0],
    ['one that is back is', [sampleLeg({ status: 'reversed' }), channelLeg], 100],
    ['what its channel brought less is', [sampleLeg(), shortened(channelLeg, 39)], 61],
  ])('%s', (_, instructions, rest) => {
    expect(restOf(samplePayment(instructions, { amount: 200 }))).toBe(rest);
  });

  test('is waited for while something is here', () => {
    const some = [sampleLeg(), { ...channelLeg, status: 'refused' } as const];
    const none = some.map((leg) => ({ ...leg, status: 'reversed' }) as const);
    expect(isWaiting(samplePayment(some, { amount: 200, status: 'in_review' }))).toBe(true);
    expect(isWaiting(samplePayment(some, { amount: 200, status: 'reversing' }))).toBe(false);
    expect(isWaiting(samplePayment(none, { amount: 200, status: 'in_review' }))).toBe(false);
    expect(isWaiting(samplePayment([sampleLeg()], { status: 'in_review' }))).toBe(false);
  });
});

describe('a leg that came short', () => {
  test('is what it brought, and in suspense until it is taken', () => {
    const short = shortened(channelLeg, 39);
    expect(short).toMatchObject({ amount: 39, authorized: 39, captured: 0, status: 'done' });
    expect([isSuspended(short), isSuspended({ ...short, captured: 39 }), isSuspended(channelLeg)]).toEqual([
      true,
      false,
      false,
    ]);
    expect(isSuspended(sampleLeg({ status: 'done', authorized: 100 }))).toBe(false);
  });

  test('is found by its voucher, whatever was kept back before and after it', () => {
    const legs = [sampleLeg(), shortened(channelLeg, 39), sampleLeg(), channelLeg, shortened(channelLeg, 1)];
    const vouchers = [10, 11, 12, 13, 14].map((seq) => ({ seq, index: 0 }));
    const reserves = ({ channel }: { readonly channel: string }): number => (channel === '' ? 1 : 0);
    expect(suspendedLegs(samplePayment(legs, { vouchers }), reserves)).toMatchObject([
      { place: 1, at: { seq: 11 } },
      { place: 4, at: { seq: 13 } },
    ]);
    expect(() => suspendedLegs(samplePayment(legs, { vouchers: [] }), reserves)).toThrow(RangeError);
  });
});
