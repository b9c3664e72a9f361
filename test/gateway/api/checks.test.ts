// Checks over the API: asked when all the rest allows the payment and before anything is held, on every surface; what they
// said is part of the payment.

import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_PRODUCTS } from '../../../src/domain/orders/default-products.ts';
import { DEFAULT_RULES_JSON } from '../../../src/domain/orders/default-rules.ts';
import { judgeChecks, type CheckAnswer, type NeededChecks } from '../../../src/domain/orders/checks.ts';
import { readRuleset } from '../../../src/domain/orders/ruleset.ts';
import type { PaymentResource } from '../../../src/gateway/order-resources/payment-resource.ts';
import type { TopUpResource } from '../../../src/gateway/order-resources/topup-resource.ts';
import { transports, useApi } from './support/api.ts';
import { bodyOf, fresh } from './support/ledger.ts';
import { Channel, channelOf, serve, Shop } from './support/shop.ts';
import { surfaces } from './support/surfaces.ts';

const RISK = { name: 'risk', strength: 'strong', timeout_ms: 100 };
const PRICE = { name: 'price', strength: 'weak', timeout_ms: 100, fallback: 'pass' };

const rules = readRuleset(
  JSON.stringify({
    rules: { ...DEFAULT_RULES_JSON, version: 'checked-1', checks: { careful: [RISK, PRICE] } },
    products: DEFAULT_PRODUCTS.map((row) => {
      return row.code === 'sale' || row.code === 'topup' ? { ...row, rules: { ...row.rules, checks: 'careful' } } : row;
    }),
  }),
);

const PASSED = [
  { name: 'risk', answer: 'pass', reference: 'r-1', fell_back: false },
  { name: 'price', answer: 'pass', reference: null, fell_back: true },
];

describe.each(transports)('checks over %s', (transport) => {
  const provider = new Channel();
  const asked: NeededChecks[] = [];
  let answer: CheckAnswer | null = 'pass';
  const checks = {
    ask: (needed: NeededChecks) => {
      asked.push(needed);
      const heard = answer === null ? [] : [['risk', { answer, reference: 'r-1' }] as const];
      return Promise.resolve(judgeChecks(needed.checks, new Map(heard)));
    },
  };
  const { payments } = channelOf(provider);
  if (!payments) throw new Error('there are no payments');
  const api = useApi({ transport }, {}, { payments: { ...payments, rules }, checks });
  let shop: Shop;
  beforeAll(() => serve(api, provider));
  beforeEach(async () => {
    shop = await Shop.open(api.http);
    asked.length = 0;
    answer = 'pass';
  });

  describe.each(surfaces)('by %s', (surface) => {
    const pay = (trade: string, key: string) =>
      api.ask<PaymentResource>(surface, 'trades.pay', { id: trade, instruments: [{ type: 'balance' }] }, key);

    it('are asked about the payment, and what they said is in it', async () => {
      const order = shop.order();
      const { id } = bodyOf(await api.ask<{ id: string }>(surface, 'trades.create', order));
      const key = fresh('key');
      const paid = bodyOf(await pay(id, key));
      expect(paid).toMatchObject({ status: 'succeeded', checks: PASSED });
      expect(asked).toEqual([
        {
          checks: [
            { name: 'risk', strength: 'strong', timeoutMs: 100 },
            { name: 'price', strength: 'weak', timeoutMs: 100, fallback: 'pass' },
          ],
          about: {
            trade: id,
            outTradeNo: order.out_trade_no,
            product: 'sale',
            payer: shop.payer,
            payees: [{ account: shop.payee, amount: 60 }],
            amount: 60,
            currency: 'EUR',
            instruments: [{ type: 'balance', channel: '', amount: 60 }],
          },
        },
      ]);
      // The same again: nobody is asked, whatever they would say.
      answer = 'refuse';
      expect(bodyOf(await pay(id, key))).toEqual(paid);
      expect(asked.length).toBe(1);
      expect(await shop.get(`/v1/payments/${paid.id}`)).toEqual(paid);
    });

    it('refuse, or are missing, before anything has happened', async () => {
      const trade = await shop.trade();
      answer = 'refuse';
      expect(await pay(trade, fresh('key'))).toMatchObject({ error: { code: 'check_refused', retryable: false } });
      answer = null;
      expect(await pay(trade, fresh('key'))).toMatchObject({ error: { code: 'check_unavailable', retryable: true } });
      expect(await shop.get(`/v1/trades/${trade}`)).toMatchObject({ status: 'open', payments: [] });
      expect(await shop.available(shop.payer)).toBe(100);
      answer = 'pass';
      expect(bodyOf(await pay(trade, fresh('key')))).toMatchObject({ status: 'succeeded' });
    });

    it('are not asked about what is refused anyway', async () => {
      const trade = await shop.trade();
      await api.http.post(`/v1/trades/${trade}/close`, {});
      expect(await pay(trade, fresh('key'))).toMatchObject({ error: { code: 'trade_closed' } });
      expect(await pay('trd_nothing', fresh('key'))).toMatchObject({ error: { code: 'trade_not_found' } });
      expect(asked).toEqual([]);
    });

    it('are asked about a top-up', async () => {
      const body = { account: shop.payer, amount: 50, currency: 'EUR', out_trade_no: fresh('topup') };
      answer = 'refuse';
      expect(await api.ask(surface, 'topups.create', body, fresh('key'))).toMatchObject({ error: { code: 'check_refused' } }); // prettier-ignore
      answer = 'pass';
      const begun = bodyOf(await api.ask<TopUpResource>(surface, 'topups.create', body, fresh('key')));
      expect(asked[1]?.about).toMatchObject({ trade: '', outTradeNo: body.out_trade_no, product: 'topup', amount: 50 });
      expect(await shop.get(`/v1/payments/${begun.payment}`)).toMatchObject({ status: 'processing', checks: PASSED });
      expect(bodyOf(await api.ask<TopUpResource>(surface, 'topups.create', body, fresh('key')))).toEqual(begun);
      expect(asked.length).toBe(2);
      await provider.answer(await provider.next(), { class: 'failed' });
    });
  });

  it('make one payment of two requests under one key that are checked at the same time', async () => {
    const trade = await shop.trade();
    const body = { instruments: [{ type: 'balance' }] };
    const key = fresh('key');
    const [one, other] = await Promise.all([1, 2].map(() => api.http.post(`/v1/trades/${trade}/pay`, body, key)));
    expect([one?.status, one?.text]).toEqual([201, other?.text]);
    expect(await shop.available(shop.payer)).toBe(40);
  });

  it('cost a product that wants none nothing: nobody is asked', async () => {
    const trade = await shop.trade({ product: 'escrow' });
    expect((await shop.pay(trade, 'balance')).body).toMatchObject({ status: 'succeeded', checks: [] });
    expect(asked).toEqual([]);
  });
});
