// Books lane: what it does with a worker that is paused, that ends while nobody looks, or whose disk fails.

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import type { Books } from '../../workers/books.ts';
import { frameOf } from '../ledger/support/made-journal.ts';
import { contentsOf } from '../ledger/support/shard-contents.ts';
import { KeptBooks } from '../ledger/support/shard-folders.ts';
import { temporaryFolder } from '../support/folder.ts';
import { builtBooks } from './support/built-books.ts';
import { GrowingJournal } from './support/growing-journal.ts';

const SHARDS = 4;
const ACCOUNTS = 40;
const FACTS = 30;
const WAIT = { interval: 2, timeout: 20_000 };

let built: typeof import('../../workers/books.ts');

beforeAll(async () => {
  built = await builtBooks();
});

type Site = {
  readonly folder: string;
  readonly journal: GrowingJournal;
  readonly books: Books;
  readonly crashes: string[];
  readonly stops: string[];
};

function openSite(workers = 1, folder = temporaryFolder()): Site {
  const crashes: string[] = [];
  const stops: string[] = [];
  const journal = new GrowingJournal(7, ACCOUNTS, (facts) => books.nudge(facts));
  const books = new built.Books({
    folder,
    shards: SHARDS,
    workers,
    journal: journal.reader,
    hooks: { crashed: (error) => void crashes.push(String(error)), stopped: (reason) => stops.push(reason) },
  });
  onTestFinished(() => books.close());
  return { folder, journal, books, crashes, stops };
}

function grow({ journal }: Site, frames: number): void {
  for (let frame = 0; frame < frames; frame++) journal.grow(FACTS);
}

async function expectAllBooked({ books, journal, folder, stops }: Site): Promise<void> {
  await expect.poll(() => books.position, WAIT).toBe(journal.position);
  expect(books.owedFacts).toBe(0);
  await books.close();
  expect(stops).toEqual([]);
  const undisturbed = temporaryFolder();
  const kept = new KeptBooks(undisturbed, SHARDS);
  for (const frame of journal.made.frames) kept.book(frame);
  await kept.flush();
  await kept.close();
  expect(await contentsOf(folder, SHARDS)).toEqual(await contentsOf(undisturbed, SHARDS));
}

/** Everything is booked, nothing is in flight, and nothing is left to be flushed. */
async function atRest({ books, journal }: Site): Promise<void> {
  await books.reach(journal.position);
  await expect.poll(() => books.position, WAIT).toBe(journal.position);
}

test('paused while the journal grows, it books all of it once when it goes on', async () => {
  const site = openSite(2);
  const { books, journal } = site;
  books.start();
  grow(site, 10);
  await atRest(site);
  for (const lane of books.lanes) lane.pause(true);
  const [before, tasks] = [books.position, books.lanes.map((lane) => lane.tasks)];
  grow(site, 300);
  const waiting = books.reach(journal.position);
  // Others, of the same journal, book all of it in the meantime.
  const others = new built.Books({
    folder: temporaryFolder(),
    shards: SHARDS,
    workers: 2,
    journal: journal.reader,
    hooks: { crashed: () => undefined, stopped: () => undefined },
  });
  others.start();
  await expect.poll(() => others.position, WAIT).toBe(journal.position);
  await others.close();
  expect([books.position, books.owedFacts >= 300 * FACTS]).toEqual([before, true]);
  // One task may have been on its way.
  books.lanes.forEach((lane, worker) => expect(lane.tasks - (tasks[worker] ?? 0)).toBeLessThanOrEqual(1));
  for (const lane of books.lanes) lane.pause(false);
  await waiting;
  await expectAllBooked(site);
});

test('told to close while its thread still loads, with nothing left to book, it closes', async () => {
  const site = openSite();
  site.books.start();
  grow(site, 3);
  await atRest(site);
  await site.books.close();
  const again = new built.Books({
    folder: site.folder,
    shards: SHARDS,
    workers: 1,
    journal: site.journal.reader,
    hooks: { crashed: () => undefined, stopped: () => undefined },
  });
  again.start();
  await again.close();
  expect(again.position).toBe(site.journal.position);
});

test('owes what the journal had before it was started', async () => {
  const site = openSite();
  grow(site, 20);
  const { books, journal, folder } = site;
  const late = new built.Books({
    folder,
    shards: SHARDS,
    workers: 1,
    journal: journal.reader,
    hooks: { crashed: () => undefined, stopped: () => undefined },
  });
  onTestFinished(() => late.close());
  expect(late.owedFacts).toBe(journal.position);
  late.start();
  await late.reach(journal.position);
  expect(late.owedFacts).toBe(0);
  await late.close();
  await books.close();
});

test('an answer that waits for a frame gets it without waiting for the next flush', async () => {
  const site = openSite();
  site.books.start();
  await atRest(site);
  grow(site, 1);
  const began = performance.now();
  await site.books.reach(site.journal.position);
  expect(site.books.position).toBe(site.journal.position);
  expect(performance.now() - began).toBeLessThan(1_000);
});

test('a thread that ends between two tasks, with entries that were not flushed, loses none', async () => {
  const site = openSite();
  const { books, journal, crashes } = site;
  const [lane] = books.lanes;
  books.start();
  await atRest(site);
  for (let round = 0; round < 5; round++) {
    const completed = lane?.pool.completed ?? 0;
    grow(site, 5);
    // Booked, and flushed later: nothing is under way.
    await expect.poll(() => lane?.pool.completed, WAIT).toBe(completed + 1);
    await lane?.pool.threads[0]?.terminate();
    grow(site, 5);
    await books.reach(journal.position);
    await expect.poll(() => books.position, WAIT).toBe(journal.position);
  }
  expect(crashes.length).toBeGreaterThan(0);
  await expectAllBooked(site);
});

test('a reader sees what was flushed since its last look', async () => {
  const site = openSite();
  site.books.start();
  await atRest(site);
  expect(await site.books.ask('imbalances', null)).toEqual(new Map());
  grow(site, 1);
  await atRest(site);
  expect(await site.books.ask('imbalances', null)).toEqual(new Map([['EUR', 0n]]));
});

test('a shard that cannot be opened stops nothing else, is tried again, and booked when it can', async () => {
  const folder = temporaryFolder();
  // A file where a folder must be: no user of the machine can open that.
  writeFileSync(join(folder, '1'), '');
  const site = openSite(2, folder);
  const { books, journal, crashes } = site;
  books.start();
  grow(site, 50);
  await expect.poll(() => crashes.length, WAIT).toBeGreaterThanOrEqual(2);
  await expect.poll(() => books.lanes[0]?.flushed, WAIT).toBe(journal.position);
  expect(books.lanes[1]?.flushed).toBe(0);
  expect(books.owedFacts).toBeGreaterThanOrEqual(50 * FACTS);
  rmSync(join(folder, '1'));
  mkdirSync(join(folder, '1'));
  await expectAllBooked(site);
});

test('a close with a disk that fails ends all the same', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, '1'), '');
  const { books, crashes } = openSite(1, folder);
  books.start();
  await expect.poll(() => crashes.length, WAIT).toBeGreaterThanOrEqual(1);
  await books.close();
});

test('a frame that contradicts the books stops them for good; what was readable stays so', async () => {
  const site = openSite();
  const { books, journal, stops, crashes } = site;
  books.start();
  grow(site, 10);
  await atRest(site);
  const { position } = journal;
  journal.made.frames.push(frameOf([], position + 5, journal.made.timeMs, new Uint8Array(32)));
  books.nudge(1);
  await expect.poll(() => stops, WAIT).toEqual([`frame ${position + 5} came after ${position}`]);
  await books.reach(position + 1);
  expect([books.position, crashes]).toEqual([position, []]);
  expect(await books.ask('imbalances', null)).toEqual(new Map([['EUR', 0n]]));
  await books.close();
});
