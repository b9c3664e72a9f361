// Ended: what a trial has left in the journal, and whether it hangs together: every order and voucher has what it belongs to,
// carries one business identity, and each tree of orders has moved as much as the bank says.
//
// E1. Everything here is read from the facts alone; the actors are asked only whether they find the same.

import { expect } from 'vitest';
import { sameBusiness, type Business } from '../../../../src/domain/context.ts';
import { FACT_KIND } from '../../../../src/domain/facts.ts';
import type { VoucherPosted } from '../../../../src/domain/order-facts.ts';
import { voucherId } from '../../../../src/domain/books/voucher.ts';
import type { Order } from '../../../../src/domain/orders/order.ts';
import { EFFECTS } from '../../../../src/domain/posting-lines.ts';
import type { Booked } from './bank.ts';
import type { Chance } from './chance.ts';
import type { Placed } from './durable-facts.ts';
import type { Shop } from './shop.ts';

/** What a tree of orders has moved, minor units: into an account above 0, out of it below. */
type Moved = Map<string, number>;

/** A trade or withdrawal with all that belongs to it. */
export type Root = {
  readonly order: Order;
  readonly members: Set<string>;
  /** By id, and their places in the journal. */
  readonly vouchers: Map<string, string>;
  readonly moved: Moved;
  /** What of it went to the payer's account because it had bounced, minor units. */
  bounced: number;
};

export class Ended {
  readonly orders = new Map<string, Order>();
  readonly roots = new Map<string, Root>();
  readonly #shop: Shop;
  readonly #businesses = new Map<string, Business>();
  readonly #vouchers: { readonly id: string; readonly place: string; readonly fact: VoucherPosted }[] = [];

  constructor(shop: Shop) {
    this.#shop = shop;
    for (const placed of shop.facts) this.#take(placed);
    for (const order of this.orders.values()) this.#join(order);
    for (const { id, place, fact } of this.#vouchers) this.#count(fact).set(id, place);
  }

  of<K extends Order['kind']>(kind: K): Extract<Order, { readonly kind: K }>[] {
    return [...this.orders.values()].filter((order) => order.kind === kind) as Extract<Order, { readonly kind: K }>[];
  }

  /** Every fact of an order has the same identity as the others, and so have its vouchers and callbacks. */
  #take({ fact, seq, index }: Placed): void {
    const { business } = fact.context;
    if (fact.kind === FACT_KIND.orderStepped) {
      this.orders.set(fact.order.id, fact.order);
      this.#isOf(fact.order.id, business);
    }
    if (fact.kind !== FACT_KIND.voucherPosted) return;
    this.#isOf(fact.order, business);
    const frame = this.#shop.engine.partition.desk.history.frame(seq);
    this.#vouchers.push({ id: voucherId(frame?.timeMs ?? 0, { seq, index }), place: `${seq} ${index}`, fact });
  }

  #isOf(order: string, business: Business | null): void {
    if (business === null) throw new Error(`a fact of ${order} has no identity`);
    const known = this.#businesses.get(order) ?? business;
    if (!sameBusiness(known, business)) throw new Error(`order ${order} has two identities`);
    this.#businesses.set(order, business);
  }

  /** The trade or withdrawal that an order belongs to; a case may be about nothing. @throws Error for an orphan */
  #rootOf(order: Order): string {
    switch (order.kind) {
      case 'trade':
      case 'withdrawal':
        return order.id;
      case 'payment':
      case 'refund':
        return this.#named(order, order.trade).id;
      case 'channel_order':
        return this.#rootOf(this.#named(order, order.parent));
      case 'external_voucher':
        return this.#rootOf(this.#named(order, order.payment));
      case 'case':
        return order.order === '' ? order.id : this.#rootOf(this.#named(order, order.order));
    }
  }

  #named({ id }: Order, name: string): Order {
    const found = this.orders.get(name);
    if (!found) throw new Error(`${id} is an orphan: it names ${name}, which does not exist`);
    return found;
  }

  #join(order: Order): void {
    const root = this.#rootOf(order);
    const known = this.roots.get(root) ?? {
      order: this.orders.get(root) as Order,
      members: new Set(),
      vouchers: new Map(),
      moved: new Map(),
      bounced: 0,
    };
    this.roots.set(root, known);
    if (order.kind !== 'case') known.members.add(order.id);
    // The identity of the root is that of all that belongs to it.
    this.#isOf(root, this.#businesses.get(order.id) ?? null);
  }

  #count({ order, code, segment, lines }: VoucherPosted): Root['vouchers'] {
    const owner = this.orders.get(order);
    if (!owner) throw new Error(`voucher ${code} is an orphan: it is of ${order}, which does not exist`);
    const root = this.roots.get(this.#rootOf(owner)) as Root;
    for (const { account, action, amount } of lines) {
      const { side, posted } = EFFECTS[action];
      const change = posted === 0 ? 0 : side === 'debit' ? -amount : amount;
      if (code === 'RF5' && segment === 2 && account === 'alice') root.bounced += change;
      root.moved.set(account, (root.moved.get(account) ?? 0) + change);
    }
    return root.vouchers;
  }

  /** All orders but the cases: those say how often something was heard. */
  withoutCases(): Order[] {
    return [...this.orders.values()].filter(({ kind }) => kind !== 'case');
  }

  /** From one of its ids, chosen by chance, the whole tree comes back. */
  async findTrees(chance: Chance): Promise<void> {
    for (const { order, members, vouchers } of this.roots.values()) {
      if (order.kind === 'case') continue;
      const ids = [...members, ...vouchers.keys()];
      const from = ids[chance.below(ids.length)] as string;
      const tree = await this.#shop.tree(from);
      if (!tree) throw new Error(`from ${from} nothing of ${order.id} is found`);
      const { root: top, payments, refunds, channelOrders, vouchers: tokens } = tree;
      const orders = [top, ...payments, ...refunds, ...channelOrders, ...tokens].map((one) => one.order);
      const found = orders.map(({ id }) => id);
      const booked = orders.flatMap((one) => one.vouchers.map(({ seq, index }) => `${seq} ${index}`));
      expect({ from, booked: new Set(booked) }).toEqual({ from, booked: new Set(vouchers.values()) });
      expect({ from, found: new Set(found), twice: found.length - new Set(found).size }).toEqual({
        from,
        found: members,
        twice: 0,
      });
    }
  }

  /** Number by number the bank has been asked for what is here, and tree by tree it has moved what is booked here. */
  compareWith(books: ReadonlyMap<string, Booked>): void {
    const atBank = new Map<string, number>();
    for (const [number, { order, state, moved, currency }] of books) {
      const own = this.orders.get(number);
      if (own?.kind !== 'channel_order') throw new Error(`the bank knows ${number}, which is no channel order here`);
      expect([own.verb, own.amount, own.currency]).toEqual([order.verb, order.amount, order.currency]);
      if (state !== 'done') continue;
      const account = order.verb === 'payout' ? '@bank:EUR' : `@channel:simulator:${currency}`;
      const key = `${this.#rootOf(own)} ${account}`;
      atBank.set(key, (atBank.get(key) ?? 0) + (order.verb === 'pay' ? -moved : moved));
    }
    const here = new Map<string, number>();
    for (const [root, { moved }] of this.roots) {
      for (const [account, amount] of moved)
        if (/^@(bank|channel):/.test(account)) here.set(`${root} ${account}`, amount);
    }
    for (const key of new Set([...atBank.keys(), ...here.keys()])) {
      expect([key, here.get(key) ?? 0]).toEqual([key, atBank.get(key) ?? 0]);
    }
  }

  /** Of each tree nothing is on its way, and what was paid less what was refunded is where it belongs. */
  compareTrees(): void {
    for (const { order, moved, bounced } of this.roots.values()) {
      for (const [account, amount] of moved) {
        if (/^@(payment|refund|withdrawal)_transit|^@escrow|^@pending/.test(account)) {
          expect([order.id, account, amount]).toEqual([order.id, account, 0]);
        }
      }
      if (order.kind !== 'trade') continue;
      const { paid, refunded, payees } = order;
      const isTopUp = order.type === 'topup';
      const fee = moved.get('@fee:EUR') ?? 0;
      const own = payees.reduce((sum, { account }) => sum + (moved.get(account) ?? 0), fee);
      // The payer of a top-up is its payee, too.
      const kept = isTopUp ? own - bounced : own;
      expect({ trade: order.id, kept, refunded }).toEqual({
        trade: order.id,
        kept: paid - refunded,
        refunded: isTopUp ? 0 : refunded,
      });
      // What the payer has given is with the payees, or in suspense until somebody knows whose it is.
      let given = 0;
      let suspended = 0;
      for (const [account, amount] of moved) {
        if (account.startsWith('@suspense')) suspended += amount;
        else if (account === '@marketing:EUR' || account.startsWith('@channel') || (account === 'alice' && !isTopUp)) {
          given -= amount;
        }
      }
      expect({ trade: order.id, given }).toEqual({ trade: order.id, given: own + suspended });
    }
  }
}
