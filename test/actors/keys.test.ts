// Idempotency keys: the same request again gets the first answer, to the last field; another one is refused; a refusal
// is not remembered.

import { beforeEach, describe, expect, test } from 'vitest';
import {
  NO_KEY,
  type Command,
  type MakeTransfer,
  type OpenAccount,
  type RequestKey,
  type RunBatch,
  type SettleHold,
} from '../../actors/commands.ts';
import { verify } from '../../actors/verification.ts';
import { numberOf } from '../../src/domain/refusals.ts';
import { openMemoryStateStore } from '../../src/journal/memory-state-store.ts';
import { Engine } from '../support/engine.ts';
import { factsOf } from '../support/journal-facts.ts';

const KEY: RequestKey = { key: 'key-1', fingerprint: 'first' };
const OTHER: RequestKey = { key: 'key-1', fingerprint: 'second' };
const KEY_REUSED = numberOf('idempotency_key_reused');
const INSUFFICIENT = numberOf('insufficient_funds');

let engine: Engine;

beforeEach(async () => {
  engine = await Engine.start();
  for (const id of ['bank', 'alice', 'shop']) await engine.open({ id, creditLimit: id === 'bank' ? Infinity : 0 });
  await engine.batch(['in', 'bank', 'alice', 100], ['h1', 'alice', 'shop', 20, 1]);
});

type Answer = Command &
  Partial<Pick<OpenAccount, 'account'> & Pick<MakeTransfer, 'transfer'> & Pick<RunBatch, 'results'>>;

type Told = { readonly [Field in 'verdict' | 'position' | 'account' | 'transfer' | 'results']: Answer[Field] };

/** What a command tells whoever asked. */
function told({ verdict, position, account, transfer, results }: Answer): Told {
  return { verdict, position, account, transfer, results };
}

const REQUESTS = {
  'opening an account': (keyed: RequestKey) => engine.open({ kind: 'user', metadata: { name: 'Bob' } }, keyed),
  'changing an account': (keyed: RequestKey) => engine.change({ id: 'alice', metadata: { vip: 'yes' } }, keyed),
  'a transfer': (keyed: RequestKey) => engine.transfer({ debit: 'alice', credit: 'shop', amount: 5 }, keyed),
  'a hold': (keyed: RequestKey) => engine.transfer({ debit: 'alice', credit: 'shop', amount: 5, hold: true }, keyed),
  'a capture': (keyed: RequestKey) => engine.settle({ transfer: 'h1', amount: 5 }, keyed),
  'a void': (keyed: RequestKey) => engine.settle({ transfer: 'h1', step: 'voided' }, keyed),
  'a batch': (keyed: RequestKey) =>
    engine.run(
      [
        ['t1', 'alice', 'shop', 5],
        ['t2', 'alice', 'shop', 500],
      ],
      false,
      keyed,
    ),
  'an atomic batch': (keyed: RequestKey) => engine.run([['t1', 'alice', 'shop', 5]], true, keyed),
};

/** Requests whose name tells a repetition, too. */
const NAMED: Record<string, (keyed: RequestKey) => Promise<MakeTransfer | SettleHold>> = {
  'a transfer': (keyed) => engine.transfer({ id: 't1', debit: 'alice', credit: 'shop', amount: 5 }, keyed),
  'a hold': (keyed) => engine.transfer({ id: 't1', debit: 'alice', credit: 'shop', amount: 5, hold: true }, keyed),
  'a capture': (keyed) => engine.settle({ id: 'c1', transfer: 'h1', amount: 5 }, keyed),
  'a void': (keyed) => engine.settle({ id: 'v1', transfer: 'h1', step: 'voided' }, keyed),
};

describe.each(Object.entries(REQUESTS))('%s', (_, request: (keyed: RequestKey) => Promise<Command>) => {
  test('again, after other things have happened, after a restart, and from a snapshot', async () => {
    const first = await request(KEY);
    expect([first.verdict, first.replayed]).toEqual([0, false]);
    expect(await repeated(request)).toEqual(told(first));
    await engine.batch(['later', 'bank', 'alice', 1], ['later-c', null, null, 1, 2, 'h1']);
    await engine.change({ id: 'alice', metadata: {} });
    expect(await repeated(request)).toEqual(told(first));
    engine = await engine.restart();
    expect(await repeated(request)).toEqual(told(first));
    await engine.snapshot();
    engine = await engine.restart();
    expect(await repeated(request)).toEqual(told(first));
  });

  test('again before the first is durable', async () => {
    const [first, second] = await Promise.all([request(KEY), request(KEY)]);
    expect([first.replayed, second.replayed]).toEqual([false, true]);
    expect(told(second)).toEqual(told(first));
  });

  test('another request with the key is refused and changes nothing', async () => {
    await request(KEY);
    const before = engine.disk.journal.position();
    const other = await request(OTHER);
    expect([other.verdict, other.replayed]).toEqual([KEY_REUSED, false]);
    expect(engine.disk.journal.position()).toBe(before);
  });
});

async function repeated(request: (keyed: RequestKey) => Promise<Command>): Promise<Told> {
  const before = engine.disk.journal.position();
  const again = await request(KEY);
  expect(again.replayed).toBe(true);
  expect(engine.disk.journal.position()).toBe(before);
  return told(again);
}

describe.each(Object.entries(NAMED))('a key for %s that is there already', (_, request) => {
  test('means this request from then on, and no other', async () => {
    const first = await request(NO_KEY);
    const again = await request(KEY);
    expect([again.replayed, told(again).transfer]).toEqual([true, told(first).transfer]);
    for (const life of ['this', 'the next', 'the one from a snapshot']) {
      if (life === 'the one from a snapshot') await engine.snapshot();
      if (life !== 'this') engine = await engine.restart();
      expect(await repeated(request), life).toEqual(told(again));
      const others = [
        await request(OTHER),
        await engine.transfer({ debit: 'alice', credit: 'shop', amount: 1 }, OTHER),
        await engine.open({}, OTHER),
      ];
      expect(others.map(({ verdict }) => verdict)).toEqual(others.map(() => KEY_REUSED));
    }
  });

  test('before anything of it is durable', async () => {
    const [first, again, third, other] = await Promise.all([
      request(NO_KEY),
      request(KEY),
      request(KEY),
      request(OTHER),
    ]);
    for (const one of [again, third]) {
      expect([one.replayed, told(one).transfer]).toEqual([true, told(first).transfer]);
    }
    expect(other.verdict).toBe(KEY_REUSED);
  });

  test('is written down once, and changes no account', async () => {
    await request(NO_KEY);
    const before = await engine.account('alice');
    const written = factsOf(engine.disk.journal).length;
    for (let times = 0; times < 3; times++) await request(KEY);
    expect(factsOf(engine.disk.journal).slice(written)).toMatchObject([{ fact: { kind: 5, ...KEY } }]);
    expect(await engine.account('alice')).toEqual(before);
  });
});

test('a key for a name that means something else is not remembered', async () => {
  await engine.transfer({ id: 't1', debit: 'alice', credit: 'shop', amount: 1 });
  const different = await engine.transfer({ id: 't1', debit: 'alice', credit: 'shop', amount: 2 }, KEY);
  expect(different.verdict).toBe(numberOf('transfer_exists_with_different_content'));
  expect((await engine.transfer({ debit: 'alice', credit: 'shop', amount: 2 }, OTHER)).verdict).toBe(0);
});

test('a journal with such keys is proved as any other', async () => {
  const request = { id: 't1', debit: 'alice', credit: 'shop', amount: 1 };
  await engine.transfer(request);
  await engine.snapshot();
  await engine.transfer(request, KEY);
  const { journal, store } = engine.disk;
  const verified = await verify({ journal, store, emptyStore: openMemoryStateStore(), progress: () => {} });
  expect(verified.currencies).toEqual([{ currency: 'EUR', posted: 0n, heldMinusPending: 0n }]);
});

test('a refused transfer is judged anew under its key, as another request as well', async () => {
  expect((await engine.transfer({ debit: 'alice', credit: 'shop', amount: 81 }, KEY)).verdict).toBe(INSUFFICIENT);
  const { verdict, replayed } = await engine.transfer({ debit: 'alice', credit: 'shop', amount: 80 }, OTHER);
  expect([verdict, replayed]).toEqual([0, false]);
});

test('a batch without any effect is judged anew under its key', async () => {
  const members = [['t1', 'alice', 'shop', 81]];
  expect((await engine.run(members, false, KEY)).results).toEqual([INSUFFICIENT]);
  await engine.batch(['more', 'bank', 'alice', 1]);
  const { results, replayed } = await engine.run(members, false, KEY);
  expect([results, replayed]).toEqual([[0], false]);
});

test('a batch whose transfers were there already is remembered, as it was answered then', async () => {
  const members = [
    ['t1', 'alice', 'shop', 50],
    ['t2', 'alice', 'shop', 31],
  ];
  expect((await engine.run(members)).results).toEqual([0, INSUFFICIENT]);
  expect((await engine.run(members, false, KEY)).results).toEqual([4, INSUFFICIENT]);
  await engine.batch(['more', 'bank', 'alice', 1]);
  const { results, replayed } = await engine.run(members, false, KEY);
  expect([results, replayed]).toEqual([[4, INSUFFICIENT], true]);
});

test('an atomic batch that was taken back is judged anew under its key', async () => {
  const members = [
    ['t1', 'alice', 'shop', 50],
    ['t2', 'alice', 'shop', 31],
  ];
  expect((await engine.run(members, true, KEY)).results).toEqual([numberOf('batch_member_refused'), INSUFFICIENT]);
  await engine.batch(['more', 'bank', 'alice', 1]);
  expect((await engine.run(members, true, KEY)).results).toEqual([0, 0]);
});

test('the keys of another merchant are its own', async () => {
  await engine.open({ id: 'bob' }, KEY);
  const { verdict, account } = await engine.open({ id: 'eve' }, OTHER, 'globex');
  expect([verdict, account?.id]).toEqual([0, 'eve']);
});

test('a key is told before a name, and a name before what is missing', async () => {
  await engine.transfer({ id: 't1', debit: 'alice', credit: 'shop', amount: 1 }, KEY);
  const keyed = await engine.transfer({ id: 't1', debit: 'none', credit: 'shop', amount: 2 }, OTHER);
  expect(keyed.verdict).toBe(KEY_REUSED);
  const named = await engine.transfer({ id: 't1', debit: 'none', credit: 'shop', amount: 2 });
  expect(named.verdict).toBe(numberOf('transfer_exists_with_different_content'));
});
