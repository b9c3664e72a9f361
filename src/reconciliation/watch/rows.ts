// Rows. What the watch remembers of many things, by name: the last ones used in memory, all of them in a store.
//
// R1. What was set and not written yet stays in memory, however much it is.

export type Rows<T> = {
  readonly get: (key: string) => T | undefined;
  readonly set: (key: string, row: T) => void;
};

export class CachedRows<T> implements Rows<T> {
  readonly #load: (key: string) => T | undefined;
  readonly #max: number;
  /** The least recently set first. */
  readonly #rows = new Map<string, T>();
  #changed = new Map<string, T>();

  /** `max`: rows in memory, beside those that are not written. */
  constructor(load: (key: string) => T | undefined, max: number) {
    this.#load = load;
    this.#max = max;
  }

  get = (key: string): T | undefined => this.#changed.get(key) ?? this.#rows.get(key) ?? this.#load(key);

  set = (key: string, row: T): void => {
    this.#changed.set(key, row);
  };

  /** What was set since the last call; from now on it is in the store. */
  takeChanged(): ReadonlyMap<string, T> {
    const changed = this.#changed;
    this.#changed = new Map();
    for (const [key, row] of changed) {
      this.#rows.delete(key);
      this.#rows.set(key, row);
    }
    for (const oldest of this.#rows.keys()) {
      if (this.#rows.size <= this.#max) break;
      this.#rows.delete(oldest);
    }
    return changed;
  }
}
