// Snapshots. Writes changed accounts to the state store in the background, so that a restart replays only a tail.
//
// S1. Fuzzy: accounts go on changing meanwhile; each copy has its version. S2. A copy is written only after the facts
// behind it are durable. S3. One snapshot at a time.

import type { Commit } from './commit.ts';
import type { Desk } from './desk.ts';
import type { StateStore } from '../src/journal/state-store.ts';

/** Accounts copied at once: about a millisecond of the engine's time. */
const SLICE_ACCOUNTS = 512;

export class Snapshots {
  readonly #desk: Desk;
  readonly #store: StateStore;
  #chunks: number;
  #factsSince = 0;
  #running: Promise<void> | null = null;
  lastSuccessMs = 0;
  lastDurationMs = 0;

  constructor(desk: Desk, store: StateStore, chunks: number) {
    this.#desk = desk;
    this.#store = store;
    this.#chunks = chunks;
  }

  /** Counts facts and says whether a snapshot is due. */
  count(facts: number): boolean {
    this.#factsSince += facts;
    return this.#running === null && this.#factsSince >= this.#desk.limits.snapshotFacts;
  }

  /** Takes a snapshot, or waits for the one that is being taken. @throws JournalFault, or the store's error. */
  take(): Promise<void> {
    this.#running ??= this.#take().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  async #take(): Promise<void> {
    const startedMs = performance.now();
    const { accounts, calendar, commit, dayUses, names, orders, transfers, transits } = this.#desk;
    this.#factsSince = 0;
    const { sealedSeq: seq, sealedHash: hash } = commit;
    const openedCount = accounts.openedCount;
    const opened = accounts.openedFirst(openedCount);
    const entries = names.takeFresh();
    const holds = [...transfers.takeChanged(), ...transits.takeChanged(), ...orders.takeChanged()];
    const ordinal = accounts.ordinal;
    const accountingDate = calendar.date;
    const counted = commit.gathered;
    const { uses, usesGone } = dayUses.takeChanged();
    await this.#writeAccounts(commit);
    await commit.durable();
    const mark = { seq, hash, ordinal, chunks: this.#chunks + 1, accountingDate, counted };
    await this.#store.complete({
      mark,
      opened,
      entries,
      holds: holds.filter(({ open }) => open),
      closedHolds: holds.filter(({ open }) => !open),
      uses,
      usesGone,
    });
    this.#chunks = mark.chunks;
    accounts.ordered(openedCount);
    this.lastSuccessMs = commit.now();
    this.lastDurationMs = performance.now() - startedMs;
  }

  async #writeAccounts(commit: Commit): Promise<void> {
    const { accounts } = this.#desk;
    for (let left = accounts.dirtyCount; left > 0; left -= SLICE_ACCOUNTS) {
      const cells = accounts.takeDirty(Math.min(SLICE_ACCOUNTS, left));
      const copies = cells.map(({ account }) => account.copy());
      await commit.durable();
      await this.#store.putAccounts(copies);
      accounts.written(cells);
    }
  }
}
