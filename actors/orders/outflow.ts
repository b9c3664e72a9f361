// Outflow. Products of which no money goes out: a breach of the books was found in them, and people have not resolved it.
//
// O1. It follows the cases that are open, and survives with them. O2. What nobody asked for (money that may not stay) still
// goes back.

import type { EngineLimits } from '../desk.ts';
import { ALLOWED, numberOf, type Verdict } from '../../src/domain/refusals.ts';
import type { OrderCell } from './order-cell.ts';

const STOPPED = numberOf('outflow_stopped');

export class Outflow {
  readonly #isStopping: boolean;
  /** Merchant and product by the case that stops them. */
  readonly #stops = new Map<string, string>();

  constructor({ breachStopsOutflow }: Pick<EngineLimits, 'breachStopsOutflow'>) {
    this.#isStopping = breachStopsOutflow === 'on';
  }

  /** An order has stated a step, or is open after a start. */
  note({ key, merchant, isOver, order, origin }: OrderCell): void {
    if (order.kind !== 'case' || order.type !== 'books_breach') return;
    if (isOver) this.#stops.delete(key);
    else this.#stops.set(key, nameOf(merchant, origin.business.product));
  }

  /** May money of this product go out? */
  refuse(merchant: string, product: string): Verdict {
    if (!this.#isStopping || this.#stops.size === 0) return ALLOWED;
    const name = nameOf(merchant, product);
    for (const stopped of this.#stops.values()) if (stopped === name) return STOPPED;
    return ALLOWED;
  }
}

function nameOf(merchant: string, product: string): string {
  return `${merchant} ${product}`;
}
