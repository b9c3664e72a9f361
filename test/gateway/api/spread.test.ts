// Credits spread over sub-accounts, over the API: one account in answers, lists, events, statement and balances, and the
// vouchers of what lies behind it.

import { describe, expect, it } from 'vitest';
import type { EntryResource } from '../../../src/gateway/entry-resource.ts';
import type { AccountResource, EventResource, TransferResource } from '../../../src/gateway/resources.ts';
import { transports, useApi } from './support/api.ts';
import { account, bodyOf, codeOf, fresh, openBank, openWith, transfer } from './support/ledger.ts';
import { surfaces } from './support/surfaces.ts';

type Voucher = {
  readonly event: string;
  readonly key: string;
  readonly legs: readonly { account: string; subject: number }[];
};
type Statement = {
  readonly data: readonly EntryResource[];
  readonly has_more: boolean;
  readonly opening_balance: number;
  readonly closing_balance: number;
  readonly complete_to: number;
};

describe.each(transports)('spread credits over %s', (transport) => {
  const api = useApi({ transport, books: 'on' });

  const openShop = (sub_accounts = 3): Promise<string> =>
    openWith(api, 0, { kind: 'merchant', crediting: { way: 'spread', sub_accounts } });
  const pay = async (debit: string, credit: string, amount: number, more: object = {}): Promise<TransferResource> => {
    const body = { id: fresh('t'), debit_account: debit, credit_account: credit, amount, ...more };
    return (await api.http.post<TransferResource>('/v1/transfers', body)).body;
  };
  const entries = async (id: string, query = '') =>
    (await api.http.get<Statement>(`/v1/accounts/${id}/entries${query}`)).body;

  /** Paid 10, 20, 30, 40, then pays 75: two of its sub-accounts give. */
  async function tradingShop() {
    const [shop, bank] = [await openShop(), await openBank(api.http)];
    const paid: TransferResource[] = [];
    for (const amount of [10, 20, 30, 40]) paid.push(await pay(bank, shop, amount));
    paid.push(await pay(shop, bank, 75));
    return { shop, bank, paid };
  }

  describe.each(surfaces)('asked by %s', (surface) => {
    const ask = (op: string, body: object) => api.ask<AccountResource>(surface, op, body);

    it.each([
      [{ way: 'spread' }, 8],
      [{ way: 'spread', sub_accounts: 2 }, 2],
      [{ way: 'spread', sub_accounts: 64 }, 64],
    ])('%o is over %i', async (crediting, sub_accounts) => {
      const opened = bodyOf(await ask('accounts.create', { currency: 'EUR', kind: 'user', crediting }));
      expect(opened).toMatchObject({ crediting: { way: 'spread', sub_accounts }, version: 2, available: 0 });
      expect(await account(api, opened.id)).toEqual(opened);
      const { id } = bodyOf(await ask('accounts.create', { currency: 'EUR', kind: 'user' }));
      const changed = bodyOf(await ask('accounts.change', { id, crediting }));
      expect(changed).toMatchObject({ crediting: { way: 'spread', sub_accounts }, version: 2 });
      expect(await account(api, id)).toEqual(changed);
    });

    it.each([
      { way: 'spread', sub_accounts: 1 },
      { way: 'spread', sub_accounts: 65 },
      { way: 'spread', sub_accounts: 2.5 },
      { way: 'spread', sub_accounts: '8' },
      { way: 'spread', delay_ms: 5 },
      { way: 'buffered', sub_accounts: 8 },
      { way: 'direct', sub_accounts: 8 },
    ])('%o is body_invalid', async (crediting) => {
      const told = await ask('accounts.create', { currency: 'EUR', kind: 'user', crediting });
      expect(told).toMatchObject({ ok: false, error: { code: 'body_invalid', param: 'crediting' } });
    });
  });

  it('each payment is there at once, and its answer says what the account shows', async () => {
    const { shop, bank, paid } = await tradingShop();
    expect(paid.map(({ status, credit, debit }) => [status, credit.account === shop ? credit : debit])).toEqual([
      ['posted', { account: shop, version: 3, available: 10 }],
      ['posted', { account: shop, version: 4, available: 30 }],
      ['posted', { account: shop, version: 5, available: 60 }],
      ['posted', { account: shop, version: 6, available: 100 }],
      // Two gatherings of two versions each came before it.
      ['posted', { account: shop, version: 11, available: 25 }],
    ]);
    expect(await account(api, shop)).toMatchObject({ available: 25, pending: 0, version: 11 });
    const { data } = (await api.http.get<{ data: AccountResource[] }>('/v1/accounts?limit=100')).body;
    expect(data.find(({ id }) => id === shop)).toEqual(await account(api, shop));
    expect(data.filter(({ id }) => id.startsWith('*'))).toEqual([]);
    expect(codeOf(await api.ask('http', 'transfers.create', { id: fresh('t'), debit_account: shop, credit_account: bank, amount: 26 }))).toBe('insufficient_funds'); // prettier-ignore
  });

  it('asked again, after a restart too, a transfer and a change of the rule are byte for byte what they were', async () => {
    const [shop, bank, key] = [await openShop(), await openBank(api.http), fresh('key')];
    const into = { id: fresh('t'), debit_account: bank, credit_account: shop, amount: 50 };
    const out = { id: fresh('t'), debit_account: shop, credit_account: bank, amount: 20 };
    const ask = async () => [
      (await api.http.post('/v1/transfers', into)).text,
      (await api.http.post('/v1/transfers', out)).text,
      JSON.stringify(bodyOf(await api.ask('http', 'accounts.change', { id: shop, crediting: { way: 'direct' } }, key))),
    ];
    const first = await ask();
    await pay(bank, shop, 1);
    expect(await ask()).toEqual(first);
    await api.restart();
    expect(await ask()).toEqual(first);
    expect(await account(api, shop)).toMatchObject({ available: 31, crediting: { way: 'direct' } });
  });

  it('one statement, in order, with a balance over all; its cursors and filters work', async () => {
    const { shop, bank, paid } = await tradingShop();
    const whole = await entries(shop, '?order=oldest');
    expect(whole.data.map(({ version, side, change, available, counterparty }) => [version, side, change, available, counterparty])).toEqual([
      [3, 'credit', 10, 10, bank],
      [4, 'credit', 20, 30, bank],
      [5, 'credit', 30, 60, bank],
      [6, 'credit', 40, 100, bank],
      [11, 'debit', -75, 25, bank],
    ]); // prettier-ignore
    expect(whole.data.map((entry) => entry.transfer)).toEqual(paid.map(({ id }) => id));
    expect([whole.opening_balance, whole.closing_balance, whole.has_more]).toEqual([0, 25, false]);
    expect(whole.complete_to).toBeGreaterThan(0);
    expect((await entries(shop)).data).toEqual(whole.data.toReversed());
    const page = await entries(shop, '?order=oldest&limit=2&starting_after=4');
    expect(page).toMatchObject({ has_more: true, opening_balance: 30, closing_balance: 100 });
    expect(page.data).toEqual(whole.data.slice(2, 4));
    const before = await entries(shop, '?order=oldest&limit=2&ending_before=9');
    expect(before).toMatchObject({ has_more: true, opening_balance: 30, closing_balance: 100 });
    for (const index of [1, 4]) {
      const { data } = await entries(shop, `?transfer=${paid[index]?.id}`);
      expect(data).toEqual([whole.data[index]]);
    }
    const csv = (await api.http.get(`/v1/accounts/${shop}/entries?format=csv&order=oldest`)).text.trim().split('\r\n');
    expect(csv).toHaveLength(6);
    expect(csv[5]).toContain(`11,11,`);
  });

  it('balances at a time, and the statement goes on when the rule has gone', async () => {
    const { shop, bank } = await tradingShop();
    const balance = (at: string) => api.http.get<object>(`/v1/accounts/${shop}/balance${at}`);
    expect((await balance('')).body).toMatchObject({ available: 25, held: 0, pending: 0, version: 11 });
    const [first] = (await entries(shop, '?order=oldest')).data;
    const before = new Date(Date.parse(first?.at ?? '') - 1).toISOString();
    expect((await balance(`?at=${before}`)).body).toMatchObject({ available: 0 });
    const gone = bodyOf(
      await api.ask<AccountResource>('http', 'accounts.change', { id: shop, crediting: { way: 'direct' } }),
    );
    expect(gone).toMatchObject({ available: 25, crediting: { way: 'direct' } });
    await pay(bank, shop, 5);
    const { data, closing_balance } = await entries(shop, '?order=oldest');
    expect(data.map(({ change }) => change)).toEqual([10, 20, 30, 40, -75, 5]);
    expect(closing_balance).toBe(30);
    expect(data.at(-1)?.version).toBe((await account(api, shop)).version);
  });

  it('its events are those of one account', async () => {
    const { shop, paid } = await tradingShop();
    await api.ask('http', 'accounts.change', { id: shop, metadata: { a: 'b' } });
    type Events = { data: EventResource[]; has_more: boolean; cursor: string };
    const data: EventResource[] = [];
    for (let after = '', more = true; more;) {
      const { body } = await api.http.get<Events>(`/v1/events?limit=100${after}`);
      data.push(...body.data);
      after = `&after=${body.cursor}`;
      more = body.has_more;
    }
    const own = data.filter(({ data: told }) => 'id' in told && [shop, ...paid.map(({ id }) => id)].includes(told.id));
    expect(own.map(({ type }) => type)).toEqual(['account.opened', 'account.changed', ...paid.map(() => 'transfer.posted'), 'account.changed']); // prettier-ignore
    expect(own.at(-1)?.data).toEqual(await account(api, shop));
    expect(JSON.stringify(data)).not.toContain(`:${shop}"`);
  });

  it('vouchers: from the payer to the sub-account, and from there to the account', async () => {
    const { shop, bank, paid } = await tradingShop();
    const list = async (order: string) =>
      (await api.http.get<{ data: Voucher[] }>(`/v1/vouchers?order=${order}`)).body.data;
    expect(await list(paid[1]?.id ?? '')).toMatchObject([
      { event: 'TR1', legs: [{ account: bank, subject: 1001 }, { account: `*02:${shop}`, subject: 2004 }] },
    ]); // prettier-ignore
    expect(await list(paid[4]?.id ?? '')).toMatchObject([{ event: 'TR1', legs: [{ account: shop, subject: 2004 }, { account: bank }] }]); // prettier-ignore
    expect(await transfer(api, paid[1]?.id ?? '')).toEqual(paid[1]);
    type Trial = { totals: { debit: number; credit: number }[]; data: { subject: number; closing_balance: number }[] };
    const { totals, data } = (await api.http.get<Trial>('/v1/trial_balance')).body;
    expect(totals.map(({ debit, credit }) => debit - credit)).toEqual([0]);
    expect(data.find(({ subject }) => subject === 2990)).toMatchObject({ closing_balance: 0 });
  });

  it('a post to it is not reversed', async () => {
    const { paid } = await tradingShop();
    const reversed = await api.http.post<{ code: string }>(`/v1/transfers/${paid[0]?.id}/reverse`, {}, fresh('key'));
    expect([reversed.status, reversed.body.code]).toEqual([409, 'transfer_not_reversible']);
  });
});
