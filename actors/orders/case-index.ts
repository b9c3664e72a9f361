// Case index. Which cases are not resolved, and whose they are, over all merchants: what operators work through.
//
// X1. It follows the open orders: each that is due some time and whose id is a case's is in it.

import type { Desk } from '../desk.ts';
import type { ListCases, ListedCase } from './order-commands.ts';
import { partsOf } from './order-key.ts';

/** In the keys of cases, and of no other orders: a merchant's name has no space. */
const CASE_MARK = ' cas_';

export class CaseIndex {
  /** Merchant by the id of the case. */
  readonly #merchants = new Map<string, string>();

  get size(): number {
    return this.#merchants.size;
  }

  /** The order of this key is open. */
  opened(key: string): void {
    if (!key.includes(CASE_MARK)) return;
    const { merchant, id } = partsOf(key);
    this.#merchants.set(id, merchant);
  }

  /** The order of this key has ended. */
  ended(key: string): void {
    if (key.includes(CASE_MARK)) this.#merchants.delete(partsOf(key).id);
  }

  /** Whose open case this is; null when there is none. */
  merchantOf(id: string): string | null {
    return this.#merchants.get(id) ?? null;
  }

  /** The page next to the case that is named; ids begin with the time, so they are in the order of opening. */
  list(desk: Desk, command: ListCases): void {
    const { status, page } = command;
    const { after, before, limit } = page;
    const within = [...this.#merchants.keys()]
      .filter((id) => (after === '' || id > after) && (before === '' || id < before))
      .toSorted();
    if (before !== '') within.reverse();
    const listed: ListedCase[] = [];
    for (const id of within) {
      if (listed.length > limit) break;
      const merchant = this.#merchants.get(id) ?? '';
      const shown = desk.orders.find(merchant, id)?.shown;
      if (shown && (status === '' || shown.order.status === status)) listed.push({ merchant, shown });
    }
    command.hasMore = listed.length > limit;
    command.cases = listed.slice(0, limit);
    if (before !== '') command.cases.reverse();
  }
}
