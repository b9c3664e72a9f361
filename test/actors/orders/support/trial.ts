// Trial: a shop and a bank with books of its own, many orders at a time, and whatever can happen to them. Then the faults
// stop, time runs, people decide what is theirs to decide, and both sides are compared.
//
// T1. Nothing in here waits for a single answer: requests of many orders are in one turn. T2. All that is random comes
// from one seed.

import { expect } from 'vitest';
import { FACT_KIND } from '../../../../src/domain/facts.ts';
import { capturedSum } from '../../../../src/domain/orders/payment-amounts.ts';
import { factsOf } from '../../../support/journal-facts.ts';
import { Bank, NO_FAULTS, type Faults } from './bank.ts';
import type { Chance } from './chance.ts';
import { changed } from './rules.ts';
import { Shop } from './shop.ts';

const HOUR_MS = 3_600_000;

/** How long the longest thing takes that ends by itself, in steps of an hour: a week without approval, and the retries. */
const REST_HOURS_MAX = 24 * 40;

/** What is needed at most to come to rest when people decide what machines may not. */
const ROUNDS_MAX = 20;

/** Fees go back with refunds, and days are limited, but by more than anybody uses: what is counted is compared. */
const RULES = changed('trial', ({ limits, policies }) => {
  Object.assign(limits.standard, { account_day_max: 1_000_000_000, merchant_day_max: 1_000_000_000 });
  policies.standard['fee_on_refund'] = 'return';
});

export class Trial {
  readonly shop: Shop;
  readonly bank: Bank;
  readonly chance: Chance;
  readonly trades: string[] = [];

  private constructor(shop: Shop, bank: Bank, chance: Chance) {
    this.shop = shop;
    this.bank = bank;
    this.chance = chance;
  }

  /** Payers and payees have enough: what is tried is not whether they do. */
  static async open(chance: Chance, faults: Faults, startMs?: number): Promise<Trial> {
    const bank = new Bank(chance, faults);
    const shop = await Shop.open(startMs === undefined ? {} : { startMs }, { outside: bank, rules: RULES });
    for (const credit of ['alice', 'shop', 'maker']) {
      await shop.engine.transfer({ debit: 'mint', credit, amount: 10_000_000 });
    }
    return new Trial(shop, bank, chance);
  }

  /** The clock moves, and everybody says what is due. */
  async pass(ms: number): Promise<void> {
    const { engine } = this.shop;
    await Promise.race([engine.advance(ms), engine.life.over]);
    for (let turn = 0; turn < 4; turn++) {
      const isAny = this.bank.advance(engine.nowMs);
      if (turn > 0 && !isAny) return;
      await Promise.race([engine.advance(0), engine.life.over]);
    }
  }

  /** Faults stop and time runs until no order but a case is open. */
  async rest(): Promise<void> {
    const { shop } = this;
    this.bank.faults = NO_FAULTS;
    for (const id of ['alice', 'shop', 'maker']) await shop.engine.change({ id, status: 'active' });
    for (let round = 0; round < ROUNDS_MAX; round++) {
      for (let hour = 0; hour < REST_HOURS_MAX && this.#isBusy; hour++) await this.pass(hour < 3 ? 60_000 : HOUR_MS);
      if (!(await this.#decideAll()) && !this.#isBusy) return;
      await this.pass(0);
    }
    throw new Error(`it does not come to rest: ${this.shop.openOrders().join(' ')}`);
  }

  /** Bank and books say the same, order by order and in sum; nothing is on its way, and everything is at an end. */
  async compare(): Promise<void> {
    const { shop } = this;
    this.#compareOrders();
    const money = shop.money();
    const sums = this.#bankSums();
    for (const [account, amount] of sums) expect([account, money[account] ?? 0]).toEqual([account, amount]);
    for (const account of Object.keys(money)) {
      expect(account).not.toMatch(/ held$|^@(payment|refund|withdrawal)_transit|^@escrow|^@pending/);
    }
    this.#compareTrades();
    this.compareDay();
    await shop.sound();
  }

  get #isBusy(): boolean {
    return this.bank.waiting > 0 || this.shop.openOrders().some((id) => !id.startsWith('cas_'));
  }

  /** Two people look at every case. True when there was one. */
  async #decideAll(): Promise<boolean> {
    const open = this.shop.orders('case').filter(({ status }) => status !== 'resolved');
    for (const { id } of open) await this.shop.resolve(id, 'retry');
    return open.length > 0;
  }

  #compareOrders(): void {
    for (const order of this.shop.orders('channel_order')) {
      const booked = this.bank.books.get(order.id);
      // What came back before anybody here heard that it had gone was refused, as far as anybody here can know.
      if (booked?.state === 'returned' && order.status === 'failed') continue;
      const isDone = booked?.state === 'done' || booked?.state === 'returned';
      const says = { id: order.id, verb: order.verb, calls: booked?.calls ?? 0 };
      expect({ ...says, done: order.status === 'succeeded' || order.status === 'late_succeeded' }).toEqual({
        ...says,
        calls: Math.min(1, says.calls),
        done: isDone,
      });
    }
  }

  /** What the accounts of the outside must have by the bank's books. */
  #bankSums(): Map<string, number> {
    const sums = new Map([
      ['@channel:simulator:EUR', 0],
      ['@channel:simulator:USD', 0],
      ['@bank:EUR', 0],
    ]);
    for (const { order, state, moved, currency } of this.bank.books.values()) {
      if (state !== 'done') continue;
      const account = order.verb === 'payout' ? '@bank:EUR' : `@channel:simulator:${currency}`;
      const sign = order.verb === 'pay' ? -1 : 1;
      sums.set(account, (sums.get(account) ?? 0) + sign * moved);
    }
    return sums;
  }

  /** By the journal: the day has been used by what began in it and did not come to nothing. Now nothing is on its way to it. */
  compareDay(): void {
    const { disk, partition } = this.shop.engine;
    const counted = new Map<string, number>();
    for (const { fact } of factsOf(disk.journal)) {
      if (fact.kind === FACT_KIND.dayOpened) counted.clear();
      if (fact.kind !== FACT_KIND.orderStepped) continue;
      const { order } = fact;
      if (order.kind !== 'payment' && order.kind !== 'withdrawal') continue;
      const isFree = order.status === 'failed' || order.status === 'canceled';
      const isPaid = order.kind === 'payment' && order.status === 'succeeded';
      const amount = isFree ? 0 : isPaid ? capturedSum(order) : order.amount;
      if (order.version === 1 || counted.has(order.id)) counted.set(order.id, amount);
    }
    const uses = partition.desk.dayUses.all().filter(({ name }) => name.startsWith(' '));
    const sum = [...counted.values()].reduce((total, amount) => total + amount, 0);
    expect({ used: uses.reduce((total, { amount }) => total + amount, 0) }).toEqual({ used: sum });
  }

  /** Exactly one attempt pays a trade, or none does; and what it has is what was paid less what went back. */
  #compareTrades(): void {
    const { shop } = this;
    const succeeded = new Map<string, number>();
    for (const { trade, status } of shop.orders('payment')) {
      if (status === 'succeeded') succeeded.set(trade, (succeeded.get(trade) ?? 0) + 1);
    }
    let kept = 0;
    let fees = 0;
    for (const trade of shop.orders('trade')) {
      const won = succeeded.get(trade.id) ?? 0;
      expect([trade.id, trade.status, won]).toEqual([trade.id, won === 1 ? 'completed' : 'closed', won]);
      expect([trade.id, trade.refundReserved]).toEqual([trade.id, 0]);
      if (trade.type !== 'topup') kept += trade.paid - trade.refunded;
      fees += trade.fee;
    }
    const money = shop.money();
    expect({ fees }).toEqual({ fees: money['@fee:EUR'] ?? 0 });
    const given = (account: string): number => (money[account] ?? 0) - 10_000_000;
    const withdrawn = shop
      .orders('withdrawal')
      .filter(({ account, status }) => account === 'shop' && status === 'succeeded')
      .reduce((sum, { amount }) => sum + amount, 0);
    const earned = withdrawn + given('shop') + given('maker') + (money['@fee:EUR'] ?? 0);
    expect({ earned }).toEqual({ earned: kept });
  }
}
