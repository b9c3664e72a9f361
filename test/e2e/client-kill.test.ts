// The client over a server that is killed and started again: every call ends with a definite answer, what was answered has
// happened, and nothing has happened twice.
//
// FLORIN_CLIENT_KILLS raises the number of kills.

import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { connect, RefusedError } from '../../src/client/node.ts';
import { Random } from '../../loadtest/bench/random.ts';
import { newSite, startServer } from './support/server.ts';

const KILLS = Number(process.env['FLORIN_CLIENT_KILLS'] ?? 3);
const SEED = 7;
const ACCOUNTS = 20;
const FUNDS = 50;
const WORKERS = 60;
/** Life of a server under load, ms. */
const LIFE_MS = { min: 30, max: 300 } as const;
const FLAGS = ['--snapshot-facts', '300', '--log-level', 'warn'];
const KILL_MS_MAX = 10_000;

type Client = ReturnType<typeof connect>;

/** What was answered, and what has to be so because of it. */
class Told {
  readonly balances = new Map<string, number>();
  readonly moved = new Set<string>();
  /** Accounts that the server named. */
  readonly named = new Set<string>();
  refused = 0;
  again = 0;

  move(id: string, debit: string, credit: string, amount: number): void {
    expect(this.moved.has(id)).toBe(false);
    this.moved.add(id);
    this.balances.set(debit, (this.balances.get(debit) ?? 0) - amount);
    this.balances.set(credit, (this.balances.get(credit) ?? 0) + amount);
  }
}

async function work(client: Client, told: Told, random: Random, stopped: () => boolean): Promise<void> {
  while (!stopped()) {
    const debit = `a${random.below(ACCOUNTS)}`;
    const credit = `a${(Number(debit.slice(1)) + 1 + random.below(ACCOUNTS - 1)) % ACCOUNTS}`;
    const amount = 1 + random.below(20);
    const sort = random.below(20);
    const terms = { debit_account: debit, credit_account: credit, amount };
    if (sort === 0) told.named.add((await client.accounts.create({ currency: 'EUR', kind: 'user' })).id);
    else await (sort === 1 ? single(client, told, terms) : batched(client, told, terms));
  }
}

type Terms = { readonly debit_account: string; readonly credit_account: string; readonly amount: number };

async function batched(client: Client, told: Told, terms: Terms): Promise<void> {
  const result = await client.transfer(terms);
  if (result.ok) {
    told.move(result.id, terms.debit_account, terms.credit_account, terms.amount);
    if (result.status === 'already_there') told.again += 1;
  } else {
    expect(result.code).toBe('insufficient_funds');
    told.refused += 1;
  }
}

/** Over its own frame, under a key. */
async function single(client: Client, told: Told, terms: Terms): Promise<void> {
  try {
    const { id } = await client.transfers.create({ ...terms, metadata: { alone: 'yes' } });
    told.move(id, terms.debit_account, terms.credit_account, terms.amount);
  } catch (error) {
    expect(error).toBeInstanceOf(RefusedError);
    expect(error).toMatchObject({ code: 'insufficient_funds', outcome: 'none' });
    told.refused += 1;
  }
}

async function openAccounts(client: Client, told: Told): Promise<void> {
  await client.accounts.create({ id: 'bank', currency: 'EUR', kind: 'user', credit_limit: 'unlimited' });
  for (let number = 0; number < ACCOUNTS; number++) {
    const id = `a${number}`;
    await client.accounts.create({ id, currency: 'EUR', kind: 'user' });
    await batched(client, told, { debit_account: 'bank', credit_account: id, amount: FUNDS });
  }
}

/** Ids of all accounts, in pages. */
async function listed(client: Client): Promise<string[]> {
  const ids: string[] = [];
  for (let more = true; more;) {
    const after = ids.at(-1);
    const page = await client.accounts.list({ limit: 100, ...(after === undefined ? {} : { starting_after: after }) });
    ids.push(...page.data.map(({ id }) => id));
    more = page.has_more;
  }
  return ids;
}

test(
  `${KILLS} kills under a client`,
  async () => {
    const site = await newSite();
    let server = await startServer(site, { flags: FLAGS });
    const client = connect({ url: `http://127.0.0.1:${site.port}`, timeoutMs: 60_000 });
    onTestFinished(() => client.destroy());
    const told = new Told();
    const heard: string[] = [];
    const events = await client.subscribe('transfers', {});
    const hearing = (async () => {
      for await (const { data } of events) heard.push((data as { readonly id: string }).id);
    })();
    await openAccounts(client, told);
    const random = new Random(SEED);
    let stopped = false;
    const working = Promise.all(Array.from({ length: WORKERS }, () => work(client, told, random, () => stopped)));
    for (let kill = 0; kill < KILLS; kill++) {
      await sleep(LIFE_MS.min + random.below(LIFE_MS.max - LIFE_MS.min));
      await server.kill();
      server = await startServer(site, { flags: FLAGS });
      const before = told.moved.size;
      await expect.poll(() => told.moved.size, { timeout: 30_000, interval: 5 }).toBeGreaterThan(before);
    }
    stopped = true;
    await working;

    expect(client.pending).toBe(0);
    for (const [id, balance] of told.balances) {
      expect((await client.accounts.get(id)).available, id).toBe(balance);
    }
    const own = new Set(['bank', ...Array.from({ length: ACCOUNTS }, (_, number) => `a${number}`)]);
    expect((await listed(client)).filter((id) => !own.has(id)).toSorted()).toEqual([...told.named].toSorted());
    await expect.poll(() => new Set(heard).size, { timeout: 20_000 }).toBe(told.moved.size);
    expect(heard).toHaveLength(told.moved.size);
    expect(new Set(heard)).toEqual(told.moved);
    await events.return();
    await hearing;
    expect(told.refused).toBeGreaterThan(0);
    console.info(
      `${KILLS} kills: ${told.moved.size} transfers moved once, ${told.refused} refused, ` +
        `${told.again} found when they were sent again, ${told.named.size} accounts named once`,
    );
    await client.close();
  },
  KILLS * KILL_MS_MAX + 60_000,
);
