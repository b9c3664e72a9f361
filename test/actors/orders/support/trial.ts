// Trial: a shop and a bank with books of its own, many orders at a time, and whatever can happen to them. Then the faults
// stop, time runs, people decide what is theirs to decide, and both sides are compared.
//
// T1. Nothing in here waits for a single answer: requests of many orders are in one turn. T2. All that is random comes
// from one seed.

import { expect } from 'vitest';
import type { Payments } from '../../../../actors/open-desk.ts';
import { FACT_KIND } from '../../../../src/domain/facts.ts';
import { capturedSum } from '../../../../src/domain/orders/payment-amounts.ts';
import type { Payment } from '../../../../src/domain/orders/payment.ts';
import { isGone } from '../../../../src/domain/orders/short-payment.ts';
import type { Withdrawal } from '../../../../src/domain/orders/withdrawal.ts';
import { factsOf } from '../../../support/journal-facts.ts';
import { Bank, NO_FAULTS, type Faults } from './bank.ts';
import type { Chance } from './chance.ts';
import { Ended } from './ended.ts';
import { counting } from './rules.ts';
import { Shop } from './shop.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** How long the longest thing takes that ends by itself: a week without approval, and the retries. */
const REST_MS_MAX = 40 * 24 * HOUR_MS;

/** Longest step of it: orders look after each other every hour, and each look is a fact. */
const REST_STEP_MS_MAX = 24 * HOUR_MS;

/** What is needed at most to come to rest when people decide what machines may not. */
const ROUNDS_MAX = 20;

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
  static async open(
    chance: Chance,
    faults: Faults,
    payments: Partial<Payments> = {},
    startMs?: number,
  ): Promise<Trial> {
    const bank = new Bank(chance, faults);
    const options = startMs === undefined ? {} : { startMs };
    const shop = await Shop.open(options, { rules: counting('trial'), ...payments, outside: bank });
    for (const credit of ['alice', 'shop', 'maker']) {
      await shop.engine.transfer({ debit: 'mint', credit, amount: 10_000_000 });
    }
    return new Trial(shop, bank, chance);
  }

  /** The clock moves, and everybody says what is due. */
  async pass(ms: number): Promise<void> {
    const { engine } = this.shop;
    await Promise.race([engine.advance(ms), engine.life.over]);
    for (const { error } of engine.stops) throw error;
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
      let stepMs = MINUTE_MS;
      for (let restMs = 0; restMs < REST_MS_MAX && this.#isBusy; restMs += stepMs) {
        await this.pass(stepMs);
        stepMs = Math.min(2 * stepMs, REST_STEP_MS_MAX);
      }
      if (!(await this.#decideAll()) && !this.#isBusy) return;
      await this.pass(0);
    }
    throw new Error(`it does not come to rest: ${this.shop.openOrders().join(' ')}`);
  }

  /**
   * Bank and books say the same, order by order and in sum; nothing is on its way, everything is at an end and belongs to
   * something, and the payers have paid what the payees have.
   */
  async compare(): Promise<Ended> {
    const { shop } = this;
    expect(shop.openOrders()).toEqual([]);
    const ended = new Ended(shop);
    this.#compareOrders(ended);
    ended.compareWith(this.bank.books);
    ended.compareTrees();
    await ended.findTrees(this.chance);
    const money = shop.money();
    const sums = this.#bankSums();
    for (const [account, amount] of sums) expect([account, money[account] ?? 0]).toEqual([account, amount]);
    for (const account of Object.keys(money)) {
      expect(account).not.toMatch(/ held$|^@(payment|refund|withdrawal)_transit|^@escrow|^@pending/);
    }
    this.#compareTrades(ended);
    this.compareDay();
    await shop.sound();
    return ended;
  }

  /** The bank says everything twice more, in any order of turns: no order and no balance moves. */
  async repeat(): Promise<void> {
    const { shop } = this;
    const before = [shop.money(), new Ended(shop).withoutCases()];
    await this.bank.repeat();
    await this.bank.repeat();
    expect([shop.money(), new Ended(shop).withoutCases()]).toEqual(before);
    await shop.sound();
  }

  get #isBusy(): boolean {
    return this.bank.waiting > 0 || this.shop.openOrders().some((id) => !id.startsWith('cas_'));
  }

  /** Two people look at every case; what bounced goes one of the ways there are. True when there was one. */
  async #decideAll(): Promise<boolean> {
    const open = this.shop.openOrders().filter((id) => id.startsWith('cas_'));
    for (const id of open) {
      const { type } = await this.shop.read('case', id);
      const ways = type === 'refund_bounced' ? ['retry', 'balance', 'fail'] : ['retry'];
      await this.shop.resolve(id, ways[this.chance.below(ways.length)] as string);
    }
    return open.length > 0;
  }

  #compareOrders(ended: Ended): void {
    for (const order of ended.of('channel_order')) {
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
      const amount = isFree ? 0 : isPaid ? capturedSum(order) : askedOf(order);
      if (order.version === 1 || counted.has(order.id)) counted.set(order.id, amount);
    }
    const uses = partition.desk.dayUses.all().filter(({ name }) => name.startsWith(' '));
    const sum = [...counted.values()].reduce((total, amount) => total + amount, 0);
    expect({ used: uses.reduce((total, { amount }) => total + amount, 0) }).toEqual({ used: sum });
  }

  /** Exactly one attempt pays a trade, or none does; and what it has is what was paid less what went back. */
  #compareTrades(ended: Ended): void {
    const { shop } = this;
    const succeeded = new Map<string, number>();
    for (const { trade, status } of ended.of('payment')) {
      if (status === 'succeeded') succeeded.set(trade, (succeeded.get(trade) ?? 0) + 1);
    }
    let kept = 0;
    let fees = 0;
    for (const trade of ended.of('trade')) {
      const won = succeeded.get(trade.id) ?? 0;
      expect([trade.id, trade.status, won]).toEqual([trade.id, won === 1 ? 'completed' : 'closed', won]);
      expect([trade.id, trade.refundReserved]).toEqual([trade.id, 0]);
      if (trade.type !== 'topup') kept += trade.paid - trade.refunded;
      fees += trade.fee;
    }
    const money = shop.money();
    expect({ fees }).toEqual({ fees: money['@fee:EUR'] ?? 0 });
    const given = (account: string): number => (money[account] ?? 0) - 10_000_000;
    const withdrawn = ended
      .of('withdrawal')
      .filter(({ account, status }) => account === 'shop' && status === 'succeeded')
      .reduce((sum, { amount }) => sum + amount, 0);
    const earned = withdrawn + given('shop') + given('maker') + (money['@fee:EUR'] ?? 0);
    expect({ earned }).toEqual({ earned: kept });
  }
}

/** Minor units that it may take as it is now. */
function askedOf(order: Payment | Withdrawal): number {
  if (order.kind === 'withdrawal') return order.amount;
  return order.instructions.reduce((sum, leg) => (isGone(leg) ? sum : sum + leg.amount), 0);
}
