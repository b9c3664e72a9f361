// Open orders. When each order that is not at an end is due, and what a snapshot has to know of it.
//
// W1. Every open order is here with its time, whether its actor is in memory or not. W2. An order that begins and ends
// between two snapshots is in none.

import type { OpenHold } from '../../src/journal/state-store.ts';
import { Timers } from '../runtime/timers.ts';
import type { CaseIndex } from './case-index.ts';

/** Marks an order among what snapshots keep of open things; no id of a client begins so. */
const ORDER_MARK = '!';

/** Timers of what has ended that are kept until they run out: fewer than that are not worth sorting out. */
const IDLE_TIMERS_MAX = 4_096;

type Due = { readonly dueMs: number; readonly merchant: string; readonly id: string };
type Changed = OpenHold & { readonly open: boolean };

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
    for (const key of this.#due.keys()) {
      const [merchant, id] = partsOf(key);
      yield { merchant, id };
    }
  }

  /** An order has taken a step, in frame `seq`. `dueMs`: 0 at an end. */
  note(merchant: string, id: string, dueMs: number, seq: number): void {
    const key = keyOf(merchant, id);
    const open = dueMs > 0;
    if (open || this.#stored.has(key)) this.#changed.set(key, { merchant, id: ORDER_MARK + id, seq, dueMs, open });
    else this.#changed.delete(key);
    if (open) this.#wait(key, { dueMs, merchant, id });
    else this.#ended(key, id);
  }

  /** Something that an earlier snapshot has. True when it is an order. */
  load({ merchant, id, dueMs }: OpenHold): boolean {
    if (!id.startsWith(ORDER_MARK)) return false;
    const order = id.slice(ORDER_MARK.length);
    const key = keyOf(merchant, order);
    this.#stored.add(key);
    this.#wait(key, { dueMs, merchant, id: order });
    return true;
  }

  get nextDueMs(): number | null {
    return this.#timers.nextMs;
  }

  /** The next that is due; null when none is. It stays open until it says otherwise. */
  takeDue(nowMs: number): Due | null {
    for (let due = this.#timers.take(nowMs); due; due = this.#timers.take(nowMs)) {
      if (this.#due.get(keyOf(due.merchant, due.id)) === due.dueMs) return due;
    }
    return null;
  }

  /** What opened, moved or ended since the last call, for a snapshot. */
  takeChanged(): Changed[] {
    const changed = [...this.#changed.entries()];
    this.#changed = new Map();
    for (const [key, { open }] of changed) {
      if (open) this.#stored.add(key);
      else this.#stored.delete(key);
    }
    return changed.map(([, one]) => one);
  }

  #wait(key: string, due: Due): void {
    if (this.#due.get(key) === due.dueMs) return;
    this.#due.set(key, due.dueMs);
    this.#cases.opened(due.merchant, due.id);
    this.#timers.add(due);
    if (this.#timers.size > IDLE_TIMERS_MAX + 2 * this.#due.size) this.#sortOut();
  }

  #ended(key: string, id: string): void {
    this.#due.delete(key);
    this.#cases.ended(id);
  }

  /** Timers of orders that have ended or moved would stay until they run out: for hours, at thousands a second. */
  #sortOut(): void {
    this.#timers = new Timers();
    for (const [key, dueMs] of this.#due) {
      const [merchant, id] = partsOf(key);
      this.#timers.add({ dueMs, merchant, id });
    }
  }
}

/** Ids of orders have no space in them. */
function keyOf(merchant: string, id: string): string {
  return `${merchant} ${id}`;
}

function partsOf(key: string): readonly [merchant: string, id: string] {
  const at = key.lastIndexOf(' ');
  return [key.slice(0, at), key.slice(at + 1)];
}
