// Events over HTTP: the log of what happened to a merchant, read after a cursor, page by page.

import { describe, expect, it } from 'vitest';
import type { EventResource } from '../../../src/gateway/resources.ts';
import { transports, useApi } from './support/api.ts';
import { account, fresh, openWith, payment, transfer } from './support/ledger.ts';

type Page = { readonly data: readonly EventResource[]; readonly has_more: boolean; readonly cursor: string };

const CURSOR = /^evt_[0-9A-HJKMNP-TV-Z]{26}$/;

describe.each(transports)('events over %s', (transport) => {
  const api = useApi({ transport });
  const read = async (query = '') => (await api.http.get<Page>(`/v1/events?limit=100${query}`)).body;
  /** The cursor after everything so far. */
  const now = async () => {
    let page = await read();
    while (page.has_more) page = await read(`&after=${page.cursor}`);
    return page.cursor;
  };

  it('are nothing before anything happened, and what happened after that', async () => {
    const before = await read();
    expect(before).toEqual({ data: [], has_more: false, cursor: expect.stringMatching(CURSOR) as string });
    const id = await openWith(api, 0);
    const { data } = await read(`&after=${before.cursor}`);
    expect(data).toEqual([
      {
        id: expect.stringMatching(CURSOR) as string,
        type: 'account.opened',
        created_at: (await account(api, id)).created_at,
        request_id: expect.stringMatching(/^req_/) as string,
        data: await account(api, id),
      },
    ]);
  });

  it('tell of every step, with the resource as it was after it', async () => {
    const after = await now();
    const asked = { ...(await payment(api, 100, 60)), hold: true };
    await api.http.post('/v1/transfers', asked);
    const held = await transfer(api, asked.id);
    await api.http.post(`/v1/transfers/${asked.id}/capture`, { amount: 10 }, fresh('key'));
    await api.http.post(`/v1/transfers/${asked.id}/void`, {}, fresh('key'));
    await api.http.patch(`/v1/accounts/${asked.credit_account}`, { status: 'frozen' });
    await api.http.post('/v1/transfers/batch', { transfers: [['no', 'such', 'account', 1]] }, fresh('key'));
    const { data } = await read(`&after=${after}`);
    expect(data.map(({ type }) => type)).toEqual([
      'account.opened',
      'account.opened',
      'transfer.posted',
      'account.opened',
      'transfer.held',
      'transfer.captured',
      'transfer.voided',
      'account.changed',
    ]);
    expect(data[4]?.data).toEqual(held);
    expect(data[6]?.data).toEqual(await transfer(api, asked.id));
    expect(data[7]?.data).toEqual(await account(api, asked.credit_account));
  });

  it('tell when a hold expires', async () => {
    const after = await now();
    const asked = { ...(await payment(api, 100, 60)), hold: true, expires_in: 1 };
    await api.http.post('/v1/transfers', asked, undefined, { prefer: 'wait=20' });
    const { data } = await read(`&after=${after}&type=transfer.expired`);
    expect(data.map((event) => event.data.id)).toEqual([asked.id]);
  });

  it('come page by page, none twice and none missing, whatever the size of the page', async () => {
    const after = await now();
    const [a, b] = [await openWith(api, 100), await openWith(api, 0)];
    const transfers = Array.from({ length: 20 }, () => [fresh(), a, b, 1]);
    await api.http.post('/v1/transfers/batch', { transfers });
    const whole = (await read(`&after=${after}`)).data.map(({ id }) => id);
    expect(whole).toHaveLength(24);
    for (const limit of [1, 5, 8, 24, 25]) {
      const seen: string[] = [];
      let page: Page = { data: [], has_more: true, cursor: after };
      let pages = 0;
      while (page.has_more) {
        page = (await api.http.get<Page>(`/v1/events?limit=${limit}&after=${page.cursor}`)).body;
        seen.push(...page.data.map(({ id }) => id));
        pages += 1;
      }
      expect(seen, String(limit)).toEqual(whole);
      expect(pages).toBe(Math.ceil(24 / limit));
    }
    expect((await read(`&after=${whole[10]}`)).data.map(({ id }) => id)).toEqual(whole.slice(11));
  });

  it('can be asked for by type', async () => {
    const after = await now();
    const { id } = await (async () => {
      const asked = await payment(api, 10, 1);
      await api.http.post('/v1/transfers', asked);
      return asked;
    })();
    const posted = await read(`&after=${after}&type=transfer.posted`);
    expect(posted.data.map((event) => event.data.id)).toEqual([expect.stringMatching(/^fund/), id]);
    expect((await read(`&after=${after}&type=nothing.happened`)).data).toEqual([]);
  });

  it('are the same after a restart, under the same cursors', async () => {
    const after = await now();
    const asked = await payment(api, 10, 1);
    await api.http.post('/v1/transfers', asked);
    const before = await read(`&after=${after}`);
    await api.restart();
    expect((await read(`&after=${after}`)).data).toEqual(before.data);
    expect((await read(`&after=${before.cursor}`)).data).toEqual([]);
  });

  it.each([
    ['after=nothing', 'after'],
    ['after=evt_', 'after'],
    ['after=evt_01JD0000000000000000000000Z', 'after'],
    ['after=evt_7ZZZZZZZZZZZZZZZZZZZZZZZZZ', 'after'],
    ['limit=0', 'limit'],
    ['topic=transfers', 'topic'],
    ['starting_after=x', 'starting_after'],
  ])('cannot be asked for with %s', async (query, param) => {
    const seen = await api.http.get(`/v1/events?${query}`);
    expect(seen).toMatchObject({ status: 400, body: { code: 'query_invalid', param } });
  });
});
