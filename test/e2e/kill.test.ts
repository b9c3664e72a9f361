// I2-I5 on the real process: it is killed again and again under load, and nothing that it ever acknowledged may be
// missing, nothing may have happened twice, and no money may be made or lost.
//
// FLORIN_KILL_CYCLES raises the number of kills, FLORIN_KILL_SEED repeats the draws of an earlier run (not its timing).

import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Random } from '../../loadtest/bench/random.ts';
import { Client } from './support/client.ts';
import { Load } from './support/load.ts';
import { florin } from './support/program.ts';
import { newSite, startServer } from './support/server.ts';

const CYCLES = Number(process.env['FLORIN_KILL_CYCLES'] ?? 100);
const SEED = Number(process.env['FLORIN_KILL_SEED'] ?? randomInt(1, 2 ** 31));
const ACCOUNTS = 50;
/** Of those acknowledged so far, sent again after each kill; all of them at the end. */
const SAMPLE = 200;
/** Life of a server under load, ms. */
const LIFE_MS = { min: 20, max: 200 } as const;
/** Several snapshots in each life, so that kills hit them too. */
const FLAGS = ['--snapshot-facts', '300', '--log-level', 'warn'];
/** A cycle takes half a second; ten times as much on a machine that does other things. */
const CYCLE_MS_MAX = 5_000;

/** The last ones, which the kill was nearest to, and others from all of the past. */
function sample<Item>(random: Random, items: readonly Item[]): Item[] {
  const last = items.slice(-SAMPLE / 2);
  const any = Array.from({ length: SAMPLE / 2 }, () => items[random.below(items.length)]);
  return [...new Set([...last, ...any])].filter((item) => item !== undefined);
}

test(
  `${CYCLES} kills under load (seed ${SEED})`,
  async () => {
    const random = new Random(SEED);
    const load = new Load(random, ACCOUNTS);
    const site = await newSite();
    let server = await startServer(site, { flags: FLAGS });
    let client = await Client.open(site.port);
    await load.openAccounts(client);
    for (let cycle = 1; cycle <= CYCLES; cycle++) {
      const running = load.run(client);
      await sleep(LIFE_MS.min + random.below(LIFE_MS.max - LIFE_MS.min + 1));
      await server.kill();
      await running;
      server = await startServer(site, { flags: FLAGS });
      client = await Client.open(site.port);
      await load.settle(client);
      expect(await load.missing(client, sample(random, load.acknowledged)), `kill ${cycle}`).toEqual([]);
      expect(await load.changed(client, sample(random, load.singles)), `kill ${cycle}`).toEqual([]);
      expect(await load.balances(client), `kill ${cycle}`).toEqual(load.books.balances);
    }
    expect(await load.missing(client, load.acknowledged)).toEqual([]);
    expect(await load.changed(client, load.singles)).toEqual([]);
    expect(await load.balances(client)).toEqual(load.books.balances);
    expect(load.acknowledged.length).toBeGreaterThan(CYCLES * 10);
    expect(load.unanswered).toBeGreaterThan(0);
    await server.kill();

    const { code, out, err } = await florin('verify', '--data', site.data, '--json');
    expect([code, err]).toEqual([0, '']);
    const verified = JSON.parse(out) as Record<string, unknown>;
    expect(verified).toMatchObject({ accounts: ACCOUNTS, currencies: [{ posted: '0', heldMinusPending: '0' }] });
    expect(verified['snapshotSeq']).toBeGreaterThan(0);
    console.info(
      `${CYCLES} kills, seed ${SEED}: ${load.acknowledged.length + load.singles.length} acknowledged, 0 lost;` +
        ` of ${load.unanswered} unanswered ${load.doneUnanswered} were carried out, once each;` +
        ` ${String(verified['frames'])} frames, snapshot at ${String(verified['snapshotSeq'])}`,
    );
  },
  CYCLES * CYCLE_MS_MAX + 60_000,
);
