// Till: a server and a channel simulator, each a process of its own, with a merchant who is paid there. Asked over HTTP or
// WebSocket, in the words of the API.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, vi } from 'vitest';
import { DEFAULT_PRODUCTS } from '../../../src/domain/orders/default-products.ts';
import { DEFAULT_RULES_JSON } from '../../../src/domain/orders/default-rules.ts';
import { startSimulatorProcess, type SimulatorProcess } from '../../channels/support/simulator.ts';
import type { Way } from './business.ts';
import { Client, type Body } from './client.ts';
import { florin } from './program.ts';
import { newSite, startServer, type Server, type Site } from './server.ts';

export type Shown = Body & { readonly id: string; readonly status: string };

export type Setting = {
  readonly way?: Way;
  /** Of the simulator. */
  readonly simulator?: readonly string[];
  /** Of the channels file. */
  readonly checks?: (simulator: SimulatorProcess) => readonly object[];
  /** Of the rules. */
  readonly rules?: object;
  /** Rules that products name beside their own. */
  readonly named?: object;
};

/** A slow machine, and queries whose time has to come. */
const PATIENCE = { timeout: 20_000, interval: 20 };

export class Till {
  readonly site: Site;
  readonly simulator: SimulatorProcess;
  client: Client;
  server: Server;
  readonly #way: Way;
  readonly #flags: readonly string[];
  #asked = 0;

  private constructor(site: Site, simulator: SimulatorProcess, way: Way, flags: readonly string[], up: Up) {
    this.site = site;
    this.simulator = simulator;
    this.#way = way;
    this.#flags = flags;
    this.server = up.server;
    this.client = up.client;
  }

  /** alice has nothing, and a channel called wallet, where the payer pays with a token. Ends with the test. */
  static async open({ way = 'http', simulator: words = [], checks, rules = {}, named = {} }: Setting): Promise<Till> {
    const site = await newSite();
    const simulator = await startSimulatorProcess(...words);
    onTestFinished(() => void simulator.end());
    const callbackUrl = `http://127.0.0.1:${site.port}/v1/callbacks/wallet`;
    const wallet = { name: 'wallet', adapter: 'simulator', baseUrl: simulator.url, callbackUrl, prepaid: true };
    const { channels: defaults, ...others } = DEFAULT_RULES_JSON;
    const channels = { wallet: { ...defaults.simulator, visibility_delay_seconds: 1 } };
    const own = { ...others, version: 'till-1', channels, query_delays_ms: [200, 500, 1_000], ...rules };
    const products = DEFAULT_PRODUCTS.map((row) => (row.type === 'instant' ? { ...row, rules: { ...row.rules, ...named } } : row)); // prettier-ignore
    const [channelsFile, rulesFile] = [join(site.folder, 'channels.json'), join(site.folder, 'rules.json')];
    writeFileSync(channelsFile, JSON.stringify({ channels: [wallet], checks: checks?.(simulator) ?? [] }));
    writeFileSync(rulesFile, JSON.stringify({ rules: own, products }));
    const flags = ['--log-level', 'warn', '--channels', channelsFile, '--rules', rulesFile];
    const all = [...flags, '--webhooks-allow-private', '127.0.0.0/8'];
    const till = new Till(site, simulator, way, all, await up(site, all));
    await till.client.ask('accounts.create', { id: 'alice', currency: 'EUR', kind: 'user' });
    await till.client.ask('accounts.create', { id: 'shop', currency: 'EUR', kind: 'merchant' });
    return till;
  }

  /** The server is killed and started again. */
  async crash(): Promise<void> {
    await this.server.kill();
    const { server, client } = await up(this.site, this.#flags);
    this.server = server;
    this.client = client;
  }

  async trade(amount: number): Promise<string> {
    const payees = [{ account: 'shop', amount }];
    const order = { out_trade_no: `order-${(this.#asked += 1)}`, product: 'sale', payer: 'alice', payees };
    return (await this.ask('trades.create', '/trades', { ...order, amount, currency: 'EUR' })).id;
  }

  pay(trade: string, key?: string): Promise<Shown> {
    return this.ask('trades.pay', `/trades/${trade}/pay`, { instruments: [{ type: 'channel' }] }, { id: trade, key });
  }

  /** @throws Error with the problem document when it is refused */
  async ask(
    op: string,
    path: string,
    body: Body,
    more: { id?: string; key?: string | undefined } = {},
  ): Promise<Shown> {
    const key = more.key ?? `key-${(this.#asked += 1)}`;
    if (this.#way === 'ws') {
      const answer = await this.client.request(op, more.id === undefined ? body : { id: more.id, ...body }, key);
      if (answer?.ok !== true) throw new Error(JSON.stringify(answer?.error ?? 'no answer'));
      return answer.body as Shown;
    }
    const headers = { 'content-type': 'application/json', 'idempotency-key': key };
    const answer = await fetch(this.url(path), { method: 'POST', headers, body: JSON.stringify(body) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(text);
    return JSON.parse(text) as Shown;
  }

  async get<T = Shown>(path: string): Promise<T> {
    const answer = await fetch(this.url(path));
    if (!answer.ok) throw new Error(await answer.text());
    return (await answer.json()) as T;
  }

  url(path: string): string {
    return `http://127.0.0.1:${this.site.port}/v1${path}`;
  }

  /** The payment, once it shows this. */
  until(id: string, wanted: object): Promise<Shown> {
    return vi.waitFor(async () => {
      const shown = await this.get(`/payments/${id}`);
      expect(shown).toMatchObject(wanted);
      return shown;
    }, PATIENCE);
  }

  /** Asks the simulator's control surface; gives the status of its answer. */
  async control(path: string, body?: object): Promise<number> {
    const answer = await fetch(this.simulator.url + path, { method: 'POST', body: body ? JSON.stringify(body) : null });
    await answer.text();
    return answer.status;
  }

  /** From now on the simulator does that. */
  async faults(...rules: readonly object[]): Promise<void> {
    expect(await this.control('/faults', { rules })).toBe(200);
  }

  /** What the channel has moved, by its own books. */
  async moved(): Promise<{ readonly payments: number; readonly refunds: number }> {
    const books = await fetch(`${this.simulator.url}/books`);
    type Totals = Readonly<Record<string, { readonly payments: number; readonly refunds: number }>>;
    const { totals } = (await books.json()) as { readonly totals: Totals };
    const { payments = 0, refunds = 0 } = totals['EUR'] ?? {};
    return { payments, refunds };
  }

  async available(account: string): Promise<number> {
    return (await this.get<{ readonly available: number }>(`/accounts/${account}`)).available;
  }

  /** Stops the server and verifies what it leaves. */
  async verified(): Promise<void> {
    this.client.close();
    await this.server.stop();
    const { out, code } = await florin('verify', '--data', this.site.data);
    expect([code, out]).toEqual([0, out]);
  }
}

type Up = { readonly server: Server; readonly client: Client };

async function up(site: Site, flags: readonly string[]): Promise<Up> {
  const server = await startServer(site, { flags });
  return { server, client: await Client.open(site.port) };
}
