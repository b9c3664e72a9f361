// Opening the books: ties them to the engine whose journal they follow.
//
// O1. They begin with what the journal has and they have not. O2. When they trail too far, the engine takes no new work
// until they have caught up; the books never slow a payment in any other way.

import { join } from 'node:path';
import type { Engine } from '../actors/engine.ts';
import { Books } from '../workers/books.ts';
import type { JournalReader } from '../workers/journal-frames.ts';
import { SHARDS } from './ledger/shards.ts';
import type { Log } from './log/log-line.ts';

export type BooksConfig = {
  /** The data folder. */
  readonly data: string;
  /** Threads. */
  readonly booksWorkers: number;
  /** Facts. */
  readonly booksLagMax: number;
};

/** Starts the threads of the books of an engine that is ready. `letGo`: others that have the shards open let them go. */
export function openBooks(
  { data, booksWorkers, booksLagMax }: BooksConfig,
  engine: Engine,
  journal: JournalReader,
  log: Log,
  letGo: () => Promise<void> = () => Promise.resolve(),
): Books {
  const books = new Books({
    folder: join(data, 'books'),
    shards: SHARDS,
    workers: booksWorkers,
    journal,
    hooks: {
      crashed: (error) => {
        log.process('books_worker_crashed', { error });
        return letGo();
      },
      stopped: (reason) => log.process('books_contradiction', { reason }),
    },
  });
  engine.onDurable(({ frame }) => books.nudge(frame.count));
  engine.holdBack = () => books.owedFacts > booksLagMax;
  books.start();
  return books;
}
