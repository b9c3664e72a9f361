// Books that do not come within the window: one alarm for a shard, its lines are given up and counted, and what comes later
// is compared again. What waits is bounded all the while.

import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { Reconciler } from '../../src/reconciliation/reconciler.ts';
import { KeptBooks } from '../ledger/support/shard-folders.ts';
import { temporaryFolder } from '../support/folder.ts';
import { randomOrders } from './support/random-orders.ts';
import { SHARDS, WINDOW_MS } from './support/watched.ts';

const LINES_MAX = 200;

test('late shards are told once, and what is full follows no further', async () => {
  const { frames } = await randomOrders(7, 60);
  const folder = temporaryFolder();
  const books = new KeptBooks(join(folder, 'books'), SHARDS);
  const options = { books: join(folder, 'books'), shards: SHARDS, windowMs: WINDOW_MS, linesMax: LINES_MAX };
  const reconciler = new Reconciler({ folder: join(folder, 'reconciliation'), ...options });
  onTestFinished(async () => {
    await reconciler.close();
    await books.close();
  });
  const follow = (nowMs: number): void => {
    while (reconciler.followed < frames.length && !reconciler.isFull)
      reconciler.follow(frames[reconciler.followed] as Uint8Array, nowMs);
  };
  follow(0);
  expect(reconciler.followed).toBeLessThan(frames.length);
  reconciler.look(WINDOW_MS - 1);
  await reconciler.flush();
  expect(reconciler.untold).toEqual([]);
  expect(reconciler.waiting).toBeGreaterThanOrEqual(LINES_MAX);
  reconciler.look(WINDOW_MS);
  await reconciler.flush();
  const told = reconciler.untold;
  expect(new Set(told.map(({ breach }) => breach.invariant))).toEqual(new Set(['books_late']));
  expect(told.length).toBeLessThanOrEqual(SHARDS);
  reconciler.heard(
    [],
    told.map(({ id }) => id),
  );
  expect(reconciler.waiting).toBe(0);
  const { skipped } = reconciler;
  expect(skipped).toBeGreaterThanOrEqual(LINES_MAX);
  // The books come, and nothing more is told or skipped.
  for (const frame of frames) books.book(frame);
  await books.flush();
  let nowMs = WINDOW_MS;
  while (reconciler.followed < frames.length || reconciler.waiting > 0) {
    follow(nowMs);
    nowMs += 10_000;
    reconciler.look(nowMs);
    expect(reconciler.waiting).toBeLessThan(LINES_MAX + 100);
  }
  await reconciler.flush();
  expect(reconciler.untold).toEqual([]);
  expect(reconciler.skipped).toBe(skipped);
});
