// Timers. What is due when, as a binary heap; a due entry becomes a message, never a callback into somebody's state.

/** `dueMs`: ms since 1970 on the engine's clock. */
export type Due = { readonly dueMs: number };

export class Timers<T extends Due> {
  readonly #heap: T[] = [];

  get size(): number {
    return this.#heap.length;
  }

  /** When the next entry is due; null when nothing waits. */
  get nextMs(): number | null {
    return this.#heap[0]?.dueMs ?? null;
  }

  add(entry: T): void {
    const heap = this.#heap;
    let at = heap.push(entry) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if ((heap[parent] as T).dueMs <= entry.dueMs) break;
      heap[at] = heap[parent] as T;
      at = parent;
    }
    heap[at] = entry;
  }

  /** The earliest entry that is due at `nowMs`, removed; null when none is. */
  take(nowMs: number): T | null {
    const first = this.#heap[0];
    if (!first || first.dueMs > nowMs) return null;
    const last = this.#heap.pop() as T;
    if (this.#heap.length > 0) this.#sink(last);
    return first;
  }

  #sink(entry: T): void {
    const heap = this.#heap;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && (heap[child + 1] as T).dueMs < (heap[child] as T).dueMs) child += 1;
      if ((heap[child] as T).dueMs >= entry.dueMs) break;
      heap[at] = heap[child] as T;
      at = child;
    }
    heap[at] = entry;
  }
}
