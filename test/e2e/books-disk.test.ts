// A disk that fails under the books: payments go on, the worker is made anew, and nothing is lost or booked twice.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Client } from './support/client.ts';
import { florin } from './support/program.ts';
import { newSite, startServer } from './support/server.ts';
import { straceWorks, withFault, type CommitCall, type Fault } from './support/strace.ts';

const ACCOUNTS = 40;
const POSTS = 200;
const ROUNDS = 8;

if (!straceWorks) console.warn('Skipped, as strace does not run here: a disk that fails under the books.');

/** An LMDB environment in the data folder that is not one of those that `Fault` names. */
function bookShard(shard: number): Fault['store'] {
  return `books/${shard}` as Fault['store'];
}

// Only calls of LMDB's own thread: strace counts by thread, and each new worker would meet a fault of its opening again.
test.skipIf(!straceWorks).each<[CommitCall, string]>([
  ['writev', 'error=EIO:when=2'],
  ['writev', 'error=ENOSPC:when=3'],
  ['fdatasync', 'error=EIO:when=2'],
])('%s: %s', { timeout: 120_000 }, async (call, inject) => {
  const site = await newSite();
  const first = await startServer(site);
  let client = await Client.open(site.port);
  const ids = Array.from({ length: ACCOUNTS }, (_, number) => `account:${number}`);
  for (const id of ids)
    await client.ask('accounts.create', { id, currency: 'EUR', kind: 'user', credit_limit: 'unlimited' });
  expect(await first.stop()).toEqual({ code: 0, signal: null });
  // The shards are there: what fails now is a flush.
  const server = await startServer(site, withFault(site, { store: bookShard(3), call, inject }));
  client = await Client.open(site.port);
  let next = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const transfers = Array.from({ length: POSTS }, () => {
      next += 1;
      return [`t:${next}`, ids[next % ACCOUNTS], ids[(next * 7 + 1) % ACCOUNTS], 1 + (next % 9)];
    }).filter(([, debit, credit]) => debit !== credit);
    const { results } = await client.ask('transfers.batch', { transfers });
    expect((results as number[]).every((result) => result === 0)).toBe(true);
    const answer = await fetch(`http://127.0.0.1:${site.port}/v1/trial_balance`);
    expect(answer.status).toBe(200);
  }
  client.close();
  const position = await server.metric('journal_position');
  await expect
    .poll(
      async () => {
        const answer = await fetch(`http://127.0.0.1:${site.port}/v1/trial_balance`);
        return ((await answer.json()) as { complete_to: number }).complete_to;
      },
      { timeout: 60_000, interval: 50 },
    )
    .toBe(position);
  expect(await server.stop()).toEqual({ code: 0, signal: null });
  expect(readFileSync(join(site.folder, 'trace'), 'utf8')).toContain('(INJECTED)');
  const { code, out, err } = await florin('verify', '--data', site.data, '--json');
  expect([code, err]).toEqual([0, '']);
  expect(JSON.parse(out)).toMatchObject({ books: { trailingFrames: 0 } });
  const crashes = server.err.split('\n').filter((line) => line.includes('a books worker crashed')).length;
  expect(crashes).toBeGreaterThan(0);
  console.info(`${call} ${inject}: ${crashes} crashes`);
});
