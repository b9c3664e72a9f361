// Rows of orders, vouchers and callbacks: any of them is read back, what lies in journals never changes, and what a newer
// version wrote is not guessed at.

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TEMPLATES } from '../../src/domain/books/template-table.ts';
import { factRow, readFact } from '../../src/domain/fact-rows.ts';
import type { OrderStepped, VoucherPosted } from '../../src/domain/order-facts.ts';
import { orderRow, readOrder } from '../../src/domain/orders/order-layouts.ts';
import type { Order } from '../../src/domain/orders/order.ts';
import type { Refund } from '../../src/domain/orders/refund.ts';
import { decodeFacts, encodeFacts } from '../../src/journal/payload.ts';
import { arbitraryOrder, arbitraryOrderFact } from '../support/arbitrary-orders.ts';
import { samplePayment } from './orders/support/samples.ts';
import { sampleChannelOrder, sampleTrade } from '../support/order-samples.ts';
import { sampleContext as context } from '../support/samples.ts';

test('any order is read back from its row', () => {
  fc.assert(
    fc.property(arbitraryOrder, (order) => {
      expect(readOrder(orderRow(order))).toEqual(order);
    }),
    { numRuns: 1_000 },
  );
});

test('any of their facts is read back from the bytes of a frame', () => {
  fc.assert(
    fc.property(fc.array(arbitraryOrderFact(fc.constant(context)), { maxLength: 8 }), (facts) => {
      expect(decodeFacts(encodeFacts(facts))).toEqual(facts);
    }),
    { numRuns: 500 },
  );
});

const voucher: VoucherPosted = {
  kind: 21,
  context,
  code: 'HD1',
  segment: 1,
  occurrence: 2,
  order: 'trd_1',
  currency: 'EUR',
  lines: [
    { account: 'alice', action: 'hold', amount: 60, version: 4, available: 40 },
    { account: '@payment_transit:EUR', action: 'expect', amount: 60, version: 9, available: -1 },
  ],
  reverses: null,
  key: '',
  fingerprint: '',
};

const stepped: OrderStepped = { kind: 20, context, key: 'k', fingerprint: 'f', previousSeq: 5, order: sampleTrade };

const base = { id: 'o', createdAtMs: 1, version: 2, dueMs: 3, vouchers: [{ seq: 4, index: 5 }] };

// prettier-ignore
const refund: Refund = {
  ...base, kind: 'refund', trade: 't', payment: 'p', amount: 7, currency: 'EUR', cause: 'mismatch', reason: 'r',
  status: 'bounced', parts: [{ instruction: 1, amount: 2, status: 'unknown', channelOrder: 'n' }],
  sources: [{ account: 'a', amount: 3 }], failure: 'f', requestedBy: 'x', approvedBy: 'y',
};

/** How rows lie in journals that exist: never to change (L1). */
describe('the layout, for ever:', () => {
  test('a voucher', () => {
    const lines = [
      ['alice', 2, 60, 4, 40],
      ['@payment_transit:EUR', 3, 60, 9, -1],
    ];
    expect(factRow(voucher, 1)).toEqual([21, 1, 18, 1, 2, 'trd_1', 'EUR', lines, 0, 0]);
    expect(factRow({ ...voucher, reverses: { seq: 7, index: 3 } }, 1).slice(-2)).toEqual([7, 3]);
  });

  test('each code', () => {
    const numbers = Object.keys(TEMPLATES).map((code) => factRow({ ...voucher, code: code as 'RC1' }, 0)[2]);
    // These came later.
    expect(numbers.filter((number) => Number(number) < 23)).toEqual(Array.from({ length: 23 }, (_, number) => number));
    expect(factRow({ ...voucher, code: 'SA1' }, 0)[2]).toBe(23);
    expect(factRow({ ...voucher, code: 'RF5' }, 0)[2]).toBe(24);
    expect(factRow({ ...voucher, code: 'WD5' }, 0)[2]).toBe(25);
  });

  test('each action', () => {
    const actions = ['debit', 'credit', 'hold', 'expect', 'take', 'receive', 'release', 'forgo'] as const;
    const lines = actions.map((action) => ({ account: 'a', action, amount: 1, version: 1, available: 1 }));
    const written = factRow({ ...voucher, lines }, 0)[7] as unknown[][];
    expect(written.map((line) => line[1])).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  test('a callback', () => {
    const raw = Uint8Array.of(1, 2);
    expect(factRow({ kind: 22, context, channel: 'card', raw, key: '', fingerprint: '' }, 0)).toEqual([22, 0, 'card', raw]); // prettier-ignore
  });

  test('a step of a trade', () => {
    // prettier-ignore
    const trade = [
      0, 'trd_1', 1_800_000_000_000, 1, 1_800_000_900_000, [], 'order 7', 'instant', 0, '1', 'alice', [['shop', 100]], 100,
      'EUR', 1_800_000_900_000, 0, [], '', '', 0, [], 0, 0, 0, 0, 0,
    ];
    expect(factRow(stepped, 0)).toEqual([20, 0, 5, trade, 'k', 'f']);
  });

  test('a step of a refund that gives a fee back: around the one that it would have without', () => {
    const fees = [
      { account: 'shop', amount: 2 },
      { account: 'maker', amount: 1 },
    ];
    const plain = factRow({ ...stepped, order: refund }, 7);
    const row = factRow({ ...stepped, order: { ...refund, fees } }, 7);
    expect(row).toEqual([24, 7, [['shop', 2], ['maker', 1]], plain]); // prettier-ignore
    expect(plain[0]).toBe(20);
  });

  test('a channel order', () => {
    // prettier-ignore
    expect(orderRow(sampleChannelOrder)).toEqual([
      2, 'chn_1', 1_800_000_000_000, 1, 1_800_000_005_000, [], 'card', 0, 'pay_1', 0, '', '', 100, 'EUR', 0, '', 0, '', '',
      '', 0, 0, 0,
    ]);
  });

  // prettier-ignore
  const others: [Order, unknown[]][] = [
    [
      {
        ...base, kind: 'payment', trade: 't', attempt: 6, payer: 'p', amount: 7, currency: 'EUR', capture: 'manual',
        captures: 14, canceling: true, reserved: [{ seq: 15, index: 16 }], undone: 17,
        status: 'canceled', failure: 'f', unknownSinceMs: 8, actionUrl: 'u', token: 'k', tokenExpiresAtMs: 18,
        checks: [{ name: 'risk', answer: 'refuse', fellBack: true, reference: 'x' }],
        instructions: [{
          instrument: 'i', account: 'a', channel: 'c', amount: 9, status: 'reversed', channelOrder: 'n', authorized: 10,
          captured: 11, refundReserved: 12, refunded: 13,
        }],
      },
      [
        7, 'o', 1, 2, 3, [[4, 5]], 't', 6, 'p', 7, 'EUR', 1, 14, true, [[15, 16]], 17, 9, [['i', 'a', 'c', 9, 6, 'n', 10, 11, 12, 13]], 'f', 8, 'u',
        'k', 18, [['risk', 1, true, 'x']],
      ],
    ],
    [
      refund,
      [3, 'o', 1, 2, 3, [[4, 5]], 't', 'p', 7, 'EUR', 3, 'r', 7, [[1, 2, 4, 'n']], [['a', 3]], 'f', 'x', 'y'],
    ],
    [
      {
        ...base, kind: 'withdrawal', product: 'w', ruleVersion: '1', account: 'a', channel: 'c', destination: 'd',
        amount: 7, fee: 1, currency: 'EUR', status: 'returned', channelOrder: 'n', failure: 'f', unknownSinceMs: 8,
        requestedBy: 'x', approvedBy: 'y',
      },
      [4, 'o', 1, 2, 3, [[4, 5]], 'w', '1', 'a', 'c', 'd', 7, 1, 'EUR', 8, 'n', 'f', 8, 'x', 'y'],
    ],
    [
      {
        ...base, kind: 'case', type: 'settlement_refused', order: 'q', amount: 7, currency: 'EUR', detail: 'd', owner: 'w',
        status: 'resolved', decision: 'z', proposedBy: 'x', decidedBy: 'y', reference: 'c',
      },
      [8, 'o', 1, 2, 3, [[4, 5]], 8, 'q', 7, 'EUR', 'd', 'w', 2, 'z', 'x', 'y', 'c'],
    ],
    [
      {
        ...base, kind: 'external_voucher', payment: 'p', instruction: 1, channel: 'c', channelOrder: 'n', amount: 7,
        currency: 'EUR', status: 'closed', token: 'k', expiresAtMs: 8, failure: 'f', closes: 9,
      },
      [6, 'o', 1, 2, 3, [[4, 5]], 'p', 1, 'c', 'n', 7, 'EUR', 5, 'k', 8, 'f', 9],
    ],
  ];

  test.each(others.map(([order, row]) => [order.kind, order, row] as const))('a %s', (_, order, row) => {
    expect(orderRow(order)).toEqual(row);
  });
});

test('a payment from before there were tokens and checks is read as one without them', () => {
  // prettier-ignore
  const row = [
    1, 'o', 1, 2, 3, [], 't', 6, 'p', 7, 'EUR', 0, 0, false, [], 0, 9, [], 'f', 8, 'u',
  ];
  expect(readOrder(row)).toEqual(
    samplePayment([], {
      id: 'o', createdAtMs: 1, version: 2, dueMs: 3, trade: 't', attempt: 6, payer: 'p', amount: 7, status: 'canceled',
      failure: 'f', unknownSinceMs: 8, actionUrl: 'u', token: '', tokenExpiresAtMs: 0, checks: [],
    }), // prettier-ignore
  );
});

describe('not guessed at:', () => {
  test('a state, a kind, a code or an action that nobody knows yet', () => {
    const trade = orderRow(sampleTrade);
    expect(() => readOrder(trade.toSpliced(0, 1, 9))).toThrow('9 is none of 9 values');
    expect(() => readOrder(trade.toSpliced(15, 1, 5))).toThrow('5 is none of 5 values');
    const row = factRow(voucher, 0);
    expect(() => readFact(row.toSpliced(2, 1, 26), [context])).toThrow('26 is none of 26 values');
    expect(() => readFact(row.toSpliced(7, 1, [['a', 8, 1, 1, 1]]), [context])).toThrow('8 is none of 8 values');
  });

  test('and nothing is written that could not be read', () => {
    expect(() => orderRow({ ...sampleTrade, status: 'gone' as 'open' })).toThrow('"gone" has no number');
  });
});

test('a case from before the references of channels were kept is read as one without', () => {
  const row = [5, 'o', 1, 2, 3, [[4, 5]], 8, 'q', 7, 'EUR', 'd', 'w', 2, 'z', 'x', 'y'];
  expect(readOrder(row)).toMatchObject({ kind: 'case', type: 'settlement_refused', decidedBy: 'y', reference: '' });
});
