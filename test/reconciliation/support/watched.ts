// Watched: a reconciler of a test with books beside it, and a clock that only the test moves.

import { join } from 'node:path';
import { Reconciler } from '../../../src/reconciliation/reconciler.ts';
import type { NamedBreach } from '../../../src/reconciliation/breach-log.ts';
import { KeptBooks } from '../../ledger/support/shard-folders.ts';

export const SHARDS = 4;
export const WINDOW_MS = 60_000;

export class Watched {
  readonly folder: string;
  readonly books: KeptBooks;
  reconciler: Reconciler;
  nowMs = 0;
  /** Of each that was told of, in the order of telling. */
  readonly told: NamedBreach[] = [];

  constructor(folder: string) {
    this.folder = folder;
    this.books = new KeptBooks(join(folder, 'books'), SHARDS);
    this.reconciler = this.#open();
  }

  /** Its thread has ended; another one begins. Frames that it wants again are its own business. */
  async reopen(): Promise<void> {
    await this.reconciler.close();
    this.reconciler = this.#open();
  }

  /** Time passes; it looks, writes and tells. */
  async pass(ms: number): Promise<void> {
    this.nowMs += ms;
    this.reconciler.look(this.nowMs);
    await this.reconciler.flush();
    this.told.push(...this.reconciler.untold);
    this.reconciler.heard([], this.reconciler.untold.map(({ id }) => id)); // prettier-ignore
  }

  async close(): Promise<void> {
    await this.reconciler.close();
    await this.books.close();
  }

  #open(): Reconciler {
    const folder = join(this.folder, 'reconciliation');
    const books = join(this.folder, 'books');
    return new Reconciler({ folder, books, shards: SHARDS, windowMs: WINDOW_MS, linesMax: 100_000 });
  }
}
