// Open orders. When each order that is not at an end is due, and what a snapshot has to know of it.
//
// W1. Every open order is here with its time, whether its actor is in memory or not. W2. An order that begins and ends
// between two snapshots is in none.

import type { OpenHold } from '../../src/journal/state-store.ts';
import { Timers } from '../runtime/timers.ts';
import type { CaseIndex } from './case-index.ts';
import { orderKey, partsOf } from './order-key.ts';

/** Marks an order among what snapshots keep of open things; no id of a client begins so. */
const ORDER_MARK = '!';

/** Timers of what has ended that are kept until they run out: fewer than that are not worth sorting out. */
const IDLE_TIMERS_MAX = 4_096;

type Due = { readonly dueMs: number; readonly key: string };
type Changed = { readonly seq: number; readonly dueMs: number; readonly open: boolean };

export class OpenOrders {
  readonly #cases: CaseIndex;
  /** By merchant and id, ms since 1970. */
  readonly #due = new Map<string, number>();
  #timers = new Timers<Due>();
  /** Open orders that no snapshot has as they are, and ended ones that a snapshot still has. */
  #changed = new Map<string, Changed>();
  /** What snapshots have. */
  readonly #stored = new Set<string>();

  /** `cases`: told of those among them. */
  constructor(cases: CaseIndex) {
    this.#cases = cases;
  }

  get size(): number {
    return this.#due.size;
  }

  /** All of them, in no order. */
  *all(): Iterable<{ readonly merchant: string; readonly id: string }> {
    for (const key of this.#due.keys()) yield partsOf(key);
  }

  /** The order of this key has taken a step, in frame `seq`. `dueMs`: 0 at an end. */
  note(key: string, dueMs: number, seq: number): void {
    const open = dueMs > 0;
    if (open || this.#stored.has(key)) this.#changed.set(key, { seq, dueMs, open });
    else this.#changed.delete(key);
    if (open) this.#wait(key, dueMs);
    else if (this.#due.delete(key)) this.#cases.ended(key);
  }

  /** Something that an earlier snapshot has. True when it is an order. */
  load({ merchant, id, dueMs }: OpenHold): boolean {
    if (!id.startsWith(ORDER_MARK)) return false;
    const key = orderKey(merchant, id.slice(ORDER_MARK.length));
    this.#stored.add(key);
    this.#wait(key, dueMs);
    return true;
  }

  get nextDueMs(): number | null {
    return this.#timers.nextMs;
  }

  /** The next that is due; null when none is. It stays open until it says otherwise. */
  takeDue(nowMs: number): { readonly merchant: string; readonly id: string; readonly dueMs: number } | null {
    for (let due = this.#timers.take(nowMs); due; due = this.#timers.take(nowMs)) {
      if (this.#due.get(due.key) === due.dueMs) return { ...partsOf(due.key), dueMs: due.dueMs };
    }
    return null;
  }

  /** What opened, moved or ended since the last call, for a snapshot. */
  takeChanged(): (OpenHold & { readonly open: boolean })[] {
    const changed = [...this.#changed.entries()];
    this.#changed = new Map();
    for (const [key, { open }] of changed) {
      if (open) this.#stored.add(key);
      else this.#stored.delete(key);
    }
    return changed.map(([key, one]) => {
      const { merchant, id } = partsOf(key);
      return { merchant, id: ORDER_MARK + id, ...one };
    });
  }

  #wait(key: string, dueMs: number): void {
    const before = this.#due.get(key);
    if (before === dueMs) return;
    this.#due.set(key, dueMs);
    if (before === undefined) this.#cases.opened(key);
    this.#timers.add({ dueMs, key });
    if (this.#timers.size > IDLE_TIMERS_MAX + 2 * this.#due.size) this.#sortOut();
  }

  /** Timers of orders that have ended or moved would stay until they run out: for hours, at thousands a second. */
  #sortOut(): void {
    this.#timers = new Timers();
    for (const [key, dueMs] of this.#due) this.#timers.add({ dueMs, key });
  }
}
