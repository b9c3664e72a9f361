import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { contextRow, readContext, type Context } from '../../src/domain/context.ts';
import { factRow, readFact, sameSettle, sameTransfer, type Leg, type TransferMoved } from '../../src/domain/facts.ts';
import type { SettleRequest, TransferRequest } from '../../src/domain/transfers.ts';
import { arbitraryContext, arbitraryFact } from '../support/arbitrary-facts.ts';

const context = { version: 1, merchant: 'acme', origin: 'http', requestId: 'r', traceId: '', shadow: false } as const;

test('any fact is read back from its row', () => {
  fc.assert(
    fc.property(arbitraryFact, fc.nat(5), (fact, place) => {
      const contexts = Array.from({ length: place + 1 }, (): Context => context);
      const row = factRow(fact, place);
      expect(readFact(row, contexts.with(place, fact.context))).toEqual(fact);
    }),
    { numRuns: 1_000 },
  );
});

test('any context is read back from its row', () => {
  fc.assert(
    fc.property(arbitraryContext, (any) => {
      expect(readContext(contextRow(any))).toEqual(any);
    }),
  );
});

describe('rows of another version are not guessed at', () => {
  test('an unknown kind', () => {
    for (const kind of [0, 5, 99, '3', null]) expect(() => readFact([kind, 0], [context])).toThrow('unknown kind');
  });

  test('a fact without its context', () => {
    expect(() => readFact([3, 1, 0], [context])).toThrow('without context');
  });

  test('a context of another layout', () => {
    const [, ...rest] = contextRow(context);
    const row = [2, ...rest] as unknown as ReturnType<typeof contextRow>;
    expect(() => readContext(row)).toThrow('unknown version 2');
  });
});

/** How rows lie in journals that exist: never to change (F2). */
describe('the layout of rows', () => {
  const debit: Leg = { account: 'alice', version: 4, available: 30, previousSeq: 8 };
  const credit: Leg = { account: 'shop', version: 9, available: 70, previousSeq: 3 };
  const plain: TransferMoved = {
    ...{
      kind: 3,
      context,
      key: '',
      fingerprint: '',
      step: 'posted',
      id: 't1',
      debit,
      credit,
      currency: 'EUR',
      amount: 70,
    },
    ...{ transfer: 't1', moved: 70, captured: 0, released: 0, status: 'posted', version: 1, expiresAtMs: 0 },
    ...{ expiresInSeconds: 0, requested: 0, createdAtMs: 0, originSeq: 0, previousSeq: 0, metadata: null },
  };
  const posted = [3, 0, 0, 't1', 'alice', 4, 30, 8, 'shop', 9, 70, 3, 'EUR', 70];

  test('a post', () => {
    expect(factRow(plain, 0)).toEqual(posted);
    const keyed = { ...plain, key: 'k', fingerprint: 'f' };
    expect(factRow(keyed, 0)).toEqual([...posted, 't1', 70, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, null, 'k', 'f']);
  });

  test('a capture', () => {
    const captured: TransferMoved = {
      ...{ ...plain, step: 'captured', id: 'c1', transfer: 'h1', moved: 30, captured: 40, released: 5, status: 'held' },
      ...{ version: 3, expiresAtMs: 99, expiresInSeconds: 60, requested: 30, createdAtMs: 39, originSeq: 5 },
      ...{ previousSeq: 6, metadata: { a: 'b' } },
    };
    expect(factRow(captured, 2)).toEqual([
      ...[3, 2, 2, 'c1', 'alice', 4, 30, 8, 'shop', 9, 70, 3, 'EUR', 70],
      ...['h1', 30, 40, 5, 1, 3, 99, 60, 30, 39, 5, 6, { a: 'b' }, '', ''],
    ]);
  });

  test('an account opened, an account changed, a batch answered', () => {
    const keyed = { context, key: 'k', fingerprint: 'f' };
    const opened = { account: 'alice', ordinal: 7, currency: 'EUR', accountKind: 'user', creditLimit: 5, metadata: {} };
    expect(factRow({ kind: 1, ...keyed, ...opened }, 0)).toEqual([1, 0, 'alice', 7, 'EUR', 'user', 5, {}, 'k', 'f']);
    expect(
      factRow(
        {
          ...{ kind: 2, ...keyed, account: 'alice', version: 2, previousSeq: 1, status: 'frozen', creditLimit: 5 },
          ...{ metadata: {}, fixed: [7, 'EUR', 'user', 99], balances: [1, 2, 3] },
        },
        0,
      ),
    ).toEqual([2, 0, 'alice', 2, 1, 1, 5, {}, [7, 'EUR', 'user', 99], [1, 2, 3], 'k', 'f']);
    expect(factRow({ kind: 4, ...keyed, results: [0, 160] }, 0)).toEqual([4, 0, [0, 160], 'k', 'f']);
  });

  const request: TransferRequest = {
    ...{ id: 't1', debit: 'alice', credit: 'shop', amount: 70, currency: '', hold: false, expiresInSeconds: 0 },
    metadata: null,
  };

  test.each<[boolean, Partial<TransferRequest>]>([
    [true, {}],
    [true, { currency: 'EUR' }],
    [false, { currency: 'CZK' }],
    [false, { debit: 'bob' }],
    [false, { credit: 'bob' }],
    [false, { amount: 71 }],
    [false, { hold: true }],
    [false, { expiresInSeconds: 60 }],
    [false, { metadata: {} }],
    [false, { metadata: { a: 'b' } }],
  ])('the same post? %o for %o', (same, change) => {
    expect(sameTransfer(plain, { ...request, ...change })).toBe(same);
  });

  test.each<[boolean, Record<string, string> | null]>([
    [true, { a: 'b', c: 'd' }],
    [true, { c: 'd', a: 'b' }],
    [false, { a: 'b' }],
    [false, { a: 'b', c: 'e' }],
    [false, { a: 'b', toString: 'd' }],
    [false, {}],
    [false, null],
  ])('the same metadata? %o for %o', (same, metadata) => {
    const hold: TransferMoved = { ...plain, step: 'held', metadata: { a: 'b', c: 'd' } };
    expect(sameTransfer(hold, { ...request, hold: true, metadata })).toBe(same);
  });

  test.each<[boolean, Partial<SettleRequest>]>([
    [true, {}],
    [true, { debit: 'alice', credit: 'shop' }],
    [false, { debit: 'bob' }],
    [false, { credit: 'bob' }],
    [false, { amount: 0 }],
    [false, { amount: 31 }],
    [false, { step: 'voided' }],
    [false, { transfer: 'h2' }],
  ])('the same capture? %o for %o', (same, change) => {
    const captured: TransferMoved = { ...plain, step: 'captured', id: 'c1', transfer: 'h1', requested: 30, moved: 30 };
    const capture: SettleRequest = { id: 'c1', transfer: 'h1', step: 'captured', amount: 30, debit: '', credit: '' };
    expect(sameSettle(captured, { ...capture, ...change })).toBe(same);
  });
});
