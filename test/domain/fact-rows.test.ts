import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { contextRow, readContext, type Context, type ContextRow } from '../../src/domain/context.ts';
import { creditingOf } from '../../src/domain/crediting.ts';
import { factRow, readFact } from '../../src/domain/fact-rows.ts';
import type { TransferMoved, TransferReversed } from '../../src/domain/facts.ts';
import { arbitraryContext, arbitraryFact } from '../support/arbitrary-facts.ts';
import { sampleContext as context, samplePost, sampleReversal } from '../support/samples.ts';

test('any fact is read back from its row', () => {
  fc.assert(
    fc.property(arbitraryFact, fc.nat(5), (fact, place) => {
      const contexts = Array.from({ length: place + 1 }, (): Context => context);
      expect(readFact(factRow(fact, place), contexts.with(place, fact.context))).toEqual(fact);
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
    for (const kind of [0, 99, '3', null]) expect(() => readFact([kind, 0], [context])).toThrow('unknown kind');
  });

  test('a fact without its context', () => {
    expect(() => readFact([3, 1, 0], [context])).toThrow('without context');
  });

  test('a context of another layout', () => {
    const [, ...rest] = contextRow(context);
    expect(() => readContext([3, ...rest] as unknown as ContextRow)).toThrow('unknown version 3');
  });
});

/** How rows lie in journals that exist: never to change (L1). */
describe('the layout, for ever:', () => {
  const posted = [3, 0, 0, 't1', 'alice', 4, 30, 'shop', 9, 70, 'EUR', 70];

  test('a post', () => {
    expect(factRow(samplePost, 0)).toEqual(posted);
  });

  test('a post under a key', () => {
    const details = ['t1', 70, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, null, 'k', 'f'];
    expect(factRow({ ...samplePost, key: 'k', fingerprint: 'f' }, 0)).toEqual([...posted, ...details]);
  });

  test('a capture', () => {
    const captured: TransferMoved = {
      ...samplePost,
      step: 'captured',
      id: 'c1',
      transfer: 'h1',
      moved: 30,
      captured: 40,
      released: 5,
      status: 'held',
      version: 3,
      expiresAtMs: 99,
      expiresInSeconds: 60,
      requested: 31,
      createdAtMs: 39,
      originSeq: 5,
      previousSeq: 6,
      metadata: { a: 'b' },
    };
    const details = ['h1', 30, 40, 5, 1, 3, 99, 60, 31, 39, 5, 6, { a: 'b' }, '', ''];
    expect(factRow(captured, 2)).toEqual([...posted.with(1, 2).with(2, 2).with(3, 'c1'), ...details]);
  });

  test.each([
    ['posted', 0],
    ['held', 1],
    ['captured', 2],
    ['voided', 3],
    ['expired', 4],
  ] as const)('%s is %i', (step, number) => {
    expect(factRow({ ...samplePost, step }, 0)[2]).toBe(number);
    expect(factRow({ ...samplePost, step: 'held', status: step }, 0)[16]).toBe(number);
  });

  const keyed = { context, key: 'k', fingerprint: 'f', account: 'alice', creditLimit: 5, metadata: {} };

  test('an account opened', () => {
    const fact = { kind: 1, ...keyed, ordinal: 7, currency: 'EUR', accountKind: 'user' } as const;
    expect(factRow(fact, 0)).toEqual([1, 0, 'alice', 7, 'EUR', 'user', 5, {}, 'k', 'f']);
  });

  test.each([
    ['active', 0],
    ['frozen', 1],
    ['closed', 2],
  ] as const)('an account changed to %s, which is %i', (status, number) => {
    const before = { version: 2, fixed: [7, 'EUR', 'user', 99], balances: [1, 2, 3] } as const;
    const row = [2, 0, 'alice', 2, number, 5, {}, [7, 'EUR', 'user', 99], [1, 2, 3], 'k', 'f'];
    expect(factRow({ kind: 2, ...keyed, ...before, status }, 0)).toEqual(row);
  });

  test('a batch answered', () => {
    const fact = { kind: 4, context, key: 'k', fingerprint: 'f', results: [0, 160] } as const;
    expect(factRow(fact, 0)).toEqual([4, 0, [0, 160], 'k', 'f']);
  });

  test('a key remembered', () => {
    const fact = { kind: 5, context, key: 'k', fingerprint: 'f', answerSeq: 7, answerIndex: 3 } as const;
    expect(factRow(fact, 2)).toEqual([5, 2, 7, 3, 'k', 'f']);
  });

  test('a reversal', () => {
    const fact: TransferReversed = {
      ...sampleReversal,
      amount: 100,
      captured: 70,
      released: 30,
      version: 4,
      expiresAtMs: 99,
      expiresInSeconds: 60,
      createdAtMs: 39,
      originSeq: 5,
      previousSeq: 6,
      metadata: { a: 'b' },
      takesBack: { step: 'captured', version: 2, seq: 7, index: 3, timeMs: 40 },
      reason: 'why',
      notes: { c: 'd' },
      key: 'k',
      fingerprint: 'f',
    };
    const legs = ['alice', 5, 100, 'shop', 10, 0];
    const taken = [2, 2, 7, 3, 40];
    // prettier-ignore
    expect(factRow(fact, 2)).toEqual([
      11, 2, 't1', ...legs, 'EUR', 100, 70, 70, 30, 4, 99, 60, 39, 5, 6, { a: 'b' }, ...taken, 'why', { c: 'd' }, 'k', 'f',
    ]);
  });

  test.each([
    ['buffered', 0, 'posted', 0],
    ['sent', 1, 'sent', 1],
    ['delivered', 2, 'posted', 0],
    ['returned', 3, 'returned', 2],
    ['parked', 4, 'parked', 3],
  ] as const)('a transfer that was %s, which is %i, and then is %s, which is %i', (step, place, status, state) => {
    const via = { account: '~shop', version: 3, available: 70 };
    const suspense = { account: 'suspense:EUR', version: 2, available: 9 };
    const way = {
      kind: 7,
      step,
      status,
      via,
      suspense,
      dueMs: 99,
      reason: 113,
      createdAtMs: 39,
      originSeq: 5,
    } as const;
    const fact = {
      ...samplePost,
      ...way,
      version: 2,
      previousSeq: 6,
      metadata: { a: 'b' },
      key: 'k',
      fingerprint: 'f',
    };
    // prettier-ignore
    expect(factRow(fact, 1)).toEqual([
      7, 1, place, 't1', 'alice', 4, 30, 'shop', 9, 70, '~shop', 3, 70, 'EUR', 70,
      't1', state, 2, 99, 39, 5, 6, { a: 'b' }, 'k', 'f', ['suspense:EUR', 2, 9], 113,
    ]);
    expect(factRow({ ...fact, suspense: null }, 1)[25]).toBeNull();
  });

  test.each([
    ['applied', 0],
    ['parked', 1],
  ] as const)('credits that were %s, which is %i', (step, place) => {
    const via = { account: '+shop', version: 3, available: 0 };
    const to = { account: 'shop', version: 4, available: 70 };
    const sum = { id: 'sum_1', account: 'shop', via, to, currency: 'EUR', amount: 70, reason: 113 };
    const fact = { kind: 8, context, step, ...sum, key: '', fingerprint: '' } as const;
    const row = [8, 0, place, 'sum_1', 'shop', ['+shop', 3, 0], ['shop', 4, 70], 'EUR', 70, 113];
    expect(factRow(fact, 0)).toEqual(row);
  });

  test.each([
    ['direct', 0, 0],
    ['buffered', 1, 50],
    ['segmented', 2, 50],
  ] as const)('an account that is credited %s, which is %i', (way, place, delayMs) => {
    const state = { version: 2, status: 'active', fixed: [7, 'EUR', 'user', 99], balances: [1, 2, 3] } as const;
    const fact = { kind: 9, ...keyed, ...state, crediting: creditingOf('alice', way, delayMs), onTheWay: 4 } as const;
    const row = [9, 0, 'alice', 2, 0, 5, {}, [7, 'EUR', 'user', 99], [1, 2, 3], place, delayMs, 4, 'k', 'f'];
    expect(factRow(fact, 0)).toEqual(row);
  });

  test('a day opened', () => {
    const fact = { kind: 6, context, date: '2028-02-29', key: '', fingerprint: '' } as const;
    expect(factRow(fact, 1)).toEqual([6, 1, '2028-02-29']);
  });
});
