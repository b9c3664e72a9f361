// Webhooks on a whole server: what a merchant sets up, and what its receiver then gets.

import { Webhook } from 'standardwebhooks';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { EventResource } from '../../../src/gateway/resources.ts';
import type { DeliveryResource, EndpointResource, NewSecretResource } from '../../../src/gateway/webhook-resources.ts';
import { answerWith, Receiver, type Received } from '../../support/receiver.ts';
import { useApi } from './support/api.ts';
import { fresh, openBank, openWith } from './support/ledger.ts';
import type { HttpClient } from './support/http-client.ts';

type Deliveries = { readonly data: readonly DeliveryResource[]; readonly has_more: boolean };
type Events = { readonly data: readonly EventResource[]; readonly cursor: string; readonly has_more: boolean };

const KEYS = { acme: { merchant: 'acme' }, globex: { merchant: 'globex' }, many: { merchant: 'many' } };

describe('webhooks', () => {
  const api = useApi({ transport: 'node', webhooksAllowPrivate: ['127.0.0.0/8'] }, KEYS);
  let receiver: Receiver;
  let acme: HttpClient;
  const made: string[] = [];

  beforeAll(async () => {
    receiver = await Receiver.start();
    acme = api.as('acme');
  });
  afterAll(() => receiver.stop());
  afterEach(async () => {
    for (const id of made.splice(0)) await api.as('acme').send('DELETE', `/v1/webhook_endpoints/${id}`);
    receiver.received.length = 0;
    receiver.answering = answerWith(204);
  });

  const endpoint = async (more: object = {}): Promise<NewSecretResource> => {
    const seen = await api
      .as('acme')
      .post<NewSecretResource>('/v1/webhook_endpoints', { url: receiver.url(), ...more });
    expect(seen.status, seen.text).toBe(201);
    made.push(seen.body.id);
    return seen.body;
  };
  const log = async (id: string, query = ''): Promise<Deliveries> =>
    (await api.as('acme').get<Deliveries>(`/v1/webhook_endpoints/${id}/deliveries${query}`)).body;
  const verified = (secret: string, { text, headers }: Received): unknown =>
    new Webhook(secret).verify(text, headers as Record<string, string>);

  it('bring each event, signed, as GET /v1/events shows it', async () => {
    const { secret, id } = await endpoint();
    const before = (await acme.get<Events>('/v1/events?limit=100')).body.cursor;
    await openWith(api.as('acme'), 0);
    const [received] = await receiver.waitFor(1);
    const [event] = (await api.as('acme').get<Events>(`/v1/events?after=${before}`)).body.data;
    expect(received && verified(secret, received)).toEqual(event);
    expect(received?.headers).toMatchObject({ 'webhook-id': event?.id, 'content-type': 'application/json' });
    await vi.waitFor(async () => {
      const { data } = await log(id);
      expect(data).toMatchObject([{ event: event?.id, type: 'account.opened', status: 'delivered', attempts: 1 }]);
      expect(data[0]?.last_attempt).toMatchObject({ http_status: 204, error: null });
    });
  });

  it('carry the trace on', async () => {
    await endpoint();
    const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
    const traceparent = `00-${trace}-00f067aa0ba902b7-01`;
    await acme.post('/v1/accounts', { id: fresh(), currency: 'EUR', kind: 'user' }, undefined, { traceparent });
    const [received] = await receiver.waitFor(1);
    expect(received?.headers['traceparent']).toMatch(new RegExp(`^00-${trace}-[0-9a-f]{16}-01$`));
  });

  it('bring only what the filter lets through, and only to the merchant that it concerns', async () => {
    await endpoint({ events: ['transfer.*'] });
    await openWith(api.as('globex'), 5);
    const [from, to] = [await openBank(acme), await openWith(acme, 0)];
    await acme.post('/v1/transfers', { id: fresh(), debit_account: from, credit_account: to, amount: 1 });
    await receiver.waitFor(1);
    expect(receiver.received.map(({ text }) => (JSON.parse(text) as EventResource).type)).toEqual(['transfer.posted']);
  });

  it('are retried when the receiver fails, and end when it is gone', async () => {
    const { id } = await endpoint();
    receiver.answering = answerWith(503, { 'retry-after': '1' });
    await openWith(acme, 0);
    await receiver.waitFor(1);
    await vi.waitFor(async () => expect((await log(id)).data).toMatchObject([{ status: 'open', attempts: 1 }]));
    receiver.answering = answerWith(410);
    await receiver.waitFor(2);
    await vi.waitFor(async () => {
      expect((await log(id)).data).toMatchObject([{ status: 'failed', attempts: 2, next_attempt_at: null }]);
      const { body } = await acme.get(`/v1/webhook_endpoints/${id}`);
      expect(body).toMatchObject({ status: 'disabled', disabled_because: 'gone' });
    });
    const metrics = (await api.ops.get('/metrics')).text;
    expect(metrics).toMatch(/florin_webhook_deliveries_total\{outcome="gone"\} [1-9]/);
    expect(metrics).toMatch(/florin_webhook_open \d/);
    expect(metrics).toMatch(/florin_webhook_lag_records \d/);
  });

  it('wait while the endpoint is disabled, over a restart, and come when it is enabled again', async () => {
    const { id } = await endpoint();
    await acme.patch(`/v1/webhook_endpoints/${id}`, { status: 'disabled' });
    const account = await openWith(acme, 0);
    await api.restart();
    acme = api.as('acme');
    const later = await openWith(acme, 0);
    expect(receiver.received).toEqual([]);
    await acme.patch(`/v1/webhook_endpoints/${id}`, { status: 'enabled' });
    await receiver.waitFor(2);
    const told = receiver.received.map(({ text }) => (JSON.parse(text) as EventResource).data.id);
    expect(new Set(told)).toEqual(new Set([account, later]));
  });

  it('are signed by both secrets for a day after a rotation', async () => {
    const { id, secret } = await endpoint();
    const rotated = await acme.post<NewSecretResource>(`/v1/webhook_endpoints/${id}/rotate_secret`, {});
    expect(rotated.body.secret).not.toBe(secret);
    expect(rotated.body.previous_secret_until).toMatch(/Z$/);
    await openWith(acme, 0);
    const [received] = await receiver.waitFor(1);
    if (!received) throw new Error('nothing came');
    expect(received.headers['webhook-signature']).toMatch(/^v1,\S+ v1,\S+$/);
    expect(verified(secret, received)).toEqual(verified(rotated.body.secret, received));
  });

  it('come again when they are asked for, by event or by time', async () => {
    const from = new Date().toISOString();
    const { id } = await endpoint({ events: ['account.*'] });
    await openWith(acme, 0);
    await openWith(acme, 0);
    await receiver.waitFor(2);
    const [first = '', second = ''] = receiver.ids().toSorted();
    const one = await acme.post(`/v1/webhook_endpoints/${id}/replay`, { event: first });
    expect(one).toMatchObject({ status: 202, body: { endpoint: id, delivery: { event: first, replay: true } } });
    await receiver.waitFor(3);
    const range = await acme.post(`/v1/webhook_endpoints/${id}/replay`, { from });
    expect(range).toMatchObject({ status: 202, body: { endpoint: id } });
    await receiver.waitFor(5);
    const counts = [first, second].map((event) => receiver.ids().filter((seen) => seen === event).length);
    expect(counts[0]).toBeGreaterThanOrEqual(3);
    expect(counts[1]).toBeGreaterThanOrEqual(2);
  });

  it('have a log that is read page by page, the newest first', async () => {
    const { id } = await endpoint();
    for (let opened = 0; opened < 5; opened++) await openWith(acme, 0);
    await receiver.waitFor(5);
    const whole = (await log(id)).data.map((one) => one.id);
    expect(whole).toHaveLength(5);
    expect(whole).toEqual(whole.toSorted().toReversed());
    const first = await log(id, '?limit=2');
    expect([first.data.map((one) => one.id), first.has_more]).toEqual([whole.slice(0, 2), true]);
    const rest = await log(id, `?limit=3&starting_after=${whole[1]}`);
    expect([rest.data.map((one) => one.id), rest.has_more]).toEqual([whole.slice(2), false]);
    const back = await log(id, `?limit=2&ending_before=${whole[4]}`);
    expect([back.data.map((one) => one.id), back.has_more]).toEqual([whole.slice(2, 4), true]);
  });

  it('are nobody else’s: another merchant finds no endpoint and no event', async () => {
    const { id } = await endpoint();
    const globex = api.as('globex');
    const path = `/v1/webhook_endpoints/${id}`;
    const asked = [
      globex.get(path),
      globex.patch(path, { description: 'mine' }),
      globex.send('DELETE', path),
      globex.post(`${path}/rotate_secret`, {}),
      globex.get(`${path}/deliveries`),
      globex.post(`${path}/replay`, { from: '2026-01-01T00:00:00Z' }),
    ];
    for (const seen of await Promise.all(asked)) {
      expect(seen).toMatchObject({ status: 404, body: { code: 'webhook_endpoint_not_found' } });
    }
    const all = await globex.get<{ data: EndpointResource[] }>('/v1/webhook_endpoints');
    expect(all.body.data).toEqual([]);
    await openWith(globex, 0);
    const foreign = (await globex.get<Events>('/v1/events')).body.data[0]?.id ?? '';
    const replay = await acme.post(`${path}/replay`, { event: foreign });
    expect(replay).toMatchObject({ status: 400, body: { code: 'query_invalid', param: 'event' } });
  });

  it('show a secret when it is new and never again', async () => {
    const { id, secret } = await endpoint();
    const { secret: next } = (await acme.post<NewSecretResource>(`/v1/webhook_endpoints/${id}/rotate_secret`, {})).body;
    const path = `/v1/webhook_endpoints/${id}`;
    const shown = [
      await acme.get(path),
      await acme.get('/v1/webhook_endpoints'),
      await acme.patch(path, { description: 'till 4' }),
      await acme.get(`${path}/deliveries`),
      await api.ops.get('/metrics'),
    ];
    for (const { text } of shown) {
      expect(text).not.toContain(secret.slice(6));
      expect(text).not.toContain(next.slice(6));
      expect(text).not.toContain('whsec_');
    }
  });

  it('are at most 20 endpoints of a merchant, until one is removed', async () => {
    const many = api.as('many');
    const body = { url: receiver.url() };
    const ids: string[] = [];
    for (let count = 0; count < 20; count++) {
      ids.push((await many.post<EndpointResource>('/v1/webhook_endpoints', body)).body.id);
    }
    const full = await many.post('/v1/webhook_endpoints', body);
    expect(full).toMatchObject({ status: 409, body: { code: 'webhook_limit_reached' } });
    const removed = await many.send('DELETE', `/v1/webhook_endpoints/${ids[0]}`);
    expect(removed).toMatchObject({ status: 200, body: { id: ids[0], deleted: true } });
    expect((await many.post('/v1/webhook_endpoints', body)).status).toBe(201);
  });

  it.each([
    [{}, 'body_invalid', 'url'],
    [{ url: 5 }, 'body_invalid', 'url'],
    [{ url: 'https://x.example/', events: [] }, 'body_invalid', 'events'],
    [{ url: 'https://x.example/', events: ['transfer.**'] }, 'body_invalid', 'events'],
    [{ url: 'https://x.example/', secret: 'whsec_aaaa' }, 'field_unknown', 'secret'],
    [{ url: 'ftp://x.example/' }, 'webhook_url_refused', 'url'],
    [{ url: 'https://user:pass@x.example/' }, 'webhook_url_refused', 'url'],
    [{ url: 'https://localhost/' }, 'webhook_url_refused', 'url'],
    [{ url: 'https://10.0.0.1/' }, 'webhook_url_refused', 'url'],
    [{ url: 'https://[::ffff:127.0.0.1]/' }, 'webhook_url_refused', 'url'],
  ])('are not made of %o', async (body, code, param) => {
    expect(await acme.post('/v1/webhook_endpoints', body)).toMatchObject({ status: 400, body: { code, param } });
  });

  it.each([
    [{}, 'from'],
    [{ from: 'yesterday' }, 'from'],
    [{ from: '2026-01-02T00:00:00Z', to: '2026-01-01T00:00:00Z' }, 'to'],
    [{ from: '2026-01-02T00:00:00Z', event: 'evt_01JD0000000000000000000000' }, 'event'],
  ])('are not sent again for %o', async (body, param) => {
    const { id } = await endpoint();
    const seen = await acme.post(`/v1/webhook_endpoints/${id}/replay`, body);
    expect(seen).toMatchObject({ status: 400, body: { code: 'body_invalid', param } });
  });
});
