// Trades over the API: agreed on once under the merchant's number, paid, shown, closed; on every surface the same.

import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { PaymentResource } from '../../../src/gateway/order-resources/payment-resource.ts';
import type { TradeResource } from '../../../src/gateway/order-resources/trade-resource.ts';
import type { Problem } from '../../../src/gateway/problem.ts';
import { transports, useApi } from './support/api.ts';
import { bodyOf, codeOf, fresh } from './support/ledger.ts';
import { expectProblem } from './support/problem.ts';
import { Shop } from './support/shop.ts';
import { surfaces } from './support/surfaces.ts';

type Leg = { readonly side: string; readonly subject: number; readonly account: string; readonly amount: number };
type Voucher = { readonly event: string; readonly legs: readonly Leg[] };

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

describe.each(transports)('trades over %s', (transport) => {
  const api = useApi({ transport, books: 'on' });
  let shop: Shop;
  beforeAll(async () => {
    shop = await Shop.open(api.http, 10_000);
  });

  it('is refused when its time is over already or absurdly far, with the field at fault', async () => {
    for (const days of [-1, 366]) {
      const order = shop.order({ expires_at: new Date(Date.now() + days * 86_400_000).toISOString() });
      const { status, body } = await api.http.post<Problem>('/v1/trades', order);
      expectProblem(body, 'body_invalid');
      expect([status, body.param, body.detail]).toEqual([400, 'expires_at', 'expires_at has to be in the future, and at most a year away.']); // prettier-ignore
      expect(await shop.get(`/v1/trades?out_trade_no=${order.out_trade_no}`)).toMatchObject({ data: [] });
    }
  });

  it('gets its first answer when it is asked again after its time', async () => {
    const expiresAtMs = Date.now() + 300;
    const order = shop.order({ expires_at: new Date(expiresAtMs).toISOString() });
    const first = await api.http.post<TradeResource>('/v1/trades', order);
    expect(first.status, first.text).toBe(201);
    await vi.waitFor(async () => expect(await shop.get(`/v1/trades/${first.body.id}`)).toMatchObject({ status: 'closed' }), { timeout: 10_000 }); // prettier-ignore
    const again = await api.http.post<TradeResource>('/v1/trades', order);
    expect([again.status, again.text]).toEqual([201, first.text]);
    expect(Date.now()).toBeGreaterThan(expiresAtMs);
  });

  it('shows all of a trade, at a place of its own', async () => {
    const order = shop.order();
    const { status, headers, body } = await api.http.post<TradeResource>('/v1/trades', order);
    expect(status).toBe(201);
    expect(headers['location']).toBe(`/v1/trades/${body.id}`);
    expect(headers['idempotent-replayed']).toBeUndefined();
    expect(body).toEqual({
      id: expect.stringMatching(/^trd_[0-9A-HJKMNP-TV-Z]{26}$/) as string,
      object: 'trade',
      out_trade_no: order.out_trade_no,
      product: 'sale',
      type: 'instant',
      status: 'open',
      payer: shop.payer,
      payees: [{ account: shop.payee, amount: 60 }],
      amount: 60,
      paid: 0,
      refund_reserved: 0,
      refunded: 0,
      settled: 0,
      fee: 0,
      currency: 'EUR',
      expires_at: expect.stringMatching(TIME) as string,
      payments: [],
      live_payment: null,
      paid_by: null,
      refunds: [],
      rule_version: 'default-1',
      vouchers: [],
      version: 1,
      created_at: expect.stringMatching(TIME) as string,
      updated_at: expect.stringMatching(TIME) as string,
    });
    expect(await shop.get(`/v1/trades/${body.id}`)).toEqual(body);
    expect(await shop.get(`/v1/trades?out_trade_no=${order.out_trade_no}`)).toEqual({ data: [body], has_more: false });
    expect(await shop.get('/v1/trades?out_trade_no=nothing')).toEqual({ data: [], has_more: false });
  });

  it('pays by balance at once, with the vouchers of the books', async () => {
    const before = await shop.available(shop.payee);
    const trade = await shop.trade();
    const { status, headers, body: payment } = await shop.pay(trade, 'balance');
    expect([status, headers['location']]).toEqual([201, `/v1/payments/${payment.id}`]);
    expect(payment).toMatchObject({ trade, status: 'succeeded', attempt: 1, amount: 60, captured: 60, action: null });
    expect(payment.instruments).toEqual([
      {
        type: 'balance',
        account: shop.payer,
        channel: null,
        status: 'done',
        amount: 60,
        authorized: 60,
        captured: 60,
        refund_reserved: 0,
        refunded: 0,
        channel_order: null,
      },
    ]);
    expect(await shop.get(`/v1/payments/${payment.id}`)).toEqual(payment);
    const paid = await shop.get<TradeResource>(`/v1/trades/${trade}`);
    expect(paid).toMatchObject({ status: 'completed', paid: 60, settled: 60, fee: 1, paid_by: payment.id });
    const vouchers = await Promise.all(
      [...payment.vouchers, ...paid.vouchers].map((id) => shop.get<Voucher>(`/v1/vouchers/${id}`)),
    );
    const shown = vouchers.map(
      ({ event, legs }) =>
        `${event} ${legs.map(({ side, subject, amount }) => `${side} ${subject} ${amount}`).join(', ')}`,
    );
    expect(shown).toEqual([
      'HD1 debit 2001 60, credit 2002 60',
      'PY2 debit 2002 60, credit 2020 60',
      'PY4 debit 2020 60, credit 2003 60',
      'ST1 debit 2003 60, credit 2004 59, credit 4001 1',
    ]);
    expect(await shop.available(shop.payee)).toBe(before + 59);
  });

  describe.each(surfaces)('asked by %s', (surface) => {
    const ask = <Body>(op: string, body: object, key?: string) => api.ask<Body>(surface, op, body, key);

    it('goes the whole way', async () => {
      const trade = bodyOf(await ask<TradeResource>('trades.create', shop.order({ product: 'escrow' })));
      const pay = { id: trade.id, instruments: [{ type: 'coupon', amount: 20 }, { type: 'balance' }] };
      const payment = bodyOf(await ask<PaymentResource>('trades.pay', pay, fresh('key')));
      expect(payment.instruments.map(({ type, amount, account }) => [type, amount, account])).toEqual([
        ['coupon', 20, null],
        ['balance', 40, shop.payer],
      ]);
      expect(bodyOf(await ask('payments.get', { id: payment.id }))).toEqual(payment);
      expect(bodyOf(await ask('trades.get', { id: trade.id }))).toMatchObject({ status: 'paid', settled: 0 });
      const before = await shop.available(shop.payee);
      expect(bodyOf(await ask('trades.confirm', { id: trade.id }, fresh('key')))).toMatchObject({
        status: 'completed',
      });
      expect(await shop.available(shop.payee)).toBe(before + 59);
    });

    it('captures a part and gives the rest back with the end of it', async () => {
      const { id } = bodyOf(await ask<TradeResource>('trades.create', shop.order()));
      const pay = { id, instruments: [{ type: 'balance' }], capture: 'manual' };
      const payment = bodyOf(await ask<PaymentResource>('trades.pay', pay, fresh('key')));
      expect(payment).toMatchObject({ status: 'authorized', authorized: 60, captured: 0 });
      const part = bodyOf(await ask('payments.capture', { id: payment.id, amount: 20 }, fresh('key')));
      expect(part).toMatchObject({ status: 'authorized', captured: 20 });
      const more = await ask('payments.capture', { id: payment.id, amount: 41 }, fresh('key'));
      expect(codeOf(more)).toBe('capture_exceeds_authorized');
      const rest = bodyOf(await ask('payments.capture', { id: payment.id }, fresh('key')));
      expect(rest).toMatchObject({ status: 'succeeded', captured: 60 });
      expect(codeOf(await ask('payments.cancel', { id: payment.id }, fresh('key')))).toBe('payment_not_cancelable');
    });

    it('cancels what is only authorized', async () => {
      const { id } = bodyOf(await ask<TradeResource>('trades.create', shop.order()));
      const before = await shop.available(shop.payer);
      const pay = { id, instruments: [{ type: 'balance' }], capture: 'manual' };
      const payment = bodyOf(await ask<PaymentResource>('trades.pay', pay, fresh('key')));
      expect(await shop.available(shop.payer)).toBe(before - 60);
      expect(bodyOf(await ask('payments.cancel', { id: payment.id }, fresh('key')))).toMatchObject({
        status: 'canceled',
      });
      expect(await shop.available(shop.payer)).toBe(before);
      expect(bodyOf(await ask('trades.get', { id }))).toMatchObject({ status: 'open', live_payment: null });
    });

    it('closes once, and is not paid after that', async () => {
      const { id } = bodyOf(await ask<TradeResource>('trades.create', shop.order()));
      expect(bodyOf(await ask('trades.close', { id }))).toMatchObject({ status: 'closed', version: 2 });
      expect(bodyOf(await ask('trades.close', { id }, fresh('key')))).toMatchObject({ status: 'closed', version: 2 });
      const late = await ask('trades.pay', { id, instruments: [{ type: 'balance' }] }, fresh('key'));
      if (late.ok) throw new Error('a closed trade was paid');
      expectProblem(late.error, 'trade_closed');
    });

    it('is one trade for one order number, whatever is said of it later', async () => {
      const order = shop.order();
      const first = bodyOf(await ask<TradeResource>('trades.create', order));
      await shop.pay(first.id, 'balance');
      expect(bodyOf(await ask('trades.create', order, fresh('key')))).toEqual(first);
      const other = { ...order, amount: 61, payees: [{ account: shop.payee, amount: 61 }] };
      expect(codeOf(await ask('trades.create', other))).toBe('trade_exists_with_different_content');
    });
  });

  it('makes one trade of 1,000 at once with the same number', async () => {
    const order = shop.order();
    const seen = await Promise.all(Array.from({ length: 1_000 }, () => api.http.post('/v1/trades', order)));
    expect(new Set(seen.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(seen.filter(({ headers }) => headers['idempotent-replayed'] === 'true')).toHaveLength(999);
  });

  it('pays once of 50 attempts at once', async () => {
    const trade = await shop.trade();
    const before = await shop.available(shop.payer);
    const seen = await Promise.all(Array.from({ length: 50 }, () => shop.pay(trade, 'balance')));
    expect(seen.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(await shop.available(shop.payer)).toBe(before - 60);
  });

  it('answers a key again byte for byte, and another request under it not at all', async () => {
    const trade = await shop.trade();
    const [key, path] = [fresh('key'), `/v1/trades/${trade}/pay`];
    const first = await api.http.post(path, { instruments: [{ type: 'balance' }] }, key);
    const again = await api.http.post(path, { instruments: [{ type: 'balance' }] }, key);
    expect([again.status, again.text]).toEqual([201, first.text]);
    expect(again.headers['idempotent-replayed']).toBe('true');
    expect(again.headers['location']).toBe(first.headers['location']);
    const other = await api.http.post(path, { instruments: [{ type: 'coupon' }] }, key);
    expect(other).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } });
  });

  it('looks trades up by their number alone', async () => {
    for (const query of ['', '?out_trade_no=', '?out_trade_no=a%20b', '?limit=1', '?out_trade_no=a&out_trade_no=b'])
      expect(await api.http.get(`/v1/trades${query}`)).toMatchObject({ status: 400, body: { code: 'query_invalid' } });
  });
});
