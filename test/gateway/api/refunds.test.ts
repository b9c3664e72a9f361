// Refunds over the API: whole, in parts, at the same time, agreed to by a second key, and back the way the money came.

import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { PaymentResource } from '../../../src/gateway/order-resources/payment-resource.ts';
import type { RefundResource } from '../../../src/gateway/order-resources/refund-resource.ts';
import type { TradeResource } from '../../../src/gateway/order-resources/trade-resource.ts';
import { transports, useApi } from './support/api.ts';
import { bodyOf, codeOf, fresh } from './support/ledger.ts';
import { Channel, channelOf, serve, Shop } from './support/shop.ts';
import { surfaces } from './support/surfaces.ts';

/** The default rules ask a second person above it, cents. */
const APPROVAL_ABOVE = 1_000_000;

const KEYS = { maker: { merchant: 'acme' }, checker: { merchant: 'acme' } };

describe.each(transports)('refunds over %s', (transport) => {
  const channel = new Channel();
  const api = useApi({ transport }, {}, channelOf(channel));
  let shop: Shop;
  beforeAll(() => serve(api, channel));
  beforeEach(async () => {
    channel.calls.length = 0;
    shop = await Shop.open(api.http, 1_000, 10);
  });
  const refund = (trade: string, body: object = {}, key = fresh('key')) =>
    api.http.post<RefundResource>(`/v1/trades/${trade}/refunds`, body, key);

  it('goes back whole, and says so in trade and payment', async () => {
    const trade = await shop.paid('coupon:10 balance');
    const { status, headers, body } = await refund(trade, { reason: 'broken' });
    expect([status, headers['location']]).toEqual([201, `/v1/refunds/${body.id}`]);
    expect(body).toMatchObject({ object: 'refund', trade, status: 'succeeded', amount: 60, reason: 'broken', cause: 'request', failure: null }); // prettier-ignore
    expect(body.parts.map(({ instrument, amount, status: part }) => [instrument, amount, part])).toEqual([
      [1, 50, 'done'],
      [0, 10, 'done'],
    ]);
    expect(await shop.get(`/v1/refunds/${body.id}`)).toEqual(body);
    expect(await shop.available(shop.payer)).toBe(1_000);
    const { paid_by: payment } = await shop.get<TradeResource>(`/v1/trades/${trade}`);
    expect(await shop.get(`/v1/trades/${trade}`)).toMatchObject({
      refunded: 60,
      refund_reserved: 0,
      refunds: [body.id],
    });
    expect(await shop.get<PaymentResource>(`/v1/payments/${payment}`)).toMatchObject({
      refunded: 60,
      refund_reserved: 0,
    });
    expect((await refund(trade, { amount: 1 })).body).toMatchObject({ code: 'refund_exceeds_paid' });
  });

  it('never gives back more than was paid, however many ask at once', async () => {
    const trade = await shop.paid();
    const seen = await Promise.all(Array.from({ length: 20 }, () => refund(trade, { amount: 7 })));
    expect(seen.filter(({ status }) => status === 201)).toHaveLength(8);
    expect(await shop.get(`/v1/trades/${trade}`)).toMatchObject({ refunded: 56, refund_reserved: 0 });
    expect(await shop.available(shop.payer)).toBe(996);
    expect((await refund(trade)).body).toMatchObject({ amount: 4 });
  });

  it('is done once under one key', async () => {
    const trade = await shop.paid();
    const key = fresh('key');
    const seen = await Promise.all(Array.from({ length: 30 }, () => refund(trade, { amount: 20 }, key)));
    expect(new Set(seen.map(({ text }) => text)).size).toBe(1);
    expect(seen.filter(({ headers }) => headers['idempotent-replayed'] === 'true')).toHaveLength(29);
    expect(await shop.get(`/v1/trades/${trade}`)).toMatchObject({ refunded: 20 });
  });

  describe.each(surfaces)('asked by %s', (surface) => {
    it('is waited for while the channel is asked', async () => {
      const trade = await shop.trade();
      await shop.pay(trade, 'channel');
      await channel.answer(await channel.next(), { class: 'succeeded', amount: 60, currency: 'EUR' });
      const asked = bodyOf(
        await api.ask<RefundResource>(surface, 'trades.refund', { id: trade, amount: 25 }, fresh('key')),
      );
      expect(asked).toMatchObject({
        status: 'processing',
        parts: [{ instrument: 0, amount: 25, status: 'executing' }],
      });
      expect(await shop.get(`/v1/trades/${trade}`)).toMatchObject({ refunded: 0, refund_reserved: 25 });
      const waiting = api.http.get<RefundResource>(`/v1/refunds/${asked.id}`, { prefer: 'wait=20' });
      const call = await channel.next();
      expect(call.order).toMatchObject({ verb: 'refund', amount: 25 });
      await channel.answer(call, { class: 'succeeded', amount: 25, currency: 'EUR' });
      expect((await waiting).body).toMatchObject({ status: 'succeeded' });
      expect(bodyOf(await api.ask(surface, 'refunds.get', { id: asked.id }))).toMatchObject({ status: 'succeeded' });
      expect(await shop.get(`/v1/trades/${trade}`)).toMatchObject({ refunded: 25, refund_reserved: 0 });
      expect(codeOf(await api.ask(surface, 'refunds.cancel', { id: asked.id }, fresh('key')))).toBe(
        'refund_not_cancelable',
      );
      expect(codeOf(await api.ask(surface, 'refunds.approve', { id: asked.id }, fresh('key')))).toBe('refund_not_pending_approval'); // prettier-ignore
    });
  });

  it('comes back to the payees when the channel refuses it', async () => {
    const trade = await shop.trade();
    await shop.pay(trade, 'channel');
    await channel.answer(await channel.next(), { class: 'succeeded', amount: 60, currency: 'EUR' });
    const { body } = await refund(trade, { amount: 25 });
    await channel.answer(await channel.next(), { class: 'failed', failure: 'too_old' });
    expect(await shop.get(`/v1/refunds/${body.id}`)).toMatchObject({ status: 'failed', failure: 'too_old' });
    expect(await shop.get(`/v1/trades/${trade}`)).toMatchObject({ refunded: 0, refund_reserved: 0 });
    expect(await shop.available(shop.payee)).toBe(69);
  });
});

describe.each(transports)('large refunds over %s', (transport) => {
  const api = useApi({ transport }, KEYS);
  let shop: Shop;
  let trade = '';
  beforeEach(async () => {
    const amount = 2 * APPROVAL_ABOVE;
    shop = await Shop.open(api.as('maker'), amount, 0);
    trade = await shop.trade({ amount });
    await shop.pay(trade, 'balance');
  });
  const approvalOf = async () => {
    const seen = await api.as('maker').post<RefundResource>(`/v1/trades/${trade}/refunds`, { amount: APPROVAL_ABOVE + 1 }, fresh('key')); // prettier-ignore
    expect(seen.body, seen.text).toMatchObject({ status: 'pending_approval', approved_by: null });
    return seen.body;
  };
  const post = (who: string, path: string) => api.as(who).post<RefundResource>(path, {}, fresh('key'));

  it('need a second key', async () => {
    const { id, requested_by: maker } = await approvalOf();
    expect(await post('maker', `/v1/refunds/${id}/approve`)).toMatchObject({ status: 409, body: { code: 'same_person_approval' } }); // prettier-ignore
    const { status, body } = await post('checker', `/v1/refunds/${id}/approve`);
    expect([status, body.status, body.requested_by]).toEqual([200, 'succeeded', maker]);
    expect(body.approved_by).not.toBe(maker);
    expect(body.approved_by).toBeTruthy();
  });

  it('are given up by anybody', async () => {
    const { id } = await approvalOf();
    expect(await shop.get(`/v1/trades/${trade}`)).toMatchObject({ refund_reserved: APPROVAL_ABOVE + 1 });
    expect((await post('maker', `/v1/refunds/${id}/cancel`)).body).toMatchObject({ status: 'canceled' });
    expect(await shop.get(`/v1/trades/${trade}`)).toMatchObject({ refund_reserved: 0, refunded: 0 });
  });

  it('are not waited for: nothing goes on by itself', async () => {
    const { id } = await approvalOf();
    const seen = await api.as('maker').get(`/v1/refunds/${id}`, { prefer: 'wait=30' });
    expect(seen.body).toMatchObject({ status: 'pending_approval' });
  });
});
