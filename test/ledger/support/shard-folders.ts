// Books of a test in a folder of its own: keepers on real stores, as one or several workers would have them.

import { join } from 'node:path';
import { BookKeeper } from '../../../src/ledger/book-keeper.ts';
import { ShardBooks } from '../../../src/ledger/shard-books.ts';
import { ShardStore } from '../../../src/ledger/shard-store.ts';

export class KeptBooks {
  readonly folder: string;
  readonly stores: readonly ShardStore[];
  readonly shards: readonly ShardBooks[];
  /** One of each worker; it keeps the shards `worker`, `worker + workers`, … */
  readonly keepers: readonly BookKeeper[];

  constructor(folder: string, shards: number, workers = 1) {
    this.folder = folder;
    this.stores = Array.from({ length: shards }, (_, shard) => new ShardStore(join(folder, String(shard))));
    this.shards = this.stores.map((store) => new ShardBooks(store, shards));
    this.keepers = Array.from(
      { length: workers },
      (_, worker) => new BookKeeper(this.shards.map((books, shard) => (shard % workers === worker ? books : null))),
    );
  }

  /** The last frame that all of them have booked. */
  get bookedSeq(): number {
    return Math.min(...this.keepers.map(({ bookedSeq }) => bookedSeq));
  }

  book(frame: Uint8Array): void {
    for (const keeper of this.keepers) keeper.book(frame);
  }

  async flush(): Promise<void> {
    for (const keeper of this.keepers) await keeper.flush();
    this.refresh();
  }

  /** A flush that a crash cuts short: only the first shards are written. */
  async flushFirst(shards: number): Promise<void> {
    for (const books of this.shards.slice(0, shards)) await books.flush();
  }

  refresh(): void {
    for (const store of this.stores) store.refresh();
  }

  /** What was not flushed is lost, as in a crash. */
  async close(): Promise<void> {
    for (const store of this.stores) await store.close();
  }
}
