// Merchant: whoever has a key, and the work of a day under it: transfers, trades paid by balance and by a channel, refunds, top-ups
// and withdrawals, the same names and the same number of each whenever it is done.

import { vi } from 'vitest';

type Shown = Readonly<Record<string, unknown>> & { readonly id: string };

/** Amounts of a round follow from its number. */
type Round = { readonly number: number; readonly name: string; readonly odd: number };

/** A slow machine, and channels that are asked again. */
const PATIENCE = { timeout: 40_000, interval: 25 };

/** Rounds at the same time. */
const ABREAST = 6;

const TODAY = (): string => new Date().toISOString().slice(0, 10);

export class Merchant {
  readonly #base: string;
  readonly #bearer: string;

  constructor(base: string, bearer: string) {
    this.#base = base;
    this.#bearer = bearer;
  }

  /** @throws Error with the problem document */
  async ask<T = Shown>(path: string, body: object, key = ''): Promise<T> {
    const answer = await fetch(this.#base + path, {
      method: 'POST',
      headers: {
        ...this.#headers(),
        ...(key === '' ? {} : { 'idempotency-key': key }),
        'content-type': 'application/json',
      },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${path}: ${await answer.text()}`);
    return (await answer.json()) as T;
  }

  async get<T = Shown>(path: string): Promise<T> {
    const answer = await fetch(this.#base + path, { headers: this.#headers() });
    if (!answer.ok) throw new Error(`${path}: ${await answer.text()}`);
    return (await answer.json()) as T;
  }

  /** bank, alice and shop. */
  async open(): Promise<void> {
    const account = { currency: 'EUR', credit_limit: 'unlimited' };
    await this.ask('/accounts', { ...account, id: 'bank', kind: 'bank' });
    await this.ask('/accounts', { id: 'alice', currency: 'EUR', kind: 'user' });
    await this.ask('/accounts', { id: 'shop', currency: 'EUR', kind: 'merchant' });
  }

  /** A day's work; amounts are ten times something plus `odd`. `day`: begins the names of what is made, which are unique. */
  async work(rounds: number, odd: number, day = 'day'): Promise<void> {
    for (let from = 0; from < rounds; from += ABREAST) {
      const some = Array.from({ length: Math.min(ABREAST, rounds - from) }, (_, place) =>
        this.#round({ number: from + place, name: `${day}-${from + place}`, odd }),
      );
      await Promise.all(some);
    }
  }

  /** Transfers alone, some at the same time, until it is over. */
  async transfer(isOver: () => boolean): Promise<void> {
    const sender = async (_: unknown, lane: number): Promise<void> => {
      for (let number = 0; !isOver(); number++)
        await this.ask('/transfers', {
          id: `${lane}-${number}`,
          debit_account: 'bank',
          credit_account: 'alice',
          amount: 1,
        });
    };
    await Promise.all(Array.from({ length: ABREAST }, sender));
  }

  /** All that a merchant can see of its money. */
  async seen(): Promise<object> {
    type Account = { readonly id: string; readonly available: number; readonly version: number };
    const accounts = await this.get<{ readonly data: readonly Account[] }>('/accounts');
    const balance = await this.get<{ readonly data: readonly object[] }>('/trial_balance');
    const entries = await this.get<{ readonly data: readonly { readonly amount: number }[] }>(
      '/accounts/shop/entries?limit=100',
    );
    return {
      accounts: accounts.data.map(({ id, available, version }) => [id, available, version]),
      balance: balance.data,
      entries: entries.data.map(({ amount }) => amount).toSorted((one, other) => one - other),
    };
  }

  /** The bill of the day, fetched from the channel and reconciled. */
  async reconcile(): Promise<{ readonly lines: number; readonly matched: number; readonly differences: number }> {
    const { id } = await this.ask('/reconciliation/files', { channel: 'card', date: TODAY() }, 'bill');
    return vi.waitFor(async () => {
      const run = await this.get<{ status: string; lines: number; matched: number; differences: number }>(
        `/reconciliation/runs/${id}`,
      );
      if (run.status !== 'succeeded') throw new Error(JSON.stringify(run));
      return { lines: run.lines, matched: run.matched, differences: run.differences };
    }, PATIENCE);
  }

  async #round({ number, name, odd }: Round): Promise<void> {
    const amount = 1_000 + 10 * number + odd;
    await this.ask('/transfers', { id: name, debit_account: 'bank', credit_account: 'alice', amount: 3 * amount });
    const trade = await this.#pay(name, 'balance', amount);
    if (number % 4 === 0) await this.#refund(trade, 200 + odd);
    if (number % 2 === 0) {
      const card = await this.#pay(name, 'channel', amount + 100);
      if (number % 6 === 0) await this.#refund(card, 300 + odd);
    }
    if (number % 5 === 0) await this.#external('topups', name, { amount: 500 + odd });
    if (number % 7 === 0)
      await this.#external('withdrawals', name, { amount: 100 + odd, destination: 'bank-account-1' });
  }

  async #pay(name: string, type: 'balance' | 'channel', amount: number): Promise<string> {
    const terms = { out_trade_no: `${type}-${name}`, product: 'sale', payer: 'alice', currency: 'EUR', amount };
    const trade = await this.ask(
      '/trades',
      { ...terms, payees: [{ account: 'shop', amount }] },
      `trade-${type}-${name}`,
    );
    const { id } = await this.ask(`/trades/${trade.id}/pay`, { instruments: [{ type }] }, `pay-${type}-${name}`);
    await this.#succeeded(`/payments/${id}`);
    return trade.id;
  }

  async #refund(trade: string, amount: number): Promise<void> {
    const { id } = await this.ask(`/trades/${trade}/refunds`, { amount }, `refund-${trade}`);
    await this.#succeeded(`/refunds/${id}`);
  }

  async #external(kind: 'topups' | 'withdrawals', name: string, more: object): Promise<void> {
    const { id } = await this.ask(`/${kind}`, { account: 'alice', currency: 'EUR', ...more }, `${kind}-${name}`);
    await this.#succeeded(`/${kind}/${id}`);
  }

  #succeeded(path: string): Promise<void> {
    return vi.waitFor(async () => {
      const { status } = await this.get(path);
      if (status !== 'succeeded') throw new Error(`${path} is ${String(status)}`);
    }, PATIENCE);
  }

  #headers(): Record<string, string> {
    return { authorization: `Bearer ${this.#bearer}` };
  }
}
