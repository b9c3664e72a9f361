// Stress traffic is counted apart: the families of business once more, and no series of business knows of it.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { Scrape } from '../../src/cli/stress/scrape.ts';
import { Api } from '../gateway/api/support/api.ts';

const api = new Api({ transport: 'node', books: 'on', shadow: 'on' });

beforeAll(async () => {
  api.makeKeys({ business: { merchant: 'acme' }, stress: { merchant: 'acme', shadow: true } });
  await api.start();
  // With them the day, too, is open in both.
  for (const who of ['business', 'stress'])
    for (const id of ['a', 'b'])
      await api.as(who).post('/v1/accounts', { id, currency: 'EUR', kind: 'user', credit_limit: 'unlimited' });
});
afterAll(() => api.destroy());

async function scrape(): Promise<Scrape> {
  const { text } = await api.ops.get('/metrics');
  return new Scrape(text);
}

async function transfer(who: 'business' | 'stress', count: number): Promise<void> {
  const http = api.as(who);
  const post = (_: unknown, number: number): Promise<unknown> =>
    http.post('/v1/transfers', { id: `t${number}`, debit_account: 'a', credit_account: 'b', amount: 1 });
  await Promise.all(Array.from({ length: count }, post));
  await http.get('/v1/trial_balance');
}

/** Where each of the two does something: by families, without their prefix. */
const COUNTED = [
  'payments_total',
  'journal_records_total',
  'journal_fsync_duration_seconds_count',
  'http_request_duration_seconds_count',
  'payment_duration_seconds_count',
  'actor_messages_total',
] as const;

test('what one side does is in its own series only', async () => {
  const idle = await scrape();
  await transfer('stress', 40);
  const stressed = await scrape();
  await transfer('business', 30);
  const both = await scrape();
  for (const name of COUNTED) {
    const grown = (prefix: string, from: Scrape, to: Scrape): number => to.sum(prefix + name) - from.sum(prefix + name);
    expect.soft(grown('florin_', idle, stressed), name).toBe(0);
    expect.soft(grown('florin_shadow_', idle, stressed), name).toBeGreaterThan(0);
    expect.soft(grown('florin_', stressed, both), name).toBeGreaterThan(0);
    expect.soft(grown('florin_shadow_', stressed, both), name).toBe(0);
  }
  expect(both.sum('florin_shadow_payments_total', { op: 'post' })).toBe(40);
  expect(both.sum('florin_payments_total', { op: 'post' })).toBe(30);
  expect([both.sum('florin_shadow_accounts'), both.sum('florin_accounts')]).toEqual([2, 2]);
});

test('each part that worked was busy, and no longer than the time there was', async () => {
  const both = await scrape();
  const clock = both.sum('florin_busy_clock_seconds');
  for (const prefix of ['florin_', 'florin_shadow_']) {
    for (const module of ['engine', 'gateway', 'books', 'books_reader']) {
      const busy = both.sum(`${prefix}busy_seconds_total`, { module });
      expect.soft(busy, `${prefix}${module}`).toBeGreaterThan(0);
      expect.soft(busy, `${prefix}${module}`).toBeLessThan(clock);
    }
  }
  const thread = both.sum('florin_thread_busy_seconds_total', { thread: 'engine' });
  const known = ['florin_', 'florin_shadow_'].flatMap((prefix) =>
    ['engine', 'gateway'].map((module) => both.sum(`${prefix}busy_seconds_total`, { module })),
  );
  expect(thread).toBeGreaterThan(known.reduce((sum, one) => sum + one, 0));
  expect(thread).toBeLessThan(clock);
});
