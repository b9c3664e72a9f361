// Money on its way in double entry: each step one segment of the same template, and together nothing is left in transit.

import { expect, test } from 'vitest';
import { voucherOfTransit } from '../../../src/domain/books/transit-voucher.ts';
import type { Voucher } from '../../../src/domain/books/voucher.ts';
import type { CreditsApplied, IndirectFact, SubAccountGathered, TransferRouted } from '../../../src/domain/facts.ts';
import { sampleContext, samplePost } from '../../support/samples.ts';

const via = { account: '~shop', version: 2, available: 70 };
const suspense = { account: 'suspense:EUR', version: 2, available: 70 };

function routed(step: TransferRouted['step'], version: number): TransferRouted {
  return { ...samplePost, kind: 7, step, status: 'sent', via, suspense, dueMs: 0, reason: 0, version };
}

function sum(step: CreditsApplied['step']): CreditsApplied {
  const to = step === 'applied' ? samplePost.credit : suspense;
  const named = { id: 'sum_1', account: 'shop', via: { ...via, account: '+shop' }, to } as const;
  return { kind: 8, context: sampleContext, step, ...named, currency: 'EUR', amount: 70, reason: 0, key: '', fingerprint: '' }; // prettier-ignore
}

const given: SubAccountGathered = {
  kind: 10,
  context: sampleContext,
  step: 'gathered',
  account: 'shop',
  via: { account: '*02:shop', version: 7, available: 0 },
  to: samplePost.credit,
  currency: 'EUR',
  amount: 70,
  key: '',
  fingerprint: '',
};

const toSub: TransferRouted = { ...routed('spread', 1), status: 'posted', via: { ...via, account: '*02:shop' } };

function shown(fact: IndirectFact, from: string, to: string): string {
  const voucher = voucherOfTransit(fact, { seq: 12, index: 3 }, 1_800_000_000_000, '2027-01-15', { from, to });
  return [voucher.key, ...voucher.legs.map(leg)].join(' ');
}

function leg({ side, subject, account, amount }: Voucher['legs'][number]): string {
  return `${side} ${subject} ${account} ${amount}`;
}

test.each([
  [routed('buffered', 1), 'user', 'transfer_transit', 'TR2.1:t1:1 debit 2001 alice 70 credit 2023 ~shop 70'],
  [routed('sent', 1), 'bank', 'transfer_transit', 'TR2.1:t1:1 debit 1001 alice 70 credit 2023 ~shop 70'],
  [routed('delivered', 2), 'transfer_transit', 'merchant', 'TR2.2:t1:2 debit 2023 ~shop 70 credit 2004 shop 70'],
  [routed('returned', 2), 'transfer_transit', 'user', 'TR2.2:t1:3 debit 2023 ~shop 70 credit 2001 alice 70'],
  [routed('parked', 2), 'transfer_transit', 'suspense', 'TR2.2:t1:4 debit 2023 ~shop 70 credit 2090 suspense:EUR 70'],
  [sum('applied'), 'transfer_transit', 'merchant', 'TR2.1:sum_1:2 debit 2023 +shop 70 credit 2004 shop 70'],
  [sum('parked'), 'transfer_transit', 'suspense', 'TR2.1:sum_1:4 debit 2023 +shop 70 credit 2090 suspense:EUR 70'],
  [toSub, 'user', 'merchant', 'TR1.1:t1:1 debit 2001 alice 70 credit 2004 *02:shop 70'],
  [given, 'merchant', 'merchant', 'SA1.7:*02:shop:1 debit 2004 *02:shop 70 credit 2004 shop 70'],
] as const)('%o', (fact, from, to, expected) => {
  expect(shown(fact, from, to)).toBe(expected);
});

test('money in transit on an account that is not one is a fault: the engine never states it', () => {
  expect(() => shown(routed('sent', 1), 'user', 'user')).toThrow('fact 3 of frame 12 has no voucher: kind_not_allowed');
});
