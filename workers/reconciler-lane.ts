// Reconciler lane. Feeds the thread that reconciles from the journal, and carries what it finds and asks to whoever acts
// on it.
//
// N1. One task at a time, so frames arrive in order. N2. It is never on the way of a payment: it gathers, and when it is behind
// it follows for a part of the time only. N3. A breach is told until somebody has dealt with it, and counted once. N4. After
// a crash thread and stores are opened anew, and it goes on from what is written.

import type { Worker } from 'node:worker_threads';
import type { Piscina } from 'piscina';
import { frameTimeMs } from '../src/journal/frame.ts';
import type { NamedBreach } from '../src/reconciliation/breach-log.ts';
import type { AskedBalance, LiveBalance } from '../src/reconciliation/live-balances.ts';
import { memoryOf, takeFrames, type JournalReader } from './journal-frames.ts';
import { OrderedFrames } from './ordered-frames.ts';
import { endThread, runIn, singleThread } from './pool.ts';
import type { ReconcilerState, ReconcilerTask, ReconcilerWorkerData } from './reconciler-worker.ts';
import { Sleeper } from './sleeper.ts';
import { WorkTime } from './work-time.ts';

/** Bytes of journal handed over in one task: a millisecond of the thread's time where nothing is of orders. */
const TASK_BYTES = 1 << 20;

/** Pause before a crashed thread is given work again, ms. */
const RESTART_PAUSE_MS = 200;

/** Time that new frames are gathered, ms: nobody waits for it. */
const GATHER_MS = 50;

/** It follows for a third of the time at most: the other cores' work is payments and books. */
const REST_RATIO = 2;

/** Between two looks while nothing new comes and something waits, ms. */
const LOOK_MS = 200;

const IDLE: ReconcilerTask = { kind: 'idle' };

export type ReconcilerHooks = {
  /** Never told before in this process. */
  readonly found: (breach: NamedBreach) => void;
  /** Acts on a breach; false when it has to be asked again. */
  readonly act: (breach: NamedBreach) => Promise<boolean>;
  /** What the engine says that an account has; null when it does not say. */
  readonly balance: (asked: AskedBalance) => Promise<LiveBalance | null>;
  /** The thread ended or its disk failed; it is made anew. */
  readonly crashed: (error: unknown) => void;
  /** It follows no further. */
  readonly stopped: (reason: string) => void;
};

export class ReconcilerLane {
  /** Of the thread. */
  readonly time = new WorkTime();
  readonly #journal: JournalReader;
  readonly #data: ReconcilerWorkerData;
  readonly #hooks: ReconcilerHooks;
  readonly #sleeper = new Sleeper();
  readonly #ordered = new OrderedFrames();
  #pool: Piscina;
  /** The thread that `#state` is about; null before it has said anything. */
  #thread: Worker | undefined;
  #state: ReconcilerState | null = null;
  #running: Promise<void> | null = null;
  #closing = false;
  #paused = false;
  #letGo: (() => void)[] = [];
  /** For the next task. */
  #balances: LiveBalance[] = [];
  #told: string[] = [];
  /** Breaches that were found in this process, and those that are acted on. */
  readonly #found = new Set<string>();
  readonly #acting = new Set<string>();
  #asking = 0;
  /** The thread has a task. */
  busy = false;
  crashes = 0;
  tasks = 0;

  constructor(journal: JournalReader, data: ReconcilerWorkerData, hooks: ReconcilerHooks) {
    this.#journal = journal;
    this.#data = data;
    this.#hooks = hooks;
    this.#pool = singleThread('reconciler-worker', data, this.time);
  }

  get pool(): Piscina {
    return this.#pool;
  }

  /** The last frame that was followed. */
  get followed(): number {
    return this.#state?.followed ?? 0;
  }

  /** Lines that wait for the books, and those that the books never had in time. */
  get waiting(): number {
    return this.#state?.waiting ?? 0;
  }

  get skipped(): number {
    return this.#state?.skipped ?? 0;
  }

  /** Frames that were not followed yet. */
  get lagFrames(): number {
    return this.#state ? Math.max(0, this.#journal.position() - this.followed) : 0;
  }

  /** Age of the oldest of them, seconds. */
  lagSeconds(nowMs: number): number {
    const next = this.lagFrames > 0 ? this.#journal.read(this.followed + 1) : null;
    return next ? Math.max(0, nowMs - frameTimeMs(next)) / 1000 : 0;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** A frame is durable. `hasOrders`: whether there is anything of orders in it. */
  nudge(seq: number, hasOrders: boolean): void {
    this.#ordered.announce(seq, hasOrders);
    this.#sleeper.nudge();
  }

  /** Stops handing over, or goes on. */
  pause(paused: boolean): void {
    this.#paused = paused;
    this.#sleeper.wake();
  }

  /** Resolves when the thread has let the books' stores go: they are opened anew. */
  letGo(): Promise<void> {
    if (!this.#running || this.#closing) return Promise.resolve();
    this.#sleeper.wake();
    return new Promise((resolve) => this.#letGo.push(resolve));
  }

  /** Ends the thread; the next start goes on from what is written. */
  async close(): Promise<void> {
    this.#closing = true;
    this.#sleeper.wake();
    await this.#running;
    await endThread(this.#pool, IDLE);
  }

  /** Hands over nothing more; resolves when the thread does nothing: then the process can exit. */
  async halt(): Promise<void> {
    this.#paused = true;
    do await runIn(this.#pool, IDLE).catch(() => null);
    while (this.busy);
  }

  async #run(): Promise<void> {
    while (!this.#closing) {
      try {
        await this.#step();
      } catch (error) {
        await this.#startAnew(error);
        if (!this.#closing) await this.#sleeper.sleep({ untilNew: false, ms: RESTART_PAUSE_MS });
      }
    }
    for (const done of this.#letGo.splice(0)) done();
    await this.#give({ kind: 'close' }).catch((error: unknown) => this.#startAnew(error));
  }

  async #startAnew(error: unknown): Promise<void> {
    this.#state = null;
    // It goes back to frames that were asked for before.
    this.#ordered.forget();
    this.crashes += 1;
    await endThread(this.#pool, IDLE);
    // What has ended holds no store any more.
    for (const done of this.#letGo.splice(0)) done();
    this.#hooks.crashed(error);
    this.#pool = singleThread('reconciler-worker', this.#data, this.time);
  }

  async #step(): Promise<void> {
    const state = this.#state ?? (await this.#give({ kind: 'position' }));
    // It may have been told to close while the thread loaded.
    if (this.#closing) return;
    if (this.#letGo.length > 0) return this.#letGoNow();
    if (this.#paused || state.stopped !== null) await this.#sleeper.sleep({ untilNew: false });
    else if (state.followed < this.#journal.position() && !state.full) await this.#handOver(state.followed + 1);
    else if (this.#mayDo(state)) {
      await this.#sleeper.sleep({ untilNew: true, ms: LOOK_MS });
      await this.#follow([], []);
    } else await this.#sleeper.sleep({ untilNew: true });
  }

  #mayDo({ busy }: ReconcilerState): boolean {
    return busy || this.#balances.length > 0 || this.#told.length > 0 || this.#asking > 0 || this.#acting.size > 0;
  }

  async #handOver(seq: number): Promise<void> {
    const beganMs = performance.now();
    const { frames, passed } = this.#take(seq);
    await this.#follow(frames, passed);
    const restMs = Math.max(GATHER_MS, (performance.now() - beganMs) * REST_RATIO);
    if (!this.#closing) await this.#sleeper.sleep({ untilNew: false, ms: restMs });
  }

  async #letGoNow(): Promise<void> {
    const waiting = this.#letGo.splice(0);
    try {
      await this.#give({ kind: 'letGo' });
    } finally {
      for (const done of waiting) done();
    }
  }

  /** Frames from `seq` on, and how many of others are before each and after the last. */
  #take(seq: number): { frames: Uint8Array[]; passed: number[] } {
    const frames: Uint8Array[] = [];
    const passed = [0];
    const position = this.#journal.position();
    for (let [next, bytes] = [seq, 0]; next <= position && bytes < TASK_BYTES; next++) {
      if (this.#ordered.isPassed(next)) {
        passed[frames.length] = (passed[frames.length] ?? 0) + 1;
        continue;
      }
      const [frame] = takeFrames(this.#journal, next, 1);
      if (!frame) break;
      bytes += frame.length;
      frames.push(frame);
      passed.push(0);
    }
    return { frames, passed };
  }

  async #follow(frames: readonly Uint8Array[], passed: readonly number[]): Promise<void> {
    const [balances, told] = [this.#balances.splice(0), this.#told.splice(0)];
    const { asks, breaches, stopped } = await this.#give({ kind: 'follow', frames, passed, balances, told }, frames);
    for (const breach of breaches) this.#act(breach);
    for (const asked of asks) void this.#ask(asked);
    if (stopped !== null) this.#hooks.stopped(stopped);
  }

  /** Until it is dealt with it comes again with every task (N3). */
  #act(breach: NamedBreach): void {
    const { id } = breach;
    if (!this.#found.has(id)) this.#hooks.found(breach);
    this.#found.add(id);
    if (this.#acting.has(id)) return;
    this.#acting.add(id);
    void this.#actOn(breach);
  }

  async #actOn(breach: NamedBreach): Promise<void> {
    const isDone = await this.#hooks.act(breach).catch(() => false);
    this.#acting.delete(breach.id);
    if (isDone) this.#told.push(breach.id);
  }

  async #ask(asked: AskedBalance): Promise<void> {
    this.#asking += 1;
    const balance = await this.#hooks.balance(asked).catch(() => null);
    this.#asking -= 1;
    if (balance) this.#balances.push(balance);
  }

  async #give(task: ReconcilerTask, frames: readonly Uint8Array[] = []): Promise<ReconcilerState> {
    this.tasks += 1;
    const [thread] = this.#pool.threads;
    if (this.#state && thread !== this.#thread) throw new Error('worker ended between two tasks');
    this.#thread = thread;
    this.busy = true;
    try {
      const state = (await runIn(this.#pool, task, memoryOf(frames))) as ReconcilerState;
      this.#state = state;
      return state;
    } finally {
      this.busy = false;
    }
  }
}
