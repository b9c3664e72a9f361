// Books workers whose threads are ended again and again while the journal grows and a reader asks all the time, with
// entries in memory that no disk has yet: every entry is booked exactly once, and debits equal credits whenever somebody
// looks. Between two tasks, because a thread that is ended from outside while LMDB's native code runs takes the process
// with it; what a crash in the middle of a write leaves is the business of test/e2e/books-kill.test.ts.
//
// FLORIN_THREAD_KILLS changes the number of kills, FLORIN_SEED repeats the draws of an earlier run (not its timing).

import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { Random } from '../../loadtest/bench/random.ts';
import type { BooksLane } from '../../workers/books-lane.ts';
import { contentsOf } from '../ledger/support/shard-contents.ts';
import { KeptBooks } from '../ledger/support/shard-folders.ts';
import { temporaryFolder } from '../support/folder.ts';
import { builtBooks } from './support/built-books.ts';
import { GrowingJournal } from './support/growing-journal.ts';

const KILLS = Number(process.env['FLORIN_THREAD_KILLS'] ?? 200);
const SEED = Number(process.env['FLORIN_SEED'] ?? Date.now() % 2 ** 31);
const SHARDS = 4;
const WORKERS = 2;
const ACCOUNTS = 100;
const FACTS = 20;
/** Frames by which the journal may be ahead of the books. */
const AHEAD_MAX = 60;
/** Life of a thread once its shards are open, ms. */
const LIFE_MS_MAX = 150;
/** Between two looks, so that they leave some of the machine to others. */
const LOOK_MS = 2;
/** A thread that has not ended by then never will: it waits for a lock that it has itself. */
const END_MS_MAX = 20_000;

async function inTime<T>(what: string, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: not in ${END_MS_MAX} ms`)), END_MS_MAX);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** Resolves when the lane has a thread whose shards are open, after its last crash. */
async function opened(lane: BooksLane, tasksBefore: number): Promise<void> {
  await expect.poll(() => lane.tasks, { interval: 1, timeout: END_MS_MAX }).toBeGreaterThan(tasksBefore + 1);
}

test(
  `${KILLS} threads killed (seed ${SEED})`,
  async () => {
    const { Books } = await builtBooks();
    const random = new Random(SEED);
    const folder = temporaryFolder();
    const stops: string[] = [];
    let crashes = 0;
    const journal = new GrowingJournal(SEED, ACCOUNTS, (facts) => books.nudge(facts));
    const books = new Books({
      folder,
      shards: SHARDS,
      workers: WORKERS,
      journal: journal.reader,
      hooks: { crashed: () => void (crashes += 1), stopped: (reason) => stops.push(reason) },
    });
    onTestFinished(() => books.close());
    books.start();
    const growing = journal.run(FACTS, () => journal.position - books.position > AHEAD_MAX);
    let looks = 0;
    const over = new AbortController();
    const looking = (async () => {
      for (; !over.signal.aborted; looks++) {
        const differences = await books.ask('imbalances', null);
        expect([...differences.values()].every((difference) => difference === 0n)).toBe(true);
        await sleep(LOOK_MS);
      }
    })();
    const waiting = (async () => {
      for (; !over.signal.aborted; await sleep(LOOK_MS)) await books.reach(journal.position);
    })();
    const killing = books.lanes.map(async (lane, worker) => {
      let tasks = 0;
      for (let kill = worker; kill < KILLS; kill += WORKERS) {
        await opened(lane, tasks);
        expect(stops).toEqual([]);
        await sleep(random.below(LIFE_MS_MAX));
        const { crashes: before } = lane;
        lane.pause(true);
        await expect.poll(() => lane.busy, { interval: 1, timeout: END_MS_MAX }).toBe(false);
        const [thread] = lane.pool.threads;
        expect(thread, `thread of kill ${kill}`).toBeDefined();
        await inTime(`end of thread ${kill}`, thread?.terminate() ?? Promise.resolve(0));
        lane.pause(false);
        await expect.poll(() => lane.crashes, { interval: 1, timeout: END_MS_MAX }).toBeGreaterThan(before);
        ({ tasks } = lane);
      }
    });
    await Promise.race([Promise.all(killing), looking, waiting, growing]);
    await Promise.all(killing);
    journal.stop();
    await growing;
    over.abort();
    await Promise.all([looking, waiting]);
    await inTime('the last flush', books.reach(journal.position));
    await expect.poll(() => books.position, { timeout: END_MS_MAX }).toBe(journal.position);
    expect(books.owedFacts).toBe(0);
    await inTime('close', books.close());
    expect(stops).toEqual([]);
    expect(crashes).toBeGreaterThanOrEqual(KILLS);
    expect(journal.position, 'frames booked between kills').toBeGreaterThan(KILLS * 2);

    const undisturbed = temporaryFolder();
    const kept = new KeptBooks(undisturbed, SHARDS);
    for (const frame of journal.made.frames) kept.book(frame);
    await kept.flush();
    await kept.close();
    expect(await contentsOf(folder, SHARDS)).toEqual(await contentsOf(undisturbed, SHARDS));
    console.info(`${KILLS} threads killed, seed ${SEED}: ${journal.position} frames, ${looks} looks, all balanced`);
  },
  KILLS * 5_000 + 60_000,
);
