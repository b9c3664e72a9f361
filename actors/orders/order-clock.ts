// Order clock. When each open order goes on by itself, whether its actor is in memory or not; and what a snapshot has to
// know of that.
//
// K1. An order is in here exactly while it is open. K2. One that begins and ends between two snapshots is in none.

import type { Order } from '../../src/domain/orders/order.ts';
import type { OpenHold } from '../../src/journal/state-store.ts';
import { Timers } from '../runtime/timers.ts';

/** Marks an order among what snapshots keep of open things; no id of a client begins so. */
const ORDER_MARK = '!';

/** Timers of what has ended that are kept until they run out: fewer than that are not worth sorting out. */
const IDLE_TIMERS_MAX = 4_096;

/** An order by its name. */
export type Named = { readonly merchant: string; readonly id: string };

type Waiting = Named & { readonly dueMs: number };
type Changed = OpenHold & { readonly open: boolean };

export class OrderClock {
  /** When each open order is due, ms since 1970. */
  readonly #due = new Map<string, number>();
  #timers = new Timers<Waiting>();
  /** Open orders that no snapshot has as they are, and ended ones that a snapshot still has. */
  #changed = new Map<string, Changed>();
  /** What snapshots have. */
  readonly #stored = new Set<string>();

  /** Open orders. */
  get size(): number {
    return this.#due.size;
  }

  get nextDueMs(): number | null {
    return this.#timers.nextMs;
  }

  /** Something that an earlier snapshot has. True when it is an order. */
  load({ merchant, id, dueMs }: OpenHold): boolean {
    if (!id.startsWith(ORDER_MARK)) return false;
    const order = id.slice(ORDER_MARK.length);
    this.#stored.add(keyOf(merchant, order));
    this.#wait(merchant, order, dueMs);
    return true;
  }

  /** The order has stated a step, in frame `seq`. */
  note(merchant: string, { id, dueMs }: Order, seq: number): void {
    const key = keyOf(merchant, id);
    const open = dueMs > 0;
    // Most orders begin and end between two snapshots, and no snapshot needs to know of them.
    if (open || this.#stored.has(key)) this.#changed.set(key, { merchant, id: ORDER_MARK + id, seq, dueMs, open });
    else this.#changed.delete(key);
    if (open) this.#wait(merchant, id, dueMs);
    else this.#due.delete(key);
  }

  /** Every open order. */
  all(): Named[] {
    return [...this.#due.keys()].map(partsOf);
  }

  /** The orders that are due at `nowMs`; each is told once, until it says a new time. */
  *take(nowMs: number): Iterable<Named> {
    for (let due = this.#timers.take(nowMs); due; due = this.#timers.take(nowMs)) {
      if (this.#due.get(keyOf(due.merchant, due.id)) === due.dueMs) yield due;
    }
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

  #wait(merchant: string, id: string, dueMs: number): void {
    const key = keyOf(merchant, id);
    if (this.#due.get(key) === dueMs) return;
    this.#due.set(key, dueMs);
    this.#timers.add({ dueMs, merchant, id });
    if (this.#timers.size > IDLE_TIMERS_MAX + 2 * this.#due.size) this.#sortOut();
  }

  /** Timers of orders that have ended or moved would stay until they run out: for hours, at thousands a second. */
  #sortOut(): void {
    this.#timers = new Timers();
    for (const [key, dueMs] of this.#due) this.#timers.add({ ...partsOf(key), dueMs });
  }
}

/** Ids of orders have no space in them. */
function keyOf(merchant: string, id: string): string {
  return `${merchant} ${id}`;
}

function partsOf(key: string): Named {
  const at = key.lastIndexOf(' ');
  return { merchant: key.slice(0, at), id: key.slice(at + 1) };
}
