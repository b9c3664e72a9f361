// Durable facts of an engine under test, in the order of its journal. That only grows, so each frame is decoded once.

import type { Fact } from '../../../../src/domain/facts.ts';
import type { Engine } from '../../../support/engine.ts';

/** A fact and its place in the journal. */
export type Placed = { readonly fact: Fact; readonly seq: number; readonly index: number };

export class DurableFacts {
  readonly #facts: Placed[] = [];
  #read = 0;

  /** All of them. `engine`: whichever life it is of the same disk. */
  of({ disk, partition }: Engine): readonly Placed[] {
    for (; this.#read < disk.journal.position(); this.#read++) {
      const seq = this.#read + 1;
      const facts = partition.desk.history.frame(seq)?.facts ?? [];
      for (const [index, fact] of facts.entries()) this.#facts.push({ fact, seq, index });
    }
    return this.#facts;
  }
}
