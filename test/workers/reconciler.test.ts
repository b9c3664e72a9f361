// The thread that reconciles, ended again and again while it follows a journal with breaches in it: each is told, and each
// counted once. Between two tasks, because a thread that is ended from outside while LMDB's native code runs takes the
// process with it.
//
// FLORIN_SEED repeats the orders.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import type { NamedBreach } from '../../src/reconciliation/breach-log.ts';
import type { ReconcilerHooks, ReconcilerLane } from '../../workers/reconciler-lane.ts';
import { SEED } from '../actors/orders/support/chance.ts';
import { KeptBooks } from '../ledger/support/shard-folders.ts';
import { ordersOf, withFact } from '../reconciliation/support/planting.ts';
import { randomOrders } from '../reconciliation/support/random-orders.ts';
import { SHARDS } from '../reconciliation/support/watched.ts';
import { temporaryFolder } from '../support/folder.ts';

const KILLS = 20;
const BREACHES = 20;
const PAYMENTS = 150;
const WAIT = { interval: 5, timeout: 30_000 };

const BUILT = fileURLToPath(new URL('../../dist/workers/reconciler-lane.js', import.meta.url));

let built: { readonly ReconcilerLane: typeof ReconcilerLane };

beforeAll(async () => {
  if (!existsSync(BUILT)) throw new Error('the program is not built: npm run build');
  built = (await import(BUILT)) as typeof built;
});

/** A journal of orders with a wrong voucher in some trades, and the books of it, in which nothing is wrong. */
async function wrongJournal(folder: string): Promise<{ frames: Uint8Array[]; wrong: string[] }> {
  const made = await randomOrders(SEED, PAYMENTS);
  const books = new KeptBooks(join(folder, 'books'), SHARDS);
  for (const frame of made.frames) books.book(frame);
  await books.flush();
  await books.close();
  const frames = [...made.frames];
  const trades = new Map(
    ordersOf(made.frames).vouchers.map((placed) => [placed.fact.context.business?.tradeId, placed]),
  );
  trades.delete('');
  const chosen = [...trades].filter((_, nth) => nth % Math.floor(trades.size / BREACHES) === 0).slice(0, BREACHES);
  for (const [, { seq, index, fact }] of chosen) {
    const [line, ...others] = fact.lines;
    const changed = { ...fact, lines: [{ ...line, amount: (line?.amount ?? 0) + 1 }, ...others] } as typeof fact;
    frames[seq - 1] = withFact(frames[seq - 1] as Uint8Array, index, () => changed);
  }
  return { frames, wrong: chosen.map(([trade]) => `business acme ${trade}`) };
}

type Site = {
  readonly lane: ReconcilerLane;
  readonly grow: () => void;
  readonly found: NamedBreach[];
  readonly acted: string[];
};

/** `frames` of which the journal has none at first and one more at each `grow`. */
function openSite(folder: string, frames: readonly Uint8Array[], hooks: Partial<ReconcilerHooks> = {}): Site {
  const found: NamedBreach[] = [];
  const acted: string[] = [];
  let position = 0;
  const journal = {
    position: () => position,
    read: (seq: number) => new Uint8Array(frames[seq - 1] ?? []),
  };
  const data = {
    folder: join(folder, 'reconciliation'),
    books: join(folder, 'books'),
    shards: SHARDS,
    windowMs: 1_000,
    linesMax: 100_000,
  };
  const lane = new built.ReconcilerLane(journal, data, {
    found: (breach) => void found.push(breach),
    act: ({ id }) => {
      acted.push(id);
      return Promise.resolve(true);
    },
    balance: () => Promise.resolve(null),
    crashed: () => {},
    stopped: (reason) => expect.unreachable(reason),
    ...hooks,
  });
  onTestFinished(() => lane.close());
  const grow = (): void => {
    position = Math.min(position + Math.ceil(frames.length / KILLS), frames.length);
    lane.nudge(position, true);
  };
  return { lane, grow, found, acted };
}

async function kill(lane: ReconcilerLane): Promise<void> {
  const { crashes } = lane;
  lane.pause(true);
  await expect.poll(() => lane.busy, WAIT).toBe(false);
  await lane.pool.threads[0]?.terminate();
  lane.pause(false);
  await expect.poll(() => lane.crashes, WAIT).toBeGreaterThan(crashes);
}

const subjectsOf = (breaches: readonly NamedBreach[]): string[] =>
  breaches.flatMap(({ breach }) => breach.subjects.filter((subject) => subject.startsWith('business'))).toSorted();

test(`a thread killed ${KILLS} times loses no breach and tells none twice, FLORIN_SEED=${SEED}`, async () => {
  const folder = temporaryFolder();
  const { frames, wrong } = await wrongJournal(folder);
  const { lane, grow, found, acted } = openSite(folder, frames);
  lane.start();
  for (let killed = 0; killed < KILLS; killed++) {
    grow();
    const { tasks } = lane;
    await expect.poll(() => lane.tasks, WAIT).toBeGreaterThan(tasks + 1);
    await kill(lane);
  }
  await expect.poll(() => lane.followed, WAIT).toBe(frames.length);
  await expect.poll(() => lane.waiting, WAIT).toBe(0);
  await expect.poll(() => new Set(acted).size, WAIT).toBe(wrong.length);
  expect(lane.crashes).toBe(KILLS);
  expect(lane.skipped).toBe(0);
  expect(subjectsOf(found)).toEqual(wrong.toSorted());
}, 120_000);

test('what could not be acted on comes again, in the next life too, and is found once in each', async () => {
  const folder = temporaryFolder();
  const { frames, wrong } = await wrongJournal(folder);
  let refusals = 0;
  const refuse = (): Promise<boolean> => {
    refusals += 1;
    return Promise.resolve(false);
  };
  const first = openSite(folder, frames, { act: refuse });
  for (let nth = 0; nth < KILLS; nth++) first.grow();
  first.lane.start();
  await expect.poll(() => first.found.length, WAIT).toBe(wrong.length);
  await expect.poll(() => refusals, WAIT).toBeGreaterThan(3 * wrong.length);
  expect(subjectsOf(first.found)).toEqual(wrong.toSorted());
  await first.lane.close();
  const second = openSite(folder, frames);
  for (let nth = 0; nth < KILLS; nth++) second.grow();
  second.lane.start();
  await expect.poll(() => second.acted.length, WAIT).toBe(wrong.length);
  await expect.poll(() => second.lane.waiting, WAIT).toBe(0);
  expect(subjectsOf(second.found)).toEqual(wrong.toSorted());
  await second.lane.close();
  const third = openSite(folder, frames);
  for (let nth = 0; nth < KILLS; nth++) third.grow();
  third.lane.start();
  await expect.poll(() => third.lane.followed, WAIT).toBe(frames.length);
  await third.lane.close();
  expect(third.found).toEqual([]);
}, 120_000);
