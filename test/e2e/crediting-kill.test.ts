// Rules of crediting on the real process, killed again and again between the payer's step and the payee's: whatever was
// asked for has happened once, all of it arrives, and journal, snapshot and books agree.
//
// FLORIN_CREDITING_KILLS changes the number of kills, FLORIN_KILL_SEED repeats the draws of an earlier run (not its timing).

import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Random } from '../../loadtest/bench/random.ts';
import { SHARDS } from '../../src/ledger/shards.ts';
import { contentsOf } from '../ledger/support/shard-contents.ts';
import { Client } from './support/client.ts';
import { florin } from './support/program.ts';
import { newSite, startServer } from './support/server.ts';

const KILLS = Number(process.env['FLORIN_CREDITING_KILLS'] ?? 12);
const SEED = Number(process.env['FLORIN_KILL_SEED'] ?? randomInt(1, 2 ** 31));
const LIFE_MS_MAX = 250;
const SENDERS = 8;
const KILL_MS_MAX = 8_000;
const FLAGS = ['--log-level', 'warn', '--snapshot-facts', '300', '--books-workers', '2'];
const SHOPS = [
  { id: 'gathers', crediting: { way: 'buffered', delay_ms: 30 } },
  { id: 'segments', crediting: { way: 'segmented', delay_ms: 30 } },
  { id: 'spreads', crediting: { way: 'spread', sub_accounts: 3 } },
];
const DONE = new Set([0, 4, 5]);

type Tuple = [id: string, debit: string, credit: string, amount: number];

/** Payments to all shops that are sent until they are answered, by the same ids. */
class Payments {
  readonly paid = new Map(SHOPS.map(({ id }) => [id, 0]));
  #open: Tuple[][] = [];
  #next = 0;
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  async run(client: Client): Promise<void> {
    const sender = async (): Promise<void> => {
      while (!client.lost) await this.#send(client, this.#draw());
    };
    await Promise.all(Array.from({ length: SENDERS }, sender));
  }

  /** Everything that was not answered, again. */
  async settle(client: Client): Promise<void> {
    const open = this.#open;
    this.#open = [];
    for (const batch of open) await this.#send(client, batch);
  }

  async #send(client: Client, transfers: Tuple[]): Promise<void> {
    const answer = await client.request('transfers.batch', { transfers });
    if (answer === null) {
      this.#open.push(transfers);
      return;
    }
    const results = (answer.ok ? answer.body['results'] : []) as number[];
    expect(results.filter((result) => !DONE.has(result))).toEqual([]);
    for (const [, , shop, amount] of transfers) this.paid.set(shop, (this.paid.get(shop) ?? 0) + amount);
  }

  #draw(): Tuple[] {
    return Array.from({ length: 1 + this.#random.below(20) }, (): Tuple => {
      const shop = SHOPS[this.#random.below(SHOPS.length)]?.id ?? '';
      return [`t${(this.#next += 1)}`, `payer${this.#random.below(5)}`, shop, 1 + this.#random.below(100)];
    });
  }
}

test(
  `${KILLS} kills between two steps (seed ${SEED})`,
  async () => {
    const random = new Random(SEED);
    const payments = new Payments(random);
    const site = await newSite();
    let server = await startServer(site, { flags: FLAGS });
    let client = await Client.open(site.port);
    for (let payer = 0; payer < 5; payer++) {
      await client.ask('accounts.create', { id: `payer${payer}`, currency: 'EUR', kind: 'user', credit_limit: 'unlimited' }); // prettier-ignore
    }
    for (const shop of SHOPS) await client.ask('accounts.create', { currency: 'EUR', kind: 'merchant', ...shop });
    for (let kill = 1; kill <= KILLS; kill++) {
      const running = payments.run(client);
      await sleep(random.below(LIFE_MS_MAX));
      await server.kill();
      await running;
      if (kill % 4 === 0) expect((await florin('verify', '--data', site.data)).code).toBe(0);
      server = await startServer(site, { flags: FLAGS });
      client = await Client.open(site.port);
      await payments.settle(client);
    }
    for (const [id, paid] of payments.paid) {
      expect(paid).toBeGreaterThan(0);
      const read = (): Promise<object> => client.ask('accounts.get', { id });
      await expect.poll(read, { interval: 20, timeout: 20_000 }).toMatchObject({ available: paid, pending: 0 });
    }
    expect(await server.stop()).toEqual({ code: 0, signal: null });
    const { code, out, err } = await florin('verify', '--data', site.data, '--json');
    expect([code, err], out).toEqual([0, '']);
    const kept = await contentsOf(join(site.data, 'books'), SHARDS);
    expect((await florin('rebuild', '--data', site.data, '--json')).code).toBe(0);
    expect(await contentsOf(join(site.data, 'books'), SHARDS)).toEqual(kept);
  },
  KILLS * KILL_MS_MAX + 60_000,
);
