import { expect, test } from 'vitest';
import { bouncedFromPayees, bouncedSources, bouncedSum, sentAgain } from '../../../src/domain/orders/bounced-refund.ts';
import type { Refund } from '../../../src/domain/orders/refund.ts';

/** Of 100, given by escrow and shop, of which the channel has its 60 again. */
const REFUND: Refund = {
  kind: 'refund',
  id: 'rfd_1',
  createdAtMs: 1,
  version: 4,
  dueMs: 0,
  vouchers: [{ seq: 1, index: 1 }],
  trade: 'trd_1',
  payment: 'pay_1',
  amount: 100,
  currency: 'EUR',
  cause: 'request',
  reason: '',
  status: 'bounced',
  parts: [
    { instruction: 1, amount: 60, status: 'bounced', channelOrder: 'chn_1' },
    { instruction: 0, amount: 40, status: 'done', channelOrder: '' },
  ],
  sources: [
    { account: '@escrow:EUR', amount: 33 },
    { account: 'shop', amount: 67 },
  ],
  failure: 'returned',
  requestedBy: 'ann',
  approvedBy: 'ben',
};

test('only what a channel has again has bounced, and those who gave it get it in proportion, to the unit', () => {
  expect(bouncedSum(REFUND)).toBe(60);
  expect(bouncedSources(REFUND)).toEqual([
    { account: '@escrow:EUR', amount: 20 },
    { account: 'shop', amount: 40 },
  ]);
  expect(bouncedFromPayees(REFUND)).toBe(40);
});

test('sent again it is a refund of its own, of that part alone', () => {
  expect(sentAgain(REFUND, 'rfd_2', 7)).toMatchObject({
    id: 'rfd_2',
    createdAtMs: 7,
    version: 0,
    cause: 'bounced',
    amount: 60,
    status: 'created',
    parts: [{ instruction: 1, amount: 60, status: 'planned', channelOrder: '' }],
    sources: [],
    vouchers: [],
    failure: '',
    requestedBy: '',
  });
});
