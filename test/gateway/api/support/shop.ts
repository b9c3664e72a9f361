// Shop: a merchant over the API, with a payer that has money, a payee, and a channel that says what the test says.

import { expect, vi } from 'vitest';
import { Instruments } from '../../../../src/domain/instruments/instruments.ts';
import { defaultRuleset } from '../../../../src/domain/orders/ruleset.ts';
import type { PaymentResource } from '../../../../src/gateway/order-resources/payment-resource.ts';
import type { TradeResource } from '../../../../src/gateway/order-resources/trade-resource.ts';
import type { Command } from '../../../../actors/commands.ts';
import type { Surroundings } from '../../../../src/server.ts';
import type { Asked } from '../../../../actors/orders/outside.ts';
import { Provider, type Call } from '../../../actors/orders/support/provider.ts';
import type { Api } from './api.ts';
import type { HttpClient, Seen } from './http-client.ts';
import { fresh, openWith } from './ledger.ts';

/** What a server is given so that `provider` is its channel. */
export function channelOf(provider: Provider): Surroundings {
  return { payments: { rules: defaultRuleset(), instruments: new Instruments(), outside: provider } };
}

/** A channel whose server has a real disk: what it is asked comes when it comes. */
export class Channel extends Provider {
  /** The next call of this sort, once it has come. */
  override async next(asked: Asked = 'call'): Promise<Call> {
    return vi.waitFor(() => {
      const at = this.calls.findIndex((call) => call.asked === asked);
      expect(at).toBeGreaterThanOrEqual(0);
      return this.calls.splice(at, 1)[0] as Call;
    }, PATIENCE);
  }
}

/** Time for the channel to be asked, ms. */
const PATIENCE = { timeout: 10_000, interval: 2 };

/** Has the provider answer this server from now on. */
export function serve(api: Api, provider: Provider): void {
  const session = api.server.engine.openSession();
  const ask = <C extends Command>(make: (reply: (command: C) => void) => C): Promise<C> =>
    new Promise((resolve) => session.submit(make(resolve)));
  provider.serve({ ask });
}

export class Shop {
  readonly http: HttpClient;
  readonly payer: string;
  readonly payee: string;

  private constructor(http: HttpClient, payer: string, payee: string) {
    this.http = http;
    this.payer = payer;
    this.payee = payee;
  }

  /** Cents of EUR that the payer has, and the payee: what goes back whole needs the fee again. */
  static async open(http: HttpClient, funds = 100, payeeFunds = 0): Promise<Shop> {
    const payee = await openWith(http, payeeFunds, { kind: 'merchant' });
    return new Shop(http, await openWith(http, funds), payee);
  }

  /** The body of a new trade of 60. */
  order(more: Readonly<Record<string, unknown>> = {}) {
    const amount = (more['amount'] as number | undefined) ?? 60;
    return {
      out_trade_no: fresh('order'),
      product: 'sale',
      payer: this.payer,
      payees: [{ account: this.payee, amount }],
      amount,
      currency: 'EUR',
      ...more,
    };
  }

  async trade(more: Readonly<Record<string, unknown>> = {}): Promise<string> {
    const seen = await this.http.post<TradeResource>('/v1/trades', this.order(more));
    expect(seen.status, seen.text).toBe(201);
    return seen.body.id;
  }

  /** By words such as 'balance', 'coupon:20' or 'channel'. */
  pay(trade: string, words: string, more: object = {}, headers = {}): Promise<Seen<PaymentResource>> {
    const instruments = words.split(' ').map((word) => {
      const [type, amount] = word.split(':');
      return { type, ...(amount === undefined ? {} : { amount: Number(amount) }) };
    });
    return this.http.post<PaymentResource>(`/v1/trades/${trade}/pay`, { instruments, ...more }, fresh('key'), headers);
  }

  /** A trade that has been paid at once by these. */
  async paid(words = 'balance', more: Readonly<Record<string, unknown>> = {}): Promise<string> {
    const trade = await this.trade(more);
    const seen = await this.pay(trade, words);
    expect(seen.body.status, seen.text).toBe('succeeded');
    return trade;
  }

  async available(account: string): Promise<number> {
    return (await this.http.get<{ available: number }>(`/v1/accounts/${account}`)).body.available;
  }

  async get<Body>(path: string): Promise<Body> {
    const seen = await this.http.get<Body>(path);
    expect(seen.status, seen.text).toBe(200);
    return seen.body;
  }
}
