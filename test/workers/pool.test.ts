// Pool of one thread: whoever gave it a task hears of its end, whenever the thread ends. Never in the middle of loading:
// a thread that is ended there takes the whole process with it, which is nothing that a program can catch.

import { expect, onTestFinished, test } from 'vitest';
import { temporaryFolder } from '../support/folder.ts';
import { builtPool } from './support/built-books.ts';

const TASK = { question: 'imbalances', ask: null };

test('a task that is under way when the thread ends is done or fails; the next one is done', async () => {
  const { runIn, singleThread } = await builtPool();
  const pool = singleThread('books-reader', { folder: temporaryFolder(), shards: 1 });
  onTestFinished(() => pool.destroy());
  for (let round = 0; round < 5; round++) {
    expect(await runIn(pool, TASK)).toEqual(new Map());
    const task = runIn(pool, TASK).then(
      () => 'done',
      (error: unknown) => String(error),
    );
    await pool.threads[0]?.terminate();
    expect(await task).toMatch(/^(done|Error: worker (ended|exited) with code.*)$/);
    expect(await runIn(pool, TASK)).toEqual(new Map());
  }
});
