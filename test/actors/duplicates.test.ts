// The same transfer twice: one effect (I3), whenever and however the second one comes.

import { beforeEach, describe, expect, test } from 'vitest';
import { numberOf } from '../../src/domain/refusals.ts';
import type { BatchMember } from '../../actors/commands.ts';
import { Engine } from '../support/engine.ts';
import { openGatedJournal, type GatedJournal } from '../support/gated-journal.ts';
import { openMemoryStateStore } from '../../src/journal/memory-state-store.ts';
import { factsOf } from '../support/journal-facts.ts';

const THERE = 4;
const DIFFERENT = numberOf('transfer_exists_with_different_content');

const MEMBERS: readonly BatchMember[] = [
  ['t1', 'alice', 'shop', 10],
  ['h1', 'alice', 'shop', 20, 1, null, 60],
  ['c1', null, null, 5, 2, 'h1'],
  ['c2', 'alice', 'shop', 5, 2, 'h1'],
  ['v1', null, null, null, 3, 'h1'],
];
const RESULTS = [0, 1, 2, 2, 3];
const AGAIN = MEMBERS.map(() => THERE);

const CHANGED: readonly BatchMember[] = [
  ['t1', 'alice', 'shop', 11],
  ['h1', 'alice', 'shop', 20, 1, null, 61],
  ['c1', null, null, null, 2, 'h1'],
  ['c2', 'shop', 'alice', 5, 2, 'h1'],
  ['v1', null, null, 10, 3, 'h1'],
];

let journal: GatedJournal;
let engine: Engine;

beforeEach(async () => {
  journal = openGatedJournal();
  engine = await Engine.start({ journal, store: openMemoryStateStore() });
  for (const id of ['bank', 'alice', 'shop']) await engine.open({ id, creditLimit: id === 'bank' ? Infinity : 0 });
  await engine.batch(['in', 'bank', 'alice', 100]);
});

function timesIn(id: string): number {
  return factsOf(engine.disk.journal).filter(({ fact }) => fact.kind === 3 && fact.id === id).length;
}

async function expectOneEffect(): Promise<void> {
  expect(['t1', 'h1', 'c1', 'c2', 'v1'].map(timesIn)).toEqual([1, 1, 1, 1, 1]);
  expect(await engine.balance('alice')).toEqual([80, 0, 0]);
  expect(await engine.balance('shop')).toEqual([20, 0, 0]);
}

test('in the same batch', async () => {
  expect(await engine.batch(...MEMBERS, ...MEMBERS)).toEqual([...RESULTS, ...AGAIN]);
  await expectOneEffect();
});

test('each right behind the first', async () => {
  const results = await engine.batch(...MEMBERS.flatMap((member) => [member, member]));
  expect(results).toEqual(RESULTS.flatMap((result) => [result, THERE]));
  await expectOneEffect();
});

test('in a later batch', async () => {
  expect(await engine.batch(...MEMBERS)).toEqual(RESULTS);
  expect(await engine.batch(...MEMBERS)).toEqual(AGAIN);
  await expectOneEffect();
});

test('before the first is durable: neither is answered before that', async () => {
  journal.shut();
  let answered = 0;
  const count = (results: number[]): number[] => {
    answered += 1;
    return results;
  };
  const first = engine.batch(...MEMBERS).then(count);
  const second = engine.batch(...MEMBERS).then(count);
  await expect.poll(() => journal.waiting()).toBe(1);
  const third = engine.batch(...MEMBERS).then(count);
  await new Promise((resolve) => setImmediate(resolve));
  expect(answered).toBe(0);
  journal.open();
  expect(await Promise.all([first, second, third])).toEqual([RESULTS, AGAIN, AGAIN]);
  await expectOneEffect();
});

describe.each([
  ['from the journal', false],
  ['from a snapshot', true],
])('after a restart %s', (_, snapshot) => {
  beforeEach(async () => {
    expect(await engine.batch(...MEMBERS)).toEqual(RESULTS);
    if (snapshot) await engine.snapshot();
    engine = await engine.restart();
  });

  test('the same again', async () => {
    expect(await engine.batch(...MEMBERS)).toEqual(AGAIN);
    await expectOneEffect();
  });

  test('another under the same name', async () => {
    expect(await engine.batch(...CHANGED)).toEqual(CHANGED.map(() => DIFFERENT));
    await expectOneEffect();
  });
});

test('another under the same name, in the same batch and later', async () => {
  expect(await engine.batch(...MEMBERS, ...CHANGED)).toEqual([...RESULTS, ...CHANGED.map(() => DIFFERENT)]);
  expect(await engine.batch(...CHANGED)).toEqual(CHANGED.map(() => DIFFERENT));
  await expectOneEffect();
});

test('names of transfers and of captures are one space', async () => {
  await engine.batch(...MEMBERS);
  expect(await engine.batch(['c1', 'alice', 'shop', 5], ['t1', null, null, 5, 2, 'h1'])).toEqual([
    DIFFERENT,
    DIFFERENT,
  ]);
});

test('another merchant has names of its own', async () => {
  for (const id of ['bank', 'alice']) await engine.open({ id, creditLimit: Infinity }, undefined, 'globex');
  await engine.batch(...MEMBERS);
  const { verdict, transfer } = await engine.transfer(
    { id: 't1', debit: 'bank', credit: 'alice', amount: 1 },
    undefined,
    'globex',
  );
  expect(verdict).toBe(0);
  expect(transfer?.fact).toMatchObject({ transfer: 't1', amount: 1 });
  expect(await engine.balance('alice')).toEqual([80, 0, 0]);
});

test('a request by itself gets the first answer, though the transfer has moved on', async () => {
  const request = { id: 'h9', debit: 'alice', credit: 'shop', amount: 20, hold: true, metadata: { order: '7' } };
  const first = await engine.transfer(request);
  await engine.batch(['c9', null, null, 5, 2, 'h9']);
  const again = await engine.transfer(request);
  expect([again.verdict, again.replayed]).toEqual([0, true]);
  expect(again.transfer).toEqual(first.transfer);
  const other = await engine.transfer({ ...request, metadata: { order: '8' } });
  expect([other.verdict, other.transfer]).toEqual([DIFFERENT, null]);
});

test('a hundred at once: one effect, and every answer the same', async () => {
  const request = { id: 't9', debit: 'alice', credit: 'shop', amount: 1 };
  const answers = await Promise.all(Array.from({ length: 100 }, () => engine.transfer(request)));
  expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
  for (const { transfer } of answers) expect(transfer).toEqual(answers[0]?.transfer);
  expect(await engine.balance('alice')).toEqual([99, 0, 0]);
});
