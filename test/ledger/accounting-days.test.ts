// Accounting days: a day is said to be closed only when all shards have all of it, and from then on its totals never
// change, however late and in whatever parts the books come. FLORIN_SEED repeats a run.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { closedThrough, dayState, openDay, openedDays } from '../../src/ledger/accounting-days.ts';
import type { ShardStore } from '../../src/ledger/shard-store.ts';
import { generalLedger, trialBalance } from '../../src/ledger/trial-balance.ts';
import { MadeJournal } from './support/made-journal.ts';
import { KeptBooks } from './support/shard-folders.ts';

const SEED = Number(process.env['FLORIN_SEED'] ?? Date.now() % 2 ** 31);
const SHARDS = 8;
const WORKERS = 2;
const DAYS = ['2027-01-15', '2027-01-16', '2027-01-18', '2027-01-19', '2027-01-20'];
const FRAMES_PER_DAY = 5;

describe('of days opened in frames 1, 9 and 20,', () => {
  const days = [
    { date: '2027-01-15', seq: 1 },
    { date: '2027-01-16', seq: 9 },
    { date: '2027-01-18', seq: 20 },
  ];

  test.each([
    ['2027-01-15', 'closed', 9],
    ['2027-01-16', 'closed', 20],
    ['2027-01-17', 'closed', 20],
    ['2027-01-18', 'open', null],
    ['2027-01-19', 'future', null],
    ['2027-01-14', 'closed', 1],
    ['9999-12-31', 'future', null],
  ])('%s is %s, and has nothing after frame %s', (date, status, finalTo) => {
    expect(dayState(days, date)).toEqual({ status, finalTo });
  });

  test('the last is open, the one before it the last that is closed', () => {
    expect([openDay(days), closedThrough(days)]).toEqual(['2027-01-18', '2027-01-16']);
    expect([openDay(days.slice(0, 1)), closedThrough(days.slice(0, 1))]).toEqual(['2027-01-15', null]);
    expect([openDay([]), closedThrough([])]).toEqual(['', null]);
    expect(dayState([], '2027-01-15')).toEqual({ status: 'future', finalTo: null });
  });
});

/** Money moves before and after each day begins, in one frame too. */
function madeDays(seed: number): MadeJournal {
  const made = new MadeJournal(seed);
  const ids = Array.from({ length: 12 }, (_, number) => `account:${number}`);
  made.day(DAYS[0] ?? '');
  for (const id of ids) made.open(id);
  const move = (count: number): void => {
    for (let fact = 0; fact < count; fact++) made.moveAnything(ids);
  };
  for (const date of [...DAYS.slice(1), null]) {
    for (let frame = 0; frame < FRAMES_PER_DAY; frame++) {
      move(6);
      made.frame();
    }
    move(3);
    if (date !== null) made.day(date);
    move(3);
    made.frame();
  }
  return made;
}

/** All that is told of a day. */
function told(stores: readonly ShardStore[], date: string): string {
  const rows = [
    ...trialBalance(stores, '', date).map((row) => Object.values(row).join(' ')),
    ...generalLedger(stores, '', { from: date, to: date }, null).map((row) => Object.values(row).join(' ')),
  ];
  return rows.join('\n');
}

/** One worker books some frames and flushes, or all that was not flushed is lost. */
const steps = fc.array(
  fc.record({
    worker: fc.nat(WORKERS - 1),
    frames: fc.integer({ min: 1, max: 9 }),
    end: fc.constantFrom('flush', 'flush', 'crash'),
  }),
  { minLength: 10, maxLength: 40, size: 'max' },
);

test('what is told of a closed day is never told otherwise, while workers trail, are killed and catch up', async () => {
  let closedEarly = 0;
  await fc.assert(
    fc.asyncProperty(fc.nat(), steps, async (seed, all) => {
      const { frames } = madeDays(seed);
      const folder = mkdtempSync(join(tmpdir(), 'florin-days-'));
      const first = new Map<string, string>();
      const look = (stores: readonly ShardStore[]): void => {
        const days = openedDays(stores);
        for (const date of DAYS) {
          if (dayState(days, date).status !== 'closed') continue;
          first.set(date, first.get(date) ?? told(stores, date));
          expect(told(stores, date), `${date} of seed ${seed}`).toBe(first.get(date));
        }
      };
      let books = new KeptBooks(folder, SHARDS, WORKERS);
      for (const { worker, frames: count, end } of all) {
        const keeper = books.keepers[worker];
        const from = keeper?.bookedSeq ?? 0;
        for (const frame of frames.slice(from, from + count)) keeper?.book(frame);
        if (end === 'flush') {
          await keeper?.flush();
          books.refresh();
        } else {
          await books.close();
          books = new KeptBooks(folder, SHARDS, WORKERS);
        }
        look(books.stores);
      }
      closedEarly += first.size;
      for (const keeper of books.keepers) for (const frame of frames.slice(keeper.bookedSeq)) keeper.book(frame);
      await books.flush();
      look(books.stores);
      expect([...first.keys()]).toEqual(DAYS.slice(0, -1));
      // Every day but the open one has had something to tell.
      expect([...first.values()].every((text) => text.split('\n').length > 5)).toBe(true);
      await books.close();
      rmSync(folder, { recursive: true });
    }),
    { seed: SEED, numRuns: 15 },
  );
  expect(closedEarly, 'days that closed before the books were complete').toBeGreaterThan(10);
}, 120_000);

test('a day is not closed while one worker has the next and the other has not', async () => {
  const { frames } = madeDays(1);
  const folder = mkdtempSync(join(tmpdir(), 'florin-days-'));
  const books = new KeptBooks(folder, SHARDS, WORKERS);
  const [ahead, behind] = books.keepers;
  const last = FRAMES_PER_DAY + 1;
  for (const frame of frames.slice(0, last)) ahead?.book(frame);
  for (const frame of frames.slice(0, last - 1)) behind?.book(frame);
  await books.flush();
  expect(openedDays(books.stores)).toEqual([{ date: DAYS[0], seq: 1 }]);
  expect(dayState(openedDays(books.stores), DAYS[0] ?? '')).toEqual({ status: 'open', finalTo: null });
  behind?.book(frames[last - 1] ?? new Uint8Array());
  await books.flush();
  expect(dayState(openedDays(books.stores), DAYS[0] ?? '')).toEqual({ status: 'closed', finalTo: last });
  await books.close();
  rmSync(folder, { recursive: true });
});
