// Order log. What the log is told about an order: with the names of all orders above it, and only what is durable.

import type { Context } from '../../src/domain/context.ts';
import type { Order } from '../../src/domain/orders/order.ts';
import type { More, OrderLineName } from '../../src/log/log-line.ts';
import type { Effect } from '../commit.ts';
import type { OrderCell } from './order-cell.ts';

/** Above a case there are what it is about and, where that was asked of a channel, the order that it was asked for. */
const ABOVE_MAX = 2;

/** Says it of the order as it is now, once that is durable. `context`: of the request that caused it. */
export function logOrder(cell: OrderCell, name: OrderLineName, context: Context, more?: More): void {
  const { desk, order } = cell;
  const about = { context: cell.contextOf(context), orders: [order, ...above(cell)] } as const;
  desk.commit.after(new Logged(() => desk.log.order(name, about, more)));
}

/** What it belongs to and what that belongs to, as they are now. */
function above({ desk, merchant, order }: OrderCell): Order[] {
  const found: Order[] = [];
  for (let id = belongsTo(order); id !== '' && found.length < ABOVE_MAX;) {
    const next = desk.orders.find(merchant, id)?.order;
    if (!next) break;
    found.push(next);
    id = belongsTo(next);
  }
  return found;
}

/** Other orders name in themselves all that the log wants to know of those above them. */
function belongsTo(order: Order): string {
  switch (order.kind) {
    case 'case':
      return order.order;
    case 'channel_order':
      return order.parent;
    case 'trade':
    case 'payment':
    case 'refund':
    case 'withdrawal':
      return '';
  }
}

/** A line that waits until what it says is durable. */
export class Logged implements Effect {
  readonly #write: () => void;

  constructor(write: () => void) {
    this.#write = write;
  }

  release(): void {
    this.#write();
  }

  /** What was not durable has not happened. */
  abandon(): void {}
}
