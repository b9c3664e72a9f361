// A journal that grows while books are kept of it, as that of an engine under load does.

import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import type { JournalReader } from '../../../workers/journal-frames.ts';
import { FIRST_DAY, MadeJournal } from '../../ledger/support/made-journal.ts';

const DAYS = 20;
/** Pause while the books are far behind, ms. */
const FAR_MS = 2;

export class GrowingJournal {
  readonly made: MadeJournal;
  readonly #accounts: readonly string[];
  readonly #durable: (facts: number) => void;
  #growing = true;
  #days = 0;

  /** `durable`: told of each frame that came after the first, with its facts. */
  constructor(seed: number, accounts: number, durable: (facts: number) => void) {
    this.made = new MadeJournal(seed);
    this.#accounts = Array.from({ length: accounts }, (_, number) => `account:${number}`);
    this.#durable = durable;
    this.made.day(FIRST_DAY);
    for (const id of this.#accounts) this.made.open(id);
    this.made.frame();
  }

  get position(): number {
    return this.made.frames.length;
  }

  /** What is read is given away, so each reader gets bytes of its own. */
  get reader(): JournalReader {
    const { frames } = this.made;
    return {
      position: () => frames.length,
      read: (seq) => {
        const frame = frames[seq - 1];
        return frame ? new Uint8Array(frame) : null;
      },
    };
  }

  /** A frame of so many moves. */
  grow(facts: number): void {
    if (this.#days < DAYS && this.position % 50 === 0)
      this.made.day(`2027-02-${String(++this.#days).padStart(2, '0')}`);
    for (let fact = 0; fact < facts; fact++) this.made.moveAnything(this.#accounts);
    const { waiting } = this.made;
    this.made.frame();
    this.#durable(waiting);
  }

  /** Grows until `stop`, by one frame a turn of the event loop; waits while `isFar` says that the books are far behind. */
  async run(facts: number, isFar: () => boolean): Promise<void> {
    while (this.#growing) {
      if (isFar()) await sleep(FAR_MS);
      else this.grow(facts);
      await turn();
    }
  }

  stop(): void {
    this.#growing = false;
  }
}
