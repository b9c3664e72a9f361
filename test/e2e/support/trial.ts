// Trial: a server from which a dependency is taken, the payments that it acknowledges meanwhile, and whether all is sound in
// the end.

import { expect } from 'vitest';
import { florin } from './program.ts';
import { newSite, startServer, type LaunchOptions, type Server, type Site } from './server.ts';

const FLAGS = ['--log-level', 'warn', '--books-workers', '1', '--webhooks-allow-private', '127.0.0.0/8'];

export type Answer = {
  readonly status: number;
  readonly body: { readonly [name: string]: unknown; readonly code?: string };
};

export class Trial {
  readonly site: Site;
  #server: Server | null = null;
  /** Transfers that were acknowledged. */
  paid = 0;
  #asked = 0;

  private constructor(site: Site) {
    this.site = site;
  }

  static async open(options: LaunchOptions | ((site: Site) => LaunchOptions) = {}): Promise<Trial> {
    const site = await newSite();
    const trial = new Trial(site);
    const { flags = [], ...launch } = typeof options === 'function' ? options(site) : options;
    await trial.start({ ...launch, flags: [...FLAGS, ...flags] });
    return trial;
  }

  get server(): Server {
    if (!this.#server) throw new Error('the server does not run');
    return this.#server;
  }

  async start(options: LaunchOptions = { flags: FLAGS }): Promise<void> {
    this.#server = await startServer(this.site, options);
    for (const id of ['alice', 'shop'])
      await this.ask('POST', '/accounts', {
        id,
        currency: 'EUR',
        kind: id === 'shop' ? 'merchant' : 'user',
        credit_limit: 'unlimited',
      });
  }

  async ask(
    method: string,
    path: string,
    body?: object,
    base = `http://127.0.0.1:${this.site.port}/v1`,
  ): Promise<Answer> {
    const headers = { 'content-type': 'application/json', 'idempotency-key': `key-${(this.#asked += 1)}` };
    const answer = await fetch(base + path, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
    return { status: answer.status, body: (await answer.json()) as Answer['body'] };
  }

  /** Whether a transfer is acknowledged. */
  async pay(): Promise<boolean> {
    const body = { id: `t${this.paid}`, debit_account: 'alice', credit_account: 'shop', amount: 1 };
    const answer = await this.ask('POST', '/transfers', body).catch(() => null);
    if (answer?.status !== 201) return false;
    this.paid += 1;
    return true;
  }

  /** A sale, paid from a balance: the answer to the payment. */
  async sell(product = 'sale'): Promise<Answer> {
    const terms = { out_trade_no: `sale-${(this.#asked += 1)}`, product, payer: 'alice', amount: 1, currency: 'EUR' };
    const { body: trade } = await this.ask('POST', '/trades', { ...terms, payees: [{ account: 'shop', amount: 1 }] });
    return this.ask('POST', `/trades/${String(trade['id'])}/pay`, { instruments: [{ type: 'balance' }] });
  }

  async paysOn(times = 20): Promise<void> {
    for (let time = 0; time < times; time++) expect(await this.pay(), this.#server?.err).toBe(true);
  }

  trialBalance(): Promise<Answer> {
    return this.ask('GET', '/trial_balance');
  }

  /** Nothing acknowledged is missing, and the folder is sound. */
  async sound(): Promise<void> {
    const { body } = await this.ask('GET', '/accounts/shop');
    expect(Number(body['available'])).toBeGreaterThanOrEqual(this.paid);
    expect(await this.server.stop()).toEqual({ code: 0, signal: null });
    const { code, out, err } = await florin('verify', '--data', this.site.data);
    expect([code, code === 0 ? '' : out + err]).toEqual([0, '']);
  }
}
