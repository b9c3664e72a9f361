// One life of a process on a disk that outlives it. After `end` nothing that is still on its way reaches the disk any
// more and nobody hears of it: a crash, as the next life sees it.

import type { Journal } from '../../src/journal/journal.ts';
import type { StateStore } from '../../src/journal/state-store.ts';

export class Life {
  /** Writes that reached the disk, of either store. */
  writes = 0;
  /** Resolves when it has ended. */
  readonly over: Promise<void>;
  #ended = false;
  #tell = (): void => {};
  /** Writes after which life ends by itself. */
  readonly #writesMax: number;

  constructor(writesMax = Infinity) {
    this.#writesMax = writesMax;
    this.over = new Promise((resolve) => (this.#tell = resolve));
  }

  end(): void {
    this.#ended = true;
    this.#tell();
  }

  journal(disk: Journal): Journal {
    return {
      ...disk,
      append: (frame) => this.#write(() => disk.append(frame)),
      cutLast: () => this.#write(() => disk.cutLast()),
    };
  }

  store(disk: StateStore): StateStore {
    return {
      mark: () => disk.mark(),
      seed: () => disk.seed(),
      setSeed: (seed) => this.#write(() => disk.setSeed(seed)),
      account: (merchant, id) => disk.account(merchant, id),
      accounts: () => disk.accounts(),
      accountIds: (merchant, range) => disk.accountIds(merchant, range),
      holds: () => disk.holds(),
      uses: () => disk.uses(),
      chunks: (count) => disk.chunks(count),
      putAccounts: (accounts) => this.#write(() => disk.putAccounts(accounts)),
      complete: (snapshot) => this.#write(() => disk.complete(snapshot)),
      close: () => disk.close(),
    };
  }

  async #write(write: () => Promise<void>): Promise<void> {
    if (this.writes >= this.#writesMax) this.end();
    if (!this.#ended) {
      this.writes += 1;
      await write();
    }
    if (this.#ended) await new Promise<never>(() => {});
  }
}
