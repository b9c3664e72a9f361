// Webhooks of the real process, which is killed while it sends: every event of an acknowledged payment arrives, signed,
// and no secret is in anything that it writes.

import { Webhook } from 'standardwebhooks';
import { expect, onTestFinished, test, vi } from 'vitest';
import { Receiver } from '../support/receiver.ts';
import { Client } from './support/client.ts';
import { newSite, startServer } from './support/server.ts';

const KILLS = 5;
const TRANSFERS = 200;
const FLAGS = ['--webhooks-allow-private', '127.0.0.0/8', '--log-level', 'trace', '--books', 'off'];

test(`${KILLS} kills while events are sent`, { timeout: 120_000 }, async () => {
  const shop = await Receiver.start();
  onTestFinished(() => shop.stop());
  const site = await newSite();
  let server = await startServer(site, { flags: FLAGS });
  let written = '';
  const made = await fetch(`http://127.0.0.1:${site.port}/v1/webhook_endpoints`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ url: shop.url(), events: ['transfer.posted'] }),
  });
  const { secret } = (await made.json()) as { secret: string };
  let client = await Client.open(site.port);
  await client.ask('accounts.create', { id: 'bank', currency: 'EUR', kind: 'bank', credit_limit: 'unlimited' });
  await client.ask('accounts.create', { id: 'alice', currency: 'EUR', kind: 'user' });
  const paid: string[] = [];
  for (let kill = 0; kill <= KILLS; kill++) {
    const transfers = Array.from({ length: TRANSFERS }, (_, number) => [`t-${kill}-${number}`, 'bank', 'alice', 1]);
    await client.ask('transfers.batch', { transfers });
    paid.push(...transfers.map(([id]) => String(id)));
    if (kill === KILLS) break;
    await shop.waitFor(shop.received.length + 20 + 10 * kill);
    await server.kill();
    written += server.out + server.err;
    server = await startServer(site, { flags: FLAGS });
    client = await Client.open(site.port);
  }
  const told = () => new Set(shop.received.map(({ text }) => (JSON.parse(text) as { data: { id: string } }).data.id));
  await vi.waitFor(() => expect(told().size).toBe(paid.length), { timeout: 30_000, interval: 50 });
  expect([...told()].toSorted()).toEqual(paid.toSorted());
  for (const { text, headers } of shop.received) new Webhook(secret).verify(text, headers as Record<string, string>);
  await server.stop();
  written += server.out + server.err;
  expect(written).not.toContain(secret.slice(6));
  console.info(`${KILLS} kills: ${paid.length} events, ${shop.received.length - paid.length} of them again`);
});
