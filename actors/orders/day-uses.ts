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
  type DayShares,
} from '../../src/domain/orders/day-share.ts';
import { judgeAccountDay, judgeMerchantDay, UNUSED, type DayUse } from '../../src/domain/orders/limits.ts';
import type { Refused } from '../../src/domain/orders/order-base.ts';
import type { Order } from '../../src/domain/orders/order.ts';
import type { Ruleset } from '../../src/domain/orders/ruleset.ts';
import type { Mark, StoredUse } from '../../src/journal/state-store.ts';
import type { Desk } from '../desk.ts';

/** Marks an order that is under way among the accounts; no id of a client begins so. */
const ORDER_MARK = '!';

const NOTHING: DayShares = new Map();

/** Whose day it is, beside the account. */
export type Day = { readonly merchant: string; readonly product: string; readonly currency: string };

export class DayUses {
  readonly #desk: Desk;
  #date = '';
  /** By name: of accounts and merchants; and of each order that counts and is under way, which can still give back. */
  readonly #uses = new Map<string, DayUse>();
  /** Names of what snapshots do not have as it is. */
  #changed = new Set<string>();
  /** Of each of those orders, what it counts with now: legs come to it, and bring less than they were to. */
  readonly #underWay = new Map<string, DayShares>();
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
    if (!isCounted(order)) return;
    if (!this.#desk.rulebook.of(ruleVersion).dayLimits(product)) return;
    this.#turn();
    const name = `${order.id} ${merchant}`;
    const before = order.version === 1 ? NOTHING : this.#underWay.get(name);
    if (!before) return;
    const after = dayShares(order);
    const day: Day = { merchant, product, currency: order.currency };
    for (const account of new Set([...before.keys(), ...after.keys()])) {
      const [had, has] = [before.get(account) ?? 0, after.get(account) ?? 0];
      this.#add(nameOf(day, account), has - had, Math.sign(has) - Math.sign(had));
      const [kept, keeps] = isCountedOut(order) ? [had, 0] : [had, has];
      this.#add(underWayName(name, account), keeps - kept, Math.sign(keeps) - Math.sign(kept));
    }
    if (isCountedOut(order)) this.#underWay.delete(name);
    else this.#underWay.set(name, after);
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
      if (name.startsWith(ORDER_MARK)) this.#loadUnderWay(name, amount);
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

  #loadUnderWay(stored: string, amount: number): void {
    const [id = '', account = '', merchant = ''] = stored.slice(ORDER_MARK.length).split(' ');
    const name = `${id} ${merchant}`;
    this.#underWay.set(name, new Map([...(this.#underWay.get(name) ?? NOTHING), [account, amount]]));
  }

  #add(name: string, amount: number, count: number): void {
    if (amount === 0 && count === 0) return;
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
    this.#underWay.clear();
    this.#changed = new Set(this.#stored);
  }
}

/** Accounts, currencies and products have no space in them. */
function nameOf({ merchant, product, currency }: Day, account: string): string {
  return `${account} ${currency} ${product} ${merchant}`;
}

/** `name`: of the order. */
function underWayName(name: string, account: string): string {
  const [id = '', merchant = ''] = name.split(' ');
  return `${ORDER_MARK}${id} ${account} ${merchant}`;
}
