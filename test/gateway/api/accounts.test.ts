// Accounts over the API: what one is, how it is opened, shown, listed, frozen and closed.

import { describe, expect, it } from 'vitest';
import type { AccountResource } from '../../../src/gateway/resources.ts';
import { transports, useApi } from './support/api.ts';
import type { Seen } from './support/http-client.ts';
import { account, bodyOf, codeOf, fresh, openBank, openWith } from './support/ledger.ts';
import { surfaces } from './support/surfaces.ts';
import { askSpelled, HERE, ids, largest, noAmounts, noIds, spelled } from './support/values.ts';

const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;
const ULID = /^acc_[0-9A-HJKMNP-TV-Z]{26}$/;

type Page = { readonly data: readonly AccountResource[]; readonly has_more: boolean };

function idsOf({ body }: Seen<Page>): string[] {
  return body.data.map(({ id }) => id);
}

const WRONG_QUERIES =
  'limit=0 limit=101 limit=-1 limit=1.5 limit= limit=ten limit=1&limit=2 page=2 starting_after= starting_after=a%20b ' +
  'starting_after=nobody ending_before=nobody ending_before=a&starting_after=a';

describe.each(transports)('accounts over %s', (transport) => {
  const api = useApi({ transport, assets: ['POINTS:0'] });

  const list = (query: string): Promise<Seen<Page>> => api.http.get<Page>(`/v1/accounts?${query}`);

  describe.each(surfaces)('asked by %s', (surface) => {
    const ask = (op: string, body: object, key?: string) => api.ask<AccountResource>(surface, op, body, key);
    const create = (body: object) => ask('accounts.create', { currency: 'EUR', kind: 'user', ...body });
    const code = async (body: object) => codeOf(await ask('accounts.create', body));

    it('shows an account as it was opened', async () => {
      const id = fresh('account');
      const metadata = { city: 'Praha', náměstí: 'Václavské 💰' };
      const told = bodyOf(await create({ id, credit_limit: 500, metadata }));
      expect(told).toEqual({
        id,
        currency: 'EUR',
        kind: 'user',
        status: 'active',
        available: 0,
        held: 0,
        pending: 0,
        credit_limit: 500,
        crediting: { way: 'direct' },
        metadata,
        version: 1,
        created_at: expect.stringMatching(TIME) as string,
        updated_at: told.created_at,
      });
      expect(bodyOf(await ask('accounts.get', { id }))).toEqual(told);
    });

    it('names an account that has no name', async () => {
      const { id } = bodyOf(await create({}));
      expect(id).toMatch(ULID);
      expect(bodyOf(await ask('accounts.get', { id })).id).toBe(id);
    });

    it.each(ids)('takes the id %s as it is', async (id) => {
      const told = await create({ id });
      expect(['ok', 'account_exists']).toContain(codeOf(told));
      expect(bodyOf(await ask('accounts.get', { id })).id).toBe(id);
    });

    it.each(spelled(surface, noIds))('refuses the id $name', async (spelling) => {
      const body = { id: HERE, currency: 'EUR', kind: 'user' };
      const told = await askSpelled(api, surface, { op: 'accounts.create', body }, spelling);
      expect(told).toMatchObject({ ok: false, error: { code: 'id_invalid', param: 'id', status: 400 } });
    });

    it('gives no credit unless asked to, a limited one, or an unlimited one', async () => {
      const limits = await Promise.all([{}, { credit_limit: 0 }, { credit_limit: '70' }, { credit_limit: 'unlimited' }].map(create)); // prettier-ignore
      expect(limits.map((told) => bodyOf(told).credit_limit)).toEqual([0, 0, 70, 'unlimited']);
    });

    it.each(spelled(surface, largest))('takes the credit limit $name', async (spelling) => {
      const body = { currency: 'EUR', kind: 'user', credit_limit: HERE };
      const told = await askSpelled(api, surface, { op: 'accounts.create', body }, spelling);
      expect(bodyOf(told)['credit_limit']).toBe(Number.MAX_SAFE_INTEGER);
    });

    const zeros = new Set(['0', '"0"', 'JSON -0', 'msgpack -0']);
    it.each(spelled(surface, noAmounts).filter(({ name }) => !zeros.has(name)))(
      'refuses the credit limit $name',
      async (spelling) => {
        const body = { currency: 'EUR', kind: 'user', credit_limit: HERE };
        const told = await askSpelled(api, surface, { op: 'accounts.create', body }, spelling);
        expect(told).toMatchObject({ ok: false, error: { code: 'amount_invalid', param: 'credit_limit' } });
      },
    );

    it('knows the currencies of ISO 4217 and the configured assets, in their own spelling', async () => {
      for (const known of ['EUR', 'JPY', 'BHD', 'POINTS'])
        expect(await code({ currency: known, kind: 'user' })).toBe('ok');
      for (const unknown of ['eur', 'EU', 'EURO', 'XYZ1', 'points', '', ' EUR', 978, null, 'constructor']) {
        expect(await code({ currency: unknown, kind: 'user' })).toBe('currency_invalid');
      }
    });

    it('refuses a body that is incomplete, has too much, or is of the wrong shape', async () => {
      expect(await code({ currency: 'EUR' })).toBe('body_invalid');
      expect(await code({ kind: 'user' })).toBe('currency_invalid');
      expect(await code({ currency: 'EUR', kind: 'user', colour: 'red' })).toBe('field_unknown');
      expect(await code({ currency: 'EUR', kind: 'two words' })).toBe('body_invalid');
      expect(await code({ currency: 'EUR', kind: 'user', available: 5 })).toBe('field_unknown');
      for (const metadata of [[], 'text', { a: 1 }, { a: null }, { '': 'x' }, { a: 'x'.repeat(501) }, tooMany()]) {
        expect(await code({ currency: 'EUR', kind: 'user', metadata })).toBe('body_invalid');
      }
    });

    it('opens an id once', async () => {
      const id = fresh('account');
      expect(codeOf(await create({ id }))).toBe('ok');
      expect(codeOf(await create({ id }))).toBe('account_exists');
    });

    it('tells an id that nobody has', async () => {
      const told = await ask('accounts.get', { id: fresh('nobody') });
      expect(told).toMatchObject({ ok: false, error: { code: 'account_not_found', status: 404 } });
    });

    it('freezes, thaws and closes; a closed account never opens again', async () => {
      const id = await openWith(api, 0);
      const change = async (status: string) => ask('accounts.change', { id, status });
      expect(bodyOf(await change('frozen'))).toMatchObject({ status: 'frozen', version: 2 });
      expect(bodyOf(await change('active'))).toMatchObject({ status: 'active', version: 3 });
      expect(bodyOf(await change('closed'))).toMatchObject({ status: 'closed', version: 4 });
      expect(codeOf(await change('active'))).toBe('account_closed');
      expect(codeOf(await change('thawed'))).toBe('body_invalid');
      expect(await account(api, id)).toMatchObject({ status: 'closed', version: 4 });
    });

    it('does not close an account with money or open holds', async () => {
      const [rich, holder, empty] = [await openWith(api, 10), await openWith(api, 10), await openWith(api, 0)];
      await api.http.post('/v1/transfers', { id: fresh(), debit_account: holder, credit_account: empty, amount: 10, hold: true }); // prettier-ignore
      for (const id of [rich, holder, empty]) {
        expect(codeOf(await ask('accounts.change', { id, status: 'closed' }))).toBe('account_not_empty');
      }
    });

    it('changes the credit limit and the metadata, and nothing else', async () => {
      const id = await openWith(api, 0, { metadata: { a: '1' } });
      const changed = bodyOf(await ask('accounts.change', { id, credit_limit: 'unlimited', metadata: { b: '2' } }));
      expect(changed).toMatchObject({ credit_limit: 'unlimited', metadata: { b: '2' }, status: 'active', version: 2 });
      expect(codeOf(await ask('accounts.change', { id, currency: 'CZK' }))).toBe('field_unknown');
      expect(codeOf(await ask('accounts.change', { id, credit_limit: -1 }))).toBe('amount_invalid');
      expect(codeOf(await ask('accounts.change', { id: fresh('nobody'), status: 'frozen' }))).toBe('account_not_found');
    });
  });

  it('answers 201 with the place of the new account', async () => {
    const created = await api.http.post<AccountResource>('/v1/accounts', { currency: 'EUR', kind: 'user' });
    expect(created.status).toBe(201);
    expect(created.headers['content-type']).toBe('application/json');
    expect(created.headers.location).toBe(`/v1/accounts/${created.body.id}`);
    const there = await api.http.get<AccountResource>(created.headers.location ?? '');
    expect(there).toMatchObject({ status: 200, text: created.text });
  });

  it('lets available go as far below zero as the credit limit says', async () => {
    const [poor, other] = [await openWith(api, 0, { credit_limit: 100 }), await openWith(api, 0)];
    const pay = (amount: number) =>
      api.http.post('/v1/transfers', { id: fresh(), debit_account: poor, credit_account: other, amount });
    expect((await pay(101)).body['code']).toBe('insufficient_funds');
    expect((await pay(100)).status).toBe(201);
    expect((await pay(1)).body['code']).toBe('insufficient_funds');
    expect(await account(api, poor)).toMatchObject({ available: -100, version: 2 });
    const bank = await openBank(api.http);
    await api.http.post('/v1/transfers', { id: fresh(), debit_account: bank, credit_account: other, amount: 1e15 });
    expect(await account(api, bank)).toMatchObject({ available: -1e15, credit_limit: 'unlimited' });
  });

  describe('lists', () => {
    it('pages both ways, the newest first', async () => {
      const opened: string[] = [];
      for (let count = 0; count < 5; count++) opened.push(await openWith(api, 0));
      const [e = '', d = '', c = '', b = '', a = ''] = opened.toReversed();
      expect(idsOf(await list('limit=2'))).toEqual([e, d]);
      expect((await list('limit=2')).body.has_more).toBe(true);
      expect(idsOf(await list(`limit=2&starting_after=${d}`))).toEqual([c, b]);
      expect(idsOf(await list(`limit=2&ending_before=${b}`))).toEqual([d, c]);
      expect((await list(`limit=2&ending_before=${b}`)).body.has_more).toBe(true);
      expect((await list(`limit=4&ending_before=${a}`)).body).toMatchObject({ has_more: false });
      expect(idsOf(await list(`ending_before=${e}`))).toEqual([]);
    });

    it('shows in a list what it shows alone', async () => {
      const id = await openWith(api, 30);
      expect((await list('limit=2')).body.data).toContainEqual(await account(api, id));
    });

    it.each(WRONG_QUERIES.split(' '))('refuses %s', async (query) => {
      const seen = await api.http.get(`/v1/accounts?${query}`);
      expect(seen).toMatchObject({ status: 400, body: { code: 'query_invalid', param: query.split('=')[0] } });
    });
  });
});

function tooMany(): Record<string, string> {
  return Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`k${index}`, 'v']));
}
