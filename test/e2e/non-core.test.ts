// Everything that is no payment, far beyond its places, beside payments: no payment is refused, what is too much is told to
// come again, and when it is over nothing is left behind. How fast both are is a matter of `npm run bench:non-core`.

import { expect, onTestFinished, test } from 'vitest';
import { Receiver } from '../support/receiver.ts';
import { Client } from './support/client.ts';
import { florin } from './support/program.ts';
import { newSite, startServer } from './support/server.ts';

const PAYMENTS = 3_000;
const WINDOW = 32;
const CLIENTS = 40;
const PLACES = ['--side-running-max', '2', '--side-waiting-max', '4', '--books-reading-max', '2', '--books-waiting-max', '4']; // prettier-ignore
const PATHS = [
  '/accounts/alice/entries?limit=100',
  '/accounts/alice/entries?format=csv&limit=10000',
  '/trial_balance',
  '/general_ledger?from=2000-01-01&to=2100-01-01',
  '/events?limit=100',
  '/accounts?limit=100',
] as const;

test('payments beside all else', { timeout: 120_000 }, async () => {
  const site = await newSite();
  const server = await startServer(site, {
    flags: ['--log-level', 'warn', '--webhooks-allow-private', '127.0.0.0/8', ...PLACES],
  });
  const base = `http://127.0.0.1:${site.port}/v1`;
  const client = await Client.open(site.port);
  for (const id of ['alice', 'bob'])
    await client.ask('accounts.create', { id, currency: 'EUR', kind: 'user', credit_limit: 'unlimited' });
  // Takes every event and never says a word.
  const receiver = await Receiver.start();
  receiver.answering = () => undefined;
  onTestFinished(() => receiver.stop());
  for (let endpoint = 0; endpoint < 20; endpoint++) {
    const body = JSON.stringify({ url: receiver.url(`/${endpoint}`), events: ['*'] });
    const headers = { 'content-type': 'application/json' };
    expect((await fetch(`${base}/webhook_endpoints`, { method: 'POST', headers, body })).status).toBe(201);
  }

  const paying = { over: false };
  const told = new Map<string, number>();
  const count = (what: string): void => void told.set(what, (told.get(what) ?? 0) + 1);
  const reader = async (path: string): Promise<void> => {
    while (!paying.over) {
      const answer = await fetch(base + path);
      const text = await answer.text();
      if (answer.status === 200) count('answered');
      else
        count(`${answer.status} ${(JSON.parse(text) as { code: string }).code} ${answer.headers.get('retry-after')}`);
    }
  };
  const readers = Array.from({ length: CLIENTS }, (_, number) => reader(PATHS[number % PATHS.length] ?? ''));

  let next = 0;
  const refused: unknown[] = [];
  const payer = async (): Promise<void> => {
    for (let number = next++; number < PAYMENTS; number = next++) {
      const body = { id: `t${number}`, debit_account: 'alice', credit_account: 'bob', amount: 1 };
      const answer = await client.request('transfers.create', body);
      if (answer?.ok !== true) refused.push(answer);
    }
  };
  await Promise.all(Array.from({ length: WINDOW }, payer));
  paying.over = true;
  await Promise.all(readers);

  expect(refused).toEqual([]);
  expect(told.get('503 postponed 1')).toBeGreaterThan(0);
  expect(told.get('answered')).toBeGreaterThan(0);
  for (const what of told.keys()) expect(['answered', '503 postponed 1', '503 books_unavailable 1']).toContain(what);
  for (const path of PATHS) expect((await fetch(base + path)).status).toBe(200);
  const metrics = await (await fetch(`http://127.0.0.1:${site.opsPort}/metrics`)).text();
  for (const of of ['side', 'books']) {
    expect(metrics).toContain(`florin_non_core_running{class="${of}"} 0`);
    expect(metrics).toContain(`florin_non_core_waiting{class="${of}"} 0`);
    expect(metrics).toMatch(new RegExp(`florin_shed_total\\{reason="full",class="${of}"\\} [1-9]`));
  }
  expect(await client.ask('accounts.get', { id: 'bob' })).toMatchObject({ available: PAYMENTS });
  client.close();
  expect(await server.stop()).toEqual({ code: 0, signal: null });
  expect((await florin('verify', '--data', site.data)).code).toBe(0);
  console.info(
    `${PAYMENTS} payments, none refused; ${[...told].map(([what, times]) => `${times} ${what}`).join(', ')}`,
  );
});
