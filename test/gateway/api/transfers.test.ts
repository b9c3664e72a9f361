// Transfers over the API: money that moves at once, in every spelling of its amount and ids.

import { beforeAll, describe, expect, it } from 'vitest';
import type { TransferResource } from '../../../src/gateway/resources.ts';
import { transports, useApi } from './support/api.ts';
import { account, bodyOf, codeOf, fresh, openBank, openWith, payment, transfer } from './support/ledger.ts';
import { surfaces } from './support/surfaces.ts';
import { askSpelled, HERE, ids, largest, noAmounts, noIds, ones, spelled } from './support/values.ts';

const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;

describe.each(transports)('transfers over %s', (transport) => {
  const api = useApi({ transport });

  describe.each(surfaces)('asked by %s', (surface) => {
    const ask = (op: string, body: object, key?: string) => api.ask<TransferResource>(surface, op, body, key);
    const create = (body: object, key?: string) => ask('transfers.create', body, key);

    let between = { debit_account: '', credit_account: '' };
    beforeAll(async () => {
      const { debit_account, credit_account } = await payment(api, 1_000, 1);
      between = { debit_account, credit_account };
    });

    it('shows a transfer as it was posted, with both sides after it', async () => {
      const asked = { ...(await payment(api, 100, 70)), currency: 'EUR', metadata: { order: '17' } };
      const told = bodyOf(await create(asked));
      const { id, debit_account: debit, credit_account: credit } = asked;
      expect(told).toEqual({
        id,
        status: 'posted',
        ref: null,
        debit_account: debit,
        credit_account: credit,
        amount: 70,
        currency: 'EUR',
        hold: false,
        captured: 0,
        released: 0,
        remaining: 0,
        expires_at: null,
        metadata: { order: '17' },
        version: 1,
        created_at: expect.stringMatching(TIME) as string,
        updated_at: told.created_at,
        debit: { account: debit, version: 3, available: 30 },
        credit: { account: credit, version: 2, available: 70 },
      });
      expect(bodyOf(await ask('transfers.get', { id }))).toEqual(told);
      expect(await account(api, debit)).toMatchObject({ available: 30, version: 3 });
    });

    it('names a transfer that only has a key', async () => {
      const { id: _, ...nameless } = await payment(api, 10, 10);
      const { id } = bodyOf(await create(nameless, fresh('key')));
      expect(id).toMatch(/^xfr_[0-9A-HJKMNP-TV-Z]{26}$/);
      expect(await transfer(api, id)).toMatchObject({ id, status: 'posted', amount: 10 });
    });

    it.each(spelled(surface, ones))('takes $name for one', async (spelling) => {
      const body = { ...between, id: fresh(), amount: HERE };
      const { available } = await account(api, between.debit_account);
      const told = bodyOf(await askSpelled(api, surface, { op: 'transfers.create', body }, spelling));
      expect(told).toMatchObject({ amount: 1, debit: { available: available - 1 } });
    });

    it.each(spelled(surface, largest))('takes $name for the largest amount', async (spelling) => {
      const [bank, credit] = [await openBank(api.http), await openWith(api, 0)];
      const body = { id: fresh(), debit_account: bank, credit_account: credit, amount: HERE };
      const told = bodyOf(await askSpelled(api, surface, { op: 'transfers.create', body }, spelling));
      expect(told['credit']).toMatchObject({ available: Number.MAX_SAFE_INTEGER });
    });

    it.each(spelled(surface, noAmounts))('refuses the amount $name', async (spelling) => {
      const body = { id: fresh(), debit_account: 'rich', credit_account: 'other', amount: HERE };
      const told = await askSpelled(api, surface, { op: 'transfers.create', body }, spelling);
      expect(told).toMatchObject({ ok: false, error: { code: 'amount_invalid', param: 'amount', status: 400 } });
    });

    describe.each(['id', 'debit_account', 'credit_account'])('%s', (field) => {
      it.each(spelled(surface, noIds))('refuses $name', async (spelling) => {
        const body = { id: fresh(), debit_account: 'a', credit_account: 'b', amount: 1, [field]: HERE };
        const told = await askSpelled(api, surface, { op: 'transfers.create', body, key: fresh('key') }, spelling);
        expect(told).toMatchObject({ ok: false, error: { code: 'id_invalid', param: field, status: 400 } });
      });
    });

    it.each(ids)('takes the id %s as it is', async (id) => {
      const told = await create({ ...between, id, amount: 1 });
      expect(['ok', 'transfer_exists_with_different_content']).toContain(codeOf(told));
      expect(bodyOf(await ask('transfers.get', { id })).id).toBe(id);
    });

    it('refuses what is missing, too much, or of the wrong shape', async () => {
      const { id, ...whole } = await payment(api, 10, 1);
      const without = (field: keyof typeof whole): object =>
        Object.fromEntries(Object.entries({ id, ...whole }).filter(([name]) => name !== field));
      expect(codeOf(await create(without('amount')))).toBe('amount_invalid');
      expect(codeOf(await create(without('debit_account')))).toBe('id_invalid');
      expect(codeOf(await create(without('credit_account')))).toBe('id_invalid');
      expect(codeOf(await create(whole))).toBe('idempotency_key_required');
      expect(codeOf(await create({ id, ...whole, fee: 1 }))).toBe('field_unknown');
      expect(codeOf(await create({ id, ...whole, hold: 'yes' }))).toBe('body_invalid');
      expect(codeOf(await create({ id, ...whole, expires_in: 5 }))).toBe('body_invalid');
      expect(codeOf(await create({ id, ...whole, metadata: { a: 1 } }))).toBe('body_invalid');
      const proto = { id, ...whole, metadata: JSON.parse('{"__proto__":"x"}') as object };
      // No msgpack library writes this name as it is.
      if (surface !== 'msgpack') expect(codeOf(await create(proto))).toBe('body_invalid');
    });

    it('refuses a transfer from an account to itself', async () => {
      const one = await openWith(api, 10);
      const told = await create({ id: fresh(), debit_account: one, credit_account: one, amount: 1 });
      expect(told).toMatchObject({ ok: false, error: { code: 'same_account', status: 400 } });
    });

    it.each([
      ['account_not_found', { debit_account: 'nobody' }],
      ['account_not_found', { credit_account: 'nobody' }],
      ['insufficient_funds', { amount: 101 }],
      ['currency_mismatch', { currency: 'USD' }],
      ['currency_invalid', { currency: 'usd' }],
    ])('answers %s to %o, and moves nothing', async (code, change) => {
      const asked = await payment(api, 100, 100);
      expect(codeOf(await create({ ...asked, ...change }))).toBe(code);
      expect(await account(api, asked.debit_account)).toMatchObject({ available: 100, version: 2 });
      expect(await account(api, asked.credit_account)).toMatchObject({ available: 0, version: 1 });
      expect(codeOf(await ask('transfers.get', { id: asked.id }))).toBe('transfer_not_found');
    });

    it('refuses a transfer between currencies', async () => {
      const [euros, dollars] = [await openWith(api, 10), fresh('dollars')];
      await api.http.post('/v1/accounts', { id: dollars, currency: 'USD', kind: 'user' });
      const told = await create({ id: fresh(), debit_account: euros, credit_account: dollars, amount: 1 });
      expect(codeOf(told)).toBe('currency_mismatch');
    });

    it.each(['debit_account', 'credit_account'] as const)('refuses a frozen or closed %s', async (side) => {
      const asked = await payment(api, 10, 1);
      await api.http.patch(`/v1/accounts/${asked[side]}`, { status: 'frozen' });
      expect(codeOf(await create(asked))).toBe('account_frozen');
      const closed = await openWith(api, 0);
      await api.http.patch(`/v1/accounts/${closed}`, { status: 'closed' });
      expect(codeOf(await create({ ...asked, [side]: closed }))).toBe('account_closed');
    });

    it('lets no balance leave the countable integers', async () => {
      const [bank, full] = [await openBank(api.http), await openWith(api, 0)];
      const pay = (amount: number) => create({ id: fresh(), debit_account: bank, credit_account: full, amount });
      expect(codeOf(await pay(Number.MAX_SAFE_INTEGER))).toBe('ok');
      expect(codeOf(await pay(1))).toBe('balance_overflow');
      expect(await account(api, full)).toMatchObject({ available: Number.MAX_SAFE_INTEGER, version: 2 });
    });

    it('tells an id that nobody has', async () => {
      const told = await ask('transfers.get', { id: fresh('nothing') });
      expect(told).toMatchObject({ ok: false, error: { code: 'transfer_not_found', status: 404 } });
    });
  });

  it('answers 201 with the place of the new transfer', async () => {
    const asked = await payment(api, 10, 1);
    const created = await api.http.post('/v1/transfers', asked);
    expect(created).toMatchObject({ status: 201, headers: { location: `/v1/transfers/${asked.id}` } });
    expect((await api.http.get(created.headers.location ?? '')).text).toBe(created.text);
  });

  it('keeps the sum of all money at zero', async () => {
    const [bank, a, b] = [await openBank(api.http), await openWith(api, 0), await openWith(api, 0)];
    const pay = (debit: string, credit: string, amount: number) =>
      api.http.post('/v1/transfers', { id: fresh(), debit_account: debit, credit_account: credit, amount });
    await pay(bank, a, 1_000);
    await Promise.all(Array.from({ length: 50 }, (_, index) => pay(index % 2 ? a : b, index % 2 ? b : a, index + 1)));
    const balances = await Promise.all([bank, a, b].map((id) => account(api, id)));
    expect(balances.reduce((sum, { available }) => sum + available, 0)).toBe(0);
    expect(balances.every(({ available }, index) => index === 0 || available >= 0)).toBe(true);
  });
});
