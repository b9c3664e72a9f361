// Runs lane. Gives the thread one run after the other, and has the engine told of what it found.
//
// N1. A run that is not at its end is gone on with at the next start. N2. The engine is told in batches, and the next one waits
// for the one before: whatever is not of payments is last in line. N3. A thread that crashes is made anew; a run that has
// crashed it several times has failed.

import type { Piscina } from 'piscina';
import type { FoundInRun, Run } from '../src/reconciliation/runs/run.ts';
import type { RunStore } from '../src/reconciliation/runs/run-store.ts';
import { endThread, runIn, singleThread } from './pool.ts';
import type { RunsTask, RunsWorkerData } from './runs-worker.ts';
import { Sleeper } from './sleeper.ts';
import { WorkTime } from './work-time.ts';

/** Differences that the engine is told of at the same time. */
const BATCH = 50;

/** Before a batch is told again that the engine had no time for, ms. */
const PAUSE_MS = 500;

/** Of a run: then it is the file, and not chance. */
const CRASHES_MAX = 3;

export type RunsHooks = {
  /** The case of a difference; null when the engine has no time for it. */
  readonly open: (run: Run, difference: FoundInRun) => Promise<string | null>;
  /** Books what the statement says was paid; false when the engine has no time for it. */
  readonly settle: (run: Run) => Promise<boolean>;
  readonly crashed: (error: unknown) => void;
  /** A run has come to its end. */
  readonly ended: (run: Run) => void;
  readonly now: () => number;
};

export class RunsLane {
  /** Of the thread. */
  readonly time = new WorkTime();
  readonly #store: RunStore;
  readonly #data: RunsWorkerData;
  readonly #hooks: RunsHooks;
  readonly #sleeper = new Sleeper();
  readonly #crashed = new Map<string, number>();
  #pool: Piscina;
  #running: Promise<void> | null = null;
  #closing = false;
  #current = '';
  crashes = 0;

  constructor(store: RunStore, data: RunsWorkerData, hooks: RunsHooks) {
    this.#store = store;
    this.#data = data;
    this.#hooks = hooks;
    this.#pool = singleThread('runs-worker', data, this.time);
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** There is a new run. */
  nudge(): void {
    this.#sleeper.nudge();
  }

  /** Lines read of a run; 0 for one that is not being read. */
  linesRead(id: string): number {
    return id === this.#current ? Atomics.load(new Int32Array(this.#data.read), 0) : 0;
  }

  /** Ends the thread; what is not at its end goes on at the next start. */
  async close(): Promise<void> {
    this.#closing = true;
    this.#sleeper.wake();
    await this.#running;
    const last: RunsTask = { kind: 'close' };
    await endThread(this.#pool, last);
  }

  async #run(): Promise<void> {
    while (!this.#closing) {
      this.#store.refresh();
      const [next] = this.#store.unfinished();
      if (!next) await this.#sleeper.sleep({ untilNew: true });
      else if (next.status === 'waiting') await this.#match(next);
      else await this.#tell(next);
    }
  }

  async #match(run: Run): Promise<void> {
    this.#current = run.id;
    Atomics.store(new Int32Array(this.#data.read), 0, 0);
    const task: RunsTask = { kind: 'run', id: run.id };
    await runIn(this.#pool, task).catch((error: unknown) => this.#crash(run, error));
    this.#current = '';
    this.#store.refresh();
    const after = this.#store.run(run.id);
    if (after?.status === 'failed') this.#hooks.ended(after);
  }

  async #crash(run: Run, error: unknown): Promise<void> {
    this.crashes += 1;
    this.#hooks.crashed(error);
    const idle: RunsTask = { kind: 'idle' };
    await endThread(this.#pool, idle);
    this.#pool = singleThread('runs-worker', this.#data, this.time);
    const times = (this.#crashed.get(run.id) ?? 0) + 1;
    this.#crashed.set(run.id, times);
    if (times < CRASHES_MAX) return;
    await this.#store.failed({
      ...run,
      status: 'failed',
      failure: `The thread ended ${times} times: ${String(error)}`,
    });
  }

  /** From the first difference on that has no case. */
  async #tell(run: Run): Promise<void> {
    let { cases } = run;
    while (cases < run.differences) {
      const batch = this.#store.differences(run.id, cases, BATCH);
      const opened = await Promise.all(batch.map((one) => this.#hooks.open(run, one)));
      if (this.#closing) return;
      if (batch.length === 0 || opened.includes(null)) {
        await this.#sleeper.sleep({ untilNew: false, ms: PAUSE_MS });
        continue;
      }
      cases += batch.length;
      const told = batch.map((one, place) => ({ ...one, caseId: opened[place] ?? '' }));
      await this.#store.opened({ ...run, cases }, told);
    }
    if (!(await this.#hooks.settle(run))) {
      await this.#sleeper.sleep({ untilNew: false, ms: PAUSE_MS });
      return;
    }
    const ended: Run = { ...run, cases, status: 'done', endedAtMs: this.#hooks.now() };
    await this.#store.change(ended);
    this.#hooks.ended(ended);
  }
}
