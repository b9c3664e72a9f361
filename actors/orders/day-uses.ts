// Day uses. How much of the accounting date that is open its accounts and merchants have used, by product and currency;
// what new payments and withdrawals are judged by.
//
// U1. They follow from the steps of orders alone, so they are the same live, replayed, and from a snapshot with its tail.
// U2. An order counts for the date on which its first step was, and gives back on that date or not at all. U3. Only the
// open date is known: no other one is judged any more. U4. Where the rules of a product limit no day, nothing is counted.

import type { Business } from '../../src/domain/context.ts';
import type { OrderStepped } from '../../src/domain/order-facts.ts';
import {
  askedShares,
  dayShares,
  isCounted,
  isCountedOut,
  OF_MERCHANT,
  type Asking,
  type Counted,
} from '../../src/domain/orders/day-share.ts';
import { judgeAccountDay, judgeMerchantDay, UNUSED, type DayUse } from '../../src/domain/orders/limits.ts';
import type { Refused } from '../../src/domain/orders/order-base.ts';
import type { Order } from '../../src/domain/orders/order.ts';
import type { Ruleset } from '../../src/domain/orders/ruleset.ts';
import type { Mark, StoredUse } from '../../src/journal/state-store.ts';
import type { Desk } from '../desk.ts';

/** Marks an order that is under way among the accounts; no id of a client begins so. */
const ORDER_MARK = '!';

/** Whose day it is, beside the account. */
export type Day = { readonly merchant: string; readonly product: string; readonly currency: string };

export class DayUses {
  readonly #desk: Desk;
  #date = '';
  /** By name: of accounts and merchants; and of each order that counts and is under way, which can still give back. */
  readonly #uses = new Map<string, DayUse>();
  /** Names of what snapshots do not have as it is. */
  #changed = new Set<string>();
  /** What snapshots have. */
  readonly #stored = new Set<string>();
  /** The first frame after the snapshot, and how many of its facts are counted already. */
  #ahead = { seq: 0, facts: 0 };

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  /** Why the day of an account or of the merchant cannot take it; null when all can. */
  judge(rules: Ruleset, day: Day, asking: Asking): Refused | null {
    const rule = rules.dayLimits(day.product);
    if (!rule) return null;
    this.#turn();
    for (const [account, amount] of askedShares(asking)) {
      const used = this.#uses.get(nameOf(day, account)) ?? UNUSED;
      const judge = account === OF_MERCHANT ? judgeMerchantDay : judgeAccountDay;
      const refused = judge(rule, amount, used);
      if (refused) return refused;
    }
    return null;
  }

  /** An order of this merchant and identity has taken a step. */
  note(order: Order, merchant: string, { product, ruleVersion }: Business): void {
    if (!isCounted(order) || (order.version > 1 && !isCountedOut(order))) return;
    if (!this.#desk.rulebook.of(ruleVersion).dayLimits(product)) return;
    this.#turn();
    const day: Day = { merchant, product, currency: order.currency };
    const underWay = `${ORDER_MARK}${order.id} ${merchant}`;
    if (order.version === 1) this.#begin(order, day, underWay);
    else if (this.#uses.has(underWay)) this.#end(order, day, underWay);
  }

  /** Takes in a step when the journal is read at start; `index`: its place in frame `seq`. */
  replay({ order, context: { merchant, business } }: OrderStepped, seq: number, index: number): void {
    if (seq === this.#ahead.seq && index < this.#ahead.facts) return;
    if (business) this.note(order, merchant, business);
  }

  /** What a snapshot has. */
  load({ seq, accountingDate, counted }: Mark, uses: Iterable<StoredUse>): void {
    this.#date = accountingDate;
    this.#ahead = { seq: seq + 1, facts: counted };
    for (const { name, amount, count } of uses) {
      this.#uses.set(name, { amount, count });
      this.#stored.add(name);
    }
  }

  /** What changed since the last call, for a snapshot, and the names of what is not there any more. */
  takeChanged(): { readonly uses: readonly StoredUse[]; readonly usesGone: readonly string[] } {
    this.#turn();
    const uses: StoredUse[] = [];
    const usesGone: string[] = [];
    for (const name of this.#changed) {
      const use = this.#uses.get(name);
      if (use) uses.push({ name, ...use });
      else if (this.#stored.has(name)) usesGone.push(name);
    }
    for (const { name } of uses) this.#stored.add(name);
    for (const name of usesGone) this.#stored.delete(name);
    this.#changed = new Set();
    return { uses, usesGone };
  }

  /** All that is known of the open date, in the order of names. */
  all(): readonly StoredUse[] {
    this.#turn();
    const names = [...this.#uses.keys()].toSorted();
    return names.map((name) => ({ name, ...(this.#uses.get(name) ?? UNUSED) }));
  }

  #begin(order: Counted, day: Day, underWay: string): void {
    for (const [account, amount] of dayShares(order)) this.#add(nameOf(day, account), amount, 1);
    if (!isCountedOut(order)) this.#add(underWay, 0, 1);
  }

  /** What it was expected to take and did not is free again. */
  #end(order: Counted, day: Day, underWay: string): void {
    const taken = dayShares(order);
    for (const [account, amount] of askedShares(order)) {
      const share = taken.get(account) ?? 0;
      this.#add(nameOf(day, account), share - amount, share === 0 ? -1 : 0);
    }
    this.#add(underWay, 0, -1);
  }

  #add(name: string, amount: number, count: number): void {
    const before = this.#uses.get(name) ?? UNUSED;
    const after = { amount: before.amount + amount, count: before.count + count };
    if (after.count === 0) this.#uses.delete(name);
    else this.#uses.set(name, after);
    this.#changed.add(name);
  }

  /** What another date has seen does not matter any more. */
  #turn(): void {
    const { date } = this.#desk.calendar;
    if (date === this.#date) return;
    this.#date = date;
    this.#uses.clear();
    this.#changed = new Set(this.#stored);
  }
}

/** Accounts, currencies and products have no space in them. */
function nameOf({ merchant, product, currency }: Day, account: string): string {
  return `${account} ${currency} ${product} ${merchant}`;
}
