// Shop: an engine with a merchant, a payer and a channel, asked in the words of the business.

import { expect } from 'vitest';
import type { Order, OrderKind } from '../../../../src/domain/orders/order.ts';
import type { Refusal } from '../../../../src/domain/refusals.ts';
import { ALLOWED, refusalOf } from '../../../../src/domain/refusals.ts';
import type { Account } from '../../../../src/domain/accounts.ts';
import type { Context } from '../../../../src/domain/context.ts';
import { FACT_KIND } from '../../../../src/domain/facts.ts';
import { Instruments } from '../../../../src/domain/instruments/instruments.ts';
import { defaultRuleset } from '../../../../src/domain/orders/ruleset.ts';
import { NO_KEY } from '../../../../actors/commands.ts';
import type { Payments } from '../../../../actors/open-desk.ts';
import { CallbackArrived, type Report } from '../../../../actors/orders/outside.ts';
import { verify } from '../../../../actors/verification.ts';
import {
  Approve,
  Cancel,
  CancelPayment,
  CapturePayment,
  CloseTrade,
  ConfirmTrade,
  CreateTrade,
  DecideCase,
  PayTrade,
  ReadOrder,
  ReadTree,
  RefundTrade,
  TopUp,
  Withdraw,
  type AskedInstrument,
  type OrderCommand,
  type OrderTree,
  type TopUpRequest,
  type TradeRequest,
} from '../../../../actors/orders/order-commands.ts';
import { contextOf, Engine, MERCHANT, memoryDisk, type Disk, type EngineOptions } from '../../../support/engine.ts';
import { Bank } from './bank.ts';
import { DurableFacts, type Placed } from './durable-facts.ts';
import { Provider, REPORT } from './provider.ts';

type Reply = (command: OrderCommand) => void;

export type OrderOf<K extends OrderKind> = Extract<Order, { readonly kind: K }>;

/** `refused`: why nothing happened. */
export type Outcome = { readonly order: Order | null; readonly refused: Refusal | null };

export class Shop {
  engine: Engine;
  readonly provider: Provider;
  readonly options: EngineOptions;
  #orders = 0;
  #seen = 0;
  readonly #facts = new DurableFacts();

  private constructor(engine: Engine, provider: Provider, options: EngineOptions) {
    this.engine = engine;
    this.provider = provider;
    this.options = options;
  }

  /** alice has 100, shop and maker nothing; amounts are in cents of EUR. */
  static async open(
    options: Partial<EngineOptions> = {},
    payments: Partial<Payments> = {},
    disk: Disk = memoryDisk(),
  ): Promise<Shop> {
    const provider = new Provider();
    const made = { rules: defaultRuleset(), instruments: new Instruments(), outside: provider, ...payments };
    const all: EngineOptions = { ...options, payments: made };
    const engine = await Engine.start(disk, all);
    const shop = new Shop(engine, provider, all);
    shop.#serve();
    await engine.open({ id: 'alice' });
    await engine.open({ id: 'shop', kind: 'merchant' });
    await engine.open({ id: 'maker', kind: 'merchant' });
    await engine.open({ id: 'mint', creditLimit: Infinity });
    await engine.transfer({ debit: 'mint', credit: 'alice', amount: 100 }, { key: 'seed', fingerprint: 's' });
    return shop;
  }

  /** A crash, and the next life on the same disk. */
  async restart(options: Partial<EngineOptions> = {}): Promise<void> {
    this.engine = await this.engine.restart({ ...this.options, ...options });
    this.#serve();
    await Promise.race([this.engine.advance(0), this.engine.life.over]);
  }

  /** Another channel than `provider`, if there is one, answers this engine. */
  #serve(): void {
    const outside = this.options.payments?.outside;
    if (outside instanceof Bank) outside.serve(this.engine);
    this.provider.serve(this.engine);
  }

  async trade(request: Partial<TradeRequest> = {}): Promise<string> {
    const { order, refused } = await this.create(request);
    if (!order) throw new Error(`no trade: ${refused}`);
    return order.id;
  }

  create(request: Partial<TradeRequest> = {}): Promise<Outcome> {
    this.#orders += 1;
    const amount = request.amount ?? 60;
    const said: TradeRequest = {
      outTradeNo: `order ${this.#orders}`,
      product: 'sale',
      payer: 'alice',
      payees: [{ account: 'shop', amount }],
      amount,
      currency: 'EUR',
      expiresAtMs: 0,
      ...request,
    };
    return this.#ask((reply) => new CreateTrade(contextOf(), said, NO_KEY, reply));
  }

  /** By words such as 'balance', 'coupon:20' or 'channel'. */
  pay(trade: string, instruments: string, capture: 'automatic' | 'manual' = 'automatic'): Promise<Outcome> {
    const asked = instruments.split(' ').map((word): AskedInstrument => {
      const [type = '', amount = '0'] = word.split(':');
      return { type, account: '', channel: '', amount: Number(amount) };
    });
    return this.payBy(trade, asked, capture);
  }

  payBy(
    trade: string,
    instruments: readonly AskedInstrument[],
    capture: 'automatic' | 'manual' = 'automatic',
  ): Promise<Outcome> {
    return this.#ask((reply) => new PayTrade(contextOf(), trade, { instruments, capture }, NO_KEY, reply));
  }

  confirm(trade: string): Promise<Outcome> {
    return this.#ask((reply) => new ConfirmTrade(contextOf(), { kind: 'trade', id: trade }, NO_KEY, reply));
  }

  close(trade: string): Promise<Outcome> {
    return this.#ask((reply) => new CloseTrade(contextOf(), { kind: 'trade', id: trade }, NO_KEY, reply));
  }

  refund(trade: string, amount = 0, by = ''): Promise<Outcome> {
    return this.#ask((reply) => new RefundTrade(personOf(by), trade, { amount, reason: '' }, NO_KEY, reply));
  }

  capture(payment: string, amount = 0): Promise<Outcome> {
    return this.#ask((reply) => new CapturePayment(contextOf(), payment, amount, NO_KEY, reply));
  }

  cancel(payment: string): Promise<Outcome> {
    return this.#ask((reply) => new CancelPayment(contextOf(), { kind: 'payment', id: payment }, NO_KEY, reply));
  }

  topUp(amount: number): Promise<Outcome> {
    this.#orders += 1;
    const outTradeNo = `top-up ${this.#orders}`;
    return this.topUpAs({ outTradeNo, account: 'alice', channel: '', amount, currency: 'EUR' });
  }

  topUpAs(request: TopUpRequest): Promise<Outcome> {
    return this.#ask((reply) => new TopUp(contextOf(), request, NO_KEY, reply));
  }

  withdraw(amount: number, account = 'alice', by = ''): Promise<Outcome> {
    const request = { account, channel: '', destination: 'DE00 1234', amount, currency: 'EUR' };
    return this.#ask((reply) => new Withdraw(personOf(by), request, NO_KEY, reply));
  }

  approve(kind: 'refund' | 'withdrawal', id: string, by: string): Promise<Outcome> {
    return this.#ask((reply) => new Approve(personOf(by), { kind, id }, NO_KEY, reply));
  }

  giveUp(kind: 'refund' | 'withdrawal', id: string): Promise<Outcome> {
    return this.#ask((reply) => new Cancel(contextOf(), { kind, id }, NO_KEY, reply));
  }

  /** Two people decide the oldest case that is open. */
  async decide(decision: string): Promise<void> {
    const open = this.orders('case').find(({ status }) => status !== 'resolved');
    if (!open) throw new Error('no case is open');
    await this.resolve(open.id, decision);
  }

  /** Two people agree on this case. */
  async resolve(id: string, decision: string): Promise<void> {
    await this.#ask((reply) => new DecideCase(personOf('ann'), id, decision, NO_KEY, reply));
    await this.#ask((reply) => new DecideCase(personOf('ben'), id, '', NO_KEY, reply));
  }

  /** Everything that belongs together with an order or voucher of this id; null when nothing does. */
  async tree(id: string): Promise<OrderTree | null> {
    return (
      await this.engine.ask<ReadTree>(
        (reply) => new ReadTree(contextOf(), id, { after: '', before: '', limit: 1_000 }, reply),
      )
    ).tree;
  }

  /** The latest attempt of a trade; '' for none. */
  paymentOf(trade: string): string {
    const found = this.engine.partition.desk.orders.find(MERCHANT, trade)?.order;
    return found?.kind === 'trade' ? (found.payments.at(-1) ?? '') : '';
  }

  /** Ids of the orders that are not at an end. */
  openOrders(): string[] {
    return this.engine.partition.desk.orders.open();
  }

  /** A verified callback about a channel order. */
  callback(channelOrder: string, report: Partial<Report>, channel = 'simulator'): Promise<Outcome> {
    const content = { channel, raw: Uint8Array.of(1), report: { ...REPORT, ...report } };
    return this.#ask((reply) => new CallbackArrived(contextOf(), channelOrder, content, reply));
  }

  async read<K extends OrderKind>(kind: K, id: string): Promise<OrderOf<K>> {
    const { order } = await this.#ask((reply) => new ReadOrder(contextOf(), { kind, id }, NO_KEY, reply));
    if (!order) throw new Error(`no ${kind} ${id}`);
    return order as OrderOf<K>;
  }

  /** All orders of a kind as they are now, the oldest first: by the journal alone. */
  orders<K extends OrderKind>(kind: K): OrderOf<K>[] {
    const latest = new Map<string, OrderOf<K>>();
    for (const { fact } of this.facts) {
      if (fact.kind === FACT_KIND.orderStepped && fact.order.kind === kind)
        latest.set(fact.order.id, fact.order as OrderOf<K>);
    }
    return [...latest.values()];
  }

  /** What the cases are about, the oldest first. */
  cases(): string[] {
    return this.orders('case').map(({ type, status }) => (status === 'resolved' ? `${type}, resolved` : type));
  }

  /**
   * The books are whole, by the journal and by the newest snapshot, and nothing is on its way: neither in a transit
   * account nor promised to one.
   */
  async sound(): Promise<void> {
    for (const { id, available, pending } of this.#accounts()) {
      if (/^@(payment|refund|withdrawal)_transit/.test(id)) expect([id, available, pending]).toEqual([id, 0, 0]);
    }
    const { journal, store } = this.engine.disk;
    await verify({ journal, store, emptyStore: memoryDisk().store, progress: () => {} });
    expect(this.engine.stops).toEqual([]);
  }

  /** The vouchers booked so far, such as 'HD1 alice 60 hold, @payment_transit:EUR 60 expect'; the seed's transfer is none. */
  vouchers(): string[] {
    const lines: string[] = [];
    for (const { fact } of this.facts) {
      if (fact.kind !== FACT_KIND.voucherPosted) continue;
      const shown = fact.lines.map(({ account, action, amount }) => `${action} ${account} ${amount}`).join(', ');
      lines.push(`${fact.reverses ? 'RV-' : ''}${fact.code}${fact.segment > 1 ? `/${fact.segment}` : ''}: ${shown}`);
    }
    return lines;
  }

  /** Those since the last call. */
  newVouchers(): string[] {
    const all = this.vouchers();
    const seen = this.#seen;
    this.#seen = all.length;
    return all.slice(seen);
  }

  /** Every account, in the order of opening; those that are not in memory, too. */
  *#accounts(): Iterable<Account> {
    for (const { fact } of this.facts) {
      if (fact.kind !== FACT_KIND.accountOpened) continue;
      const found = this.engine.partition.desk.accounts.find(fact.context.merchant, fact.account);
      if (found) yield found.account;
    }
  }

  get facts(): readonly Placed[] {
    return this.#facts.of(this.engine);
  }

  /** Available of each account that has something, but the mint; in the order of opening. */
  money(): Record<string, number> {
    const money: Record<string, number> = {};
    for (const { id, available, held } of this.#accounts()) {
      if (id !== 'mint' && (available !== 0 || held !== 0)) money[id] = available;
      if (id !== 'mint' && held !== 0) money[`${id} held`] = held;
    }
    return money;
  }

  async #ask(make: (reply: Reply) => OrderCommand): Promise<Outcome> {
    const { verdict, shown } = await this.engine.ask<OrderCommand>(make);
    return { order: shown?.order ?? null, refused: verdict === ALLOWED ? null : refusalOf(verdict) };
  }
}

const personOf = (by: string): Context => ({ ...contextOf(), by });
