// Books of a test in a folder of its own: keepers on real stores, as one or several workers would have them.

import { join } from 'node:path';
import { BookKeeper } from '../../../src/ledger/book-keeper.ts';
import { ShardBooks } from '../../../src/ledger/shard-books.ts';
import { ShardStore } from '../../../src/ledger/shard-store.ts';

export class KeptBooks {
  readonly folder: string;
  readonly stores: readonly ShardStore[];
  /** One of each worker; it keeps the shards `worker`, `worker + workers`, … */
  readonly keepers: readonly BookKeeper[];

  constructor(folder: string, shards: number, workers = 1) {
    this.folder = folder;
    this.stores = Array.from({ length: shards }, (_, shard) => new ShardStore(join(folder, String(shard))));
    this.keepers = Array.from(
      { length: workers },
      (_, worker) =>
        new BookKeeper(
          this.stores.map((store, shard) => (shard % workers === worker ? new ShardBooks(store, shards) : null)),
        ),
    );
  }

  book(frame: Uint8Array): void {
    for (const keeper of this.keepers) keeper.book(frame);
  }

  async flush(): Promise<void> {
    for (const keeper of this.keepers) await keeper.flush();
    this.refresh();
  }

  refresh(): void {
    for (const store of this.stores) store.refresh();
  }

  /** What was not flushed is lost, as in a crash. */
  async close(): Promise<void> {
    for (const store of this.stores) await store.close();
  }
}
