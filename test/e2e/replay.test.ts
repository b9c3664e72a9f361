// `florin replay` of a real bank's transactions into the real server: the balances that the bank itself recorded, also
// when the server is killed in the middle, and when the tool is.

import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { florin, PROJECT, startFlorin, type Ran } from './support/program.ts';
import { newSite, startServer, type Server, type Site } from './support/server.ts';

/** Beside the project, not in it. */
const FILE = `${PROJECT}../shared/data/bank-replay/transactions.csv`;
const TRANSACTIONS = 23_932;
/** Small batches, so that a replay lasts long enough to be interrupted. */
const SLOW = ['--batch-max', '50'];
/** The tool waits up to 30 s for a server to come back. */
const REPLAY_MS_MAX = 120_000;

if (!existsSync(FILE)) console.warn(`Skipped, as ${FILE} is not there: the replay of a bank's transactions.`);

/** What a whole replay ends with, whatever happened on the way. */
const WHOLE = {
  ok: true,
  transactions: TRANSACTIONS,
  refused: {},
  customer_accounts: 591,
  accounts_off_own_sum: [],
  expected: {
    accounts: 591,
    at_signed_sum: 591,
    wrong: [],
    exact: 276,
    within_1_koruna: 299,
    differs: 16,
    disagree_with_column: [],
  },
  sum_minor: 0,
};

function replay({ port }: Site): { readonly ran: Promise<Ran>; readonly kill: () => void } {
  return startFlorin('replay', FILE, '--url', `http://127.0.0.1:${port}`, '--json');
}

async function reportOf(ran: Promise<Ran>): Promise<Record<string, unknown>> {
  const { code, out, err } = await ran;
  expect([code, err]).toEqual([0, '']);
  return JSON.parse(out) as Record<string, unknown>;
}

/** Resolves when the replay has made so many transfers and accounts in this life of the server. */
async function madeBy(server: Server, facts: number): Promise<void> {
  await expect
    .poll(() => server.metric('journal_records_total'), { interval: 5, timeout: 20_000 })
    .toBeGreaterThan(facts);
}

/** The folder of a stopped server, by its journal alone and by its snapshot. */
async function expectVerified({ data }: Site): Promise<void> {
  const { code, out, err } = await florin('verify', '--data', data, '--json');
  expect([code, err]).toEqual([0, '']);
  expect(JSON.parse(out)).toMatchObject({ currencies: [{ currency: 'CZK', posted: '0', heldMinusPending: '0' }] });
}

describe.skipIf(!existsSync(FILE))(
  'a bank replayed (skipped where the shared data is not)',
  { timeout: REPLAY_MS_MAX },
  () => {
    test('ends where the bank says; again, it changes nothing', async () => {
      const site = await newSite();
      const server = await startServer(site);
      expect(await reportOf(replay(site).ran)).toMatchObject({ ...WHOLE, posted: TRANSACTIONS, already_there: 0 });
      const position = await server.metric('journal_position');
      expect(await reportOf(replay(site).ran)).toMatchObject({ ...WHOLE, posted: 0, already_there: TRANSACTIONS });
      expect(await server.metric('journal_position')).toBe(position);
      expect(await server.stop()).toEqual({ code: 0, signal: null });
      await expectVerified(site);
    });

    test('prints what a person wants to know', async () => {
      const site = await newSite();
      await startServer(site);
      const { code, out } = await startFlorin('replay', FILE, '--url', `http://127.0.0.1:${site.port}`).ran;
      expect(code).toBe(0);
      expect(out).toMatch(/ended at signed sum +591 of 591\n/);
      expect(out).toMatch(/bank agrees exactly +276\n/);
      expect(out).toMatch(/within one koruna +299\n/);
      expect(out).toMatch(/bank says otherwise +16\n/);
      expect(out).toMatch(/sum of all accounts +0 haléř\n/);
    });

    test('comes back when the server is killed and started again, three times', async () => {
      const site = await newSite();
      let server = await startServer(site, { flags: SLOW });
      const { ran } = replay(site);
      for (let kill = 1; kill <= 3; kill++) {
        await madeBy(server, 3_000);
        await server.kill();
        server = await startServer(site, { flags: SLOW });
      }
      const report = await reportOf(ran);
      expect(report).toMatchObject(WHOLE);
      expect(report['connection_losses']).toBeGreaterThanOrEqual(3);
      expect(Number(report['posted']) + Number(report['already_there'])).toBe(TRANSACTIONS);
      await server.kill();
      await expectVerified(site);
    });

    test('is finished by a second run when server and tool are killed', async () => {
      const site = await newSite();
      const server = await startServer(site, { flags: SLOW });
      const first = replay(site);
      await madeBy(server, 8_000);
      await server.kill();
      first.kill();
      expect((await first.ran).code).toBe(null);
      const next = await startServer(site);
      const report = await reportOf(replay(site).ran);
      expect(report).toMatchObject(WHOLE);
      expect(report['posted']).toBeGreaterThan(0);
      expect(report['already_there']).toBeGreaterThan(0);
      await next.stop();
      await expectVerified(site);
    });
  },
);
