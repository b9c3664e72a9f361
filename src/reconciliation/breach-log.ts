// Breach log. Breaches that people have not resolved: each counted once, whoever crashed in between.
//
// L1. A breach is told of only after it is in the store. L2. What one is about is quiet until its case is resolved; one that
// has no case is over when it was told.

import { createHash } from 'node:crypto';
import type { OrderStepped } from '../domain/order-facts.ts';
import type { Breach } from './watch/breach.ts';
import type { BreachRow } from './watch-store.ts';

export type NamedBreach = { readonly id: string; readonly breach: Breach };

/** Who has ten thousand breaches has one: they are not told apart any more. */
const OPEN_MAX = 10_000;

/** Under which its case is opened; no client can write a key with a space in it. */
const KEY_MARK = 'breach ';

export function breachKey(id: string): string {
  return `${KEY_MARK}${id}`;
}

export class BreachLog {
  readonly #rows = new Map<string, BreachRow>();
  /** Breach by what it is about. */
  readonly #subjects = new Map<string, string>();
  #changed = new Map<string, BreachRow | undefined>();
  /** In the store, and not told. */
  readonly #untold = new Set<string>();

  constructor(kept: Iterable<{ readonly id: string; readonly row: BreachRow }>) {
    for (const { id, row } of kept) {
      this.#keep(id, row);
      if (!row.told) this.#untold.add(id);
    }
  }

  get hasChanged(): boolean {
    return this.#changed.size > 0;
  }

  /** In the store, and not told of yet (L1). */
  get untold(): NamedBreach[] {
    return [...this.#untold].flatMap((id) => {
      const row = this.#rows.get(id);
      return row ? [{ id, breach: row.breach }] : [];
    });
  }

  /** Takes in what was found; false when it is about something that is in breach already. */
  found(breach: Breach): boolean {
    const { subjects, follows = [] } = breach;
    const isKnown = [...subjects, ...follows].some((subject) => this.#subjects.has(subject));
    if (isKnown || this.#rows.size >= OPEN_MAX) return false;
    const id = createHash('sha256').update(breach.content).digest('hex').slice(0, 32);
    this.#set(id, { breach, told: false, caseId: '' });
    return true;
  }

  /** Somebody has heard of it. */
  told(id: string): void {
    this.#untold.delete(id);
    const row = this.#rows.get(id);
    if (!row || row.told) return;
    if (row.breach.merchant === '') this.#remove(id);
    else this.#set(id, { ...row, told: true });
  }

  /** A step of a case: of a breach, or of something else. */
  caseStepped({ key, order }: OrderStepped): void {
    if (order.kind !== 'case' || order.type !== 'books_breach') return;
    if (key.startsWith(KEY_MARK)) {
      const id = key.slice(KEY_MARK.length);
      const row = this.#rows.get(id);
      if (row) this.#set(id, { ...row, caseId: order.id });
    } else if (order.status === 'resolved') {
      for (const [id, { caseId }] of this.#rows) if (caseId === order.id) this.#remove(id);
    }
  }

  /** What has changed since the last call, to be written. */
  takeChanged(): ReadonlyMap<string, BreachRow | undefined> {
    const changed = this.#changed;
    this.#changed = new Map();
    return changed;
  }

  /** What was taken is in the store. */
  written(changed: ReadonlyMap<string, BreachRow | undefined>): void {
    for (const [id, row] of changed) if (row && !row.told) this.#untold.add(id);
  }

  #set(id: string, row: BreachRow): void {
    this.#keep(id, row);
    this.#changed.set(id, row);
  }

  #keep(id: string, row: BreachRow): void {
    this.#rows.set(id, row);
    for (const subject of row.breach.subjects) this.#subjects.set(subject, id);
  }

  #remove(id: string): void {
    for (const subject of this.#rows.get(id)?.breach.subjects ?? []) this.#subjects.delete(subject);
    this.#rows.delete(id);
    this.#untold.delete(id);
    this.#changed.set(id, undefined);
  }
}
