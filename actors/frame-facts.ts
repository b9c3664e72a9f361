// The facts of one frame in memory, and who is named in them. The gathering frame, the frame in flight and frames read
// back from the journal all look like this.

import { FACT_KIND, type Fact } from '../src/domain/facts.ts';

export class FrameFacts {
  readonly seq: number;
  /** When the batch began, ms since 1970; every fact of it has this time. */
  readonly timeMs: number;
  readonly facts: Fact[];
  readonly #names = new Map<string, number>();
  #named = 0;

  constructor(seq: number, timeMs: number, facts: Fact[] = []) {
    this.seq = seq;
    this.timeMs = timeMs;
    this.facts = facts;
  }

  /** Place of the latest fact about a transfer or operation of this name; −1 when the frame has none. */
  indexOfTransfer(merchant: string, name: string): number {
    this.#nameAll();
    return this.#names.get(`t ${merchant} ${name}`) ?? -1;
  }

  /** Place of the fact caused under this idempotency key; −1 when the frame has none. */
  indexOfKey(merchant: string, key: string): number {
    this.#nameAll();
    return this.#names.get(`k ${merchant} ${key}`) ?? -1;
  }

  /** Removes and returns the facts from `length` on: an atomic batch was refused. */
  cutTo(length: number): Fact[] {
    // Most often nobody has asked for a name meanwhile, and all names of earlier facts stay as they are.
    if (this.#named > length) {
      this.#names.clear();
      this.#named = 0;
    }
    return this.facts.splice(length);
  }

  /** Names are only needed once somebody asks, which is rare; then every fact is named once. */
  #nameAll(): void {
    for (; this.#named < this.facts.length; this.#named++) {
      const fact = this.facts[this.#named] as Fact;
      const { merchant } = fact.context;
      if (fact.kind === FACT_KIND.transferMoved) {
        this.#names.set(`t ${merchant} ${fact.transfer}`, this.#named);
        if (fact.id !== '') this.#names.set(`t ${merchant} ${fact.id}`, this.#named);
      }
      if (fact.key !== '') this.#names.set(`k ${merchant} ${fact.key}`, this.#named);
    }
  }
}
