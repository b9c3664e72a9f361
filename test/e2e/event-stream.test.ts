// Event stream of the real process, which is killed while it copies, and whose Redis is killed, too: each event of an
// acknowledged payment is in the stream once, in the order of the journal, as HTTP shows it.

import { expect, test } from 'vitest';
import { redisIsThere, RedisServer } from '../redis/support/redis-server.ts';
import { Client } from './support/client.ts';
import { newSite, startServer } from './support/server.ts';

const KILLS = 4;
const TRANSFERS = 1_500;
const KEY = 'florin:events';
const PATIENCE = { timeout: 60_000, interval: 20 };

type Event = { readonly id: string; readonly type: string };
type Page = { readonly data: readonly Event[]; readonly has_more: boolean; readonly cursor: string };

/** All events, as HTTP shows them. */
async function eventsOverHttp(port: number): Promise<Event[]> {
  const events: Event[] = [];
  for (let page: Page | null = null; page?.has_more !== false;) {
    const after: string = page ? `&after=${page.cursor}` : '';
    const answer = await fetch(`http://127.0.0.1:${port}/v1/events?limit=100${after}`);
    page = (await answer.json()) as Page;
    events.push(...page.data);
  }
  return events;
}

test.runIf(redisIsThere)(
  `${KILLS} kills of server and Redis while events are copied`,
  { timeout: 180_000 },
  async () => {
    const redis = await RedisServer.start();
    const site = await newSite();
    const flags = ['--redis', redis.url, '--log-level', 'warn', '--books', 'off'];
    let server = await startServer(site, { flags });
    let client = await Client.open(site.port);
    await client.ask('accounts.create', { id: 'bank', currency: 'EUR', kind: 'bank', credit_limit: 'unlimited' });
    await client.ask('accounts.create', { id: 'alice', currency: 'EUR', kind: 'user' });
    for (let kill = 0; kill < KILLS; kill++) {
      const before = await redis.client.xlen(KEY);
      const transfers = Array.from({ length: TRANSFERS }, (_, number) => [`t-${kill}-${number}`, 'bank', 'alice', 1]);
      await client.ask('transfers.batch', { transfers });
      await expect.poll(() => redis.client.xlen(KEY), PATIENCE).toBeGreaterThan(before + 50);
      if (kill % 2 === 0) {
        await redis.kill();
        await server.kill();
        await redis.start();
      } else await server.kill();
      server = await startServer(site, { flags });
      client = await Client.open(site.port);
    }
    const told = await eventsOverHttp(site.port);
    expect(told.filter(({ type }) => type === 'transfer.posted')).toHaveLength(KILLS * TRANSFERS);
    await expect.poll(() => redis.client.xlen(KEY), PATIENCE).toBe(told.length);
    const entries = await redis.entries(KEY);
    expect(entries.map(({ data }) => JSON.parse(data) as unknown)).toEqual(told);
    expect(await server.metric('redis_up')).toBe(1);
    expect(await server.stop()).toEqual({ code: 0, signal: null });
  },
);
