// State store in memory, for tests and simulation: the same contract without a disk. It outlives the engine that writes
// it, as a folder would.

import type { Account } from '../domain/accounts.ts';
import type { Completion, Mark, OpenHold, OrderRange, StateStore, StoredUse } from './state-store.ts';

export function openMemoryStateStore(): StateStore {
  return new MemoryStateStore();
}

class MemoryStateStore implements StateStore {
  readonly #accounts = new Map<string, Account>();
  /** Ids by order of opening, of each merchant. */
  readonly #order = new Map<string, Map<number, string>>();
  readonly #holds = new Map<string, OpenHold>();
  readonly #uses = new Map<string, StoredUse>();
  readonly #chunks: Uint32Array[] = [];
  #mark: Mark | null = null;
  #seed: number | null = null;

  mark(): Mark | null {
    return this.#mark;
  }

  seed(): number | null {
    return this.#seed;
  }

  async setSeed(seed: number): Promise<void> {
    await Promise.resolve();
    this.#seed = seed;
  }

  account(merchant: string, id: string): Account | null {
    const account = this.#accounts.get(keyOf(merchant, id));
    return account ? { ...account } : null;
  }

  *accounts(): Iterable<Account> {
    for (const account of this.#accounts.values()) yield { ...account };
  }

  *accountIds(merchant: string, { after, before, newestFirst }: OrderRange): Iterable<string> {
    const inRange = [...(this.#order.get(merchant) ?? [])].filter(([ordinal]) => ordinal > after && ordinal < before);
    inRange.sort(([one], [other]) => (newestFirst ? other - one : one - other));
    for (const [, id] of inRange) yield id;
  }

  *holds(): Iterable<OpenHold> {
    yield* this.#holds.values();
  }

  *uses(): Iterable<StoredUse> {
    yield* this.#uses.values();
  }

  *chunks(count: number): Iterable<Uint32Array> {
    yield* this.#chunks.slice(0, count);
  }

  async putAccounts(accounts: readonly Account[]): Promise<void> {
    const copies = accounts.map((account) => ({ ...account }));
    await Promise.resolve();
    for (const copy of copies) this.#accounts.set(keyOf(copy.merchant, copy.id), copy);
  }

  async complete({ mark, opened, holds, closedHolds, uses, usesGone, entries }: Completion): Promise<void> {
    await Promise.resolve();
    for (const { merchant, ordinal, id } of opened) this.#orderOf(merchant).set(ordinal, id);
    for (const { merchant, id, seq, dueMs } of holds)
      this.#holds.set(keyOf(merchant, id), { merchant, id, seq, dueMs });
    for (const { merchant, id } of closedHolds) this.#holds.delete(keyOf(merchant, id));
    for (const use of uses) this.#uses.set(use.name, use);
    for (const name of usesGone) this.#uses.delete(name);
    this.#chunks[mark.chunks - 1] = entries;
    this.#mark = mark;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #orderOf(merchant: string): Map<number, string> {
    let order = this.#order.get(merchant);
    if (!order) this.#order.set(merchant, (order = new Map()));
    return order;
  }
}

function keyOf(merchant: string, id: string): string {
  return `${merchant} ${id}`;
}
