// I5: the state that lives in memory, a snapshot with the journal's tail, and the whole journal say the same.

import { describe, expect, test } from 'vitest';
import type { Fact } from '../../src/domain/facts.ts';
import { openLmdbJournal } from '../../src/journal/lmdb-journal.ts';
import { openLmdbStateStore } from '../../src/journal/lmdb-state-store.ts';
import { openMemoryStateStore } from '../../src/journal/memory-state-store.ts';
import { Engine, memoryDisk, turns, type Disk, type EngineOptions } from '../support/engine.ts';
import { stateFromJournal, stateOf, type EngineState } from '../support/engine-state.ts';
import { factsOf } from '../support/journal-facts.ts';
import { temporaryFolder } from '../support/folder.ts';
import { openGatedJournal } from '../support/gated-journal.ts';
import { Life } from '../support/life.ts';

async function start(options: EngineOptions = {}, disk: Disk = memoryDisk()): Promise<Engine> {
  const engine = await Engine.start(disk, options);
  for (const id of ['bank', 'alice', 'shop']) await engine.open({ id, creditLimit: id === 'bank' ? Infinity : 0 });
  await engine.batch(['in', 'bank', 'alice', 100]);
  return engine;
}

/** A day's work of every kind; `day` makes its names its own. */
async function work(engine: Engine, day: number): Promise<void> {
  const name = (text: string): string => `${text}.${day}`;
  await engine.open({ id: name('user'), metadata: { day: String(day) } });
  await engine.batch(
    [name('t1'), 'bank', 'alice', 10],
    [name('h1'), 'alice', 'shop', 9, 1],
    [name('h2'), 'alice', name('user'), 5, 1, null, 3_600],
    [name('c1'), null, null, 4, 2, name('h1')],
  );
  await engine.batch([name('v1'), null, null, null, 3, name('h1')]);
  await engine.change({ id: 'shop', metadata: { day: String(day) }, creditLimit: day });
  await engine.transfer({ debit: 'shop', credit: 'alice', amount: 1 }, { key: name('key'), fingerprint: 'f' });
}

/** Restarts and compares all that there is to compare. */
async function expectSame(engine: Engine): Promise<Engine> {
  const live = await stateOf(engine);
  expect(await stateFromJournal(engine)).toEqual(live);
  const next = await engine.restart();
  expect(await stateOf(next)).toEqual(live);
  return next;
}

test('facts are read back as they were stated', async () => {
  const stated: Fact[] = [];
  const engine = await start({ durable: ({ frame }) => stated.push(...structuredClone(frame.facts)) });
  await work(engine, 1);
  await engine.run([['t2', 'bank', 'alice', 10]], true, { key: 'batch', fingerprint: 'f' });
  await engine.advance(3_600_000);
  expect(new Set(stated.map(({ kind }) => kind)).size).toBe(5);
  expect(factsOf(engine.disk.journal).map(({ fact }) => fact)).toEqual(stated);
});

test('with no snapshot, one, and several', async () => {
  let engine = await start();
  for (let day = 1; day <= 4; day++) {
    await work(engine, day);
    engine = await expectSame(engine);
    await engine.snapshot();
    engine = await expectSame(engine);
  }
});

test('a server that crashes again and again before a snapshot is due takes one all the same', async () => {
  const limits = { snapshotFacts: 20 };
  let engine = await start({ limits });
  for (let life = 1; life <= 4; life++) {
    for (let fact = 1; fact <= 6; fact++) await engine.batch([`t${life}.${fact}`, 'bank', 'alice', 1]);
    engine = await engine.restart({ limits });
  }
  await expect.poll(() => engine.disk.store.mark()?.seq ?? 0).toBeGreaterThan(0);
});

test('with a snapshot that is taken while work goes on', async () => {
  let engine = await start();
  for (let day = 1; day <= 4; day++) {
    const worked = work(engine, day);
    await engine.snapshot();
    await worked;
    engine = await expectSame(engine);
  }
});

test('with snapshots that the engine takes by itself', async () => {
  const options = { limits: { snapshotFacts: 5 } };
  let engine = await start(options);
  for (let day = 1; day <= 6; day++) {
    await work(engine, day);
    expect(engine.disk.store.mark()?.seq).toBeGreaterThan(0);
    const live = await stateOf(engine);
    engine = await engine.restart(options);
    expect(await stateOf(engine)).toEqual(live);
  }
  expect(await stateFromJournal(engine)).toEqual(await stateOf(engine));
});

test('a snapshot waits for the frames behind it: what is not durable is not in the store', async () => {
  const journal = openGatedJournal();
  const engine = await start({}, { journal, store: openMemoryStateStore() });
  await engine.snapshot();
  const before = [engine.disk.store.mark(), engine.disk.store.account('acme', 'alice')];
  journal.shut();
  const asked = engine.batch(['t1', 'bank', 'alice', 1]);
  await expect.poll(() => journal.waiting()).toBe(1);
  const taken = engine.snapshot();
  await turns();
  expect([engine.disk.store.mark(), engine.disk.store.account('acme', 'alice')]).toEqual(before);
  journal.open();
  await Promise.all([asked, taken]);
  expect(engine.disk.store.account('acme', 'alice')?.available).toBe(101);
});

test('it waits for a frame that changed no account as well', async () => {
  const journal = openGatedJournal();
  const engine = await start({}, { journal, store: openMemoryStateStore() });
  await engine.snapshot();
  const before = engine.disk.store.mark();
  journal.shut();
  const asked = engine.run([['in', 'bank', 'alice', 100]], false, { key: 'again', fingerprint: 'f' });
  await expect.poll(() => journal.waiting()).toBe(1);
  const taken = engine.snapshot();
  await turns();
  expect(engine.disk.store.mark()).toEqual(before);
  journal.open();
  await Promise.all([asked, taken]);
  expect(engine.disk.store.mark()?.seq).toBe(journal.position());
});

test('accounts opened while a snapshot began are listed once, before and after a restart', async () => {
  const engine = await start();
  const opened = engine.open({ id: 'late' });
  // The turn that opens the account has not come to its end when the snapshot begins.
  await new Promise((resolve) => setImmediate(resolve));
  await Promise.all([engine.snapshot(), opened]);
  const live = await stateOf(engine);
  expect(live.accounts.map(({ id }) => id)).toEqual(['late', 'shop', 'alice', 'bank']);
  const next = await engine.restart();
  expect(await stateOf(next)).toEqual(live);
});

test('accounts in a frame that is not sealed when a snapshot begins are listed once after a restart', async () => {
  const journal = openGatedJournal();
  const engine = await start({}, { journal, store: openMemoryStateStore() });
  journal.shut();
  const first = engine.open({ id: 'first' });
  await expect.poll(() => journal.waiting()).toBe(1);
  const second = engine.open({ id: 'second' });
  await new Promise((resolve) => setImmediate(resolve));
  const taken = engine.snapshot();
  journal.open();
  await Promise.all([first, second, taken]);
  const live = await stateOf(engine);
  expect(live.accounts.map(({ id }) => id)).toEqual(['second', 'first', 'shop', 'alice', 'bank']);
  const next = await engine.restart();
  expect(await stateOf(next)).toEqual(live);
});

/** Runs until `writes` writes have reached the disk; whether everything was done by then. */
async function runUntil(disk: Disk, writes: number): Promise<boolean> {
  const life = new Life(writes);
  const engine = await Engine.start(disk, { life });
  const done = (async () => {
    await work(engine, 2);
    const worked = work(engine, 3);
    await engine.snapshot();
    await worked;
    await engine.snapshot();
    return true;
  })();
  return Promise.race([done, life.over.then(() => false)]);
}

async function expectSound(disk: Disk): Promise<EngineState> {
  const engine = await Engine.start(disk);
  const state = await stateOf(engine);
  expect(await stateFromJournal(engine)).toEqual(state);
  await work(engine, 9);
  await engine.snapshot();
  expect(await stateFromJournal(engine)).toEqual(await stateOf(engine));
  engine.crash();
  return state;
}

describe('a crash at any moment of a snapshot', () => {
  test('in memory: at each write', async () => {
    let done = false;
    for (let writes = 0; !done; writes++) {
      const engine = await start();
      await work(engine, 1);
      await engine.snapshot();
      engine.crash();
      done = await runUntil(engine.disk, writes);
      const { accounts } = await expectSound(engine.disk);
      expect(new Set(accounts.map(({ id }) => id)).size).toBe(accounts.length);
    }
  });

  test('in LMDB: at each write', async () => {
    let done = false;
    for (let writes = 0; !done; writes++) {
      const folder = temporaryFolder();
      const open = (): Disk => ({
        journal: openLmdbJournal(`${folder}/journal`),
        store: openLmdbStateStore(`${folder}/state`),
      });
      const disk = open();
      const engine = await start({}, disk);
      engine.crash();
      done = await runUntil(disk, writes);
      await Promise.all([disk.journal.close(), disk.store.close()]);
      const reopened = open();
      await expectSound(reopened);
      await Promise.all([reopened.journal.close(), reopened.store.close()]);
    }
  });
});
