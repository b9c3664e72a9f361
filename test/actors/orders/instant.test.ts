// Instant trades, on the engine: what each way of paying books, and where the money is afterwards.

import { beforeEach, describe, expect, test } from 'vitest';
import { Shop } from './support/shop.ts';

let shop: Shop;

beforeEach(async () => {
  shop = await Shop.open();
});

describe('a sale of 60', () => {
  test('by coupon and balance: at once', async () => {
    const trade = await shop.trade();
    expect((await shop.pay(trade, 'coupon:10 balance')).order).toMatchObject({ status: 'succeeded' });
    expect(shop.vouchers()).toEqual([
      'PY3: debit @marketing:EUR 10, credit @payment_transit:EUR 10',
      'HD1: hold alice 50, expect @payment_transit:EUR 50',
      'PY2: take alice 50, receive @payment_transit:EUR 50',
      'PY4: debit @payment_transit:EUR 60, credit @pending:shop 60',
      'ST1: debit @pending:shop 60, credit shop 59, credit @fee:EUR 1',
    ]);
    expect(shop.money()).toEqual({ alice: 50, shop: 59, '@fee:EUR': 1, '@marketing:EUR': -10 });
    await shop.sound();
  });

  test('by coupon and channel', async () => {
    const trade = await shop.trade();
    await shop.pay(trade, 'channel coupon:10');
    await shop.provider.says('call', 'succeeded');
    expect(shop.vouchers()).toEqual([
      'PY3: debit @marketing:EUR 10, credit @payment_transit:EUR 10',
      'PY1: debit @channel:simulator:EUR 50, credit @payment_transit:EUR 50',
      'PY4: debit @payment_transit:EUR 60, credit @pending:shop 60',
      'ST1: debit @pending:shop 60, credit shop 59, credit @fee:EUR 1',
    ]);
    expect(shop.money()).toEqual({
      shop: 59,
      '@fee:EUR': 1,
      '@marketing:EUR': -10,
      '@channel:simulator:EUR': -50,
      alice: 100,
    });
    await shop.sound();
  });

  test('by all three: each leg once, the channel last', async () => {
    const trade = await shop.trade();
    const { order } = await shop.pay(trade, 'channel balance:20 coupon:10');
    expect(shop.newVouchers()).toEqual([
      'PY3: debit @marketing:EUR 10, credit @payment_transit:EUR 10',
      'HD1: hold alice 20, expect @payment_transit:EUR 20',
    ]);
    await shop.provider.says('call', 'succeeded');
    expect(shop.newVouchers()).toEqual([
      'PY2: take alice 20, receive @payment_transit:EUR 20',
      'PY1: debit @channel:simulator:EUR 30, credit @payment_transit:EUR 30',
      'PY4: debit @payment_transit:EUR 60, credit @pending:shop 60',
      'ST1: debit @pending:shop 60, credit shop 59, credit @fee:EUR 1',
    ]);
    expect(await shop.read('payment', order?.id ?? '')).toMatchObject({
      status: 'succeeded',
      instructions: [
        { instrument: 'coupon', status: 'done', captured: 10 },
        { instrument: 'balance', status: 'done', captured: 20 },
        { instrument: 'channel', status: 'done', captured: 30 },
      ],
    });
    await shop.sound();
  });

  test('by a channel that cannot be reached: nothing was sent, so it has failed and everything goes back', async () => {
    shop.provider.closed = true;
    const trade = await shop.trade();
    await shop.pay(trade, 'channel balance:20 coupon:10');
    expect(await shop.provider.isIdle()).toBe(true);
    expect(shop.orders('payment')).toMatchObject([{ status: 'failed' }]);
    expect(shop.newVouchers().slice(2)).toEqual([
      'HD3: release alice 20, forgo @payment_transit:EUR 20',
      'RV-PY3: credit @marketing:EUR 10, debit @payment_transit:EUR 10',
    ]);
    expect(shop.money()).toEqual({ alice: 100 });
    await shop.sound();
  });

  test('its payer has to go on elsewhere first', async () => {
    const trade = await shop.trade();
    const { order } = await shop.pay(trade, 'channel');
    const call = await shop.provider.next();
    await shop.provider.answer(call, { class: 'requires_action', actionUrl: 'https://bank.example/3ds' });
    expect(await shop.read('payment', order?.id ?? '')).toMatchObject({
      status: 'requires_action',
      actionUrl: 'https://bank.example/3ds',
    });
    await shop.callback(call.order.id, { class: 'succeeded' });
    expect(await shop.read('payment', order?.id ?? '')).toMatchObject({ status: 'succeeded', actionUrl: '' });
    await shop.sound();
  });
});

describe('several payees', () => {
  const payees = [
    { account: 'shop', amount: 67 },
    { account: 'maker', amount: 33 },
  ];

  test('each has its part, and the fee is split in proportion', async () => {
    const trade = await shop.trade({ payees, amount: 100 });
    await shop.pay(trade, 'balance');
    expect(shop.vouchers().slice(2)).toEqual([
      'PY4: debit @payment_transit:EUR 67, credit @pending:shop 67',
      'PY4: debit @payment_transit:EUR 33, credit @pending:maker 33',
      'ST1: debit @pending:shop 67, credit shop 66, credit @fee:EUR 1',
      'ST1: debit @pending:maker 33, credit maker 33',
    ]);
    expect(shop.money()).toEqual({ shop: 66, maker: 33, '@fee:EUR': 1 });
    await shop.sound();
  });

  test('one is frozen: its money waits, is tried again, and people are told', async () => {
    await shop.engine.change({ id: 'maker', status: 'frozen' });
    const trade = await shop.trade({ payees, amount: 100 });
    await shop.pay(trade, 'channel');
    await shop.provider.says('call', 'succeeded');
    expect(await shop.read('trade', trade)).toMatchObject({ status: 'paid', settled: 0 });
    expect(shop.money()).toMatchObject({ '@pending:shop': 67, '@pending:maker': 33 });
    for (let tries = 0; tries < 8; tries++) await shop.engine.advance(3_600_000);
    expect(shop.cases()).toEqual(['settlement_refused']);
    await shop.engine.change({ id: 'maker', status: 'active' });
    await shop.decide('retry');
    expect(await shop.read('trade', trade)).toMatchObject({ status: 'completed', settled: 100, fee: 1 });
    expect(shop.money()).toMatchObject({ shop: 66, maker: 33, '@fee:EUR': 1 });
    await shop.sound();
  });
});

describe('what a client may not do', () => {
  test.each([
    ['pay from an account of another sort', 'coupon', 'alice', 'instruments_invalid'],
    ['pay from an account of another currency', 'balance', 'dollars', 'currency_mismatch'],
    ['pay from an account that is not there', 'balance', 'nobody', 'account_not_found'],
    ['pay from a shop’s account', 'balance', 'shop', 'instruments_invalid'],
  ])('%s', async (_, type, account, refused) => {
    await shop.engine.open({ id: 'dollars', currency: 'USD' });
    const trade = await shop.trade();
    const asked = { type, account, channel: '', amount: 10 };
    const rest = { type: 'balance', account: 'alice', channel: '', amount: 50 };
    expect(await shop.payBy(trade, [asked, rest])).toMatchObject({ refused });
    expect(shop.engine.stops).toEqual([]);
    expect((await shop.pay(trade, 'balance')).order).toMatchObject({ status: 'succeeded' });
  });
});
