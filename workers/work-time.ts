// Work time. How long a thread has had a task, counted by the thread itself. Its event loop cannot tell: it waits for the next
// task inside a call, which looks like work.
//
// W1. The count outlives the thread: one that is made anew goes on with it. W2. A task counts when it ends.

import { workerData } from 'piscina';

const MICROSECONDS = 1e6;

export class WorkTime {
  /** Microseconds; one 64-bit number that both threads see. */
  readonly shared = new SharedArrayBuffer(BigInt64Array.BYTES_PER_ELEMENT);

  get seconds(): number {
    return Number(Atomics.load(new BigInt64Array(this.shared), 0)) / MICROSECONDS;
  }
}

/** What a thread is told beside its own data. */
export type Timed = { readonly workTime: SharedArrayBuffer };

/** For the one entry of a thread: how long its tasks take is counted. */
export function timed<Task, Answer>(run: (task: Task) => Promise<Answer>): (task: Task) => Promise<Answer> {
  const microseconds = new BigInt64Array((workerData as Timed).workTime);
  return async (task) => {
    const beganMs = performance.now();
    try {
      return await run(task);
    } finally {
      Atomics.add(microseconds, 0, BigInt(Math.round((performance.now() - beganMs) * 1_000)));
    }
  };
}
