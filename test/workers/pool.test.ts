// Pool of one thread: whoever gave it a task hears of its end, whenever the thread ends.

import { expect, onTestFinished, test } from 'vitest';
import { temporaryFolder } from '../support/folder.ts';
import { builtPool } from './support/built-books.ts';

const TASK = { question: 'imbalances', ask: null };
const WAIT = { interval: 1, timeout: 20_000 };

test('a task that waits for a thread which ends before it is ready fails; the next one is done', async () => {
  const { runIn, singleThread } = await builtPool();
  const pool = singleThread('books-reader', { folder: temporaryFolder(), shards: 1 });
  onTestFinished(() => pool.destroy());
  const [first] = pool.threads;
  await runIn(pool, TASK);
  await first?.terminate();
  await expect.poll(() => pool.threads[0] !== undefined && pool.threads[0] !== first, WAIT).toBe(true);
  const task = runIn(pool, TASK).then(
    () => 'done',
    (error: unknown) => String(error),
  );
  await pool.threads[0]?.terminate();
  expect(await task).toMatch(/^Error: worker ended with code/);
  expect(await runIn(pool, TASK)).toEqual(new Map());
});

test('a task that is under way when the thread ends fails; the next one is done', async () => {
  const { runIn, singleThread } = await builtPool();
  const pool = singleThread('books-reader', { folder: temporaryFolder(), shards: 1 });
  onTestFinished(() => pool.destroy());
  const task = runIn(pool, TASK).catch((error: unknown) => String(error));
  await pool.threads[0]?.terminate();
  expect(await task).toMatch(/^Error: worker (ended|exited) with code/);
  expect(await runIn(pool, TASK)).toEqual(new Map());
});
