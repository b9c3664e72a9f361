// Statements over the API: the entries of an account, paged both ways, and what it had at a time.

import { beforeAll, describe, expect, it } from 'vitest';
import type { EntryResource } from '../../../src/gateway/entry-resource.ts';
import { transports, useApi } from './support/api.ts';
import { account, fresh, openBank, openWith } from './support/ledger.ts';

type Statement = {
  readonly data: readonly EntryResource[];
  readonly has_more: boolean;
  readonly account: string;
  readonly currency: string;
  readonly opening_balance: number;
  readonly closing_balance: number;
};

describe.each(transports)('entries over %s', (transport) => {
  const api = useApi({ transport, books: 'on' });
  const list = (id: string, query = '') => api.http.get<Statement>(`/v1/accounts/${id}/entries${query}`);

  const at = (id: string, time?: string) =>
    api.http.get(`/v1/accounts/${id}/balance${time === undefined ? '' : `?at=${encodeURIComponent(time)}`}`);

  /** Received 100, paid 30, held 50, captured 20 of that, gave back the rest: 50 are left. */
  let [a, b, bank, hold] = ['', '', '', ''];

  beforeAll(async () => {
    [bank, a, b] = [await openBank(api.http), await openWith(api, 0), await openWith(api, 0)];
    hold = fresh('hold');
    const send = (path: string, body: object) => api.http.post(path, body, fresh('key'));
    await send('/v1/transfers', { id: fresh(), debit_account: bank, credit_account: a, amount: 100 });
    await send('/v1/transfers', { id: fresh(), debit_account: a, credit_account: b, amount: 30 });
    await api.http.patch(`/v1/accounts/${a}`, { metadata: { note: 'a version without an entry' } });
    await send('/v1/transfers', { id: hold, debit_account: a, credit_account: b, amount: 50, hold: true });
    await send(`/v1/transfers/${hold}/capture`, { amount: 20 });
    await send(`/v1/transfers/${hold}/void`, {});
  });

  it('tells what happened to the payer, the latest first', async () => {
    const { body } = await list(a);
    const shown = body.data.map(({ version, type, side, amount, change, available }) => [version, type, side, amount, change, available]); // prettier-ignore
    expect(shown).toEqual([
      [7, 'voided', 'debit', 30, 30, 50],
      [6, 'captured', 'debit', 20, 0, 20],
      [5, 'held', 'debit', 50, -50, 20],
      [3, 'posted', 'debit', 30, -30, 70],
      [2, 'posted', 'credit', 100, 100, 100],
    ]);
    expect(body).toMatchObject({ account: a, currency: 'EUR', has_more: false, opening_balance: 0, closing_balance: 50 }); // prettier-ignore
    expect(body.data[2]).toMatchObject({ transfer: hold, counterparty: b, id: '5' });
    expect(body.data[0]?.at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });

  it('tells what happened to the payee', async () => {
    const { body } = await list(b);
    expect(body.data.map(({ type, change, available }) => [type, change, available])).toEqual([
      ['voided', 0, 50],
      ['captured', 20, 50],
      ['held', 0, 30],
      ['posted', 30, 30],
    ]);
  });

  it('pages towards older entries; each page closes where the one before it opened', async () => {
    const first = (await list(a, '?limit=2')).body;
    expect(first.data.map(({ version }) => version)).toEqual([7, 6]);
    expect(first).toMatchObject({ has_more: true, closing_balance: 50, opening_balance: 20 });
    const second = (await list(a, '?limit=2&starting_after=6')).body;
    expect(second.data.map(({ version }) => version)).toEqual([5, 3]);
    expect(second).toMatchObject({ has_more: true, closing_balance: 20, opening_balance: 100 });
    const third = (await list(a, '?limit=2&starting_after=3')).body;
    expect(third.data.map(({ version }) => version)).toEqual([2]);
    expect(third).toMatchObject({ has_more: false, closing_balance: 100, opening_balance: 0 });
    expect((await list(a, '?starting_after=2')).body).toMatchObject({ data: [], opening_balance: 0, closing_balance: 0 }); // prettier-ignore
  });

  it('pages towards newer entries', async () => {
    const first = (await list(a, '?limit=2&ending_before=2')).body;
    expect(first.data.map(({ version }) => version)).toEqual([5, 3]);
    expect(first).toMatchObject({ has_more: true, opening_balance: 100, closing_balance: 20 });
    const second = (await list(a, '?limit=2&ending_before=5')).body;
    expect(second.data.map(({ version }) => version)).toEqual([7, 6]);
    expect(second).toMatchObject({ has_more: false, opening_balance: 20, closing_balance: 50 });
    expect((await list(a, '?ending_before=7')).body).toMatchObject({ data: [], has_more: false, closing_balance: 50 });
  });

  it('is empty for an account to which nothing happened', async () => {
    const id = await openWith(api, 0);
    expect((await list(id)).body).toMatchObject({ data: [], has_more: false, opening_balance: 0, closing_balance: 0 });
  });

  it.each([
    ['limit=0', 'limit'],
    ['starting_after=x', 'starting_after'],
    ['starting_after=0', 'starting_after'],
    ['ending_before=1.5', 'ending_before'],
    ['ending_before=01', 'ending_before'],
    ['starting_after=2&ending_before=3', 'ending_before'],
    ['at=now', 'at'],
  ])('refuses %s', async (query, param) => {
    expect(await list(a, `?${query}`)).toMatchObject({ status: 400, body: { code: 'query_invalid', param } });
  });

  it('answers 404 for an account that nobody has', async () => {
    expect(await list('nobody')).toMatchObject({ status: 404, body: { code: 'account_not_found' } });
  });

  describe('balance', () => {
    it('is what the account has now, without a time or at one to come', async () => {
      const { available, held, pending, version } = await account(api, a);
      for (const time of [undefined, '2999-12-31T23:59:59Z']) {
        const { body } = await at(a, time);
        expect(body).toMatchObject({ account: a, currency: 'EUR', available, held, pending, version });
        expect(Date.parse(String(body['at']))).toBeLessThanOrEqual(Date.now() + 1_000);
      }
    });

    it('is at any time what the entries say, money held and on its way included', async () => {
      const [payer, payee] = [await openWith(api, 0), await openWith(api, 0)];
      const seen: { time: string; payer: object; payee: object }[] = [];
      const look = async (): Promise<void> => {
        const time = new Date().toISOString();
        const [one, other] = [await account(api, payer), await account(api, payee)];
        seen.push({ time, payer: moneyOf(one), payee: moneyOf(other) });
        // The next thing happens in another millisecond.
        await new Promise((resolve) => setTimeout(resolve, 5));
      };
      const id = fresh('hold');
      await look();
      await api.http.post('/v1/transfers', { id: fresh(), debit_account: bank, credit_account: payer, amount: 100 });
      await look();
      await api.http.post('/v1/transfers', { id, debit_account: payer, credit_account: payee, amount: 60, hold: true });
      await look();
      await api.http.post(`/v1/transfers/${id}/capture`, { amount: 25 }, fresh('key'));
      await look();
      await api.http.patch(`/v1/accounts/${payee}`, { status: 'frozen' });
      await look();
      await api.http.post(`/v1/transfers/${id}/void`, {}, fresh('key'));
      await look();
      for (const { time, payer: one, payee: other } of seen) {
        expect(moneyOf((await at(payer, time)).body)).toEqual(one);
        expect(moneyOf((await at(payee, time)).body)).toEqual(other);
      }
    });

    it('is nothing before the account was there', async () => {
      for (const time of ['2001-01-01T00:00:00Z', '2001-01-01T00:00:00.000+05:30']) {
        expect((await at(a, time)).body).toMatchObject({ available: 0, held: 0, pending: 0, version: 0 });
      }
    });

    it.each(['', 'now', '2026-01-31', '2026-01-31T10:00:00', '2026-13-01T00:00:00Z', '2026-02-30T25:00:00Z', '1700000000000'])(
      'refuses the time "%s"',
      async (time) => {
        expect(await at(a, time)).toMatchObject({ status: 400, body: { code: 'query_invalid', param: 'at' } });
      },
    ); // prettier-ignore

    it('answers 404 for an account that nobody has', async () => {
      expect(await at('nobody')).toMatchObject({ status: 404, body: { code: 'account_not_found' } });
    });
  });
});

function moneyOf(shown: object): object {
  const { available, held, pending, version } = shown as Record<string, unknown>;
  return { available, held, pending, version };
}
