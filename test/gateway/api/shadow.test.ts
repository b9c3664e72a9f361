// Stress traffic beside business, on one server and under the same names: neither ever sees the other.

import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isShadow } from '../../../src/domain/shadow.ts';
import { readFrame } from '../../../src/journal/frame.ts';
import { openLmdbJournal } from '../../../src/journal/lmdb-journal.ts';
import { factsOf } from '../../support/journal-facts.ts';
import { Api, transports, useApi } from './support/api.ts';
import type { HttpClient } from './support/http-client.ts';
import type { SocketClient } from './support/socket-client.ts';

const KEYS = { business: { merchant: 'acme' }, stress: { merchant: 'acme', shadow: true } };
const ROUNDS = 50;

/** Accounts and payments under names that the other side has, too. */
async function trade(http: HttpClient, amount: number): Promise<void> {
  for (const id of ['bank', 'alice', 'shop']) {
    const kind = id === 'shop' ? 'merchant' : 'user';
    await http.post('/v1/accounts', { id, currency: 'EUR', kind, credit_limit: 'unlimited' });
  }
  const asked = Array.from({ length: ROUNDS }, async (_, round) => {
    const transfer = { id: `t${round}`, debit_account: 'bank', credit_account: 'alice', amount };
    expect((await http.post('/v1/transfers', transfer)).status).toBe(201);
    const terms = { out_trade_no: `o${round}`, product: 'sale', payer: 'alice', currency: 'EUR', amount };
    const created = await http.post<{ id: string }>('/v1/trades', { ...terms, payees: [{ account: 'shop', amount }] });
    const pay = { instruments: [{ type: 'balance' }] };
    const paid = await http.post(`/v1/trades/${created.body.id}/pay`, pay, `p${round}`);
    expect(paid.body['status']).toBe('succeeded');
  });
  await Promise.all(asked);
}

/** All that a merchant can see of its money. */
async function seen(http: HttpClient): Promise<unknown> {
  const accounts = await http.get<{ data: { id: string; available: number; version: number }[] }>('/v1/accounts');
  const balance = await http.get('/v1/trial_balance');
  const entries = await http.get<{ data: { amount: number }[] }>('/v1/accounts/shop/entries?limit=100');
  return {
    accounts: accounts.body.data.map(({ id, available, version }) => [id, available, version]),
    rows: balance.body['rows'] ?? balance.body['data'],
    entries: entries.body.data.map(({ amount }) => amount),
  };
}

async function alone(): Promise<unknown> {
  const api = new Api({ transport: 'node', books: 'on' });
  api.makeKeys({ business: KEYS.business });
  await api.start();
  try {
    await trade(api.as('business'), 7);
    return await seen(api.as('business'));
  } finally {
    await api.destroy();
  }
}

/** Of every frame in a folder: whose partition it is, and which marks its facts bear. */
async function marksIn(folder: string): Promise<{ shadow: boolean; marks: Set<boolean>; facts: number }> {
  const journal = openLmdbJournal(folder);
  try {
    const { partition } = readFrame(journal.read(1) ?? new Uint8Array());
    const facts = factsOf(journal);
    return {
      shadow: isShadow(partition),
      marks: new Set(facts.map(({ fact }) => fact.context.shadow)),
      facts: facts.length,
    };
  } finally {
    await journal.close();
  }
}

describe('both at the same time', () => {
  const api = new Api({ transport: 'node', books: 'on', shadow: 'on' });
  let heard: SocketClient;

  beforeAll(async () => {
    api.makeKeys(KEYS);
    await api.start();
    heard = await api.open({ bearer: api.token('business') });
    await heard.ask('subscribe', { topic: 'transfers' });
    await Promise.all([trade(api.as('business'), 7), trade(api.as('stress'), 1_000)]);
  });
  afterAll(() => api.destroy());

  it('business has exactly what it has without stress', async () => {
    expect(await seen(api.as('business'))).toEqual(await alone());
  });

  it('a subscription of business brings what business did', async () => {
    await heard.eventsOf('transfers', ROUNDS);
    // Answered after whatever else was on its way.
    await heard.ask('ping', {});
    const amounts = heard.events('transfers').map(({ data }) => data?.['amount']);
    expect(amounts).toEqual(Array.from({ length: ROUNDS }, () => 7));
  });

  it('stress traffic has its own of everything, and no webhooks', async () => {
    const stress = api.as('stress');
    const shop = await stress.get('/v1/accounts/shop');
    expect(shop.body['available']).toBe(ROUNDS * 990);
    const events = await stress.get<{ data: { type: string }[] }>('/v1/events?limit=100');
    expect(events.body.data.length).toBe(100);
    expect((await stress.post('/v1/webhook_endpoints', { url: 'https://example.com' })).status).toBe(404);
  });

  it('nothing of the one is in the stores of the other', async () => {
    await api.stop();
    const business = await marksIn(join(api.data, 'journal'));
    const stress = await marksIn(join(api.data, 'shadow', 'journal'));
    expect(business).toMatchObject({ shadow: false, marks: new Set([false]) });
    expect(stress).toMatchObject({ shadow: true, marks: new Set([true]) });
    expect([business.facts, stress.facts].every((facts) => facts > ROUNDS * 5)).toBe(true);
    await api.start();
    expect((await api.as('stress').get('/v1/accounts/shop')).body['available']).toBe(ROUNDS * 990);
  });
});

describe.each(transports)('without a shadow, over %s', (transport) => {
  const api = useApi({ transport }, KEYS);

  it('a key for stress traffic may nothing', async () => {
    const stress = api.as('stress');
    const account = { id: 'a', currency: 'EUR', kind: 'user' };
    const refused = await stress.post('/v1/accounts', account);
    expect([refused.status, refused.body['code']]).toEqual([403, 'shadow_off']);
    expect((await stress.get('/v1/accounts')).body['code']).toBe('shadow_off');
    const socket = await api.open({ bearer: api.token('stress') });
    expect(await socket.ask('accounts.create', account)).toMatchObject({ ok: false, error: { code: 'shadow_off' } });
    expect((await api.as('business').get('/v1/accounts/a')).status).toBe(404);
  });

  it('shape is judged before that', async () => {
    const refused = await api.as('stress').post('/v1/accounts', { id: 'a', currency: 'EUR', kind: 'user', colour: 1 });
    expect(refused.body['code']).toBe('field_unknown');
  });
});
