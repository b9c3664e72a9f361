// What can be taken back: money that has arrived, once, and by one step.

import { expect, test } from 'vitest';
import type { TransferFact, TransferMoved } from '../../src/domain/facts.ts';
import { refusalOf, type Verdict } from '../../src/domain/refusals.ts';
import { isArrival, refuseArrival, refuseReversal } from '../../src/domain/reversals.ts';
import { samplePost, sampleReversal } from '../support/samples.ts';

function told(verdict: Verdict): string {
  return verdict === 0 ? 'allowed' : refusalOf(verdict);
}

const hold = (state: Partial<TransferMoved>): TransferMoved => ({ ...samplePost, step: 'held', ...state });

test.each<[string, TransferFact, string]>([
  ['a post', samplePost, 'allowed'],
  ['a reversal', sampleReversal, 'transfer_reversed'],
  ['an open hold', hold({ status: 'held' }), 'transfer_not_reversible'],
  ['a hold captured in part', hold({ status: 'held', captured: 30 }), 'transfer_not_reversible'],
  ['a hold captured', hold({ status: 'captured', captured: 70 }), 'allowed'],
  ['a hold given back', hold({ status: 'voided', released: 70 }), 'transfer_not_reversible'],
  ['a hold that expired', hold({ status: 'expired', released: 70 }), 'transfer_not_reversible'],
  ['a hold captured and given back', hold({ status: 'voided', captured: 30, released: 40 }), 'allowed'],
  ['a hold captured that then expired', hold({ status: 'expired', captured: 30, released: 40 }), 'allowed'],
])('%s: %s', (_, latest, expected) => {
  expect(told(refuseReversal(latest))).toBe(expected);
});

test.each([
  ['the whole post', samplePost, 'allowed'],
  ['the only capture', hold({ step: 'captured', moved: 30, captured: 30 }), 'allowed'],
  ['the last of two captures', hold({ step: 'captured', moved: 30, captured: 60 }), 'transfer_not_reversible'],
])('what arrived was %s: %s', (_, arrival, expected) => {
  expect(told(refuseArrival(arrival))).toBe(expected);
});

test('only posts and captures bring money', () => {
  const steps = ['posted', 'held', 'captured', 'voided', 'expired'] as const;
  expect(steps.filter((step) => isArrival(hold({ step })))).toEqual(['posted', 'captured']);
  expect(isArrival(sampleReversal)).toBe(false);
});
