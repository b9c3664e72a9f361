// Holds over the API: money kept back, and then captured in parts, given back, or expired; and waiting for that.

import { describe, expect, it } from 'vitest';
import type { TransferResource } from '../../../src/gateway/resources.ts';
import { transports, useApi } from './support/api.ts';
import { account, bodyOf, codeOf, fresh, payment, transfer } from './support/ledger.ts';
import { surfaces } from './support/surfaces.ts';
import { askSpelled, HERE, noAmounts, noIds, ones, spelled } from './support/values.ts';

describe.each(transports)('holds over %s', (transport) => {
  const api = useApi({ transport, holdExpiryDefaultSeconds: 3_600 });

  /** A hold of 60 out of 100. */
  const hold = async (more: object = {}) => {
    const asked = { ...(await payment(api, 100, 60)), hold: true, ...more };
    expect((await api.http.post('/v1/transfers', asked)).status).toBe(201);
    return asked;
  };

  describe.each(surfaces)('asked by %s', (surface) => {
    const ask = (op: string, body: object, key = fresh('key')) => api.ask<TransferResource>(surface, op, body, key);
    const capture = (id: string, amount?: unknown) =>
      ask('transfers.capture', amount === undefined ? { id } : { id, amount });
    const release = (id: string, amount?: unknown) =>
      ask('transfers.void', amount === undefined ? { id } : { id, amount });

    /** Life of a new hold. */
    const seconds = async (more: object): Promise<number> => {
      const made = bodyOf(await ask('transfers.create', { ...(await payment(api, 1, 1)), hold: true, ...more }));
      return (Date.parse(made.expires_at ?? '') - Date.parse(made.created_at)) / 1_000;
    };

    it('keeps the money back until it is captured', async () => {
      const asked = { ...(await payment(api, 100, 60)), hold: true };
      const { id, debit_account: debit, credit_account: credit } = asked;
      const held = bodyOf(await ask('transfers.create', asked));
      expect(held).toMatchObject({ status: 'held', hold: true, amount: 60, captured: 0, released: 0, remaining: 60 });
      expect(held.debit).toMatchObject({ available: 40 });
      expect(await account(api, debit)).toMatchObject({ available: 40, held: 60, pending: 0 });
      expect(await account(api, credit)).toMatchObject({ available: 0, held: 0, pending: 60 });

      const captured = bodyOf(await capture(id));
      expect(captured).toMatchObject({ id, status: 'captured', captured: 60, remaining: 0, version: 2 });
      expect(captured.credit).toMatchObject({ account: credit, available: 60 });
      expect(await account(api, debit)).toMatchObject({ available: 40, held: 0 });
      expect(await account(api, credit)).toMatchObject({ available: 60, pending: 0 });
    });

    it('captures in parts until nothing remains', async () => {
      const { id } = await hold();
      expect(bodyOf(await capture(id, 10))).toMatchObject({ status: 'held', captured: 10, remaining: 50 });
      expect(bodyOf(await capture(id, '20'))).toMatchObject({ status: 'held', captured: 30, remaining: 30 });
      expect(codeOf(await capture(id, 31))).toBe('capture_exceeds_hold');
      expect(bodyOf(await capture(id, 30))).toMatchObject({ status: 'captured', captured: 60, remaining: 0 });
      expect(codeOf(await capture(id, 1))).toBe('hold_not_open');
    });

    it('gives back what is voided, in parts too', async () => {
      const { id, debit_account: debit } = await hold();
      expect(bodyOf(await release(id, 15))).toMatchObject({ status: 'held', released: 15, remaining: 45 });
      expect(bodyOf(await capture(id, 40))).toMatchObject({ status: 'held', captured: 40, remaining: 5 });
      expect(bodyOf(await release(id))).toMatchObject({ status: 'voided', captured: 40, released: 20, remaining: 0 });
      expect(await account(api, debit)).toMatchObject({ available: 60, held: 0 });
      expect(codeOf(await release(id))).toBe('hold_not_open');
    });

    it('captures only holds, and only those that are there', async () => {
      const posted = await payment(api, 10, 10);
      await api.http.post('/v1/transfers', posted);
      for (const step of [capture, release]) {
        expect(codeOf(await step(posted.id))).toBe('hold_not_open');
        expect(codeOf(await step(fresh('nothing')))).toBe('transfer_not_found');
      }
    });

    it.each(['transfers.capture', 'transfers.void'])('%s needs a key', async (op) => {
      const { id } = await hold();
      expect(codeOf(await api.ask(surface, op, { id }))).toBe('idempotency_key_required');
      expect(codeOf(await api.ask(surface, op, { id, amount: 0 }))).toBe('amount_invalid');
      expect(await transfer(api, id)).toMatchObject({ status: 'held', version: 1 });
    });

    it.each(spelled(surface, ones))('captures $name as one', async (spelling) => {
      const { id } = await hold();
      const asked = { op: 'transfers.capture', body: { id, amount: HERE }, key: fresh('key') };
      expect(bodyOf(await askSpelled(api, surface, asked, spelling))).toMatchObject({ captured: 1 });
    });

    describe.each(['transfers.capture', 'transfers.void'])('%s', (op) => {
      it.each(spelled(surface, noAmounts))('refuses the amount $name', async (spelling) => {
        const asked = { op, body: { id: 'any', amount: HERE }, key: fresh('key') };
        const told = await askSpelled(api, surface, asked, spelling);
        expect(told).toMatchObject({ ok: false, error: { code: 'amount_invalid', param: 'amount' } });
      });

      it.each(surface === 'http' ? [] : spelled(surface, noIds))('refuses the id $name', async (spelling) => {
        const told = await askSpelled(api, surface, { op, body: { id: HERE }, key: fresh('key') }, spelling);
        expect(told).toMatchObject({ ok: false, error: { code: 'id_invalid', param: 'id' } });
      });
    });

    it.each([0, -1, 1.5, 31_536_001, '5', true, [], 2 ** 53])('refuses expires_in %s', async (expiresIn) => {
      const asked = { ...(await payment(api, 100, 60)), hold: true, expires_in: expiresIn };
      const told = await ask('transfers.create', asked);
      expect(told).toMatchObject({ ok: false, error: { code: 'body_invalid', param: 'expires_in' } });
    });

    it('says when a hold ends by itself: as asked, or as configured', async () => {
      expect(await seconds({ expires_in: 90 })).toBe(90);
      expect(await seconds({})).toBe(3_600);
    });
  });

  describe.concurrent('Prefer: wait', () => {
    const preferring = (wait: string) => ({ prefer: wait });
    const create = (body: object, wait: string, key?: string) =>
      api.http.post<TransferResource>('/v1/transfers', body, key, preferring(wait));

    it('answers a create when the hold has expired', async () => {
      const asked = { ...(await payment(api, 100, 60)), hold: true, expires_in: 1 };
      const startedMs = performance.now();
      const created = await create(asked, 'respond-async, wait=20');
      expect(performance.now() - startedMs).toBeGreaterThan(900);
      expect(performance.now() - startedMs).toBeLessThan(18_000);
      expect(created).toMatchObject({ status: 201, headers: { location: `/v1/transfers/${asked.id}` } });
      expect(created.body).toMatchObject({ status: 'expired', released: 60, remaining: 0, version: 2 });
      expect(await account(api, asked.debit_account)).toMatchObject({ available: 100, held: 0 });
      const again = await create(asked, 'wait=20');
      expect(again.text).toBe(created.text);
      expect(again.headers['idempotent-replayed']).toBe('true');
    });

    it('answers with the hold as it is when the time is over, and at once without', async () => {
      const asked = { ...(await payment(api, 100, 60)), hold: true };
      const startedMs = performance.now();
      expect((await create(asked, 'wait=1')).body).toMatchObject({ status: 'held' });
      expect(performance.now() - startedMs).toBeGreaterThan(900);
      for (const none of ['wait=0', 'wait', 'wait=-1', 'wait=x', 'handling=lenient', 'nowait=5']) {
        const more = { ...(await payment(api, 1, 1)), hold: true };
        expect((await create(more, none)).body.status).toBe('held');
      }
      expect(performance.now() - startedMs).toBeLessThan(5_500);
    });

    it('answers as soon as somebody captures or voids it', async () => {
      for (const step of ['capture', 'void']) {
        const { id } = await hold();
        const waiting = api.http.get<TransferResource>(`/v1/transfers/${id}`, preferring('wait=25'));
        await api.http.get(`/v1/transfers/${id}`);
        await api.http.post(`/v1/transfers/${id}/${step}`, { amount: 10 }, fresh('key'));
        await api.http.post(`/v1/transfers/${id}/${step}`, {}, fresh('key'));
        expect((await waiting).body).toMatchObject({ status: step === 'void' ? 'voided' : 'captured', remaining: 0 });
      }
    });

    it('does not wait for what has ended before', async () => {
      const asked = await hold();
      await api.http.post(`/v1/transfers/${asked.id}/void`, {}, fresh('key'));
      const startedMs = performance.now();
      const again = await create(asked, 'wait=25');
      expect(again.body).toMatchObject({ status: 'voided' });
      expect((await create(await payment(api, 1, 1), 'wait=25')).body).toMatchObject({ status: 'posted' });
      expect(performance.now() - startedMs).toBeLessThan(20_000);
    });

    it('waits after a partial capture', async () => {
      const { id } = await hold({ expires_in: 1 });
      const captured = await api.http.post(`/v1/transfers/${id}/capture`, { amount: 20 }, fresh('key'), preferring('wait=20')); // prettier-ignore
      expect(captured.status).toBe(200);
      expect(captured.body).toMatchObject({ status: 'expired', captured: 20, released: 40 });
    });
  });

  it('shows a capture that has an id of its own, from a batch', async () => {
    const { id } = await hold();
    const own = fresh('capture');
    const batch = await api.http.post('/v1/transfers/batch', { transfers: [[own, null, null, 25, 2, id]] });
    expect(batch.body['results']).toEqual([2]);
    const shown = await transfer(api, own);
    expect(shown).toMatchObject({ id: own, ref: id, status: 'captured', amount: 25, captured: 25, version: 1 });
    expect(await transfer(api, id)).toMatchObject({ id, ref: null, status: 'held', captured: 25, remaining: 35 });
  });
});
