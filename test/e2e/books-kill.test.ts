// The books of the real process, killed again and again while it books and is read: whenever somebody looks, debits equal
// credits, and books, engine and journal say the same. What is made anew from the journal is the same to the byte.
//
// FLORIN_BOOKS_KILLS changes the number of kills, FLORIN_KILL_SEED repeats the draws of an earlier run (not its timing).

import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Random } from '../../loadtest/bench/random.ts';
import { SHARDS } from '../../src/ledger/shards.ts';
import { contentsOf } from '../ledger/support/shard-contents.ts';
import { Client } from './support/client.ts';
import { Load } from './support/load.ts';
import { florin } from './support/program.ts';
import { newSite, startServer, type Site } from './support/server.ts';

const KILLS = Number(process.env['FLORIN_BOOKS_KILLS'] ?? 16);
const SEED = Number(process.env['FLORIN_KILL_SEED'] ?? randomInt(1, 2 ** 31));
const ACCOUNTS = 50;
/** Life of a server once its books were read, ms; each fifth is killed at some time before. */
const LIFE_MS_MAX = 250;
const EARLY_MS_MAX = 500;
const FLAGS = ['--log-level', 'warn', '--snapshot-facts', '2000', '--books-workers', '2'];
const FIRST_LOOK = { interval: 2, timeout: 20_000 };
const KILL_MS_MAX = 8_000;

type Totals = readonly { readonly debit: number | string; readonly credit: number | string }[];

/** Reads the trial balance until the server is gone: `looks` counts the answers. */
class Looker {
  looks = 0;
  readonly over: Promise<void>;

  constructor({ port }: Site) {
    this.over = this.#look(`http://127.0.0.1:${port}/v1/trial_balance`);
  }

  async #look(url: string): Promise<void> {
    for (; ; this.looks++) {
      const answer = await fetch(url).catch(() => null);
      const body = (await answer?.json().catch(() => null)) as { totals: Totals } | null | undefined;
      if (!answer || !body) return;
      expect(answer.status).toBe(200);
      for (const { debit, credit } of body.totals) expect(debit).toBe(credit);
    }
  }
}

type Verified = {
  readonly frames: number;
  readonly books: { readonly entries: number; readonly trailingFrames: number };
};

async function verified({ data }: Site): Promise<Verified> {
  const { code, out, err } = await florin('verify', '--data', data, '--json');
  expect([code, err]).toEqual([0, '']);
  return JSON.parse(out) as Verified;
}

async function rebuilt({ data }: Site, workers: number): Promise<ReadonlyMap<string, string>> {
  const { code, err } = await florin('rebuild', '--data', data, '--books-workers', String(workers), '--json');
  expect([code, err]).toEqual([0, '']);
  return contentsOf(join(data, 'books'), SHARDS);
}

test(
  `books under ${KILLS} kills (seed ${SEED})`,
  async () => {
    const random = new Random(SEED);
    const load = new Load(random, ACCOUNTS);
    const site = await newSite();
    let server = await startServer(site, { flags: FLAGS });
    let client = await Client.open(site.port);
    await load.openAccounts(client);
    let looks = 0;
    for (let kill = 1; kill <= KILLS; kill++) {
      const running = load.run(client);
      const looker = new Looker(site);
      if (kill % 5 === 0) {
        await sleep(random.below(EARLY_MS_MAX));
      } else {
        await Promise.race([expect.poll(() => looker.looks, FIRST_LOOK).toBeGreaterThan(0), looker.over]);
        await sleep(random.below(LIFE_MS_MAX));
      }
      await server.kill();
      await running;
      await looker.over;
      looks += looker.looks;
      if (kill % Math.ceil(KILLS / 10) === 0) await verified(site);
      server = await startServer(site, { flags: FLAGS });
      client = await Client.open(site.port);
      await load.settle(client);
    }
    expect(await load.balances(client)).toEqual(load.books.balances);
    expect(looks).toBeGreaterThan(KILLS);
    expect(await server.stop()).toEqual({ code: 0, signal: null });
    const { frames, books } = await verified(site);
    // A stop in good order leaves nothing to be booked.
    expect(books.trailingFrames).toBe(0);

    const kept = await contentsOf(join(site.data, 'books'), SHARDS);
    expect(kept.size).toBeGreaterThan(ACCOUNTS * 2);
    expect(await rebuilt(site, 1)).toEqual(kept);
    expect(await rebuilt(site, 2)).toEqual(kept);
    expect((await verified(site)).books).toEqual(books);
    console.info(
      `${KILLS} kills, seed ${SEED}: ${books.entries} entries of ${frames} frames, ${looks} looks, all balanced`,
    );
  },
  KILLS * KILL_MS_MAX + 120_000,
);
