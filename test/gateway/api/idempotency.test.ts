// Idempotency over the API: one key or id, one effect, one answer; and what happens when the same key says something
// else, is sent a thousand times at once, or comes back after a restart.

import { describe, expect, it } from 'vitest';
import { numberOf } from '../../../src/domain/refusals.ts';
import type { AccountResource, TransferResource } from '../../../src/gateway/resources.ts';
import { transports, useApi } from './support/api.ts';
import type { Seen } from './support/http-client.ts';
import { account, bodyOf, codeOf, fresh, openBank, openWith, payment } from './support/ledger.ts';
import { surfaces } from './support/surfaces.ts';

/** Everything of an answer that must be the same when it is given again. */
function lasting({ status, headers, text }: Seen<unknown>): object {
  const { date: _, 'x-request-id': __, 'idempotent-replayed': ___, connection: ____, 'keep-alive': _____, ...rest } = headers; // prettier-ignore
  return { status, headers: rest, text };
}

function replayed({ headers }: Seen<unknown>): boolean {
  return headers['idempotent-replayed'] === 'true';
}

describe.each(transports)('idempotency over %s', (transport) => {
  const api = useApi({ transport });

  /** One request of every sort that has an effect: what it does once, it must not do twice. */
  const everySort = async (): Promise<(() => Promise<Seen>)[]> => {
    const { id: _, ...nameless } = await payment(api, 1_000, 10);
    const named = { ...nameless, id: fresh() };
    const held = { ...nameless, id: fresh(), hold: true };
    const [captured, voided] = [fresh('hold'), fresh('hold')];
    for (const id of [captured, voided]) await api.http.post('/v1/transfers', { ...nameless, id, hold: true });
    // The client of the day: after a restart it is another one.
    const post = (...asked: Parameters<typeof api.http.post>) => api.http.post(...asked);
    const keys = Array.from({ length: 8 }, () => fresh('key'));
    const batch = [
      [fresh(), nameless.debit_account, nameless.credit_account, 1],
      ['id', 'a', 'a', 1],
    ];
    const body = { currency: 'EUR', kind: 'user', metadata: { z: '1', a: '2' } };
    return [
      () => post('/v1/transfers', nameless, keys[0]),
      () => post('/v1/transfers', named),
      () => post('/v1/transfers', held),
      () => post('/v1/transfers', { ...nameless, id: `${named.id}-keyed`, metadata: { b: '1', a: '2' } }, keys[1]),
      () => post(`/v1/transfers/${captured}/capture`, { amount: 4 }, keys[2]),
      () => post(`/v1/transfers/${voided}/void`, {}, keys[3]),
      () => post('/v1/transfers/batch', { transfers: batch }, keys[4]),
      () => post(`/v1/transfers/${named.id}/reverse`, { reason: 'why' }, keys[7]),
      () => post('/v1/accounts', body, keys[5]),
      () => api.http.send('PATCH', `/v1/accounts/${nameless.credit_account}`, { body: { metadata: { a: '1' } }, key: keys[6] ?? '' }), // prettier-ignore
    ];
  };

  it('answers every sort of request again, byte for byte, whatever happened in between', async () => {
    const requests = await everySort();
    const first = [];
    for (const request of requests) first.push(await request());
    expect(first.map(({ status }) => status)).toEqual([201, 201, 201, 201, 200, 200, 200, 200, 201, 200]);
    expect(first.some(replayed)).toBe(false);
    // The world goes on: the hold is captured, the accounts move.
    await api.http.post(`/v1/transfers/${String(first[2]?.body['id'])}/capture`, {}, fresh('key'));
    await openWith(api, 5);
    for (const round of ['in the same life', 'after a restart', 'after another']) {
      if (round !== 'in the same life') await api.restart();
      const again = [];
      for (const request of requests) again.push(await request());
      expect(again.map(lasting), round).toEqual(first.map(lasting));
      expect(again.every(replayed), round).toBe(true);
    }
  });

  it('remembers the key of a transfer that its id has told already, for ever and without an event', async () => {
    const asked = await payment(api, 100, 30);
    const [first, second] = [fresh('key'), fresh('key')];
    const told = await api.http.post('/v1/transfers', asked, first);
    const { cursor } = (await api.http.get<{ cursor: string }>('/v1/events?limit=100')).body;
    const again = await api.http.post('/v1/transfers', asked, second);
    expect([lasting(again), replayed(again)]).toEqual([lasting(told), true]);
    for (const life of ['in the same life', 'after a restart']) {
      if (life === 'after a restart') await api.restart();
      for (const change of [{ amount: 31 }, { id: fresh() }, { currency: 'EUR' }]) {
        const other = await api.http.post('/v1/transfers', { ...asked, ...change }, second);
        expect(other, life).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } });
      }
      const same = await api.http.post('/v1/transfers', asked, second);
      expect([lasting(same), replayed(same)], life).toEqual([lasting(told), true]);
    }
    expect((await api.http.get(`/v1/events?after=${cursor}`)).body).toMatchObject({ data: [], has_more: false });
    expect(await account(api, asked.debit_account)).toMatchObject({ available: 70 });
  });

  describe.each(surfaces)('asked by %s', (surface) => {
    const ask = (op: string, body: object, key?: string) => api.ask<TransferResource>(surface, op, body, key);

    it('answers again with the first answer', async () => {
      const { id: _, ...nameless } = await payment(api, 100, 30);
      const key = fresh('key');
      const first = await ask('transfers.create', nameless, key);
      expect(await ask('transfers.create', nameless, key)).toMatchObject({ ok: true, body: bodyOf(first) });
      expect(await account(api, nameless.debit_account)).toMatchObject({ available: 70 });
    });

    it('knows a request again on every surface', async () => {
      const { id: _, ...nameless } = await payment(api, 100, 30);
      const key = fresh('key');
      const first = bodyOf(await ask('transfers.create', nameless, key));
      for (const other of surfaces) {
        expect(bodyOf(await api.ask(other, 'transfers.create', { ...nameless, amount: '30' }, key))).toEqual(first);
      }
      expect(await account(api, nameless.debit_account)).toMatchObject({ available: 70 });
    });

    it('refuses another body, or another operation, under the same key', async () => {
      const { id: _, ...nameless } = await payment(api, 100, 30);
      const key = fresh('key');
      await ask('transfers.create', nameless, key);
      for (const change of [{ amount: 31 }, { hold: true }, { metadata: { a: '1' } }, { currency: 'EUR' }]) {
        const told = await ask('transfers.create', { ...nameless, ...change }, key);
        expect(told).toMatchObject({ ok: false, error: { code: 'idempotency_key_reused', status: 422 } });
      }
      expect(codeOf(await ask('transfers.void', { id: 'any' }, key))).toBe('idempotency_key_reused');
      expect(codeOf(await ask('transfers.batch', { transfers: [['a', 'b', 'c', 1]] }, key))).toBe('idempotency_key_reused'); // prettier-ignore
      expect(codeOf(await ask('accounts.create', { currency: 'EUR', kind: 'user' }, key))).toBe('idempotency_key_reused'); // prettier-ignore
    });

    it('refuses another transfer under the same id', async () => {
      const asked = await payment(api, 100, 30);
      await ask('transfers.create', asked);
      for (const change of [{ amount: 31 }, { hold: true }, { credit_account: 'other' }, { metadata: { a: '1' } }]) {
        const told = await ask('transfers.create', { ...asked, ...change });
        expect(told).toMatchObject({
          ok: false,
          error: { code: 'transfer_exists_with_different_content', status: 422 },
        });
      }
      expect(await ask('transfers.create', { ...asked, currency: 'EUR' })).toMatchObject({ ok: true });
    });

    it('does not remember what was refused: neither for its shape nor for want of money', async () => {
      const { id: _, ...nameless } = await payment(api, 0, 30);
      const key = fresh('key');
      expect(codeOf(await ask('transfers.create', { ...nameless, amount: 0 }, key))).toBe('amount_invalid');
      expect(codeOf(await ask('transfers.create', { ...nameless, debit_account: 'no' }, key))).toBe('account_not_found'); // prettier-ignore
      expect(codeOf(await ask('transfers.create', nameless, key))).toBe('insufficient_funds');
      const bank = await openBank(api.http);
      await ask('transfers.create', { ...nameless, debit_account: bank, credit_account: nameless.debit_account }, fresh('key')); // prettier-ignore
      expect(codeOf(await ask('transfers.create', nameless, key))).toBe('ok');
    });

    it('answers a batch again with its first results, the refused among them', async () => {
      const [a, b] = [await openWith(api, 10), await openWith(api, 0)];
      const body = {
        transfers: [
          [fresh(), a, b, 10],
          [fresh(), a, b, 5],
          ['id', 'a', 'b', 0],
        ],
      };
      const key = fresh('key');
      const first = bodyOf(await ask('transfers.batch', body, key));
      expect(first).toMatchObject({ results: [0, numberOf('insufficient_funds'), numberOf('amount_invalid')] });
      await openWith(api, 1);
      expect(bodyOf(await ask('transfers.batch', body, key))).toEqual(first);
      expect(bodyOf(await ask('transfers.batch', body, key))).toEqual(first);
      expect(codeOf(await ask('transfers.batch', { ...body, atomic: true }, key))).toBe('idempotency_key_reused');
    });

    it('remembers a batch whose transfers were all there already', async () => {
      const [a, b] = [await openWith(api, 10), await openWith(api, 0)];
      const body = { transfers: [[fresh(), a, b, 10]] };
      await ask('transfers.batch', body);
      const key = fresh('key');
      const first = bodyOf(await ask('transfers.batch', body, key));
      expect(first).toMatchObject({ results: [4] });
      await openWith(api, 1);
      expect(bodyOf(await ask('transfers.batch', body, key))).toEqual(first);
    });

    it('has a fingerprint for any body that it takes', async () => {
      const deep: unknown[] = [];
      let inner = deep;
      for (let depth = 0; depth < 400; depth++) inner.push((inner = []));
      const body = { transfers: [[deep, { a: deep }, null, 'x']] };
      const key = fresh('key');
      expect(bodyOf(await ask('transfers.batch', body, key))).toMatchObject({ results: [numberOf('id_invalid')] });
    });

    it('has one effect of a hundred at once', async () => {
      const { id: _, ...nameless } = await payment(api, 100, 1);
      const key = fresh('key');
      const told = await Promise.all(Array.from({ length: 100 }, () => ask('transfers.create', nameless, key)));
      expect(new Set(told.map((answer) => JSON.stringify(bodyOf(answer)))).size).toBe(1);
      expect(await account(api, nameless.debit_account)).toMatchObject({ available: 99, version: 3 });
    });
  });

  it('has one effect of a thousand identical requests, over all surfaces at once', async () => {
    const { id: _, ...nameless } = await payment(api, 1_000, 1);
    const key = fresh('key');
    const sockets = await Promise.all([api.open(), api.open(), api.open({ format: 'msgpack' })]);
    const all = Array.from({ length: 1_000 }, (_, index) => {
      const socket = sockets[index % 4];
      return socket
        ? socket.ask('transfers.create', nameless, key)
        : api.ask('http', 'transfers.create', nameless, key);
    });
    const told = await Promise.all(all);
    expect(new Set(told.map((answer) => JSON.stringify(bodyOf(answer)))).size).toBe(1);
    expect(await account(api, nameless.debit_account)).toMatchObject({ available: 999, version: 3 });
  });

  it('opens one account of a hundred identical requests, and another for another key', async () => {
    const body = { currency: 'EUR', kind: 'user' };
    const open = (key: string) => api.http.post<AccountResource>('/v1/accounts', body, key);
    const [one, other] = [fresh('key'), fresh('key')];
    const seen = await Promise.all(Array.from({ length: 100 }, () => open(one)));
    expect(new Set(seen.map(({ text }) => text)).size).toBe(1);
    expect(seen.filter(replayed)).toHaveLength(99);
    expect((await open(other)).body.id).not.toBe(seen[0]?.body.id);
  });

  it.each(['k'.repeat(256), 'two words', 'klíč1', 'tab\there'])('refuses the key %s', async (key) => {
    const { id: _, ...nameless } = await payment(api, 10, 1);
    const wrong = { code: 'id_invalid', param: 'Idempotency-Key', status: 400 };
    expect(await api.ask('json', 'transfers.create', nameless, key)).toMatchObject({ ok: false, error: wrong });
    const encoded = Buffer.from(key).toString('latin1');
    expect((await api.http.post('/v1/transfers', nameless, encoded)).body).toMatchObject(wrong);
  });

  it('takes an empty key for none', async () => {
    const { id: _, ...nameless } = await payment(api, 10, 1);
    const seen = await api.http.post('/v1/transfers', nameless, undefined, { 'idempotency-key': '' });
    expect(seen).toMatchObject({ status: 400, body: { code: 'idempotency_key_required' } });
    expect(codeOf(await api.ask('json', 'transfers.create', nameless, ''))).toBe('idempotency_key_required');
  });
});
