// The accounting date is stated, once for each day, whatever the clock, the disk and the process do.

import { describe, expect, test, vi } from 'vitest';
import type { BatchMember } from '../../actors/commands.ts';
import { openMemoryStateStore } from '../../src/journal/memory-state-store.ts';
import { AT_18, DAY_MS, daysIn, FRIDAY, HOUR_MS, SATURDAY, startDay, storyOf, SUNDAY } from '../support/days.ts';
import { CLOCK_START_MS, Engine, turns } from '../support/engine.ts';
import { openGatedJournal } from '../support/gated-journal.ts';
import { factsOf } from '../support/journal-facts.ts';

test('the clock of these tests begins at 8:00 on a Friday', () => {
  expect(new Date(CLOCK_START_MS).toUTCString()).toBe('Fri, 15 Jan 2027 08:00:00 GMT');
});

describe('a fresh folder', () => {
  test('its first fact is the day, before anything that anybody asks for', async () => {
    const engine = await startDay();
    expect(factsOf(engine.disk.journal)[0]).toMatchObject({
      seq: 1,
      index: 0,
      timeMs: CLOCK_START_MS,
      fact: { kind: 6, date: FRIDAY, context: { merchant: '', origin: 'timer', requestId: `day:${FRIDAY}` } },
    });
    expect([engine.partition.accountingDate, daysIn(engine.disk)]).toEqual([FRIDAY, [FRIDAY]]);
  });

  test('also when nobody asks for anything', async () => {
    const engine = await Engine.start();
    await turns();
    expect([engine.disk.journal.position(), daysIn(engine.disk)]).toEqual([1, [FRIDAY]]);
  });

  test('opened after the cut it begins with the next day', async () => {
    const engine = await startDay({ ...AT_18, startMs: CLOCK_START_MS + 10 * HOUR_MS });
    expect(daysIn(engine.disk)).toEqual([SATURDAY]);
  });

  test('drained at once it has its day in the snapshot, and nothing behind it', async () => {
    const engine = await Engine.start();
    await engine.partition.drain();
    await turns();
    expect(engine.disk.journal.position()).toBe(1);
    expect(engine.disk.store.mark()).toMatchObject({ seq: 1, accountingDate: FRIDAY });
  });
});

describe('at the cut', () => {
  test('the next day is opened: not a millisecond early, and only once', async () => {
    const engine = await startDay();
    await engine.advance(10 * HOUR_MS - 1);
    expect(daysIn(engine.disk)).toEqual([FRIDAY]);
    await engine.advance(1);
    expect([engine.partition.accountingDate, daysIn(engine.disk)]).toEqual([SATURDAY, [FRIDAY, SATURDAY]]);
    await engine.advance(DAY_MS - 1);
    expect(daysIn(engine.disk)).toEqual([FRIDAY, SATURDAY]);
    await engine.advance(1);
    expect(daysIn(engine.disk)).toEqual([FRIDAY, SATURDAY, SUNDAY]);
  });

  test('by default that is midnight, UTC', async () => {
    const engine = await startDay({});
    await engine.advance(16 * HOUR_MS - 1);
    expect(daysIn(engine.disk)).toEqual([FRIDAY]);
    await engine.advance(1);
    expect(daysIn(engine.disk)).toEqual([FRIDAY, SATURDAY]);
  });

  test('what came before belongs to the old day, what comes after to the new one; so does a hold that ends then', async () => {
    const engine = await startDay();
    await engine.batch(['in', 'bank', 'alice', 100], ['h1', 'alice', 'shop', 40, 1, null, 36_000]);
    await engine.advance(10 * HOUR_MS);
    await engine.batch(['t2', 'alice', 'shop', 5]);
    expect(storyOf(engine.disk)).toEqual([FRIDAY, 'in posted', 'h1 held', SATURDAY, 'h1 expired', 't2 posted']);
  });

  test('though nobody asks the engine for anything, day after day', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'], now: CLOCK_START_MS });
    try {
      const engine = await startDay({ ...AT_18, realTime: true });
      await turns();
      await vi.advanceTimersByTimeAsync(10 * HOUR_MS - 1);
      await turns();
      expect(daysIn(engine.disk)).toEqual([FRIDAY]);
      await vi.advanceTimersByTimeAsync(2);
      await turns();
      expect(daysIn(engine.disk)).toEqual([FRIDAY, SATURDAY]);
      await vi.advanceTimersByTimeAsync(DAY_MS);
      await turns();
      expect(daysIn(engine.disk)).toEqual([FRIDAY, SATURDAY, SUNDAY]);
      engine.partition.close();
    } finally {
      vi.useRealTimers();
    }
  });

  test('a hold that ends later does not put it off, nor does it put off a hold', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'], now: CLOCK_START_MS });
    try {
      const engine = await startDay({ ...AT_18, realTime: true });
      const hold = (id: string, seconds: number): BatchMember => [id, 'bank', 'shop', 1, 1, null, seconds];
      await engine.batch(hold('h1', 9 * 3_600), hold('h2', 11 * 3_600));
      for (const told of ['h1 expired', SATURDAY, 'h2 expired']) {
        await vi.advanceTimersByTimeAsync(told === 'h1 expired' ? 9 * HOUR_MS + 1 : HOUR_MS);
        await turns();
        expect(storyOf(engine.disk).at(-1)).toBe(told);
      }
      engine.partition.close();
    } finally {
      vi.useRealTimers();
    }
  });

  test('what was handed in before is finished first; an atomic batch that is refused takes nothing but itself back', async () => {
    const engine = await startDay();
    const ids = Array.from({ length: 50 }, (_, n) => `t${n}`);
    const batch = (ending: string): BatchMember[] => ids.map((id) => [id + ending, 'bank', 'alice', 1]);
    const asked = [engine.run(batch('')), engine.run([...batch('r'), ['no', 'bank', 'nobody', 1]], true)];
    engine.nowMs += 10 * HOUR_MS;
    await Promise.all(asked);
    expect(storyOf(engine.disk)).toEqual([FRIDAY, ...ids.map((id) => `${id} posted`), SATURDAY]);
  });
});

test('an engine that drains leaves the day that begins meanwhile to the next start', async () => {
  const journal = openGatedJournal();
  const engine = await startDay(AT_18, { journal, store: openMemoryStateStore() });
  journal.shut();
  const asked = engine.batch(['t1', 'bank', 'alice', 1]);
  const drained = engine.partition.drain();
  engine.nowMs += 10 * HOUR_MS;
  await expect.poll(() => journal.waiting()).toBe(1);
  journal.open();
  await Promise.all([asked, drained]);
  expect(storyOf(engine.disk)).toEqual([FRIDAY, 't1 posted']);
  expect(engine.disk.store.mark()?.seq).toBe(journal.position());
  await engine.restart(AT_18);
  await turns();
  expect(storyOf(engine.disk)).toEqual([FRIDAY, 't1 posted', SATURDAY]);
});

describe('dates never go back', () => {
  test('when the clock does', async () => {
    const engine = await startDay();
    await engine.advance(10 * HOUR_MS);
    await engine.advance(-3 * DAY_MS);
    expect([engine.partition.accountingDate, daysIn(engine.disk)]).toEqual([SATURDAY, [FRIDAY, SATURDAY]]);
    await engine.advance(3 * DAY_MS);
    expect(daysIn(engine.disk)).toEqual([FRIDAY, SATURDAY]);
    await engine.advance(DAY_MS);
    expect(daysIn(engine.disk)).toEqual([FRIDAY, SATURDAY, SUNDAY]);
  });

  test.each([false, true])('when the clock does over a restart; snapshot: %s', async (snapshot) => {
    const engine = await startDay();
    await engine.advance(10 * HOUR_MS);
    if (snapshot) await engine.snapshot();
    const earlier = await engine.restart({ ...AT_18, startMs: CLOCK_START_MS });
    await turns();
    expect([earlier.partition.accountingDate, daysIn(earlier.disk)]).toEqual([SATURDAY, [FRIDAY, SATURDAY]]);
    await earlier.advance(10 * HOUR_MS);
    expect(daysIn(earlier.disk)).toEqual([FRIDAY, SATURDAY]);
    await earlier.advance(DAY_MS);
    expect(daysIn(earlier.disk)).toEqual([FRIDAY, SATURDAY, SUNDAY]);
  });

  test('when the cut is moved from 18:00 to midnight in the evening', async () => {
    const engine = await startDay();
    await engine.advance(10 * HOUR_MS);
    const moved = await engine.restart();
    await turns();
    expect([moved.partition.accountingDate, daysIn(moved.disk)]).toEqual([SATURDAY, [FRIDAY, SATURDAY]]);
    await moved.advance(6 * HOUR_MS);
    expect(daysIn(moved.disk)).toEqual([FRIDAY, SATURDAY]);
    await moved.advance(DAY_MS);
    expect(daysIn(moved.disk)).toEqual([FRIDAY, SATURDAY, SUNDAY]);
  });
});
