// The contract of every state store.

import { open } from 'lmdb';
import { describe, expect, test } from 'vitest';
import type { Account } from '../../src/domain/accounts.ts';
import { creditingOf } from '../../src/domain/crediting.ts';
import { openLmdbStateStore } from '../../src/journal/lmdb-state-store.ts';
import { openMemoryStateStore } from '../../src/journal/memory-state-store.ts';
import type { Completion, OpenHold, OrderRange, StateStore } from '../../src/journal/state-store.ts';
import { sampleAccount } from '../support/samples.ts';
import { temporaryFolder } from '../support/folder.ts';

/** Opens the same store as often as it is called. */
type Opener = () => StateStore;

const BACKENDS: readonly (readonly [string, () => Opener])[] = [
  [
    'memory',
    () => {
      const store = openMemoryStateStore();
      return () => store;
    },
  ],
  [
    'lmdb',
    () => {
      const folder = temporaryFolder();
      return () => openLmdbStateStore(folder);
    },
  ],
];

/** An account with something unusual in every field. */
function account(id: string, state: Partial<Account> = {}): Account {
  return sampleAccount({
    id,
    status: 'frozen',
    creditLimit: Infinity,
    metadata: { ключ: '値' },
    available: -9_007_199_254_740_991,
    held: 9_007_199_254_740_991,
    pending: 2 ** 40,
    version: 7,
    lastSeq: 99,
    ...state,
  });
}

function entries(word: number): Uint32Array {
  return new Uint32Array([word, word, word, word]);
}

function completion(seq: number, chunks: number, parts: Partial<Completion> = {}): Completion {
  const hash = new Uint8Array(32).fill(seq);
  const mark = { seq, hash, ordinal: 10 * seq, chunks, accountingDate: '2028-02-29', counted: seq + 1 };
  return { mark, opened: [], holds: [], closedHolds: [], uses: [], usesGone: [], entries: new Uint32Array(), ...parts };
}

function hold(id: string, seq: number): OpenHold {
  return { merchant: 'acme', id, seq, dueMs: 1_800_000_000_000 + seq };
}

function byId<T extends { readonly id: string }>(all: Iterable<T>): T[] {
  return [...all].toSorted((one, other) => (one.id < other.id ? -1 : 1));
}

const EVERYTHING: OrderRange = { after: 0, before: Infinity, newestFirst: true };

describe.each(BACKENDS)('%s', (_, folder) => {
  test('begins empty', async () => {
    const store = folder()();
    expect([store.mark(), store.seed(), store.account('acme', 'alice')]).toEqual([null, null, null]);
    expect([
      ...store.accounts(),
      ...store.holds(),
      ...store.chunks(3),
      ...store.accountIds('acme', EVERYTHING),
    ]).toEqual([]);
    await store.close();
  });

  test('keeps accounts to the last field, by merchant', async () => {
    const store = folder()();
    const accounts = [account('alice'), account('bob', { status: 'active', creditLimit: 0, metadata: {} })];
    const foreign = account('alice', { merchant: 'globex', available: 5 });
    await store.putAccounts([...accounts, foreign]);
    expect(['alice', 'bob'].map((id) => store.account('acme', id))).toEqual(accounts);
    expect(store.account('globex', 'alice')).toEqual(foreign);
    expect(store.account('globex', 'bob')).toBeNull();
    expect(byId(store.accounts())).toHaveLength(3);
    await store.close();
  });

  test.each([
    ['no rule', null],
    ['a delay', creditingOf('alice', 'segmented', 50)],
    ['sub-accounts, of which some are left over', creditingOf('alice', 'spread', 0, 3, 8)],
    ['none any more', creditingOf('alice', 'buffered', 7, 0, 8)],
  ])('keeps a rule of crediting: %s', async (_rule, crediting) => {
    const store = folder()();
    await store.putAccounts([account('alice', { crediting })]);
    expect(store.account('acme', 'alice')?.crediting).toEqual(crediting);
    await store.close();
  });

  test('an account is kept as it was when it was written, and read as a copy', async () => {
    const store = folder()();
    const alice = account('alice');
    const written = store.putAccounts([alice]);
    alice.available = 1;
    await written;
    const read = store.account('acme', 'alice');
    if (read) read.available = 2;
    expect(store.account('acme', 'alice')?.available).toBe(-9_007_199_254_740_991);
    await store.putAccounts([alice]);
    expect(store.account('acme', 'alice')?.available).toBe(1);
    await store.close();
  });

  test('a snapshot is complete with its mark, and there when it is opened again', async () => {
    const open = folder();
    const first = open();
    await first.setSeed(0xdecafbad);
    expect(first.mark()).toBeNull();
    await first.complete(
      completion(3, 1, {
        opened: [account('alice', { ordinal: 1 }), account('bob', { ordinal: 2 })],
        holds: [hold('h1', 2), hold('h2', 3)],
        entries: new Uint32Array([1, 2, 3, 4, 0xffffffff, 6, 7, 8]),
      }),
    );
    await first.close();
    const second = open();
    expect(second.seed()).toBe(0xdecafbad);
    expect(second.mark()).toMatchObject({ seq: 3, ordinal: 30, chunks: 1, accountingDate: '2028-02-29', counted: 4 });
    expect(Buffer.from(second.mark()?.hash ?? []).toString('hex')).toBe('03'.repeat(32));
    expect([...second.accountIds('acme', EVERYTHING)]).toEqual(['bob', 'alice']);
    expect(byId(second.holds())).toEqual([hold('h1', 2), hold('h2', 3)]);
    expect([...second.chunks(1)].map((chunk) => [...chunk])).toEqual([[1, 2, 3, 4, 0xffffffff, 6, 7, 8]]);
    await second.close();
  });

  test('a later snapshot adds to the one before: orders and chunks grow, holds come and go', async () => {
    const store = folder()();
    await store.complete(completion(1, 1, { holds: [hold('h1', 1), hold('h2', 1)], entries: entries(1) }));
    const opened = [account('alice', { ordinal: 1 })];
    const closedHolds = [
      { merchant: 'acme', id: 'h1' },
      { merchant: 'acme', id: 'never' },
    ];
    await store.complete(
      completion(5, 2, { opened, holds: [hold('h2', 5), hold('h3', 4)], closedHolds, entries: entries(2) }),
    );
    expect(store.mark()?.seq).toBe(5);
    expect(byId(store.holds())).toEqual([hold('h2', 5), hold('h3', 4)]);
    expect([...store.chunks(2)].map((chunk) => chunk[0])).toEqual([1, 2]);
    expect([...store.chunks(1)].map((chunk) => chunk[0])).toEqual([1]);
    await store.close();
  });

  test('uses of the day are replaced, stay and go', async () => {
    const open = folder();
    const store = open();
    const use = (name: string, amount: number) => ({ name, amount, count: 1 });
    await store.complete(completion(1, 1, { uses: [use('a', 1), use('b', 2), use('c', 2 ** 53 - 1)] }));
    await store.complete(completion(2, 2, { uses: [use('a', 5)], usesGone: ['b', 'never'] }));
    await store.close();
    const again = open();
    expect([...again.uses()]).toEqual([use('a', 5), use('c', 2 ** 53 - 1)]);
    await again.close();
  });

  test('the order of opening, between any two places, in both directions', async () => {
    const store = folder()();
    const opened = [1, 2, 4, 9, 70_000].map((ordinal) => account(`a${ordinal}`, { ordinal }));
    const foreign = [3, 5].map((ordinal) => account(`b${ordinal}`, { ordinal, merchant: 'acme2' }));
    await store.complete(completion(1, 1, { opened: [...foreign, ...opened.toReversed()] }));
    const ids = (after: number, before: number, newestFirst: boolean): string =>
      [...store.accountIds('acme', { after, before, newestFirst })].join(' ');
    expect(ids(0, Infinity, true)).toBe('a70000 a9 a4 a2 a1');
    expect(ids(0, Infinity, false)).toBe('a1 a2 a4 a9 a70000');
    expect(ids(2, 9, true)).toBe('a4');
    expect(ids(2, 9, false)).toBe('a4');
    expect(ids(1, 10, true)).toBe('a9 a4 a2');
    expect(ids(4, Infinity, false)).toBe('a9 a70000');
    expect([ids(4, 5, true), ids(4, 5, false), ids(70_000, Infinity, true)]).toEqual(['', '', '']);
    expect([...store.accountIds('acme2', EVERYTHING)]).toEqual(['b5', 'b3']);
    expect([...store.accountIds('acm', EVERYTHING)]).toEqual([]);
    await store.close();
  });

  test('a reader that stops half-way does no harm', async () => {
    const store = folder()();
    const opened = Array.from({ length: 50 }, (_, n) => account(`a${n}`, { ordinal: n + 1 }));
    await store.complete(completion(1, 1, { opened }));
    for (let round = 0; round < 100; round++) for (const id of store.accountIds('acme', EVERYTHING)) if (id) break;
    await store.putAccounts(opened);
    expect([...store.accounts()]).toHaveLength(50);
    await store.close();
  });
});

test('in LMDB a mark that was written before there were days has no date, and no day has been used', async () => {
  const folder = temporaryFolder();
  const root = open({ path: folder, maxDbs: 5 });
  const mark = { seq: 3, hash: new Uint8Array(32), ordinal: 30, chunks: 1 };
  const rows = { encoding: 'msgpack', useRecords: false } as const;
  await root.openDB({ name: 'meta', ...rows }).put('mark', mark);
  await root.close();
  const store = openLmdbStateStore(folder);
  expect(store.mark()).toMatchObject({ seq: 3, ordinal: 30, chunks: 1, accountingDate: '', counted: 0 });
  expect([...store.uses()]).toEqual([]);
  await store.close();
});
