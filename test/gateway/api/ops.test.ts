// Operations listener: health, and the figures of what the API did.

import { describe, expect, it, vi } from 'vitest';
import { Api, transports, useApi } from './support/api.ts';
import { account, fresh, openBank, openWith, payment } from './support/ledger.ts';

type Sample = ReadonlyMap<string, number>;

/** Samples by their name and labels, as they are written. */
function parse(text: string): Sample {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
  );
}

describe.each(transports)('operations beside %s', (transport) => {
  const api = useApi({ transport, webSocketCredit: 3 });
  const scrape = async (): Promise<Sample> => parse((await api.ops.get('/metrics')).text);

  /** By how much the samples rose while this happened. */
  const rise = async (what: () => Promise<unknown>) => {
    const before = await scrape();
    await what();
    const after = await scrape();
    return (name: string): number => (after.get(`florin_${name}`) ?? NaN) - (before.get(`florin_${name}`) ?? NaN);
  };

  it('says that the server lives and takes requests', async () => {
    expect(await api.ops.get('/livez')).toMatchObject({ status: 200, text: 'ok\n' });
    expect(await api.ops.get('/readyz')).toMatchObject({ status: 200, text: 'ok\n' });
    expect((await api.ops.get('/nothing')).status).toBe(404);
    expect((await api.ops.send('POST', '/livez')).status).toBe(405);
  });

  it('is not part of the API, nor the API of it', async () => {
    for (const path of ['/livez', '/readyz', '/metrics']) expect((await api.http.get(path)).status).toBe(404);
    expect((await api.ops.get('/v1/accounts')).status).toBe(404);
  });

  it('writes the metrics in the text format, each series once, and says what runs', async () => {
    const { text, headers } = await api.ops.get('/metrics');
    expect(headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/);
    const names = text.split('\n').filter((line) => line !== '' && !line.startsWith('#')).map((line) => line.slice(0, line.lastIndexOf(' '))); // prettier-ignore
    expect(new Set(names).size).toBe(names.length);
    expect(names.length).toBeLessThan(2_500);
    for (const name of names) expect(name).toMatch(/^(florin|process|nodejs)_[a-z_]+(\{.*\})?$/);
    expect(text).toContain(`transport="${transport}"`);
    expect((await scrape()).get('florin_ready')).toBe(1);
  });

  it('writes OpenMetrics for whoever asks, with the same samples', async () => {
    const accept = { Accept: 'application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.4' };
    const { text, headers } = await api.ops.send('GET', '/metrics', { headers: accept });
    expect(headers['content-type']).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
    expect(text.endsWith('\n# EOF\n')).toBe(true);
    expect(text).toMatch(/^# TYPE florin_payments counter$/m);
    expect(text).toMatch(/^# UNIT florin_payment_duration_seconds seconds$/m);
    expect(text).toMatch(/^florin_payments_total\{/m);
    expect([...parse(text).keys()]).toEqual([...(await scrape()).keys()]);
    const refused = await api.ops.send('GET', '/metrics', { headers: { Accept: 'application/openmetrics-text;q=0' } });
    expect(refused.headers['content-type']).toMatch(/^text\/plain/);
  });

  it('counts what is not well formed, by where it came in', async () => {
    const rose = await rise(() => api.http.send('POST', '/v1/transfers', { body: '[', key: fresh('key') }));
    const failures = [...(await scrape()).keys()].filter((name) =>
      name.startsWith('florin_validation_failures_total{surface="http"'),
    );
    expect(failures.length).toBeGreaterThan(4);
    expect(failures.reduce((sum, name) => sum + rose(name.slice('florin_'.length)), 0)).toBe(1);
    expect((await scrape()).get('florin_http_requests_in_flight')).toBe(0);
  });

  it('says of the process what every process says', async () => {
    const all = await scrape();
    expect(all.get('process_resident_memory_bytes')).toBeGreaterThan(1e7);
    expect(all.get('nodejs_heap_size_used_bytes')).toBeGreaterThan(1e6);
    expect(all.get('process_start_time_seconds')).toBeGreaterThan(1e9);
  });

  it('counts transfers by what became of them', async () => {
    const asked = await payment(api, 100, 10);
    const [debit, credit] = [asked.debit_account, asked.credit_account];
    const hold = { ...asked, id: fresh('hold'), hold: true };
    const rose = await rise(async () => {
      await api.http.post('/v1/transfers', asked);
      await api.http.post('/v1/transfers', asked);
      await api.http.post('/v1/transfers', hold);
      await api.http.post(`/v1/transfers/${hold.id}/capture`, { amount: 4 }, fresh('key'));
      await api.http.post(`/v1/transfers/${hold.id}/void`, {}, fresh('key'));
      await api.http.post('/v1/transfers/batch', { transfers: [[fresh(), debit, credit, 1], [fresh(), debit, credit, 999]] }); // prettier-ignore
    });
    expect(rose('payments_total{op="post",outcome="ok"}')).toBe(2);
    expect(rose('payments_total{op="hold",outcome="ok"}')).toBe(1);
    expect(rose('payments_total{op="capture",outcome="ok"}')).toBe(1);
    expect(rose('payments_total{op="void",outcome="ok"}')).toBe(1);
    expect(rose('payments_total{op="any",outcome="replayed"}')).toBe(1);
    expect(rose('payments_total{op="any",outcome="refused"}')).toBe(1);
    expect(rose('idempotency_total{result="hit"}')).toBe(1);
    expect(rose('payment_duration_seconds_count{op="transfers.create"}')).toBe(3);
    expect(rose('journal_records_total')).toBe(5);
  });

  it('counts every refusal once, wherever it was told', async () => {
    const socket = await api.open();
    const rose = await rise(async () => {
      await api.http.get('/nowhere');
      await api.http.send('DELETE', '/v1/accounts');
      await api.http.get('/v1/accounts?limit=0');
      await api.http.get('/v1/accounts/nobody');
      await api.http.get('/v1/accounts/nobody/entries');
      await api.http.post('/v1/accounts', '{');
      await socket.ask('accounts.get', { id: 'nobody' });
      await socket.ask('nothing', {});
      await socket.ask('subscribe', { topic: 'nothing' });
    });
    const refused = (code: string): number => rose(`refusals_total{code="${code}"}`);
    expect(['route_not_found', 'method_not_allowed', 'query_invalid', 'body_invalid', 'op_unknown', 'topic_unknown'].map(refused)).toEqual([1, 1, 1, 1, 1, 1]); // prettier-ignore
    expect(refused('account_not_found')).toBe(3);
  });

  it('counts requests by route, never by the ids in them', async () => {
    const id = await openWith(api, 0);
    // The series of a route come with its first request.
    await account(api, id);
    await account(api, fresh('nobody'));
    const rose = await rise(async () => {
      await account(api, id);
      await account(api, fresh('nobody'));
    });
    const route = 'method="GET",route="/v1/accounts/{id}"';
    expect(rose(`http_request_duration_seconds_count{${route},code="2xx"}`)).toBe(1);
    expect(rose(`http_request_duration_seconds_count{${route},code="4xx"}`)).toBe(1);
    expect((await api.ops.get('/metrics')).text).not.toContain(id);
  });

  it('counts sockets, messages, and why sockets closed', async () => {
    const rose = await rise(async () => {
      const [leaver, broken] = [await api.open(), await api.open()];
      await leaver.ask('ping', {});
      leaver.socket.close();
      broken.send('no frame');
      await Promise.all([leaver.closed, broken.closed]);
      await vi.waitFor(async () => expect((await scrape()).get('florin_ws_connections')).toBe(1));
    });
    expect(rose('ws_closed_total{reason="client"}')).toBe(1);
    expect(rose('ws_closed_total{reason="server"}')).toBe(1);
    expect(rose('ws_messages_total{direction="in"}')).toBe(2);
    expect(rose('ws_messages_total{direction="out"}')).toBe(3);
  });

  it('counts what was turned away for load', async () => {
    const bank = await openBank(api.http);
    const socket = await api.open();
    const rose = await rise(() => Promise.all(Array.from({ length: 10 }, () => socket.ask('accounts.get', { id: bank })))); // prettier-ignore
    expect(rose('shed_total{reason="rate",class="core"}')).toBe(rose('refusals_total{code="too_many_requests"}'));
    expect(rose('shed_total{reason="rate",class="core"}')).toBeGreaterThan(0);
  });
});

describe.each(transports)('the end of the server over %s', (transport) => {
  it('answers who waits, closes sockets with 1001, and starts again where it was', async () => {
    const api = new Api({ transport });
    await api.start();
    try {
      const asked = { ...(await payment(api, 100, 60)), hold: true };
      const waiting = api.http.post('/v1/transfers', asked, undefined, { prefer: 'wait=25' });
      const socket = await api.open();
      await vi.waitFor(async () => expect((await api.http.get(`/v1/transfers/${asked.id}`)).status).toBe(200));
      const startedMs = performance.now();
      const stopped = api.server.stop();
      expect(await waiting).toMatchObject({ status: 201, body: { id: asked.id, status: 'held' } });
      expect(await socket.closed).toMatchObject({ code: 1001 });
      await stopped;
      expect(performance.now() - startedMs).toBeLessThan(5_000);
      await api.start();
      expect(await account(api, asked.debit_account)).toMatchObject({ available: 40, held: 60 });
    } finally {
      await api.destroy();
    }
  });
});
