// Expected changes. What orders that step make of the rows by which bills are matched, until they are written.

import type { Order } from '../domain/orders/order.ts';
import { expectedOf, hasSucceeded, type ExpectedOrder } from './channel-rows.ts';
import { ExpectedOrders } from './expected.ts';
import { returnedBy, returnOf } from './returns.ts';
import type { WatchStore } from './watch-store.ts';

export class ExpectedChanges {
  readonly #written: ExpectedOrders;
  #rows = new Map<string, ExpectedOrder>();

  constructor(store: WatchStore) {
    this.#written = new ExpectedOrders(store);
  }

  /** `date`: the accounting date on which it takes this step. */
  stepped(order: Order, merchant: string, date: string): void {
    if (order.kind === 'channel_order') this.#rows.set(order.id, expectedOf(order, merchant, date));
    else this.#cameBack(order, date);
  }

  /** All that changed since the last call, by number. */
  takeChanged(): Map<string, ExpectedOrder> {
    const rows = this.#rows;
    this.#rows = new Map();
    return rows;
  }

  /** On the first day on which it is said, however often it is said again. */
  #cameBack(order: Order, date: string): void {
    for (const number of returnedBy(order)) {
      const paid = this.#now(number);
      if (!paid || !hasSucceeded(paid)) continue;
      const back = returnOf(paid, date);
      if (!this.#now(back.number)) this.#rows.set(back.number, back);
    }
  }

  #now(number: string): ExpectedOrder | null {
    return this.#rows.get(number) ?? this.#written.find(number);
  }
}
