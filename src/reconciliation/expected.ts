// Expected orders. Reads what a channel should have on its bill of a day, as far as the watch has followed the journal: the
// local side of a reconciliation.
//
// E1. Sorted by number, and of any length: a thousand rows are in memory at a time. E2. What moves to another day while it
// is read may be in both or in none; a day that is over (`upTo`) changes only by what comes late.

import { expectedKey, OPEN_DATE, readExpected, type ExpectedOrder } from './channel-rows.ts';
import type { WatchStore } from './watch-store.ts';

/** Rows read at a time. */
const PAGE_ROWS = 1_024;

/** The last byte of no number. */
const END = '\xff';

export class ExpectedOrders {
  readonly #store: WatchStore;

  constructor(store: WatchStore) {
    this.#store = store;
  }

  /** The last frame of which everything is here, and the accounting date after it. */
  upTo(): { readonly seq: number; readonly date: string } {
    this.#store.refresh();
    const { seq, date } = this.#store.checkpoint();
    return { seq, date };
  }

  /** Orders of a channel that ended on an accounting date (YYYY-MM-DD), by number. */
  async *ofDay(channel: string, date: string): AsyncIterable<ExpectedOrder> {
    for await (const page of this.pagesOfDay(channel, date)) yield* page;
  }

  /** The same in pages of a thousand: what reads a million of them awaits each page and not each row. */
  async *pagesOfDay(channel: string, date: string): AsyncIterable<readonly ExpectedOrder[]> {
    const end = expectedKey({ channel, date, number: END });
    for (let after = ''; ;) {
      this.#store.refresh();
      // The byte behind a number is the first that can follow it.
      const start = expectedKey({ channel, date, number: after === '' ? '' : `${after}\0` });
      const rows = this.#store.expected(start, end, PAGE_ROWS);
      const page = rows.map((row) => readExpected(channel, date, row));
      if (page.length > 0) yield page;
      if (page.length < PAGE_ROWS) return;
      after = page.at(-1)?.number ?? '';
      // Whoever reads a day does not hold the thread for all of it.
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** Those that have not ended: what is on a bill all the same is a difference in status. */
  open(channel: string): AsyncIterable<ExpectedOrder> {
    return this.ofDay(channel, OPEN_DATE);
  }

  /** One order, whatever its day; null for a number that no order has. */
  find(number: string): ExpectedOrder | null {
    this.#store.refresh();
    return this.seen(number);
  }

  /** The same as of the last look at anything here: who asks for a million of them looks once. */
  seen(number: string): ExpectedOrder | null {
    const place = this.#store.place(number);
    if (!place) return null;
    const key = expectedKey({ ...place, number });
    const [row] = this.#store.expected(key, Buffer.concat([key, Buffer.from('\0')]), 1);
    return row ? readExpected(place.channel, place.date, row) : null;
  }
}
