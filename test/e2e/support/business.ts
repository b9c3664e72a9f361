// Business: what a shop asks of a server, over HTTP or WebSocket, and what its books say of it.

import { DEFAULT_PRODUCTS } from '../../../src/domain/orders/default-products.ts';
import { DEFAULT_RULES_JSON } from '../../../src/domain/orders/default-rules.ts';
import { Client, type Body } from './client.ts';

export type Way = 'http' | 'ws';

export type Instrument = { readonly type: string; readonly amount?: number };

type Leg = { readonly side: string; readonly subject: number; readonly account: string; readonly amount: number };
type Shown = Body & { readonly id: string; readonly status: string; readonly vouchers: readonly string[] };

/** A slow machine, and the query after an answer that was lost. */
const END_MS_MAX = 20_000;
const POLL_MS = 20;

export class Business {
  readonly #base: string;
  readonly #client: Client;
  readonly #way: Way;
  readonly #simulator: string;
  #asked = 0;

  private constructor(port: number, client: Client, way: Way, simulator: string) {
    this.#base = `http://127.0.0.1:${port}/v1`;
    this.#client = client;
    this.#way = way;
    this.#simulator = simulator;
  }

  /** The defaults, with a channel called card that is asked again soon. */
  static rules(): object {
    const { channels, ...rules } = DEFAULT_RULES_JSON;
    const card = { ...channels.simulator, visibility_delay_seconds: 1 };
    const own = { ...rules, version: 'test-1', channels: { card }, query_delays_ms: [200, 500, 1_000] };
    return { rules: own, products: DEFAULT_PRODUCTS };
  }

  static async open(port: number, way: Way, simulator: string): Promise<Business> {
    const client = await Client.open(port);
    await client.ask('accounts.create', { id: 'alice', currency: 'EUR', kind: 'user' });
    await client.ask('accounts.create', { id: 'shop', currency: 'EUR', kind: 'merchant' });
    return new Business(port, client, way, simulator);
  }

  close(): void {
    this.#client.close();
  }

  /** The vouchers of the top-up. */
  async topUp(account: string, amount: number): Promise<string[]> {
    const { id } = await this.#ask('topups.create', '/topups', { account, amount, currency: 'EUR' });
    return this.#ended('topups', id, 'succeeded');
  }

  async trade(product: string, amount: number): Promise<string> {
    const payees = [{ account: 'shop', amount }];
    const terms = { out_trade_no: `order-${(this.#asked += 1)}`, product, payer: 'alice', payees };
    const { id } = await this.#ask('trades.create', '/trades', { ...terms, amount, currency: 'EUR' });
    return id;
  }

  /** The vouchers of the payment, once it has ended so. */
  async pay(trade: string, instruments: readonly Instrument[], status = 'succeeded'): Promise<string[]> {
    const { id } = await this.#ask('trades.pay', `/trades/${trade}/pay`, { instruments }, trade);
    return this.#ended('payments', id, status);
  }

  async refund(trade: string, amount: number): Promise<string[]> {
    const { id } = await this.#ask('trades.refund', `/trades/${trade}/refunds`, { amount }, trade);
    return this.#ended('refunds', id, 'succeeded');
  }

  async confirm(trade: string): Promise<string[]> {
    await this.#ask('trades.confirm', `/trades/${trade}/confirm`, {}, trade);
    return this.vouchersOf('trades', trade);
  }

  async withdraw(account: string, amount: number): Promise<string[]> {
    const body = { account, amount, currency: 'EUR', destination: 'bank-account-1' };
    const { id } = await this.#ask('withdrawals.create', '/withdrawals', body);
    return this.#ended('withdrawals', id, 'succeeded');
  }

  async vouchersOf(kind: string, id: string): Promise<string[]> {
    const { vouchers } = await this.#get<Shown>(`/${kind}/${id}`);
    return Promise.all(vouchers.map((voucher) => this.#voucher(voucher)));
  }

  /** Closing balances by subject, but those that are 0. */
  async trialBalance(): Promise<Record<string, number>> {
    type Row = { readonly subject: number; readonly name: string; readonly closing_balance: number };
    const { data } = await this.#get<{ readonly data: readonly Row[] }>('/trial_balance');
    const rows = data.filter((row) => row.closing_balance !== 0);
    return Object.fromEntries(rows.map((row) => [`${row.subject} ${row.name}`, row.closing_balance]));
  }

  /** What the channel has moved, by its own books. */
  async channelBooks(): Promise<Record<'payments' | 'refunds' | 'payouts', number>> {
    type Total = { readonly payments: number; readonly refunds: number; readonly payouts: number };
    const answer = await fetch(`${this.#simulator}/books`);
    const { totals } = (await answer.json()) as { readonly totals: Readonly<Record<string, Total>> };
    const { payments = 0, refunds = 0, payouts = 0 } = totals['EUR'] ?? {};
    return { payments, refunds, payouts };
  }

  /** From now on the channel does that to whatever matches. */
  async fault(match: object, ...faults: object[]): Promise<void> {
    const body = JSON.stringify({ rules: [{ match, do: faults }] });
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${this.#simulator}/faults`, { method: 'POST', headers, body });
    if (!answer.ok) throw new Error(await answer.text());
  }

  /** `id`: of the order that it is about, where HTTP has it in the path. */
  async #ask(op: string, path: string, body: Body, id?: string): Promise<Shown> {
    const key = `key-${(this.#asked += 1)}`;
    if (this.#way === 'ws')
      return (await this.#client.ask(op, id === undefined ? body : { id, ...body }, key)) as Shown;
    const headers = { 'content-type': 'application/json', 'idempotency-key': key };
    const answer = await fetch(this.#base + path, { method: 'POST', headers, body: JSON.stringify(body) });
    const shown = (await answer.json()) as Shown;
    if (!answer.ok) throw new Error(`${path}: ${JSON.stringify(shown)}`);
    return shown;
  }

  async #get<T>(path: string): Promise<T> {
    const answer = await fetch(this.#base + path);
    const shown = (await answer.json()) as T;
    if (!answer.ok) throw new Error(`${path}: ${JSON.stringify(shown)}`);
    return shown;
  }

  async #ended(kind: string, id: string, status: string): Promise<string[]> {
    const deadlineMs = performance.now() + END_MS_MAX;
    for (;;) {
      const shown = await this.#get<Shown>(`/${kind}/${id}`);
      if (shown.status === status) return this.vouchersOf(kind, id);
      if (performance.now() > deadlineMs) throw new Error(`${id} is ${shown.status}, not ${status}`);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  /** Such as 'PY1: debit 1110 3000, credit 2020 3000'; accounts of the house are their subject. */
  async #voucher(id: string): Promise<string> {
    const { event, legs } = await this.#get<{ readonly event: string; readonly legs: readonly Leg[] }>(
      `/vouchers/${id}`,
    );
    const shown = legs.map(({ side, subject, account, amount }) => {
      const whose = account === '' || account.startsWith('@') ? '' : ` ${account}`;
      return `${side} ${subject}${whose} ${amount}`;
    });
    return `${event}: ${shown.join(', ')}`;
  }
}
