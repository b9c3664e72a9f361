// Pool. A piscina pool of one thread: what is given to it happens in order, which a pool of several would not promise.

import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import type { Timed, WorkTime } from './work-time.ts';

/** From source a thread needs the TypeScript loader, from `dist` it does not. */
const FROM_SOURCE = import.meta.url.endsWith('.ts');

/**
/**
 * Threads by the names of their entries beside this file, and how far each stands back when there are more threads than
 * processors, as a nice value (0 to 19; Linux and macOS, elsewhere nothing): payments are answered by the process's own thread
 * at 0. The books owe no answer but have to keep up; the reconciler may be late by its window; a run of a reconciliation has no
 * hurry.
 */
export const STANDS_BACK = {
  'books-worker': 5,
  'books-reader': 5,
  'reconciler-worker': 10,
  'runs-worker': 15,
} as const;

/** `data`: what the thread is told at its start. `time`: counts how long it works. */
export function singleThread(name: keyof typeof STANDS_BACK, data: object, time: WorkTime): Piscina {
  const workerData = { ...data, workTime: time.shared } satisfies Timed;
  return new Piscina({
    filename: fileURLToPath(new URL(`./${name}.${FROM_SOURCE ? 'ts' : 'js'}`, import.meta.url)),
    execArgv: FROM_SOURCE ? ['--import', 'tsx'] : [],
    workerData,
    minThreads: 1,
    maxThreads: 1,
    concurrentTasksPerWorker: 1,
    niceIncrement: STANDS_BACK[name],
    // Its state is worth more than its memory: it stays as long as the pool.
    idleTimeout: Infinity,
    // The caller waits for one task before it gives the next.
    maxQueue: Infinity,
  });
}

/** Gives the thread a task. @throws what the task throws, or Error when the thread ends, even before it has begun with it */
export async function runIn(pool: Piscina, task: unknown, transferList: readonly ArrayBuffer[] = []): Promise<unknown> {
  const [thread] = pool.threads;
  let ended: (code: number) => void = () => {};
  // piscina would keep a task for ever that waits for a thread which ends before it is ready.
  const end = new Promise<never>((_, reject) => {
    ended = (code) => reject(new Error(`worker ended with code ${code}`));
    thread?.once('exit', ended);
  });
  try {
    return await Promise.race([pool.run(task, { transferList: [...transferList] }), end]);
  } finally {
    thread?.off('exit', ended);
  }
}

/**
 * Ends the thread when it has done `last`, a task that is soon done: a thread that is ended while it loads a native module
 * takes the process with it.
 */
export async function endThread(pool: Piscina, last: unknown): Promise<void> {
  await runIn(pool, last).catch(() => null);
  await pool.destroy();
}
