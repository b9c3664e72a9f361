// Shop: an engine with a merchant, a payer and a channel, asked in the words of the business.

import type { Order, OrderKind } from '../../../../src/domain/orders/order.ts';
import type { Refusal } from '../../../../src/domain/refusals.ts';
import { ALLOWED, refusalOf } from '../../../../src/domain/refusals.ts';
import { FACT_KIND } from '../../../../src/domain/facts.ts';
import { Instruments } from '../../../../src/domain/instruments/instruments.ts';
import { defaultRuleset } from '../../../../src/domain/orders/ruleset.ts';
import { NO_KEY } from '../../../../actors/commands.ts';
import type { Payments } from '../../../../actors/open-desk.ts';
import {
  CancelPayment,
  CapturePayment,
  CloseTrade,
  ConfirmTrade,
  CreateTrade,
  PayTrade,
  ReadOrder,
  RefundTrade,
  TopUp,
  Withdraw,
  type AskedInstrument,
  type OrderCommand,
  type TradeRequest,
} from '../../../../actors/orders/order-commands.ts';
import { contextOf, Engine, memoryDisk, type EngineOptions } from '../../../support/engine.ts';
import { Provider } from './provider.ts';

type Reply = (command: OrderCommand) => void;

/** `refused`: why nothing happened. */
export type Outcome = { readonly order: Order | null; readonly refused: Refusal | null };

export class Shop {
  engine: Engine;
  readonly provider: Provider;
  readonly options: EngineOptions;
  #orders = 0;

  private constructor(engine: Engine, provider: Provider, options: EngineOptions) {
    this.engine = engine;
    this.provider = provider;
    this.options = options;
  }

  /** alice has 100, the shop nothing; amounts are in cents of EUR. */
  static async open(options: Partial<EngineOptions> = {}, payments: Partial<Payments> = {}): Promise<Shop> {
    const provider = new Provider();
    const all: EngineOptions = {
      ...options,
      payments: { rules: defaultRuleset(), instruments: new Instruments(), outside: provider, ...payments },
    };
    const engine = await Engine.start(memoryDisk(), all);
    provider.serve(engine);
    const shop = new Shop(engine, provider, all);
    await engine.open({ id: 'alice' });
    await engine.open({ id: 'shop', kind: 'merchant' });
    await engine.open({ id: 'mint', creditLimit: Infinity });
    await engine.transfer({ debit: 'mint', credit: 'alice', amount: 100 }, { key: 'seed', fingerprint: 's' });
    return shop;
  }

  /** A crash, and the next life on the same disk. */
  async restart(): Promise<void> {
    this.engine = await this.engine.restart(this.options);
    this.provider.serve(this.engine);
    await this.engine.advance(0);
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
    return this.#ask((reply) => new PayTrade(contextOf(), trade, { instruments: asked, capture }, NO_KEY, reply));
  }

  confirm(trade: string): Promise<Outcome> {
    return this.#ask((reply) => new ConfirmTrade(contextOf(), { kind: 'trade', id: trade }, NO_KEY, reply));
  }

  close(trade: string): Promise<Outcome> {
    return this.#ask((reply) => new CloseTrade(contextOf(), { kind: 'trade', id: trade }, NO_KEY, reply));
  }

  refund(trade: string, amount = 0): Promise<Outcome> {
    return this.#ask((reply) => new RefundTrade(contextOf(), trade, { amount, reason: '' }, NO_KEY, reply));
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
    const request = { outTradeNo, account: 'alice', channel: '', amount, currency: 'EUR' };
    return this.#ask((reply) => new TopUp(contextOf(), request, NO_KEY, reply));
  }

  withdraw(amount: number, account = 'alice'): Promise<Outcome> {
    const request = { account, channel: '', destination: 'DE00 1234', amount, currency: 'EUR' };
    return this.#ask((reply) => new Withdraw(contextOf(), request, NO_KEY, reply));
  }

  async read<O extends Order>(kind: O['kind'] & OrderKind, id: string): Promise<O> {
    const { order } = await this.#ask((reply) => new ReadOrder(contextOf(), { kind, id }, NO_KEY, reply));
    if (!order) throw new Error(`no ${kind} ${id}`);
    return order as O;
  }

  /** The vouchers booked so far, such as 'HD1 alice 60 hold, @payment_transit:EUR 60 expect'; the seed's transfer is none. */
  vouchers(): string[] {
    const { journal } = this.engine.disk;
    const lines: string[] = [];
    for (let seq = 1; seq <= journal.position(); seq++) {
      for (const fact of this.engine.partition.desk.history.frame(seq)?.facts ?? []) {
        if (fact.kind !== FACT_KIND.voucherPosted) continue;
        const shown = fact.lines.map(({ account, action, amount }) => `${action} ${account} ${amount}`).join(', ');
        lines.push(`${fact.reverses ? 'RV-' : ''}${fact.code}${fact.segment > 1 ? `/${fact.segment}` : ''}: ${shown}`);
      }
    }
    return lines;
  }

  /** Available of each account that has something, but the mint; in the order of opening. */
  money(): Record<string, number> {
    const money: Record<string, number> = {};
    for (const { id, available, held } of this.engine.partition.desk.accounts.residents()) {
      if (id === 'mint' || (available === 0 && held === 0)) continue;
      money[id] = available;
      if (held !== 0) money[`${id} held`] = held;
    }
    return money;
  }

  async #ask(make: (reply: Reply) => OrderCommand): Promise<Outcome> {
    const { verdict, shown } = await this.engine.ask<OrderCommand>(make);
    return { order: shown?.order ?? null, refused: verdict === ALLOWED ? null : refusalOf(verdict) };
  }
}
