// The accounting date outlives restarts and kills: it is in the journal, and in snapshots of it.

import { beforeEach, describe, expect, test } from 'vitest';
import { Contradiction } from '../../actors/replay.ts';
import { verify, type Verified } from '../../actors/verification.ts';
import { openMemoryStateStore } from '../../src/journal/memory-state-store.ts';
import type { StateStore } from '../../src/journal/state-store.ts';
import { forged, rechained, snapshotOf, startOn, tellStory } from '../support/damaged-journal.ts';
import {
  AT_18,
  DAY_MS,
  dayOpened,
  daysIn,
  FRIDAY,
  HOUR_MS,
  SATURDAY,
  startDay,
  storyOf,
  SUNDAY,
} from '../support/days.ts';
import { CLOCK_START_MS, Engine, memoryDisk, turns, type Disk } from '../support/engine.ts';
import { openGatedJournal } from '../support/gated-journal.ts';
import { Life } from '../support/life.ts';

describe('after a restart', () => {
  test.each([
    ['from the journal', 'none'],
    ['from a snapshot of the day before', 'before'],
    ['from a snapshot of the day', 'after'],
    ['from both', 'both'],
  ])('%s the date is known at once, and not stated again', async (_, snapshots) => {
    const engine = await startDay();
    if (snapshots === 'before' || snapshots === 'both') await engine.snapshot();
    await engine.advance(10 * HOUR_MS);
    if (snapshots === 'after' || snapshots === 'both') await engine.snapshot();
    const position = engine.disk.journal.position();
    const next = await engine.restart(AT_18);
    expect(next.partition.accountingDate).toBe(SATURDAY);
    await turns();
    expect(next.disk.journal.position()).toBe(position);
    await next.advance(DAY_MS);
    expect(daysIn(next.disk)).toEqual([FRIDAY, SATURDAY, SUNDAY]);
  });

  test('days on which the engine was down are not opened', async () => {
    const engine = await startDay();
    const next = await engine.restart({ ...AT_18, startMs: CLOCK_START_MS + 2 * DAY_MS });
    expect(next.partition.accountingDate).toBe(FRIDAY);
    await next.batch(['t1', 'bank', 'alice', 1]);
    expect(storyOf(next.disk)).toEqual([FRIDAY, SUNDAY, 't1 posted']);
  });

  test('a day that was not durable when the process died is stated again', async () => {
    const journal = openGatedJournal();
    journal.shut();
    const engine = await Engine.start({ journal, store: openMemoryStateStore() }, AT_18);
    await expect.poll(() => journal.waiting()).toBe(1);
    expect(engine.partition.accountingDate).toBe(FRIDAY);
    engine.crash();
    const disk = { journal: openGatedJournal(), store: engine.disk.store };
    const next = await Engine.start(disk, { ...AT_18, startMs: CLOCK_START_MS + 10 * HOUR_MS });
    expect(next.partition.accountingDate).toBe('');
    await turns();
    expect(daysIn(disk)).toEqual([SATURDAY]);
  });

  test('killed after any write, each day is there once, in order, and the last one is the date', async () => {
    for (let writesMax = 0, over = false; !over; writesMax++) {
      const life = new Life(writesMax);
      const engine = await lifeOf(life);
      over = writesMax > life.writes;
      const next = await Engine.start(engine.disk, { ...AT_18, startMs: engine.nowMs });
      await turns();
      const days = daysIn(next.disk);
      expect(days.at(-1), `after ${writesMax} writes`).toBe(next.partition.accountingDate);
      expect([FRIDAY, SATURDAY, SUNDAY]).toEqual(expect.arrayContaining(days));
      expect(days).toEqual([...new Set(days)].toSorted());
      expect(next.partition.accountingDate).toBe(over ? SUNDAY : dateAt(engine.nowMs));
    }
  });

  test('a snapshot may be ahead of its mark: its day and the one before are in frames that were not written yet', async () => {
    const journal = openGatedJournal();
    const engine = await startDay(AT_18, { journal, store: openMemoryStateStore() });
    journal.shut();
    const held = engine.batch(['t1', 'bank', 'alice', 1]);
    await expect.poll(() => journal.waiting()).toBe(1);
    for (const ms of [10 * HOUR_MS, DAY_MS]) {
      engine.nowMs += ms;
      void engine.batch([`after ${ms}`, 'bank', 'alice', 1]);
      await turns();
    }
    const snapshot = engine.snapshot();
    journal.open();
    await Promise.all([held, snapshot]);
    expect(engine.disk.store.mark()).toMatchObject({ seq: 4, accountingDate: SUNDAY });
    expect([journal.position(), daysIn(engine.disk)]).toEqual([5, [FRIDAY, SATURDAY, SUNDAY]]);
    const next = await engine.restart(AT_18);
    expect(next.partition.accountingDate).toBe(SUNDAY);
  });
});

/** Two days and a half, with snapshots, until life ends. */
async function lifeOf(life: Life): Promise<Engine> {
  const disk = memoryDisk();
  await disk.store.setSeed(1);
  const engine = await Engine.start(disk, { ...AT_18, life });
  const whole = (async () => {
    await engine.open({ id: 'bank', creditLimit: Infinity });
    for (const ms of [10 * HOUR_MS, DAY_MS]) {
      await engine.snapshot();
      await engine.advance(ms);
      await engine.open({ id: `user:${ms}` });
    }
    await engine.snapshot();
  })();
  await Promise.race([whole, life.over]);
  await turns();
  engine.crash();
  return engine;
}

function dateAt(nowMs: number): string {
  return new Date(nowMs + 6 * HOUR_MS).toISOString().slice(0, 10);
}

describe('journals and snapshots of others', () => {
  let frames: readonly Uint8Array[];

  beforeEach(async () => {
    ({ frames } = await tellStory());
  });

  /** A journal as it was written before there were days. */
  function withoutDays(): Uint8Array[] {
    return rechained(
      frames,
      1,
      forged(frames[0], { count: 1 }, (facts) => facts.filter(({ kind }) => kind !== 6)),
    );
  }

  /** A second day in the last frame, chained anew. */
  function withDay(date: string): Uint8Array[] {
    return [...frames.slice(0, -1), forged(frames.at(-1), { count: 3 }, (facts) => [dayOpened(date), ...facts])];
  }

  test('a journal without days gets its first one now', async () => {
    const engine = await startOn(withoutDays());
    expect(engine.partition.accountingDate).toBe('');
    await turns();
    expect(storyOf(engine.disk).at(-1)).toBe(FRIDAY);
    expect((await engine.restart()).partition.accountingDate).toBe(FRIDAY);
  });

  test('so does one with a snapshot that has none', async () => {
    const old = withoutDays();
    const store = markedWith(await snapshotOf(old), '');
    const engine = await startOn(old, store);
    expect(engine.partition.accountingDate).toBe('');
    await turns();
    expect(daysIn(engine.disk)).toEqual([FRIDAY]);
  });

  test('a later day follows, and the same one does no harm', async () => {
    expect((await startOn(withDay(SATURDAY))).partition.accountingDate).toBe(SATURDAY);
    expect((await startOn(withDay(FRIDAY))).partition.accountingDate).toBe(FRIDAY);
  });

  test('a day that goes back is a contradiction', async () => {
    await expect(startOn(withDay('2027-01-14'))).rejects.toThrow(Contradiction);
    await expect(startOn(withDay('2027-01-14'))).rejects.toThrow(
      `frame ${frames.length}: day 2027-01-14 was opened after ${FRIDAY}`,
    );
  });
});

/** The same store, with another date in its mark. */
function markedWith(store: StateStore, accountingDate: string): StateStore {
  const mark = store.mark();
  return new Life().store(Object.assign(store, { mark: () => mark && { ...mark, accountingDate } }));
}

describe('verification', () => {
  const verifyDisk = ({ journal, store }: Disk): Promise<Verified> =>
    verify({ journal, store, emptyStore: openMemoryStateStore(), progress: () => {} });

  test.each([false, true])('accepts days, and states none; snapshot: %s', async (snapshot) => {
    const engine = await startDay();
    await engine.advance(10 * HOUR_MS);
    if (snapshot) await engine.snapshot();
    await engine.advance(DAY_MS);
    engine.crash();
    const { facts, frames } = await verifyDisk(engine.disk);
    expect([facts, frames]).toEqual([3 + 3, engine.disk.journal.position()]);
    await turns();
    expect(daysIn(engine.disk)).toEqual([FRIDAY, SATURDAY, SUNDAY]);
  });

  test('finds a snapshot that has another date', async () => {
    const engine = await startDay();
    await engine.snapshot();
    engine.crash();
    const { journal, store } = engine.disk;
    await expect(verifyDisk({ journal, store: markedWith(store, SATURDAY) })).rejects.toThrow(
      `the accounting date is "${SATURDAY}" from the snapshot, "${FRIDAY}" from the journal`,
    );
  });
});
