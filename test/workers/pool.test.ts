// Pool of one thread: whoever gave it a task hears of its end, whenever the thread ends.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Piscina } from 'piscina';
import { expect, onTestFinished, test } from 'vitest';
import { endThread, runIn, singleThread, STANDS_BACK } from '../../workers/pool.ts';
import { WorkTime } from '../../workers/work-time.ts';
import { temporaryFolder } from '../support/folder.ts';

/** A thread that takes its time to load, and a task that takes some, too. */
const THREAD = `
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
await pause(300);
export default async (task) => {
  await pause(task.ms);
  return 'done';
};
`;

function openPool(): Piscina {
  const filename = join(temporaryFolder(), 'thread.mjs');
  writeFileSync(filename, THREAD);
  const pool = new Piscina({ filename, minThreads: 1, maxThreads: 1, idleTimeout: Infinity });
  onTestFinished(() => pool.destroy());
  return pool;
}

/** 'done', or the error. */
function outcome(pool: Piscina, ms: number): Promise<string> {
  return runIn(pool, { ms }).then(String, String);
}

test('a task that is under way when the thread ends fails; the next one is done', async () => {
  const pool = openPool();
  expect(await outcome(pool, 0)).toBe('done');
  const task = outcome(pool, 60_000);
  await pool.threads[0]?.terminate();
  expect(await task).toMatch(/^Error: worker (ended|exited) with code/);
  expect(await outcome(pool, 0)).toBe('done');
});

test('a thread is ended when it has loaded, not while it loads', async () => {
  const pool = openPool();
  let isReady = false;
  pool.threads[0]?.once('message', () => (isReady = true));
  await endThread(pool, { ms: 0 });
  expect([isReady, pool.threads.length]).toEqual([true, 0]);
});

/** The nice values of this process's threads, by thread: the 19th word of each one's stat, the 17th after its name. */
function niceValues(): Map<number, number> {
  const stat = (id: string): string => readFileSync(`/proc/self/task/${id}/stat`, 'utf8');
  const value = (id: string): number => Number(stat(id).split(')').at(-1)?.trim().split(' ')[16]);
  return new Map(readdirSync('/proc/self/task').map((id) => [Number(id), value(id)]));
}

test.runIf(process.platform === 'linux')('a thread stands back, and those that were there before do not', async () => {
  const before = niceValues();
  const pool = singleThread('runs-worker', {}, new WorkTime());
  onTestFinished(() => pool.destroy());
  await runIn(pool, { kind: 'idle' });
  const after = niceValues();
  expect([...after].filter(([id]) => !before.has(id)).map(([, value]) => value)).toContain(STANDS_BACK['runs-worker']);
  expect(after.get(process.pid)).toBe(before.get(process.pid));
});
