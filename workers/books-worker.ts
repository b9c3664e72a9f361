// Books worker: a thread that keeps some shards of the books. Its state is what its shards have booked; after a crash a
// new thread opens the same shards and goes on from their checkpoints.

import { join } from 'node:path';
import { workerData } from 'piscina';
import { BookKeeper } from '../src/ledger/book-keeper.ts';
import { LedgerContradiction, ShardBooks } from '../src/ledger/shard-books.ts';
import { ShardStore } from '../src/ledger/shard-store.ts';
import { BlockDamage } from '../src/ledger/entry-block.ts';
import { FrameDamage } from '../src/journal/frame.ts';
import { timed } from './work-time.ts';

export type BooksWorkerData = {
  readonly folder: string;
  readonly shards: number;
  /** This worker's number and how many there are: it keeps the shards `worker`, `worker + workers`, … */
  readonly worker: number;
  readonly workers: number;
};

export type BooksTask =
  /** Answers once the thread has loaded, and does nothing. */
  | { readonly kind: 'idle' }
  /** Tells how far the shards are, and nothing else. */
  | { readonly kind: 'position' }
  /** Books whole frames in order. `flush`: makes them readable before it answers. */
  | { readonly kind: 'book'; readonly frames: readonly Uint8Array[]; readonly flush: boolean }
  | { readonly kind: 'close' };

/** `stopped`: why this worker books nothing any more. */
export type BooksPosition = { readonly booked: number; readonly flushed: number; readonly stopped: string | null };

/** Entries gathered before they are written: more of an account's entries share a block, and memory stays bounded. */
const FLUSH_ENTRIES = 1 << 21;
/**
 * What was booked can be read after this time, ms. Shards are flushed in turn within it and not all at the end of it: the
 * journal's sync, for which payments wait, then competes with one of theirs at a time.
 */
const FLUSH_MS = 2_000;

type Open = {
  readonly keeper: BookKeeper;
  readonly stores: readonly ShardStore[];
  flushedAtMs: number;
};

let opened: Open | null = null;
let stopped: string | null = null;

/** The thread's one entry: tasks come one at a time. @throws what the disk says; the thread is of no use after that */
export default timed(run);

async function run(task: BooksTask): Promise<BooksPosition> {
  if (task.kind === 'idle') return { booked: 0, flushed: 0, stopped };
  const open = (opened ??= openShards(workerData as BooksWorkerData));
  if (task.kind === 'book' && stopped === null) await book(open, task.frames, task.flush);
  if (task.kind === 'close') {
    if (stopped === null) await flush(open);
    for (const store of open.stores) await store.close();
  }
  return { booked: open.keeper.bookedSeq, flushed: open.keeper.flushedSeq, stopped };
}

function openShards({ folder, shards, worker, workers }: BooksWorkerData): Open {
  const stores: ShardStore[] = [];
  const books = Array.from({ length: shards }, (_, shard) => {
    if (shard % workers !== worker) return null;
    const store = new ShardStore(join(folder, String(shard)));
    stores.push(store);
    return new ShardBooks(store, shards);
  });
  const keeper = new BookKeeper(books);
  return { keeper, stores, flushedAtMs: performance.now() };
}

async function book(open: Open, frames: readonly Uint8Array[], flushNow: boolean): Promise<void> {
  try {
    for (const frame of frames) {
      open.keeper.book(frame);
      while (open.keeper.waiting >= FLUSH_ENTRIES) await open.keeper.flushNext();
    }
    if (flushNow) await flush(open);
    else if (performance.now() - open.flushedAtMs >= FLUSH_MS / open.stores.length) await flushNext(open);
  } catch (error) {
    // What cannot be booked is not booked by guess: the shards stay as they were at their last flush.
    if (!isDamage(error)) throw error;
    stopped = error.message;
  }
}

async function flush(open: Open): Promise<void> {
  await open.keeper.flush();
  open.flushedAtMs = performance.now();
}

async function flushNext(open: Open): Promise<void> {
  await open.keeper.flushNext();
  open.flushedAtMs = performance.now();
}

function isDamage(error: unknown): error is Error {
  return error instanceof LedgerContradiction || error instanceof BlockDamage || error instanceof FrameDamage;
}
