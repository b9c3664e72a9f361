// Vouchers of orders: the lines that each template becomes, that nothing else is booked, and the way back.

import { describe, expect, test } from 'vitest';
import { linesOf, reversalOfLines, type VoucherRequest } from '../../../src/domain/books/order-voucher.ts';
import { refuseVoucher, voucherOfPosted } from '../../../src/domain/books/posted-voucher.ts';
import { voucherOf } from '../../../src/domain/books/templates.ts';
import { reversalOf, voucherId } from '../../../src/domain/books/voucher.ts';
import type { VoucherPosted } from '../../../src/domain/order-facts.ts';
import { isBalanced, type PostingLine } from '../../../src/domain/posting-lines.ts';
import { EXAMPLES, partiesWith, shops, type Example } from '../../support/book-examples.ts';
import { sampleContext } from '../../support/samples.ts';

const DAY = '2027-01-15';
const TIME_MS = 1_800_000_000_000;
const PLACE = { seq: 7, index: 2 };

const named = EXAMPLES.map((one) => {
  const { code, segment, legs } = one;
  return [`${code} ${segment}: ${legs.map(({ account }) => account).join(', ')}`, one] as const;
});

function requestOf({ code, segment, event }: Example): VoucherRequest {
  const { parties, shares, parts } = event;
  const lines = linesOf(code, segment, parties, shares, parts);
  if ('refused' in lines) throw new Error(lines.refused);
  return { code, segment, occurrence: 1, order: 'o1', currency: 'EUR', lines, reverses: null };
}

/** Kind of an account of an example. */
function kindsOf({ event: { parties, parts = [] } }: Example): (account: string) => string {
  const known = new Map([...Object.values(parties), ...parts].map(({ account, kind }) => [account, kind]));
  return (account) => known.get(account) ?? '';
}

function posted(request: VoucherRequest): VoucherPosted {
  const lines = request.lines.map((line) => ({ ...line, version: 2, available: 0 }));
  return { kind: 21, context: sampleContext, ...request, lines, key: '', fingerprint: '' };
}

describe.each(named)('%s', (_, example) => {
  const request = requestOf(example);
  const { lines } = request;
  const kindOf = kindsOf(example);

  test('balances, and is read back as the voucher of its template', () => {
    expect(isBalanced(lines)).toBe(true);
    const voucher = voucherOfPosted({ fact: posted(request), reversedMs: 0 }, PLACE, TIME_MS, DAY, kindOf);
    expect(voucher).toEqual(voucherOf({ ...example.event, id: voucherId(TIME_MS, PLACE), accountingDate: DAY }));
  });

  test('with any line dropped, doubled or altered it is refused', () => {
    expect(refuseVoucher(request, kindOf)).toBeNull();
    for (const [at, line] of lines.entries()) {
      const others = lines.toSpliced(at, 1);
      const changed: PostingLine[][] = [
        others,
        [...lines, line],
        lines.with(at, { ...line, amount: line.amount + 1 }),
        lines.with(at, { ...line, amount: line.amount - 1 }),
        lines.with(at, { ...line, amount: 0.5 }),
        ...(['debit', 'credit', 'hold', 'expect', 'take', 'receive', 'release', 'forgo'] as const)
          .filter((action) => action !== line.action)
          .map((action) => lines.with(at, { ...line, action })),
      ];
      for (const one of changed) expect(refuseVoucher({ ...request, lines: one }, kindOf)).not.toBeNull();
    }
  });

  test('taken back it is the reversal of its voucher, and is judged as one', () => {
    if (request.code === 'HD1' || request.code === 'HD3') {
      expect(() => reversalOfLines(request, PLACE)).toThrow('is not taken back');
      return;
    }
    const back = reversalOfLines(request, PLACE);
    const later = { seq: 9, index: 0 };
    const read = voucherOfPosted({ fact: posted(back), reversedMs: TIME_MS }, later, TIME_MS + 5, DAY, kindOf);
    const of = voucherOf({ ...example.event, id: voucherId(TIME_MS, PLACE) });
    if ('refused' in of) throw new Error(of.refused);
    const { legs, ...rest } = reversalOf(of, voucherId(TIME_MS + 5, later), DAY);
    expect(read).toMatchObject(rest);
    // What came out of a hold goes to what its owner can spend.
    expect(read.legs).toEqual(legs.map((leg) => (leg.subject === 2002 ? { ...leg, subject: 2001 } : leg)));
    // A transfer the other way is a transfer, too; nothing else can be told from what it is not.
    if (request.code !== 'TR1' && request.code !== 'SA1')
      expect(refuseVoucher({ ...back, reverses: null }, kindOf)).not.toBeNull();
    expect(() => reversalOfLines(back, later)).toThrow('is not taken back');
  });
});

test('a template of another kind of account, another segment or another code is refused', () => {
  const example = EXAMPLES.find(({ code }) => code === 'PY4') as Example;
  const request = requestOf(example);
  const kindOf = kindsOf(example);
  expect(refuseVoucher({ ...request, segment: 2 }, kindOf)).toBe('segment_unknown');
  expect(refuseVoucher({ ...request, code: 'XX1' as 'PY4' }, kindOf)).toBe('event_unknown');
  expect(refuseVoucher({ ...request, code: 'GC1' }, kindOf)).toBe('kind_not_allowed');
  expect(refuseVoucher(request, () => 'user')).toBe('kind_not_allowed');
  // Of accounts that others keep only the sides are known.
  expect(refuseVoucher(request, () => undefined)).toBeNull();
});

test('a promise belongs to a hold and to nothing else', () => {
  const request = requestOf(EXAMPLES.find(({ code }) => code === 'PY1') as Example);
  const smuggled: PostingLine[] = [
    { account: 'channel', action: 'debit', amount: 100 },
    { account: 'payment_transit', action: 'receive', amount: 100 },
    { account: 'payment_transit', action: 'expect', amount: 100 },
  ];
  expect(isBalanced(smuggled)).toBe(true);
  expect(refuseVoucher({ ...request, lines: smuggled }, () => undefined)).toBe('kind_not_allowed');
});

describe('the lines of', () => {
  const parties = partiesWith();

  test.each<[string, 'HD1' | 'PY2' | 'HD3', PostingLine['action'], PostingLine['action']]>([
    ['a hold', 'HD1', 'hold', 'expect'],
    ['a hold that is taken', 'PY2', 'take', 'receive'],
    ['a hold that is given back', 'HD3', 'release', 'forgo'],
  ])('%s', (_, code, ofPayer, ofTransit) => {
    expect(linesOf(code, 1, parties, { total: 100 })).toEqual([
      { account: code === 'PY2' ? 'user' : 'payer', action: ofPayer, amount: 100 },
      { account: 'payment_transit', action: ofTransit, amount: 100 },
    ]);
  });

  test('a split, one for each receiver', () => {
    const lines = linesOf('GC1', 1, parties, { total: 100 }, shops);
    expect(lines).toEqual([
      { account: 'escrow', action: 'debit', amount: 100 },
      ...shops.map(({ account, amount }) => ({ account, action: 'credit', amount })),
    ]);
  });

  test.each<[string, ReturnType<typeof linesOf>]>([
    ['segment_unknown', linesOf('PY1', 2, parties, { total: 100 })],
    ['share_missing', linesOf('ST1', 1, parties, { total: 100 })],
    ['unbalanced', linesOf('ST1', 1, parties, { total: 100, net: 97, fee: 2 })],
    ['amount_invalid', linesOf('PY1', 1, parties, { total: 0.5 })],
    ['kind_not_allowed', linesOf('PY1', 1, partiesWith({ channel: 'user' }), { total: 100 })],
    ['party_missing', linesOf('HD1', 1, { payer: parties.payer }, { total: 100 })],
    ['currency_mismatch', linesOf('HD1', 1, otherTransit(), { total: 100 })],
    ['no_legs', linesOf('HD1', 1, parties, { total: 0 })],
  ])('nothing: %s', (refused, lines) => {
    expect(lines).toEqual({ refused });
  });

  function otherTransit(): ReturnType<typeof partiesWith> {
    return { ...parties, payment_transit: { ...parties.payment_transit, currency: 'CZK' } };
  }
});

test('the voucher of a fact that no template takes is a fault', () => {
  const fact = posted({ ...requestOf(EXAMPLES[0] as Example), lines: [] });
  expect(() => voucherOfPosted({ fact, reversedMs: 0 }, PLACE, TIME_MS, DAY, () => 'user')).toThrow(
    'fact 2 of frame 7 has no voucher: unbalanced',
  );
});
