import { statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Endpoint } from '../../src/domain/webhooks/endpoint.ts';
import type { Delivery, Progress } from '../../src/webhooks/delivery.ts';
import { LOG, WebhookStore, type Changes } from '../../src/webhooks/webhook-store.ts';
import { temporaryFolder } from '../support/folder.ts';

const ENDPOINT: Endpoint = {
  id: 'whe_1',
  merchant: 'acme',
  url: 'https://shop.example/hook',
  description: '',
  events: ['*'],
  status: 'enabled',
  disabledBecause: null,
  secret: 'whsec_one',
  previous: { secret: 'whsec_zero', untilMs: 5 },
  createdAtMs: 1,
  updatedAtMs: 1,
};

const PROGRESS: Progress = {
  cursor: { seq: 7, index: 0xffffffff },
  replay: null,
  made: 2 ** 40,
  failures: 0,
  failingSinceMs: null,
};

function delivery(number: number, more: Partial<Delivery> = {}): Delivery {
  return {
    id: `whd_${String(number).padStart(8, '0')}`,
    endpoint: 'whe_1',
    event: 'evt_1',
    type: 'transfer.posted',
    replay: false,
    status: 'delivered',
    attempts: 1,
    dueMs: 1,
    createdAtMs: 1,
    last: { atMs: 1, tookMs: 2, status: 204, error: '' },
    ...more,
  };
}

function changes(more: Partial<Changes>): Changes {
  return { endpoints: new Map(), progress: new Map(), deliveries: new Map(), removed: new Set(), ...more };
}

const byId = (deliveries: Delivery[]) => new Map(deliveries.map((one) => [one.id, one]));

function openStore(folder = join(temporaryFolder(), 'webhooks')): WebhookStore {
  const store = new WebhookStore(folder);
  onTestFinished(() => store.close());
  return store;
}

async function stored(folder?: string): Promise<WebhookStore> {
  const store = openStore(folder);
  const endpoints = new Map([['whe_1', ENDPOINT]]);
  await store.commit(changes({ endpoints, progress: new Map([['whe_1', PROGRESS]]) }), 1);
  return store;
}

test('secrets lie where only their owner reads', async () => {
  const folder = join(temporaryFolder(), 'webhooks');
  await stored(folder);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  for (const file of ['data.mdb', 'lock.mdb']) expect(statSync(join(folder, file)).mode & 0o777, file).toBe(0o600);
});

test('what was committed is there as it was', async () => {
  const folder = join(temporaryFolder(), 'webhooks');
  const before = new WebhookStore(folder);
  const put = {
    endpoints: new Map([['whe_1', ENDPOINT]]),
    progress: new Map([['whe_1', PROGRESS]]),
    deliveries: byId([delivery(1, { status: 'open', last: null }), delivery(2)]),
  };
  await before.commit(changes(put), 1);
  await before.close();
  const store = openStore(folder);
  expect([...store.endpoints()]).toEqual([ENDPOINT]);
  expect(store.progress('whe_1')).toEqual(PROGRESS);
  expect([...store.open('whe_1')]).toEqual([delivery(1, { status: 'open', last: null })]);
  expect(store.page('whe_1', { limit: 5, after: '', before: '' })).toEqual([
    delivery(2),
    delivery(1, { status: 'open', last: null }),
  ]);
});

test('pages go either way from a delivery, the newest first', async () => {
  const store = await stored();
  await store.commit(changes({ deliveries: byId([1, 2, 3, 4, 5].map((number) => delivery(number))) }), 1);
  const page = (limit: number, after: number, before: number) =>
    store
      .page('whe_1', { limit, after: after ? delivery(after).id : '', before: before ? delivery(before).id : '' })
      .map(({ id }) => Number(id.slice(4)));
  expect(page(2, 0, 0)).toEqual([5, 4, 3]);
  expect(page(2, 4, 0)).toEqual([3, 2, 1]);
  expect(page(3, 4, 0)).toEqual([3, 2, 1]);
  expect(page(5, 1, 0)).toEqual([]);
  expect(page(1, 0, 2)).toEqual([4, 3]);
  expect(page(5, 0, 5)).toEqual([]);
  expect(page(5, 0, 3)).toEqual([5, 4]);
});

test('the log keeps its newest, and what is open', async () => {
  const store = await stored();
  const open = { status: 'open' } as const;
  await store.commit(changes({ deliveries: byId([delivery(0, open)]) }), 1);
  for (let from = 1; from <= LOG.countMax + 50; from += 50) {
    const made = Array.from({ length: 50 }, (_, number) => delivery(from + number));
    await store.commit(changes({ deliveries: byId(made) }), 1);
  }
  const kept = store.page('whe_1', { limit: 5_000, after: '', before: '' }).map(({ id }) => id);
  expect(kept).toHaveLength(LOG.countMax);
  expect([kept[0], kept.at(-1)]).toEqual([delivery(LOG.countMax + 50).id, delivery(0).id]);
  await store.commit(changes({ deliveries: byId([delivery(5_000, { createdAtMs: LOG.ageMsMax })]) }), LOG.ageMsMax + 2);
  const young = store.page('whe_1', { limit: 5_000, after: '', before: '' }).map(({ id }) => id);
  expect(young).toEqual([delivery(5_000).id, delivery(0).id]);
});

test('of an endpoint that was removed nothing stays', async () => {
  const store = await stored();
  await store.commit(changes({ deliveries: byId([delivery(1), delivery(2)]) }), 1);
  await store.commit(changes({ removed: new Set(['whe_1']), deliveries: byId([delivery(3)]) }), 1);
  expect([...store.endpoints()]).toEqual([]);
  expect(store.page('whe_1', { limit: 5, after: '', before: '' })).toEqual([]);
  expect(() => store.progress('whe_1')).toThrow('whe_1');
});
