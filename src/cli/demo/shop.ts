// Shop of the demo: a thousand accounts of a street, and payments among them by chance. Owns what was asked and what came of it.
//
// D1. A payment counts as paid when its own answer says so: it is on disk then. D2. What each account must have in the end
// follows from the answers alone.

import { performance } from 'node:perf_hooks';
import type { FlorinClient } from '../../client/client.ts';

export type Tally = {
  paid: number;
  /** By code. */
  readonly refused: Map<string, number>;
  /** Until each answer, ms. */
  readonly latenciesMs: number[];
};

export type Payment = { readonly id: string; readonly from: string; readonly to: string; readonly amount: number };

/** What each account begins with, minor units: enough for most of what comes, so that some of it is refused. */
const FUNDS = 10_000;

const AMOUNT_MAX = 2_500;
const CURRENCY = 'EUR';

export class Shop {
  readonly accounts: readonly string[];
  readonly #client: FlorinClient;
  readonly #name: string;
  readonly #bank: string;
  readonly #expected = new Map<string, number>();
  #made = 0;

  /** `name`: in front of every id, so that a demo can be run again on the same server. */
  constructor(client: FlorinClient, name: string, accounts: number) {
    this.#client = client;
    this.#name = name;
    this.#bank = `${name}:bank`;
    this.accounts = Array.from({ length: accounts }, (_, number) => `${name}:${number + 1}`);
  }

  /** Opens the accounts and gives each of them its funds. @throws RefusedError, UnansweredError */
  async open(done: (accounts: number) => void): Promise<void> {
    const { accounts } = this.#client;
    await accounts.create({ id: this.#bank, currency: CURRENCY, kind: 'bank', credit_limit: 'unlimited' });
    const open = async (id: string): Promise<void> => {
      await accounts.create({ id, currency: CURRENCY, kind: 'user' });
      const funds = { id: `${id}:funds`, debit_account: this.#bank, credit_account: id, amount: FUNDS };
      const { ok } = await this.#client.transfer(funds);
      if (!ok) throw new Error(`account ${id} did not get its funds`);
      this.#expected.set(id, FUNDS);
      done(1);
    };
    await Promise.all(this.accounts.map(open));
  }

  /** The next payment. `chance`: 0 … 1, each time another. */
  next(chance: () => number): Payment {
    const pick = (): string => this.accounts[Math.floor(chance() * this.accounts.length)] ?? this.#bank;
    const from = pick();
    let to = pick();
    while (to === from) to = pick();
    return { id: `${this.#name}:p${(this.#made += 1)}`, from, to, amount: 1 + Math.floor(chance() * AMOUNT_MAX) };
  }

  /** Resolves with the answer, which is durable. @throws UnansweredError when nobody knows what became of it */
  async pay({ id, from, to, amount }: Payment, tally: Tally): Promise<void> {
    const beganMs = performance.now();
    const result = await this.#client.transfer({ id, debit_account: from, credit_account: to, amount });
    tally.latenciesMs.push(performance.now() - beganMs);
    if (!result.ok) return void tally.refused.set(result.code, (tally.refused.get(result.code) ?? 0) + 1);
    tally.paid += 1;
    this.#expected.set(from, (this.#expected.get(from) ?? 0) - amount);
    this.#expected.set(to, (this.#expected.get(to) ?? 0) + amount);
  }

  /** Accounts that do not have what the answers said. */
  async differing(): Promise<string[]> {
    const found = await Promise.all(this.accounts.map((id) => this.#client.accounts.get(id)));
    return found.filter(({ id, available }) => available !== this.#expected.get(id)).map(({ id }) => id);
  }

  /** True when debits and credits are equal in the books, which have everything that was answered. */
  async booksBalance(): Promise<boolean> {
    const { totals } = (await this.#client.ledger.trialBalance()) as unknown as {
      readonly totals: readonly { readonly debit: string | number; readonly credit: string | number }[];
    };
    return totals.length > 0 && totals.every(({ debit, credit }) => String(debit) === String(credit));
  }
}

export function newTally(): Tally {
  return { paid: 0, refused: new Map(), latenciesMs: [] };
}
