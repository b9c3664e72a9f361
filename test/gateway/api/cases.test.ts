// Cases over the operations listener and the command line: listed over all merchants, decided by two keys, carried out.

import { Command } from 'commander';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { registerCases } from '../../../src/cli/cases.ts';
import type { CaseResource } from '../../../src/gateway/order-resources/case-resource.ts';
import { useApi } from './support/api.ts';
import { fresh } from './support/ledger.ts';
import { Channel, channelOf, serve, Shop } from './support/shop.ts';

const KEYS = {
  shop: { merchant: 'acme' },
  operator: { merchant: 'house', scopes: ['ops'] as const },
  other: { merchant: 'house', scopes: ['ops'] as const },
};

type Page = { readonly data: readonly CaseResource[]; readonly has_more: boolean };

describe('cases', () => {
  const channel = new Channel();
  const api = useApi({ transport: 'node' }, KEYS, channelOf(channel));
  let shop: Shop;
  let refund = '';
  const as = (who: keyof typeof KEYS) => api.ops.as(api.token(who));
  const list = async (query = '') => (await as('operator').get<Page>(`/admin/cases${query}`)).body;

  beforeAll(() => serve(api, channel));
  /** A refund to an instrument that takes nothing any more. */
  beforeEach(async () => {
    channel.calls.length = 0;
    shop = await Shop.open(api.as('shop'), 100, 10);
    const trade = await shop.trade();
    await shop.pay(trade, 'channel');
    await channel.answer(await channel.next(), { class: 'succeeded', amount: 60, currency: 'EUR' });
    const asked = await api.as('shop').post<{ id: string }>(`/v1/trades/${trade}/refunds`, {}, fresh('key'));
    refund = asked.body.id;
    await channel.answer(await channel.next(), { class: 'failed', failure: 'instrument_closed' });
  });
  const caseOf = async (): Promise<CaseResource> => {
    const found = (await list('?limit=100')).data.find(({ order }) => order === refund);
    if (!found) throw new Error('there is no case');
    return found;
  };
  const decide = (who: keyof typeof KEYS, id: string, decision: string) =>
    as(who).post<CaseResource>(`/admin/cases/${id}/decide`, { decision });
  const agree = (who: keyof typeof KEYS, id: string) => as(who).post<CaseResource>(`/admin/cases/${id}/agree`, {});

  it('are decided by two keys, and then carried out', async () => {
    expect(await shop.get(`/v1/refunds/${refund}`)).toMatchObject({
      status: 'in_review',
      failure: 'instrument_closed',
    });
    const found = await caseOf();
    expect(found).toMatchObject({ object: 'case', merchant: 'acme', type: 'refund_needs_attention', status: 'open', amount: 60, decision: null }); // prettier-ignore
    expect((await agree('operator', found.id)).body).toMatchObject({ code: 'same_person_approval' });
    const proposed = await decide('operator', found.id, 'retry');
    expect(proposed).toMatchObject({ status: 200, body: { status: 'proposed', decision: 'retry', decided_by: null } });
    expect((await list('?status=proposed&limit=100')).data.map(({ id }) => id)).toContain(found.id);
    expect((await list('?status=open&limit=100')).data.map(({ id }) => id)).not.toContain(found.id);
    expect((await agree('operator', found.id)).body).toMatchObject({ code: 'same_person_approval' });
    const resolved = await agree('other', found.id);
    expect(resolved).toMatchObject({
      status: 200,
      body: { status: 'resolved', proposed_by: proposed.body.proposed_by },
    });
    await channel.answer(await channel.next(), { class: 'succeeded', amount: 60, currency: 'EUR' });
    expect(await shop.get(`/v1/refunds/${refund}`)).toMatchObject({ status: 'succeeded' });
    expect((await list('?limit=100')).data.map(({ id }) => id)).not.toContain(found.id);
    expect((await as('other').get(`/admin/cases/${found.id}?merchant=acme`)).body).toEqual(resolved.body);
    expect((await as('other').get(`/admin/cases/${found.id}`)).status).toBe(404);
    expect((await agree('other', found.id)).status).toBe(404);
  });

  it('are paged in the order of opening, and there again after a restart', async () => {
    const all = (await list('?limit=100')).data.map(({ id }) => id);
    expect(all).toEqual(all.toSorted());
    const first = await list('?limit=1');
    expect(first).toMatchObject({ has_more: all.length > 1, data: [{ id: all[0] }] });
    expect((await list(`?limit=100&starting_after=${all[0]}`)).data.map(({ id }) => id)).toEqual(all.slice(1));
    expect((await list(`?limit=100&ending_before=${all.at(-1)}`)).data.map(({ id }) => id)).toEqual(all.slice(0, -1));
    await api.restart();
    serve(api, channel);
    expect((await list('?limit=100')).data.map(({ id }) => id)).toEqual(all);
  });

  it('are for the scope ops alone, and nothing that merchants see', async () => {
    const { id } = await caseOf();
    const wrong = [
      [api.ops, 401],
      [as('shop'), 403],
    ] as const;
    for (const [http, status] of wrong) {
      expect((await http.get('/admin/cases')).status).toBe(status);
      expect((await http.get(`/admin/cases/${id}`)).status).toBe(status);
      expect((await http.post(`/admin/cases/${id}/agree`, {})).status).toBe(status);
    }
    expect((await api.as('shop').get('/admin/cases')).status).toBe(404);
    expect((await api.as('shop').get(`/v1/orders/${id}/tree`)).status).toBe(404);
    const events = await api.as('shop').get('/v1/events?limit=100');
    expect(events.text).not.toContain('cas_');
  });

  it.each([
    ['GET', '/admin/cases?status=resolved', 400, 'query_invalid'],
    ['GET', '/admin/cases?limit=0', 400, 'query_invalid'],
    ['GET', '/admin/cases/a%20b', 400, 'id_invalid'],
    ['GET', '/admin/cases/nothing', 404, 'case_not_found'],
    ['POST', '/admin/cases', 405, 'method_not_allowed'],
    ['GET', '/admin/cases/nothing/agree', 405, 'method_not_allowed'],
    ['GET', '/admin/nothing', 404, 'route_not_found'],
    ['POST', '/admin/cases/nothing/decide', 400, 'body_invalid'],
  ])('%s %s answers %i', async (method, path, status, code) => {
    expect(await as('operator').send(method, path)).toMatchObject({ status, body: { code } });
  });

  it('are listed, shown and decided on the command line', async () => {
    const run = async (who: keyof typeof KEYS, ...words: string[]): Promise<string> => {
      let said = '';
      const program = new Command().configureOutput({ writeOut: (text) => (said += text), writeErr: (text) => (said += text) }); // prettier-ignore
      registerCases(program);
      process.env['FLORIN_KEY'] = api.token(who);
      await program.parseAsync(['node', 'florin', 'cases', ...words, '--ops-port', String(api.server.opsPort)]);
      delete process.env['FLORIN_KEY'];
      return said;
    };
    const { id, detail } = await caseOf();
    expect(await run('operator', 'list')).toContain(id);
    expect(await run('operator', 'show', id)).toContain(detail);
    expect(JSON.parse(await run('operator', 'decide', id, 'retry', '--json'))).toMatchObject({ status: 'proposed' });
    expect(await run('operator', 'agree', id)).toContain('same_person_approval');
    expect(process.exitCode).toBe(1);
    process.exitCode = undefined;
    expect(await run('other', 'agree', id)).toMatch(/status +resolved/);
    expect(await run('shop', 'list')).toContain('scope_missing');
    process.exitCode = undefined;
  });
});
