// Paying, on the engine: what each way of paying books, and where the money is afterwards.

import { beforeEach, describe, expect, test } from 'vitest';
import { Shop } from './support/shop.ts';

let shop: Shop;

beforeEach(async () => {
  shop = await Shop.open();
});

describe('a sale of 60', () => {
  test('by balance: at once, less the fee', async () => {
    const trade = await shop.trade();
    const { order } = await shop.pay(trade, 'balance');
    expect(order).toMatchObject({ kind: 'payment', status: 'succeeded' });
    expect(await shop.read('trade', trade)).toMatchObject({
      status: 'completed',
      paidBy: order?.id,
      settled: 60,
      fee: 1,
    });
    expect(shop.vouchers()).toEqual([
      'HD1: hold alice 60, expect @payment_transit:EUR 60',
      'PY2: take alice 60, receive @payment_transit:EUR 60',
      'PY4: debit @payment_transit:EUR 60, credit @pending:shop 60',
      'ST1: debit @pending:shop 60, credit shop 59, credit @fee:EUR 1',
    ]);
    expect(shop.money()).toEqual({ alice: 40, shop: 59, '@fee:EUR': 1 });
  });

  test('by balance that there is not: refused, and nothing has happened', async () => {
    const trade = await shop.trade({ amount: 101 });
    expect((await shop.pay(trade, 'balance')).refused).toBe('insufficient_funds');
    expect(await shop.read('trade', trade)).toMatchObject({ status: 'open', payments: [] });
    expect(shop.vouchers()).toEqual([]);
    expect((await shop.pay(trade, 'coupon:50 balance')).order).toMatchObject({ status: 'succeeded' });
  });

  test('by coupon, balance and channel: the channel last', async () => {
    const trade = await shop.trade();
    const { order } = await shop.pay(trade, 'channel coupon:10 balance:20');
    expect(order).toMatchObject({ status: 'processing' });
    expect(shop.money()).toEqual({
      alice: 80 - 0,
      'alice held': 20,
      '@marketing:EUR': -10,
      '@payment_transit:EUR': 10,
    });
    const call = await shop.provider.next();
    expect(call.order).toMatchObject({ verb: 'pay', amount: 30, status: 'sent' });
    await shop.provider.answer(call, { class: 'succeeded', amount: 30, currency: 'EUR', channelTradeNo: 'x1' });
    expect(await shop.read('payment', order?.id ?? '')).toMatchObject({ status: 'succeeded' });
    expect(await shop.read('trade', trade)).toMatchObject({ status: 'completed' });
    expect(shop.money()).toEqual({
      alice: 80,
      shop: 59,
      '@fee:EUR': 1,
      '@marketing:EUR': -10,
      '@channel:simulator:EUR': -30,
    });
  });

  test('by coupon, balance and a channel that refuses: everything goes back', async () => {
    const trade = await shop.trade();
    const { order } = await shop.pay(trade, 'channel coupon:10 balance:20');
    await shop.provider.answer(await shop.provider.next(), { class: 'failed', failure: 'card_declined' });
    expect(await shop.read('payment', order?.id ?? '')).toMatchObject({ status: 'failed', failure: 'card_declined' });
    expect(await shop.read('trade', trade)).toMatchObject({ status: 'open', livePayment: '' });
    expect(shop.money()).toEqual({ alice: 100 });
    expect((await shop.pay(trade, 'balance')).order).toMatchObject({ status: 'succeeded' });
  });
});
