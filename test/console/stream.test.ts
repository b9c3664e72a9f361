// The console's server side: who may follow, that its numbers are those of /metrics, and what a browser is given.

import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Snapshot } from '../../src/console/snapshot.ts';
import { FOLLOWERS_MAX } from '../../src/console/snapshot-stream.ts';
import { useApi, type Api } from '../gateway/api/support/api.ts';
import { openBank, payment } from '../gateway/api/support/ledger.ts';

/** Somebody who follows the stream, until `leave`. */
class Reader {
  readonly status: number;
  readonly #body: ReadableStreamDefaultReader<string> | undefined;
  readonly #leave: AbortController;
  #text = '';

  constructor({ status, body }: Response, leave: AbortController) {
    this.status = status;
    this.#body = body?.pipeThrough(new TextDecoderStream()).getReader();
    this.#leave = leave;
  }

  /** null when the stream has ended. */
  async next(): Promise<Snapshot | null> {
    for (;;) {
      const at = this.#text.indexOf('\n\n');
      if (at >= 0) {
        const event = this.#text.slice(0, at);
        this.#text = this.#text.slice(at + 2);
        return JSON.parse(event.slice(event.indexOf('data: ') + 6)) as Snapshot;
      }
      const part = await this.#body?.read().catch(() => ({ done: true, value: '' }));
      if (!part || part.done) return null;
      this.#text += part.value;
    }
  }

  leave(): void {
    this.#leave.abort();
  }
}

const readers: Reader[] = [];

afterEach(() => readers.splice(0).forEach((reader) => reader.leave()));

async function follow(api: Api, bearer?: string): Promise<Reader> {
  const leave = new AbortController();
  const headers = bearer === undefined ? {} : { authorization: `Bearer ${bearer}` };
  const answer = await fetch(`http://127.0.0.1:${api.server.opsPort}/admin/stream`, { headers, signal: leave.signal });
  const reader = new Reader(answer, leave);
  readers.push(reader);
  return reader;
}

describe('in dev mode', () => {
  const api = useApi({ transport: 'node' });

  it('the numbers of a snapshot are those of /metrics', async () => {
    await openBank(api.http);
    await api.http.post('/v1/transfers', await payment(api, 100, 10));
    const reader = await follow(api);
    const snapshot = await reader.next();
    const { text } = await api.ops.get('/metrics');
    const value = (line: string): number => Number(text.split('\n').find((one) => one.startsWith(`${line} `))?.slice(line.length)); // prettier-ignore
    for (const name of ['journal_records_total', 'journal_position', 'accounts'])
      expect([name, snapshot?.metrics[name]]).toEqual([name, [[{}, value(`florin_${name}`)]]]);
    const [[, fsync] = []] = snapshot?.metrics['journal_fsync_duration_seconds'] ?? [];
    const { counts, sum } = fsync as { readonly counts: readonly number[]; readonly sum: number };
    expect(counts.reduce((all, one) => all + one, 0)).toBe(value('florin_journal_fsync_duration_seconds_count'));
    expect(sum).toBe(value('florin_journal_fsync_duration_seconds_sum'));
    expect(snapshot).toMatchObject({ phase: 'ready', notReady: null, actions: false });
  });

  it('what nobody measures is not there, and what is 0 is', async () => {
    const { metrics } = (await (await follow(api)).next()) ?? {};
    expect(metrics).toMatchObject({ in_flight_transfers: [], orders_open: [] });
    // The books and the reconciler are off here.
    for (const name of ['ledger_lag_records', 'invariant_violations_total', 'recon_breaks'])
      expect([name, metrics?.[name]]).toEqual([name, undefined]);
  });

  it('one comes each second, and the same one to all', async () => {
    const [one, other] = [await follow(api), await follow(api)];
    await Promise.all([one.next(), other.next()]);
    const [first, second] = await Promise.all([one.next(), other.next()]);
    expect(first).toEqual(second);
    const third = await one.next();
    expect((third?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThan(900);
  });

  it('so many follow at once, and a place is free when one has gone', async () => {
    for (let one = 0; one < FOLLOWERS_MAX; one += 1) expect((await follow(api)).status).toBe(200);
    expect((await follow(api)).status).toBe(429);
    readers[0]?.leave();
    await vi.waitFor(async () => expect((await follow(api)).status).toBe(200), { timeout: 5_000, interval: 50 });
  });

  it('gives a browser the listed files with a policy that allows no inline script, and nothing else', async () => {
    const { status, text, headers } = await api.ops.get('/console');
    expect(status).toBe(200);
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
    expect(policy).not.toContain('unsafe');
    expect(text).not.toMatch(/<script(?![^>]*src=)|<style|style=|\son[a-z]+=/);
    const sources = [...text.matchAll(/(?:src|href)="(\/console\/[^"]+)"/g)].map(([, path = '']) => path);
    expect(sources.length).toBeGreaterThan(3);
    for (const path of sources) expect([path, (await api.ops.get(path)).status]).toEqual([path, 200]);
    for (const path of ['/console/../package.json', '/console/%2e%2e/console.ts', '/console/vendor/', '/console/nothing.js'])
      expect([path, (await api.ops.get(path)).status]).toEqual([path, 404]); // prettier-ignore
    expect((await api.ops.send('POST', '/console')).status).toBe(405);
  });

  it('finds an account by its id, and says when there is none', async () => {
    const { debit_account: id } = await payment(api, 100, 10);
    expect(await api.ops.get(`/admin/find?id=${id}`)).toMatchObject({
      status: 200,
      body: { account: { id, available: 100 } },
    });
    expect((await api.ops.get('/admin/find?id=nobody')).status).toBe(404);
    expect((await api.ops.get(`/admin/find?id=${id}&merchant=other`)).status).toBe(404);
    expect((await api.ops.get('/admin/find?id=a%20b')).status).toBe(400);
  });

  it('says that the books are off, and that files are not compared', async () => {
    expect((await api.ops.get('/admin/books')).body).toMatchObject({ code: 'books_unavailable' });
    expect((await api.ops.get('/admin/reconciliation/runs')).body).toMatchObject({ code: 'reconciliation_off' });
  });
});

describe('with keys', () => {
  const api = useApi(
    { transport: 'node', books: 'on' },
    {
      operator: { merchant: 'acme', scopes: ['ops'] },
      merchant: { merchant: 'acme' },
      leaver: { merchant: 'acme', scopes: ['ops'] },
    },
  );
  const PATHS = ['/admin/stream', '/admin/books', '/admin/config', '/admin/find?id=a', '/admin/reconciliation/runs'];

  it.each(PATHS)('%s needs one with the scope ops', async (path) => {
    expect((await api.ops.get(path)).status).toBe(401);
    expect((await api.ops.as(api.token('merchant')).get(path)).status).toBe(403);
  });

  it('the page itself is for everybody: it shows nothing by itself', async () => {
    expect((await api.ops.get('/console')).status).toBe(200);
  });

  it('the books balance, and say how far they are', async () => {
    const { status, body } = await api.ops.as(api.token('operator')).get('/admin/books');
    expect([status, body]).toMatchObject([200, { balanced: true, stopped: 0 }]);
  });

  it('who loses the key is let go', async () => {
    const reader = await follow(api, api.token('leaver'));
    expect(await reader.next()).not.toBeNull();
    api.revoke('leaver');
    const ended = async (): Promise<boolean> => (await reader.next()) === null || ended();
    expect(await ended()).toBe(true);
    expect((await follow(api, api.token('leaver'))).status).toBe(401);
  });
});
