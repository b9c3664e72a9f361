// Atomic batches: all of it or nothing, and nothing means that not even a name or a version is used up.

import { expect, test } from 'vitest';
import { numberOf } from '../../src/domain/refusals.ts';
import { Engine } from '../support/engine.ts';
import { stateFromJournal, stateOf } from '../support/engine-state.ts';
import { scenario } from '../support/scenario.ts';

const OTHER_REFUSED = numberOf('batch_member_refused');
const INSUFFICIENT = numberOf('insufficient_funds');

async function engineWithHold(): Promise<Engine> {
  const engine = await Engine.start();
  for (const id of ['bank', 'alice', 'shop']) await engine.open({ id, creditLimit: id === 'bank' ? Infinity : 0 });
  expect(await engine.batch(['in', 'bank', 'alice', 100], ['h1', 'alice', 'shop', 40, 1])).toEqual([0, 1]);
  return engine;
}

test('all of it happens, each transfer seeing what the ones before it did', () =>
  scenario(`
    account  alice 10
    account  bob   0
    account  shop  0
    atomic
      transfer t1 alice → bob 10    posted
      hold     h1 bob → shop 10     held
      capture  c1 h1 4              captured
      void     v1 h1 rest           voided
      transfer t2 bob → shop 6      posted
      transfer t2 bob → shop 6      again
    end
    balance  bob  0
    balance  shop 10`));

test('or nothing of it: the first refusal is told, and every other member says so', () =>
  scenario(`
    account  alice 100
    account  shop  0
    hold     h1 alice → shop 40     held
    atomic
      transfer t1 alice → shop 10   batch_member_refused
      capture  c1 h1 rest           batch_member_refused
      hold     h2 alice → shop 10   batch_member_refused
      transfer t2 shop → alice 51   insufficient_funds
      transfer t3 shop → alice 99   batch_member_refused
    end
    balance  alice 60 held 40
    balance  shop  0 pending 40
    capture  c9 h2 1                transfer_not_found`));

test('a member that cannot be read refuses the batch, too', async () => {
  const engine = await engineWithHold();
  const results = await engine.atomic(
    ['t1', 'alice', 'shop', 1],
    ['t2', 'alice', 'shop', 0],
    ['t3', 'alice', 'shop', 1],
  );
  expect(results).toEqual([OTHER_REFUSED, numberOf('amount_invalid'), OTHER_REFUSED]);
});

test('after taking back everything is as it was before, to the last field', async () => {
  const engine = await engineWithHold();
  const before = await stateOf(engine);
  const members = [
    ['t1', 'alice', 'shop', 10],
    ['c1', null, null, 15, 2, 'h1'],
    ['h2', 'alice', 'shop', 10, 1],
    ['c2', null, null, null, 2, 'h2'],
    ['v1', null, null, null, 3, 'h1'],
    ['t2', 'alice', 'bank', 1_000],
  ];
  const results = await engine.atomic(...members);
  expect(results).toEqual([...Array<number>(5).fill(OTHER_REFUSED), INSUFFICIENT]);
  expect(await stateOf(engine)).toEqual(before);
  for (const id of ['t1', 'c1', 'h2', 'c2', 'v1', 't2']) {
    expect((await engine.readTransfer(id)).verdict, id).toBe(numberOf('transfer_not_found'));
  }
});

test('names that were taken back take no memory, however often a batch is tried again', async () => {
  const engine = await engineWithHold();
  const { names } = engine.partition.desk;
  const before = names.size;
  for (let round = 0; round < 3; round++) {
    await engine.atomic(['t1', 'alice', 'shop', 1], ['c1', null, null, 1, 2, 'h1'], ['t2', 'alice', 'shop', 500]);
    expect(names.size).toBe(before + round);
    await engine.batch([`x${round}`, 'bank', 'shop', 1]);
  }
});

test('names and versions that were taken back are used again, in the same frame as well', async () => {
  const engine = await engineWithHold();
  const { version } = await engine.account('alice');
  const refused = [
    ['t1', 'alice', 'shop', 10],
    ['c1', null, null, 40, 2, 'h1'],
    ['t2', 'shop', 'alice', 500],
  ];
  const [first, second] = await Promise.all([
    engine.atomic(...refused),
    engine.batch(['t1', 'alice', 'shop', 20], ['c1', null, null, 1, 2, 'h1'], ['t2', 'shop', 'alice', 5]),
  ]);
  expect(first).toEqual([OTHER_REFUSED, OTHER_REFUSED, INSUFFICIENT]);
  expect(second).toEqual([0, 2, 0]);
  expect(await engine.account('alice')).toMatchObject({ version: version + 3, available: 45, held: 39 });
  expect(await stateFromJournal(engine)).toEqual(await stateOf(engine));
});

test('what was made in the same frame before a batch that is taken back stays', async () => {
  const engine = await engineWithHold();
  const [before, refused, after] = await Promise.all([
    engine.batch(['t1', 'alice', 'shop', 1], ['c1', null, null, 5, 2, 'h1']),
    engine.atomic(['c2', null, null, 5, 2, 'h1'], ['c3', null, null, 5, 2, 'h1'], ['t2', 'shop', 'alice', 500]),
    engine.batch(['c4', null, null, 30, 2, 'h1'], ['c1', null, null, 5, 2, 'h1'], ['c5', null, null, 6, 2, 'h1']),
  ]);
  expect(before).toEqual([0, 2]);
  expect(refused).toEqual([OTHER_REFUSED, OTHER_REFUSED, INSUFFICIENT]);
  expect(after).toEqual([2, 4, numberOf('capture_exceeds_hold')]);
  expect(await stateFromJournal(engine)).toEqual(await stateOf(engine));
});

test('nothing of a refused batch reaches the journal', async () => {
  const engine = await engineWithHold();
  const frames = engine.disk.journal.position();
  await engine.atomic(['t1', 'alice', 'shop', 10], ['t2', 'shop', 'alice', 500]);
  expect(engine.disk.journal.position()).toBe(frames);
});

test('a hold whose end was taken back still expires, after a snapshot and a restart as well', async () => {
  const engine = await engineWithHold();
  await engine.snapshot();
  await engine.atomic(['c1', null, null, 40, 2, 'h1'], ['t2', 'shop', 'alice', 500]);
  await engine.snapshot();
  const next = await engine.restart();
  expect(await next.balance('alice')).toEqual([60, 40, 0]);
  await next.advance(600_000);
  expect(await next.balance('alice')).toEqual([100, 0, 0]);
});

test('a hold that was taken back is not there after a snapshot and a restart either', async () => {
  const engine = await engineWithHold();
  await engine.atomic(['h2', 'alice', 'shop', 1, 1, null, 10], ['t2', 'shop', 'alice', 500]);
  await engine.snapshot();
  expect([...engine.disk.store.holds()].map(({ id }) => id)).toEqual(['h1']);
  const next = await engine.restart();
  expect(await next.batch(['h2', 'alice', 'shop', 2, 1, null, 60])).toEqual([1]);
  await next.advance(10_000);
  expect(await next.balance('alice')).toEqual([58, 42, 0]);
  await next.advance(50_000);
  expect(await next.balance('alice')).toEqual([60, 40, 0]);
});
