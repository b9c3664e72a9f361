// Payments and top-ups with a channel over the API: what the client is told while the channel is asked, and when it has
// said what became of it.

import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { EventResource } from '../../../src/gateway/resources.ts';
import type { PaymentResource } from '../../../src/gateway/order-resources/payment-resource.ts';
import type { TopUpResource } from '../../../src/gateway/order-resources/topup-resource.ts';
import type { TradeResource } from '../../../src/gateway/order-resources/trade-resource.ts';
import type { TreeResource } from '../../../src/gateway/order-resources/tree-resource.ts';
import { transports, useApi } from './support/api.ts';
import { bodyOf, fresh } from './support/ledger.ts';
import { Channel, channelOf, serve, Shop } from './support/shop.ts';
import { surfaces } from './support/surfaces.ts';

const EUR = { currency: 'EUR', channelTradeNo: 'ch-7' } as const;

describe.each(transports)('payments by channel over %s', (transport) => {
  const provider = new Channel();
  const api = useApi({ transport }, {}, channelOf(provider));
  let shop: Shop;
  beforeAll(() => serve(api, provider));
  beforeEach(async () => {
    provider.calls.length = 0;
    shop = await Shop.open(api.http);
  });
  const answer = async (report: Parameters<Channel['answer']>[1], asked?: 'close') =>
    provider.answer(await provider.next(asked), report);
  const payment = (id: string) => shop.get<PaymentResource>(`/v1/payments/${id}`);

  it('by coupon, balance and channel: processing, and then paid', async () => {
    const trade = await shop.trade();
    const { status, body } = await shop.pay(trade, 'channel coupon:10 balance:20');
    expect([status, body.status]).toEqual([201, 'processing']);
    expect(
      body.instruments.map(({ type, amount, status, account, channel }) => [type, amount, status, account, channel]),
    ).toEqual([
      ['coupon', 10, 'planned', null, null],
      ['balance', 20, 'planned', shop.payer, null],
      ['channel', 30, 'executing', null, 'simulator'],
    ]);
    expect(await shop.get(`/v1/trades/${trade}`)).toMatchObject({ status: 'open', live_payment: body.id });
    await answer({ class: 'succeeded', amount: 30, ...EUR });
    const paid = await payment(body.id);
    expect(paid).toMatchObject({ status: 'succeeded', captured: 60, failure: null, unknown_since: null });
    expect(paid.instruments.map(({ status }) => status)).toEqual(['done', 'done', 'done']);
    expect(await shop.get(`/v1/trades/${trade}`)).toMatchObject({ status: 'completed', paid: 60, live_payment: null });
    expect(await shop.available(shop.payee)).toBe(59);
    expect(await shop.available(shop.payer)).toBe(80);
  });

  it('says why it failed, and gives everything back', async () => {
    const trade = await shop.trade();
    const { body } = await shop.pay(trade, 'channel coupon:10 balance:20');
    await answer({ class: 'failed', failure: 'card_declined' });
    const failed = await payment(body.id);
    expect(failed).toMatchObject({ status: 'failed', failure: 'card_declined', captured: 0 });
    expect(await shop.available(shop.payer)).toBe(100);
  });

  it('says where the payer goes on, as long as that is so', async () => {
    const trade = await shop.trade();
    const { body } = await shop.pay(trade, 'channel');
    await answer({ class: 'requires_action', actionUrl: 'https://bank.example/3ds' });
    const next_action = { type: 'redirect', url: 'https://bank.example/3ds' };
    expect(await payment(body.id)).toMatchObject({ status: 'requires_action', next_action });
    expect((await api.http.post(`/v1/payments/${body.id}/cancel`, {}, fresh('key'))).body).toMatchObject({
      status: 'processing',
      next_action: null,
    });
    await answer({ class: 'closed' }, 'close');
    expect(await payment(body.id)).toMatchObject({ status: 'canceled', next_action: null });
  });

  it('says since when nobody knows', async () => {
    const trade = await shop.trade();
    const { body } = await shop.pay(trade, 'channel');
    const call = await provider.next();
    await provider.answer(call, { class: 'unknown' });
    expect(await payment(body.id)).toMatchObject({ status: 'processing', unknown_since: expect.stringMatching(/Z$/) as string }); // prettier-ignore
    await provider.answer(call, { class: 'failed' });
  });

  it('closes a trade with a live attempt only when that has ended', async () => {
    const trade = await shop.trade();
    const { body } = await shop.pay(trade, 'channel');
    const call = await provider.next();
    expect((await api.http.post(`/v1/trades/${trade}/close`, {})).body).toMatchObject({ status: 'closing' });
    expect((await shop.pay(trade, 'balance')).body).toMatchObject({ code: 'trade_closed' });
    await provider.answer(call, { class: 'failed' });
    expect(await payment(body.id)).toMatchObject({ status: 'canceled' });
    expect(await shop.get(`/v1/trades/${trade}`)).toMatchObject({ status: 'closed' });
  });

  it('refuses a channel that there is not, before anything has happened', async () => {
    const trade = await shop.trade();
    const instruments = [{ type: 'channel', channel: 'nowhere' }];
    const seen = await api.http.post(`/v1/trades/${trade}/pay`, { instruments }, fresh('key'));
    expect(seen).toMatchObject({ status: 409, body: { code: 'channel_unavailable', retryable: true } });
    expect(await shop.get(`/v1/trades/${trade}`)).toMatchObject({ payments: [] });
  });

  describe('Prefer: wait', () => {
    it('holds the answer until it is known', async () => {
      const trade = await shop.trade();
      const paying = shop.pay(trade, 'channel', {}, { prefer: 'wait=20' });
      await answer({ class: 'succeeded', amount: 60, ...EUR });
      const { status, body, headers } = await paying;
      expect([status, body.status, headers['location']]).toEqual([201, 'succeeded', `/v1/payments/${body.id}`]);
    });

    it('answers as it is when the time is over', async () => {
      const trade = await shop.trade();
      const { status, body } = await shop.pay(trade, 'channel', {}, { prefer: 'wait=1' });
      expect([status, body.status]).toEqual([201, 'processing']);
      const reading = api.http.get(`/v1/payments/${body.id}`, { prefer: 'wait=20' });
      await answer({ class: 'failed' });
      expect((await reading).body).toMatchObject({ status: 'failed' });
    });

    it('lets the payer go on where it has to', async () => {
      const trade = await shop.trade();
      const paying = shop.pay(trade, 'channel', {}, { prefer: 'wait=20' });
      await answer({ class: 'requires_action', actionUrl: 'https://bank.example/3ds' });
      expect((await paying).body).toMatchObject({ status: 'requires_action' });
    });
  });

  describe.each(surfaces)('a top-up by %s', (surface) => {
    it('comes into the account when the channel has it', async () => {
      const body = { account: shop.payer, amount: 50, currency: 'EUR', channel: 'simulator' };
      const key = fresh('key');
      const first = bodyOf(await api.ask<TopUpResource>(surface, 'topups.create', body, key));
      expect(first).toMatchObject({
        id: expect.stringMatching(/^trd_/) as string,
        object: 'topup',
        status: 'processing',
        account: shop.payer,
        channel: 'simulator',
        amount: 50,
        failure: null,
      });
      expect(await shop.available(shop.payer)).toBe(100);
      await answer({ class: 'succeeded', amount: 50, ...EUR });
      const done = { ...first, status: 'succeeded' };
      expect(bodyOf(await api.ask(surface, 'topups.get', { id: first.id }))).toMatchObject({ id: done.id, status: 'succeeded' }); // prettier-ignore
      expect(bodyOf(await api.ask(surface, 'topups.get', { id: first.payment }))).toMatchObject({ id: first.id });
      expect(bodyOf(await api.ask(surface, 'topups.create', body, key))).toEqual(first);
      expect(await shop.available(shop.payer)).toBe(150);
    });
  });

  it('is one top-up for one order number', async () => {
    const body = { account: shop.payer, amount: 50, currency: 'EUR', out_trade_no: fresh('topup') };
    const post = (more: object = {}) => api.http.post<TopUpResource>('/v1/topups', { ...body, ...more }, fresh('key'));
    const first = await post();
    expect([first.status, first.headers['location']]).toEqual([201, `/v1/topups/${first.body.id}`]);
    await answer({ class: 'succeeded', amount: 50, ...EUR });
    const again = await post();
    expect([again.status, again.text, again.headers['idempotent-replayed']]).toEqual([201, first.text, 'true']);
    expect((await post({ amount: 51 })).body).toMatchObject({ code: 'trade_exists_with_different_content' });
    expect(await api.http.get(`/v1/topups/${await shop.trade()}`)).toMatchObject({ status: 404 });
    const waiting = api.http.get(`/v1/topups/${first.body.id}`, { prefer: 'wait=20' });
    expect((await waiting).body).toMatchObject({ status: 'succeeded' });
  });

  it('tells subscribers, in order, what merchants may know', async () => {
    const { cursor: begin } = await shop.get<{ cursor: string }>('/v1/events?limit=1&type=nothing');
    const trade = await shop.trade();
    const socket = await api.open();
    await socket.ask('subscribe', { topic: 'payments' });
    await socket.ask('subscribe', { topic: `trades:${trade}` });
    const { body } = await shop.pay(trade, 'balance:20 channel');
    await answer({ class: 'succeeded', amount: 40, ...EUR });
    await payment(body.id);
    const heard = (topic: string) => socket.heard.filter((frame) => frame.topic === topic && [trade, body.id].includes(String(frame.data?.['id']))); // prettier-ignore
    await expect
      .poll(() => heard('payments').map(({ event }) => event))
      .toEqual(['payment.processing', 'payment.succeeded']);
    expect(heard('payments').at(-1)?.data).toEqual(await payment(body.id));
    expect(heard(`trades:${trade}`).map(({ event }) => event)).toEqual([
      'payment.processing',
      'trade.open',
      'payment.succeeded',
      'trade.completed',
    ]);
    const { data } = await shop.get<{ data: EventResource[] }>(`/v1/events?limit=100&after=${begin}`);
    expect(data.map(({ type }) => type).join(' ')).not.toMatch(/channel_order|case|voucher/);
    const of = data.filter(({ data: { id } }) => id === trade || id === body.id).map(({ type }) => type);
    expect(of.at(0)).toBe('trade.open');
    expect(JSON.stringify(data)).not.toContain('@');
  });

  it('shows the whole tree from any of its ids', async () => {
    const trade = await shop.trade();
    const { body } = await shop.pay(trade, 'balance:20 channel');
    await answer({ class: 'succeeded', amount: 40, ...EUR });
    const refund = await api.http.post<{ id: string }>(`/v1/trades/${trade}/refunds`, { amount: 6 }, fresh('key'));
    expect(refund.status, refund.text).toBe(201);
    await answer({ class: 'succeeded', amount: 4, ...EUR });
    const tree = await shop.get<TreeResource>(`/v1/orders/${trade}/tree`);
    const { payments: _payments, refunds: _refunds, ...plain } = await shop.get<TradeResource>(`/v1/trades/${trade}`);
    expect(tree.trade).toMatchObject(plain);
    const asked = tree.trade?.payments[0]?.instructions[1]?.channel_order;
    expect(asked).toEqual({ id: expect.stringMatching(/^chn_/) as string, channel: 'simulator', status: 'succeeded', channel_trade_no: 'ch-7', external_voucher: null }); // prettier-ignore
    const returned = tree.trade?.refunds[0]?.parts.find(({ instrument }) => instrument === 1)?.channel_order;
    expect(returned).toMatchObject({ status: 'succeeded' });
    expect(tree.withdrawal).toBeNull();
    expect(tree.vouchers.length).toBeGreaterThan(6);
    for (const id of [body.id, refund.body.id, asked?.id, returned?.id, ...tree.vouchers]) {
      expect(await shop.get(`/v1/orders/${id}/tree`), id).toEqual(tree);
    }
    expect(JSON.stringify(tree)).not.toContain('@');
    for (const id of ['nothing', 'trd_nothing', `vch_${'0'.repeat(26)}`, shop.payer]) {
      expect(await api.http.get(`/v1/orders/${id}/tree`)).toMatchObject({
        status: 404,
        body: { code: 'order_not_found' },
      });
    }
  });
});
