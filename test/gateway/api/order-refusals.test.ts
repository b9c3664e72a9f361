// Refusals of orders over the API: what cannot be asked, by which code, in which order; and that nothing a client can say
// stops the engine.

import { beforeAll, describe, expect, it } from 'vitest';
import type { TradeResource } from '../../../src/gateway/order-resources/trade-resource.ts';
import { transports, useApi } from './support/api.ts';
import { bodyOf, codeOf, fresh, openWith } from './support/ledger.ts';
import { Channel, channelOf, Shop } from './support/shop.ts';
import { surfaces } from './support/surfaces.ts';

describe.each(transports)('refusals of orders over %s', (transport) => {
  const api = useApi({ transport }, {}, channelOf(new Channel()));
  let shop: Shop;
  let dollars = '';
  beforeAll(async () => {
    shop = await Shop.open(api.http, 1_000);
    dollars = await openWith(api, 0, { currency: 'USD' });
  });

  describe.each(surfaces)('asked by %s', (surface) => {
    const code = async (op: string, body: object, key = fresh('key')) => codeOf(await api.ask(surface, op, body, key));

    it('of trades', async () => {
      const make = (change: object) => code('trades.create', { ...shop.order(), ...change });
      const payee = { account: shop.payee, amount: 60 };
      expect(await make({ payees: 7 })).toBe('payees_invalid');
      expect(await make({ payees: [] })).toBe('payees_invalid');
      expect(await make({ payees: [payee, payee] })).toBe('payees_invalid');
      expect(await make({ payees: [{ ...payee, amount: 59 }] })).toBe('payees_invalid');
      expect(await make({ payees: [{ ...payee, more: 1 }] })).toBe('payees_invalid');
      expect(await make({ payees: [{ account: 'a b', amount: 60 }] })).toBe('payees_invalid');
      expect(await make({ payees: [{ account: '@escrow:EUR', amount: 60 }] })).toBe('payees_invalid');
      expect(await make({ out_trade_no: 'a b' })).toBe('id_invalid');
      expect(await make({ out_trade_no: 'x'.repeat(65) })).toBe('id_invalid');
      expect(await make({ product: 'nothing' })).toBe('product_unknown');
      expect(await make({ currency: 'XXXX' })).toBe('currency_invalid');
      expect(await make({ expires_at: 'tomorrow' })).toBe('body_invalid');
      expect(await make({ expires_at: '2001-01-01T00:00:00Z', product: 'nothing' })).toBe('body_invalid');
      expect(await make({ expires_at: '9999-12-31T23:59:59Z' })).toBe('body_invalid');
      expect(await make({ card_number: '4111111111111111' })).toBe('field_unknown');
      expect(await make({ payer: 'nobody' })).toBe('account_not_found');
      expect(await make({ payees: [{ account: 'nobody', amount: 60 }] })).toBe('account_not_found');
      expect(await make({ payees: [{ account: dollars, amount: 60 }] })).toBe('currency_mismatch');
      expect(await make({ payees: [{ account: shop.payer, amount: 60 }] })).toBe('payees_invalid');
    });

    it('of paying', async () => {
      const { id } = bodyOf(await api.ask<TradeResource>(surface, 'trades.create', shop.order()));
      const pay = (...instruments: unknown[]) => code('trades.pay', { id, instruments });
      for (const wrong of [
        7,
        {},
        { type: 'gold' },
        { type: 'balance', amount: 0 },
        { type: 'balance', cvv: '123' },
        { type: 'channel', channel: '@' },
      ])
        // prettier-ignore
        expect(await pay(wrong), JSON.stringify(wrong)).toBe('instruments_invalid');
      expect(await pay()).toBe('instruments_invalid');
      expect(await pay({ type: 'balance', amount: 59 })).toBe('instruments_invalid');
      expect(await pay({ type: 'coupon' })).toBe('combination_not_allowed');
      expect(await pay({ type: 'balance', account: 'nobody' })).toBe('account_not_found');
      expect(await pay({ type: 'balance', account: dollars })).toBe('currency_mismatch');
      expect(await pay({ type: 'coupon', account: shop.payer, amount: 10 }, { type: 'balance' })).toBe(
        'instruments_invalid',
      );
      expect(await pay({ type: 'balance', account: shop.payee })).toBe('instruments_invalid');
      const poor = await openWith(api, 0);
      expect(await pay({ type: 'balance', account: poor })).toBe('insufficient_funds');
      expect(await code('trades.pay', { id, instruments: [{ type: 'balance' }], capture: 'later' })).toBe(
        'body_invalid',
      );
      expect(await code('trades.pay', { id: 'trd_0', instruments: [{ type: 'balance' }] })).toBe('trade_not_found');
      expect(await code('trades.confirm', { id })).toBe('trade_not_paid');
      expect(await code('trades.refund', { id })).toBe('trade_not_paid');
      expect(await code('trades.pay', { id, instruments: [{ type: 'balance' }] })).toBe('ok');
      expect(await pay({ type: 'coupon' })).toBe('trade_already_paid');
      expect(await code('trades.close', { id })).toBe('trade_not_open');
      expect(await code('trades.confirm', { id })).toBe('trade_not_paid');
      expect(await code('trades.refund', { id, amount: 61 })).toBe('refund_exceeds_paid');
    });

    it('of money that comes in and goes out', async () => {
      const topUp = { account: shop.payer, amount: 10, currency: 'EUR' };
      expect(await code('topups.create', { ...topUp, account: 'nobody' })).toBe('account_not_found');
      expect(await code('topups.create', { ...topUp, account: dollars })).toBe('currency_mismatch');
      expect(await code('topups.create', { ...topUp, account: shop.payee })).toBe('payees_invalid');
      expect(await code('topups.create', { ...topUp, channel: 'nowhere' })).toBe('channel_unavailable');
      expect(await code('topups.create', { ...topUp, destination: 'x' })).toBe('field_unknown');
      const out = { ...topUp, destination: 'DE89 3704 0044 0532 0130 00' };
      expect(await code('withdrawals.create', { ...out, destination: undefined })).toBe('body_invalid');
      expect(await code('withdrawals.create', { ...out, destination: '4111 1111 1111 1111' })).toBe('body_invalid');
      expect(await code('withdrawals.create', { ...out, account: 'nobody' })).toBe('account_not_found');
      expect(await code('withdrawals.create', { ...out, amount: 1_000_000_000 })).toBe('insufficient_funds');
      expect(await code('withdrawals.create', { ...out, channel: 'nowhere' })).toBe('channel_unavailable');
      const bank = await openWith(api, 0, { kind: 'bank' });
      expect(await code('withdrawals.create', { ...out, account: bank })).toBe('payees_invalid');
    });

    it('of what is not there', async () => {
      for (const noun of ['payment', 'refund', 'withdrawal']) {
        for (const id of ['nothing', await shop.trade()]) {
          expect(await code(`${noun}s.get`, { id })).toBe(`${noun}_not_found`);
          expect(await code(`${noun}s.cancel`, { id })).toBe(`${noun}_not_found`);
        }
      }
      expect(await code('payments.capture', { id: 'nothing' })).toBe('payment_not_found');
      expect(await code('refunds.approve', { id: 'nothing' })).toBe('refund_not_found');
      expect(await code('withdrawals.approve', { id: 'nothing' })).toBe('withdrawal_not_found');
      expect(await code('topups.get', { id: 'nothing' })).toBe('trade_not_found');
    });

    it.each([
      ['trades.pay', { id: 'a', instruments: [{ type: 'balance' }] }],
      ['trades.confirm', { id: 'a' }],
      ['trades.refund', { id: 'a' }],
      ['payments.capture', { id: 'a' }],
      ['payments.cancel', { id: 'a' }],
      ['refunds.approve', { id: 'a' }],
      ['refunds.cancel', { id: 'a' }],
      ['topups.create', { account: 'a', amount: 1, currency: 'EUR' }],
      ['withdrawals.create', { account: 'a', amount: 1, currency: 'EUR', destination: 'x' }],
      ['withdrawals.approve', { id: 'a' }],
      ['withdrawals.cancel', { id: 'a' }],
    ])('%s without a key', async (op, body) => {
      expect(codeOf(await api.ask(surface, op, body))).toBe('idempotency_key_required');
      expect(codeOf(await api.ask(surface, op, { ...body, more: 1 }))).toBe('field_unknown');
    });

    it('the idempotency before the existence, and the existence before the state', async () => {
      const key = fresh('key');
      const { id } = bodyOf(await api.ask<TradeResource>(surface, 'trades.create', shop.order(), key));
      expect(await code('trades.confirm', { id: 'nothing' }, key)).toBe('idempotency_key_reused');
      expect(await code('trades.pay', { id: 'nothing', instruments: [{ type: 'coupon' }] })).toBe('trade_not_found');
      expect(await code('trades.create', { ...shop.order(), payer: 'nobody' }, key)).toBe('idempotency_key_reused');
      const known = await shop.get<TradeResource>(`/v1/trades/${id}`);
      const other = { ...shop.order(), out_trade_no: known.out_trade_no, payer: 'nobody' };
      expect(await code('trades.create', other)).toBe('trade_exists_with_different_content');
    });
  });

  it('did not stop the engine once', () => {
    expect(api.server.engine.restarts).toBe(0);
  });
});
