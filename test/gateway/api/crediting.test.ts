// Rules of crediting over the API: how they are said and shown, what is pending and when it has arrived, and the books.

import { describe, expect, it } from 'vitest';
import type { EntryResource } from '../../../src/gateway/entry-resource.ts';
import type { AccountResource, TransferResource } from '../../../src/gateway/resources.ts';
import { transports, useApi } from './support/api.ts';
import { account, bodyOf, codeOf, fresh, openBank, openWith, transfer } from './support/ledger.ts';
import { surfaces } from './support/surfaces.ts';

const ARRIVES = { interval: 5, timeout: 10_000 };
const DAY_MS = 86_400_000;

type Voucher = { readonly event: string; readonly segment: number; readonly legs: readonly { subject: number }[] };

describe.each(transports)('crediting over %s', (transport) => {
  const api = useApi({ transport, books: 'on' });

  const shopWith = (crediting: object): Promise<string> => openWith(api, 0, { kind: 'merchant', crediting });
  const pay = async (credit: string, amount: number, more: object = {}) => {
    const body = { id: fresh('t'), debit_account: await openWith(api, 100), credit_account: credit, amount, ...more };
    return { body, seen: await api.http.post<TransferResource>('/v1/transfers', body) };
  };
  const arrived = (id: string, amount: number): Promise<void> =>
    expect.poll(() => account(api, id), ARRIVES).toMatchObject({ available: amount, pending: 0 });

  describe.each(surfaces)('asked by %s', (surface) => {
    const ask = (op: string, body: object, key?: string) => api.ask<AccountResource>(surface, op, body, key);
    const create = (crediting: unknown) => ask('accounts.create', { currency: 'EUR', kind: 'user', crediting });

    it.each([
      [{ way: 'direct' }, { way: 'direct' }],
      [null, { way: 'direct' }],
      [{ way: 'buffered' }, { way: 'buffered', delay_ms: 1_000 }],
      [
        { way: 'buffered', delay_ms: 1 },
        { way: 'buffered', delay_ms: 1 },
      ],
      [{ way: 'segmented' }, { way: 'segmented', delay_ms: 100 }],
      [
        { way: 'segmented', delay_ms: DAY_MS },
        { way: 'segmented', delay_ms: DAY_MS },
      ],
    ])('%o is shown as %o', async (said, shown) => {
      const opened = bodyOf(await create(said));
      expect(opened.crediting).toEqual(shown);
      expect(await account(api, opened.id)).toEqual(opened);
      const { id } = bodyOf(await create(undefined));
      const changed = bodyOf(await ask('accounts.change', { id, crediting: said }));
      expect(changed).toMatchObject({ crediting: shown, version: 2 });
      expect(await account(api, id)).toEqual(changed);
    });

    it.each([
      'buffered',
      {},
      [],
      { way: 'sometimes' },
      { way: 'buffered', delay_ms: 0 },
      { way: 'buffered', delay_ms: DAY_MS + 1 },
      { way: 'segmented', delay_ms: 1.5 },
      { way: 'segmented', delay_ms: '5' },
      { way: 'direct', delay_ms: 5 },
      { way: 'buffered', parts: 2 },
    ])('%o is body_invalid', async (said) => {
      for (const told of [await create(said), await ask('accounts.change', { id: fresh(), crediting: said })]) {
        expect(told).toMatchObject({ ok: false, error: { code: 'body_invalid', param: 'crediting' } });
      }
    });

    it('answers the same again under the same key, however much is on its way by then', async () => {
      const [opening, changing] = [fresh('key'), fresh('key')];
      const asked = { id: fresh('shop'), currency: 'EUR', kind: 'merchant', crediting: { way: 'buffered', delay_ms: DAY_MS } }; // prettier-ignore
      const opened = bodyOf(await ask('accounts.create', asked, opening));
      expect(opened).toMatchObject({ version: 2, pending: 0 });
      await pay(opened.id, 5);
      const change = { id: opened.id, metadata: { a: '1' } };
      const changed = bodyOf(await ask('accounts.change', change, changing));
      expect(changed).toMatchObject({ pending: 5, metadata: { a: '1' }, crediting: { way: 'buffered' } });
      await pay(opened.id, 6);
      expect(bodyOf(await ask('accounts.create', asked, opening))).toEqual(opened);
      expect(bodyOf(await ask('accounts.change', change, changing))).toEqual(changed);
    });
  });

  it('a name that the suspense needs, used otherwise, refuses the rule', async () => {
    await api.http.post('/v1/accounts', { id: 'suspense:USD', currency: 'USD', kind: 'user' });
    const { id } = (
      await api.http.post<AccountResource>('/v1/accounts', { id: fresh(), currency: 'USD', kind: 'merchant' })
    ).body;
    const refused = await api.ask('http', 'accounts.change', { id, crediting: { way: 'buffered' } });
    expect(codeOf(refused)).toBe('suspense_unusable');
    const created = await api.ask('http', 'accounts.create', { currency: 'USD', kind: 'a', crediting: { way: 'segmented' } }); // prettier-ignore
    expect(codeOf(created)).toBe('suspense_unusable');
    expect((await account(api, id)).crediting).toEqual({ way: 'direct' });
  });

  it('buffered: pending until the sum is applied; the statement has one entry, and its voucher', async () => {
    const shop = await shopWith({ way: 'buffered', delay_ms: DAY_MS });
    for (const amount of [7, 8]) {
      const { seen } = await pay(shop, amount);
      expect(seen.status).toBe(201);
      expect(seen.body).toMatchObject({ status: 'posted', hold: false, credit: { account: shop, available: 0 } });
    }
    expect(await account(api, shop)).toMatchObject({ available: 0, pending: 15 });
    const balance = (at: string) => api.http.get<object>(`/v1/accounts/${shop}/balance${at}`);
    expect((await balance('')).body).toMatchObject({ available: 0, pending: 15 });
    const { created_at: opened } = await account(api, shop);
    const before = new Date(Date.parse(opened) - 1).toISOString();
    expect((await balance(`?at=${before}`)).body).toMatchObject({ available: 0, pending: 0 });
    // A day is long: another rule for what comes now, and a server that finds what is due by the old one.
    await api.restart();
    expect(await account(api, shop)).toMatchObject({ available: 0, pending: 15 });
    const quick = await shopWith({ way: 'buffered', delay_ms: 1 });
    await pay(quick, 9);
    await arrived(quick, 9);
    const { data } = (await api.http.get<{ data: EntryResource[] }>(`/v1/accounts/${quick}/entries`)).body;
    expect(data).toHaveLength(1);
    const [entry] = data;
    expect(entry).toMatchObject({ type: 'posted', side: 'credit', amount: 9, counterparty: `+${quick}` });
    const voucher = (await api.http.get<Voucher>(`/v1/vouchers/${entry?.voucher}`)).body;
    expect(voucher).toMatchObject({ event: 'TR2', segment: 2, legs: [{ subject: 2023 }, { subject: 2004 }] });
  });

  it('segmented: sent, then posted; each step has its event and its voucher', async () => {
    const shop = await shopWith({ way: 'segmented', delay_ms: 50 });
    const { body, seen } = await pay(shop, 7);
    expect(seen.body).toMatchObject({ status: 'sent', version: 1, remaining: 0, credit: { account: shop } });
    await arrived(shop, 7);
    expect(await transfer(api, body.id)).toMatchObject({ status: 'posted', version: 2, credit: { available: 7 } });
    const { data } = (await api.http.get<{ data: Voucher[] }>(`/v1/vouchers?order=${body.id}`)).body;
    expect(data.map(({ event, segment }) => `${event} ${segment}`)).toEqual(['TR2 1', 'TR2 2']);
    const { data: events } = (await api.http.get<{ data: { type: string; data: { id: string } }[] }>('/v1/events?limit=100&type=transfer.sent')).body; // prettier-ignore
    expect(events.filter((event) => event.data.id === body.id)).toHaveLength(1);
    const entries = await api.http.get<{ data: EntryResource[] }>(`/v1/accounts/${shop}/entries`);
    expect(entries.body.data).toMatchObject([{ transfer: body.id, counterparty: body.debit_account, amount: 7 }]);
  });

  it('segmented: whoever prefers to wait is answered when it has arrived', async () => {
    const shop = await shopWith({ way: 'segmented', delay_ms: 50 });
    const body = { id: fresh('t'), debit_account: await openBank(api.http), credit_account: shop, amount: 7 };
    const seen = await api.http.post<TransferResource>('/v1/transfers', body, undefined, { prefer: 'wait=10' });
    expect(seen.body).toMatchObject({ status: 'posted', version: 2 });
  });

  it('segmented: a payee that is closed meanwhile, and why the payer has it back', async () => {
    const shop = await shopWith({ way: 'segmented', delay_ms: 200 });
    const { body } = await pay(shop, 7);
    await api.ask('http', 'accounts.change', { id: shop, status: 'closed' });
    await expect
      .poll(() => transfer(api, body.id), ARRIVES)
      .toMatchObject({
        status: 'returned',
        reason: 'account_closed',
        debit: { account: body.debit_account, available: 100 },
      });
  });

  it('the accounts on the way are nobody’s to see, list or use', async () => {
    const shop = await shopWith({ way: 'segmented', delay_ms: DAY_MS });
    await pay(shop, 7);
    const { data } = (await api.http.get<{ data: AccountResource[] }>('/v1/accounts?limit=100')).body;
    expect(data.map(({ id }) => id).filter((id) => /^[+~]/.test(id))).toEqual([]);
    expect((await api.http.get(`/v1/accounts/${encodeURIComponent(`~${shop}`)}`)).status).toBe(400);
    const { data: events } = (await api.http.get<{ data: { data: { id: string } }[] }>('/v1/events?limit=100&type=account.opened')).body; // prettier-ignore
    expect(events.filter((event) => /^[+~]/.test(event.data.id))).toEqual([]);
  });
});
