// Books lane. Feeds one books worker from the journal: reads durable frames in order, hands them over in turns, and goes
// on from the worker's checkpoints after either of them crashed.
//
// N1. One task at a time, so frames arrive in order. N2. What was handed over and not flushed is handed over again after
// a crash of the worker; its shards skip what they have. N3. A worker that found a contradiction is not fed any more.
// N4. After a crash, or a failed disk, thread and shards are opened anew: nothing in memory is trusted any more.

import type { Worker } from 'node:worker_threads';
import type { Piscina } from 'piscina';
import { frameCount, frameTimeMs } from '../src/journal/frame.ts';
import type { BooksPosition, BooksTask, BooksWorkerData } from './books-worker.ts';
import { memoryOf, takeFrames, type JournalReader } from './journal-frames.ts';
import { endThread, runIn, singleThread } from './pool.ts';
import { Sleeper } from './sleeper.ts';
import { WorkTime } from './work-time.ts';

/** Bytes of journal handed over in one task: some ten thousand transfers, 30 ms of a worker's time. */
const TASK_BYTES = 1 << 20;

/** Pause before a crashed worker is given work again, ms: a disk that is full must not make a busy loop. */
const RESTART_PAUSE_MS = 200;

/** Time that new frames are gathered before a worker is given them, ms: a task a frame would cost the engine's thread more
 * than the frame itself. Whoever waits for an entry does not wait for this. */
const GATHER_MS = 20;

/** Time that booked entries may wait for a flush while nothing new comes, ms. */
const IDLE_FLUSH_MS = 250;

/** Time that a stop gives the books to catch up, ms: who stops a server does not wait for minutes of backlog. */
const CLOSE_MS_MAX = 5_000;

const IDLE: BooksTask = { kind: 'idle' };

export type LaneHooks = {
  /** The worker's thread ended or its disk failed; it is made anew when this has resolved. */
  readonly crashed: (error: unknown) => void | Promise<void>;
  /** The worker found that books and journal contradict each other. */
  readonly stopped: (reason: string) => void;
};

export class BooksLane {
  /** Of the thread. */
  readonly time = new WorkTime();
  readonly #journal: JournalReader;
  readonly #data: BooksWorkerData;
  #pool: Piscina;
  /** The thread that `#position` is about. */
  #thread: Worker | undefined;
  readonly #hooks: LaneHooks;
  #position: BooksPosition = { booked: 0, flushed: 0, stopped: null };
  #known = false;
  #closing = false;
  /** Until then a lane that closes goes on booking, monotonic ms. */
  #closeByMs = Infinity;
  #paused = false;
  /** The last frame that somebody waits for. */
  #wanted = 0;
  readonly #sleeper = new Sleeper();
  #waiting: { readonly seq: number; readonly resolve: () => void }[] = [];
  #running: Promise<void> | null = null;
  /** Where the journal ended when the lane began: of frames up to there only the number is known, not what is in them. */
  readonly #startSeq: number;
  /** The last frame that was handed over. */
  #handedSeq = 0;
  /** Facts durable since the start and not readable in the books. */
  #owedFacts = 0;
  /** Frames handed over since the start and not flushed, with their facts. */
  #unflushed: { readonly seq: number; readonly facts: number }[] = [];
  /** The thread has a task. */
  busy = false;
  crashes = 0;
  tasks = 0;

  constructor(journal: JournalReader, data: BooksWorkerData, hooks: LaneHooks) {
    this.#journal = journal;
    this.#hooks = hooks;
    this.#startSeq = journal.position();
    this.#data = data;
    this.#pool = singleThread('books-worker', data, this.time);
  }

  /** The last frame whose entries can be read. */
  get flushed(): number {
    return this.#position.flushed;
  }

  /** Why nothing is booked any more; null while it is. */
  get stopped(): string | null {
    return this.#position.stopped;
  }

  get pool(): Piscina {
    return this.#pool;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Facts that are durable and cannot be read in the books; of frames from before the start it counts the frames. */
  get owedFacts(): number {
    return this.#owedFacts + Math.max(0, this.#startSeq - this.flushed);
  }

  /** Age of the oldest frame that cannot be read in the books, seconds; 0 when there is none. */
  lagSeconds(nowMs: number): number {
    const next = this.flushed < this.#journal.position() ? this.#journal.read(this.flushed + 1) : null;
    return next ? Math.max(0, nowMs - frameTimeMs(next)) / 1000 : 0;
  }

  /** A frame with so many facts is durable. */
  nudge(facts: number): void {
    this.#owedFacts += facts;
    this.#sleeper.nudge();
  }

  /** Stops handing over, or goes on: what a worker does that is far too slow. */
  pause(paused: boolean): void {
    this.#paused = paused;
    this.#sleeper.wake();
  }

  /** Resolves when frame `seq` can be read in the books, or when it never will be. */
  flushedTo(seq: number): Promise<void> {
    if (this.flushed >= seq || this.stopped !== null) return Promise.resolve();
    this.#wanted = Math.max(this.#wanted, seq);
    this.#sleeper.wake();
    return new Promise((resolve) => this.#waiting.push({ seq, resolve }));
  }

  /** Books what the journal has, as far as CLOSE_MS_MAX goes, then ends the thread; the next start does the rest. */
  async close(): Promise<void> {
    this.#closing = true;
    this.#closeByMs = performance.now() + CLOSE_MS_MAX;
    this.#sleeper.wake();
    await this.#running;
    await endThread(this.#pool, IDLE);
  }

  /** Hands over nothing more; resolves when the thread has loaded and does nothing: then the process can exit. */
  async halt(): Promise<void> {
    this.#paused = true;
    do await runIn(this.#pool, IDLE).catch(() => null);
    while (this.busy);
  }

  async #run(): Promise<void> {
    while (!this.#closing || this.#isBehind) {
      try {
        await this.#step();
      } catch (error) {
        await this.#startAnew(error);
        if (this.#closing) return;
        await this.#sleeper.sleep({ untilNew: false, ms: RESTART_PAUSE_MS });
      }
    }
    await this.#give({ kind: 'close' }).catch((error: unknown) => this.#startAnew(error));
  }

  async #startAnew(error: unknown): Promise<void> {
    this.#known = false;
    this.crashes += 1;
    await endThread(this.#pool, IDLE);
    await this.#hooks.crashed(error);
    this.#pool = singleThread('books-worker', this.#data, this.time);
  }

  get #isBehind(): boolean {
    return (
      performance.now() < this.#closeByMs &&
      this.stopped === null &&
      !this.#paused &&
      this.#position.booked < this.#journal.position()
    );
  }

  async #step(): Promise<void> {
    if (!this.#known) await this.#learnPosition();
    // It may have been told to close while the thread loaded.
    if (this.#closing && !this.#isBehind) return;
    const { booked, flushed } = this.#position;
    const isIdle = this.stopped !== null || this.#paused;
    if (isIdle || (booked === this.#journal.position() && booked === flushed))
      await this.#sleeper.sleep({ untilNew: true });
    else if (booked < this.#journal.position()) await this.#handOver();
    else if (this.#isWanted || (await this.#sleeper.sleep({ untilNew: true, ms: IDLE_FLUSH_MS }))) await this.#flush();
  }

  /** Somebody waits for entries that are booked or can be. */
  get #isWanted(): boolean {
    return this.#wanted > this.#position.flushed;
  }

  /** Books that are ahead (of a journal that was put back) would skip what the journal writes next: they stop (N3). */
  async #learnPosition(): Promise<void> {
    await this.#give({ kind: 'position' });
    this.#known = true;
    const { booked, stopped } = this.#position;
    // The journal may have grown since; what nobody handed over cannot have been booked.
    const end = Math.max(this.#startSeq, this.#handedSeq);
    if (stopped !== null || booked <= end) return;
    const reason = `the books are at frame ${booked}, the journal ends at ${end}: rebuild the books`;
    this.#position = { ...this.#position, flushed: 0, stopped: reason };
    this.#hooks.stopped(reason);
  }

  async #handOver(): Promise<void> {
    if (!this.#isWanted && !this.#closing) await this.#sleeper.sleep({ untilNew: false, ms: GATHER_MS });
    const { frames, last } = this.#take(this.#position.booked + 1);
    await this.#give({ kind: 'book', frames, flush: this.#isWanted && last >= this.#wanted }, frames);
  }

  async #flush(): Promise<void> {
    await this.#give({ kind: 'book', frames: [], flush: true });
  }

  /** Frames from `seq` on, as many as one task carries. */
  #take(seq: number): { frames: Uint8Array[]; last: number } {
    const frames = takeFrames(this.#journal, seq, TASK_BYTES);
    frames.forEach((frame, place) => this.#owe(seq + place, frameCount(frame)));
    const last = seq + frames.length - 1;
    this.#handedSeq = Math.max(this.#handedSeq, last);
    return { frames, last };
  }

  /** A frame is handed over, for the first time or again. */
  #owe(seq: number, facts: number): void {
    if (seq > this.#startSeq && seq > (this.#unflushed.at(-1)?.seq ?? 0)) this.#unflushed.push({ seq, facts });
  }

  #settle(flushed: number): void {
    const settled = this.#unflushed.findIndex(({ seq }) => seq > flushed);
    const done = this.#unflushed.splice(0, settled < 0 ? this.#unflushed.length : settled);
    for (const { facts } of done) this.#owedFacts -= facts;
  }

  async #give(task: BooksTask, frames: readonly Uint8Array[] = []): Promise<void> {
    this.tasks += 1;
    const [thread] = this.#pool.threads;
    if (this.#known && thread !== this.#thread) throw new Error('worker ended between two tasks');
    this.#thread = thread;
    this.busy = true;
    try {
      this.#position = (await runIn(this.#pool, task, memoryOf(frames))) as BooksPosition;
    } finally {
      this.busy = false;
    }
    const { flushed, stopped } = this.#position;
    this.#settle(flushed);
    if (stopped !== null) this.#hooks.stopped(stopped);
    const told = this.#waiting.filter(({ seq }) => seq <= flushed || stopped !== null);
    this.#waiting = this.#waiting.filter(({ seq }) => seq > flushed && stopped === null);
    for (const { resolve } of told) resolve();
  }
}
