import { describe, expect, test } from 'vitest';
import { askedShares, dayShares } from '../../../src/domain/orders/day-share.ts';
import type { Instruction } from '../../../src/domain/orders/instruction.ts';
import { sampleLeg, samplePayment } from './support/samples.ts';

const CARD: Instruction = sampleLeg({ instrument: 'channel', account: '@channel:simulator:EUR', amount: 30 });
const COUPON: Instruction = sampleLeg({ instrument: 'coupon', account: '@marketing:EUR', amount: 20 });

const shares = (of: ReadonlyMap<string, number>) => Object.fromEntries(of);

describe('whose day it is', () => {
  test.each([
    ['the payer’s account', [sampleLeg()], 'alice', { alice: 100, '': 100 }],
    ['another account than the payer’s', [sampleLeg({ account: 'bob' })], 'alice', { bob: 100, '': 100 }],
    ['an account, and no payer is named', [sampleLeg({ account: 'bob' })], '', { bob: 100, '': 100 }],
    ['a channel and a coupon', [COUPON, CARD], 'alice', { alice: 50, '': 50 }],
    ['a channel and a coupon, for nobody’s account', [COUPON, CARD], '', { '': 50 }],
    ['all of them', [COUPON, sampleLeg({ account: 'card-1' }), CARD], 'alice', { alice: 50, 'card-1': 100, '': 150 }],
    ['two accounts', [sampleLeg(), sampleLeg({ account: 'bob', amount: 1 })], 'alice', { alice: 100, bob: 1, '': 101 }],
  ])('%s', (_, instructions, payer, expected) => {
    expect(shares(askedShares(samplePayment(instructions, { payer })))).toEqual(expected);
  });
});

describe('how much', () => {
  const legs = [sampleLeg({ captured: 25 }), { ...CARD, captured: 0 }];
  test.each([
    ['processing', { alice: 130, '': 130 }],
    ['authorized', { alice: 130, '': 130 }],
    ['in_review', { alice: 130, '': 130 }],
    ['reversing', { alice: 130, '': 130 }],
    ['succeeded', { alice: 25, '': 25 }],
    ['failed', {}],
    ['canceled', {}],
  ] as const)('%s', (status, expected) => {
    expect(shares(dayShares(samplePayment(legs, { status })))).toEqual(expected);
  });
});
