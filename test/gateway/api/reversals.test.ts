// Reversals over the API: a transfer taken back is told to everybody who asks about it: as a transfer, in the events, in
// the statements of both accounts, and in the books, which make the reversal of its voucher.

import { describe, expect, it } from 'vitest';
import type { EntryResource } from '../../../src/gateway/entry-resource.ts';
import type { EventResource, TransferResource } from '../../../src/gateway/resources.ts';
import { transports, useApi } from './support/api.ts';
import { account, bodyOf, codeOf, fresh, payment, transfer } from './support/ledger.ts';
import { surfaces } from './support/surfaces.ts';

type Voucher = {
  readonly id: string;
  readonly event: string;
  readonly key: string;
  readonly legs: readonly { readonly account: string; readonly subject: number; readonly side: string }[];
  readonly accounting_date: string;
  readonly reverses: string | null;
};

describe.each(transports)('reversals over %s', (transport) => {
  const api = useApi({ transport, books: 'on' });
  const posted = async (more: object = {}) => {
    const asked = { ...(await payment(api, 100, 60)), ...more };
    expect((await api.http.post('/v1/transfers', asked)).status).toBe(201);
    return asked;
  };
  const vouchers = async (order: string) =>
    (await api.http.get<{ data: Voucher[] }>(`/v1/vouchers?order=${order}`)).body.data;
  const entries = async (of: string) =>
    (await api.http.get<{ data: EntryResource[] }>(`/v1/accounts/${of}/entries`)).body.data;

  describe.each(surfaces)('asked by %s', (surface) => {
    const reverse = (body: object, key?: string) => api.ask<TransferResource>(surface, 'transfers.reverse', body, key);

    it('give all of it back, and show the transfer with both vouchers', async () => {
      const { id, debit_account: debit, credit_account: credit } = await posted({ metadata: { order: '7' } });
      const before = await transfer(api, id);
      const told = bodyOf(await reverse({ id, reason: 'sent back', metadata: { parcel: '9' } }, fresh('key')));
      const [original, reversal] = await vouchers(id);
      expect(told).toEqual({
        ...before,
        status: 'reversed',
        version: 2,
        updated_at: told.updated_at,
        debit: { account: debit, version: 4, available: 100 },
        credit: { account: credit, version: 3, available: 0 },
        reversal: {
          amount: 60,
          reason: 'sent back',
          metadata: { parcel: '9' },
          created_at: told.updated_at,
          voucher: reversal?.id,
          reverses: original?.id,
        },
      });
      expect(await transfer(api, id)).toEqual(told);
      expect(await account(api, debit)).toMatchObject({ available: 100, version: 4 });
      expect(await account(api, credit)).toMatchObject({ available: 0, version: 3 });
    });

    it('need a key, and nothing else', async () => {
      const { id } = await posted();
      expect(codeOf(await reverse({ id }))).toBe('idempotency_key_required');
      expect(bodyOf(await reverse({ id }, fresh('key'))).reversal).toMatchObject({ reason: null, metadata: {} });
    });

    it.each([
      [{ reason: '' }, 'body_invalid', 'reason'],
      [{ reason: 'x'.repeat(501) }, 'body_invalid', 'reason'],
      [{ reason: 7 }, 'body_invalid', 'reason'],
      [{ metadata: { a: 1 } }, 'body_invalid', 'metadata'],
      [{ metadata: [] }, 'body_invalid', 'metadata'],
      [{ amount: 60 }, 'field_unknown', 'amount'],
      [{ credit_account: 'x' }, 'field_unknown', 'credit_account'],
    ])('are refused with %o', async (more, code, param) => {
      const { id } = await posted();
      expect(await reverse({ id, ...more }, fresh('key'))).toMatchObject({ ok: false, error: { code, param } });
      expect(await transfer(api, id)).toMatchObject({ status: 'posted' });
    });

    it('are refused the second time, and for what is not there', async () => {
      const { id } = await posted();
      expect(codeOf(await reverse({ id }, fresh('key')))).toBe('ok');
      expect(codeOf(await reverse({ id }, fresh('key')))).toBe('transfer_reversed');
      expect(codeOf(await reverse({ id: fresh('nothing') }, fresh('key')))).toBe('transfer_not_found');
    });
  });

  it('are answered again byte for byte, after a restart too, and have one effect', async () => {
    const { id, credit_account: credit } = await posted();
    const key = fresh('key');
    const post = (body: object) => api.http.post(`/v1/transfers/${id}/reverse`, body, key);
    const first = await post({ reason: 'a' });
    expect([first.status, first.headers['idempotent-replayed']]).toEqual([200, undefined]);
    for (const life of ['in the same life', 'after a restart']) {
      if (life === 'after a restart') await api.restart();
      const again = await post({ reason: 'a' });
      expect([again.text, again.headers['idempotent-replayed']], life).toEqual([first.text, 'true']);
      expect(await post({ reason: 'b' })).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } });
    }
    expect(await account(api, credit)).toMatchObject({ available: 0, version: 3 });
  });

  it('are refused for a hold that is open, and give back what was captured of one that is over', async () => {
    const { id, debit_account: debit } = await posted({ hold: true });
    const reverse = () => api.http.post(`/v1/transfers/${id}/reverse`, {}, fresh('key'));
    expect(await reverse()).toMatchObject({ status: 409, body: { code: 'transfer_not_reversible', retryable: false } });
    await api.http.post(`/v1/transfers/${id}/capture`, { amount: 20 }, fresh('key'));
    await api.http.post(`/v1/transfers/${id}/void`, {}, fresh('key'));
    expect(await reverse()).toMatchObject({ status: 200, body: { status: 'reversed', hold: true, captured: 20, released: 40, remaining: 0, reversal: { amount: 20 } } }); // prettier-ignore
    expect(await account(api, debit)).toMatchObject({ available: 100, held: 0 });
    const steps = await vouchers(id);
    expect(steps.map(({ key }) => key)).toEqual(['HD1.1', 'HD2.2', 'HD3.3', 'RV-HD2.2'].map((event) => `${event}:${id}:1`)); // prettier-ignore
    expect(steps[3]).toMatchObject({ reverses: steps[1]?.id, event: 'HD2' });
  });

  it('are events of the transfer and of both its accounts', async () => {
    const { id, debit_account: debit, credit_account: credit } = await posted();
    const socket = await api.open();
    const topics = ['transfers', `accounts:${debit}`, `accounts:${credit}`];
    for (const topic of topics) await socket.ask('subscribe', { topic });
    await api.http.post(`/v1/transfers/${id}/reverse`, {}, fresh('key'));
    const data = await transfer(api, id);
    for (const topic of topics) {
      expect(await socket.eventsOf(topic, 1)).toMatchObject([{ event: 'transfer.reversed', topic, data }]);
    }
    const listed = await api.http.get<{ data: EventResource[] }>('/v1/events?type=transfer.reversed&limit=100');
    expect(listed.body.data.at(-1)?.data).toEqual(data);
  });

  it('are entries of both accounts, and their voucher is that of the transfer the other way round', async () => {
    const { id, debit_account: debit, credit_account: credit } = await posted();
    await api.http.post(`/v1/transfers/${id}/reverse`, {}, fresh('key'));
    const [original, reversal] = await vouchers(id);
    const named = { type: 'reversed', transfer: id, amount: 60, voucher: reversal?.id };
    expect((await entries(debit))[0]).toMatchObject({ ...named, side: 'debit', change: 60, available: 100 });
    expect((await entries(credit))[0]).toMatchObject({ ...named, side: 'credit', change: -60, available: 0 });
    const filtered = await api.http.get<{ data: EntryResource[] }>(`/v1/accounts/${debit}/entries?type=reversed`);
    expect(filtered.body.data).toHaveLength(1);
    expect(reversal).toMatchObject({
      event: 'TR1',
      key: `RV-TR1.1:${id}:1`,
      accounting_date: api.server.engine.partition.accountingDate,
      reverses: original?.id,
      legs: original?.legs.map((leg) => ({ ...leg, side: leg.side === 'debit' ? 'credit' : 'debit' })),
    });
    expect((await api.http.get(`/v1/vouchers/${reversal?.id}`)).body).toMatchObject(reversal ?? {});
    expect(original?.reverses).toBe(null);
  });
});
