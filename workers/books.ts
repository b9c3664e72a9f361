// Books. The worker threads that keep the books of a journal, and the thread that reads them, behind one door.
//
// K1. Nothing here is on the way of a payment: the books trail the journal by a lag that is measured and bounded.
// K2. Whoever reads says how far back the answer may be at most, and waits until the books are there.

import type { Piscina } from 'piscina';
import { shardOf } from '../src/ledger/shards.ts';
import { BooksLane, type LaneHooks } from './books-lane.ts';
import type { JournalReader } from './journal-frames.ts';
import type { BooksQuestions, LetGo, Question } from './books-reader.ts';
import { endThread, runIn, singleThread } from './pool.ts';
import { WorkTime } from './work-time.ts';

export type BooksOptions = {
  /** The folder of the shards. */
  readonly folder: string;
  /** A power of two; what the books on disk were made with. */
  readonly shards: number;
  /** Threads that book; shards are spread over them. */
  readonly workers: number;
  readonly journal: JournalReader;
  readonly hooks: LaneHooks;
};

/** Longest wait of a reader for the books to be where it wants them, ms; then it gets what there is. */
const WAIT_MS_MAX = 5_000;

/** Longest wait for an answer of the reading thread, ms: a long report takes seconds, a thread that hangs for ever. */
const ANSWER_MS_MAX = 30_000;

/** Threads that load take some tenths of a second, ms. */
const HALT_MS_MAX = 2_000;

const LET_GO: LetGo = 'letGo';

export class Books {
  readonly #options: BooksOptions;
  readonly #lanes: readonly BooksLane[];
  #reader: Piscina | null = null;
  /** Of the thread that answers questions. */
  readonly readingTime = new WorkTime();

  constructor(options: BooksOptions) {
    this.#options = options;
    const { folder, shards, workers, journal } = options;
    const hooks: LaneHooks = {
      ...options.hooks,
      crashed: async (error) => {
        await options.hooks.crashed(error);
        await this.#letGo();
      },
    };
    this.#lanes = Array.from(
      { length: workers },
      (_, worker) => new BooksLane(journal, { folder, shards, worker, workers }, hooks),
    );
  }

  get lanes(): readonly BooksLane[] {
    return this.#lanes;
  }

  /** The last frame of which everything can be read. */
  get position(): number {
    return Math.min(...this.#lanes.map(({ flushed }) => flushed));
  }

  /** The last frame of which everything about this account can be read. */
  positionOf(merchant: string, account: string): number {
    return this.#laneOf(merchant, account).flushed;
  }

  /** Begins to book what the journal has and will have. */
  start(): void {
    for (const lane of this.#lanes) lane.start();
  }

  /** A frame with so many facts is durable. */
  nudge(facts: number): void {
    for (const lane of this.#lanes) lane.nudge(facts);
  }

  /** Facts by which the slowest of the threads trails. */
  get owedFacts(): number {
    let most = 0;
    for (const { owedFacts } of this.#lanes) most = Math.max(most, owedFacts);
    return most;
  }

  /** Resolves when frame `seq` can be read, or after WAIT_MS_MAX. For one account, or for all of the books. */
  async reach(seq: number, of?: { readonly merchant: string; readonly account: string }): Promise<void> {
    const lanes = of ? [this.#laneOf(of.merchant, of.account)] : this.#lanes;
    const behind = lanes.filter(({ flushed }) => flushed < seq);
    if (behind.length === 0) return;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, WAIT_MS_MAX)));
    await Promise.race([late, Promise.all(behind.map((lane) => lane.flushedTo(seq)))]);
    clearTimeout(timer);
  }

  /** @throws when the reading thread cannot answer: a damaged block, a failed disk, or not within ANSWER_MS_MAX */
  ask<Q extends Question>(question: Q, ask: BooksQuestions[Q]['ask']): Promise<BooksQuestions[Q]['answer']> {
    const { folder, shards } = this.#options;
    this.#reader ??= singleThread('books-reader', { folder, shards }, this.readingTime);
    return withinTime(runIn(this.#reader, { question, ask })) as Promise<BooksQuestions[Q]['answer']>;
  }

  /** A reader that cannot let go has ended, or never opened anything. */
  async #letGo(): Promise<void> {
    if (this.#reader) await runIn(this.#reader, LET_GO).catch(() => null);
  }

  /**
   * Lets the threads come to rest, for at most HALT_MS_MAX, before the process exits without closing anything: one that
   * exits while a thread loads, or is inside LMDB, aborts instead, and its exit code is lost.
   */
  async halt(): Promise<void> {
    const late = new Promise<void>((resolve) => setTimeout(resolve, HALT_MS_MAX));
    await Promise.race([late, Promise.all([this.#letGo(), ...this.#lanes.map((lane) => lane.halt())])]);
  }

  /** Books what the journal has, then ends the threads. */
  async close(): Promise<void> {
    await Promise.all(this.#lanes.map((lane) => lane.close()));
    if (this.#reader) await endThread(this.#reader, LET_GO);
  }

  #laneOf(merchant: string, account: string): BooksLane {
    const shard = shardOf(merchant, account, this.#options.shards);
    return this.#lanes[shard % this.#lanes.length] as BooksLane;
  }
}

async function withinTime<Answer>(answer: Promise<Answer>): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`the reader of the books did not answer in ${ANSWER_MS_MAX} ms`)),
      ANSWER_MS_MAX,
    );
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
