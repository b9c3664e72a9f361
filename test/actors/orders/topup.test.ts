// Top-ups, on the engine: money from outside onto an account.

import { beforeEach, expect, test } from 'vitest';
import { Shop } from './support/shop.ts';

let shop: Shop;

beforeEach(async () => {
  shop = await Shop.open();
});

test('succeeds: from the channel onto the account', async () => {
  const { order } = await shop.topUp(25);
  expect(order).toMatchObject({ kind: 'payment', status: 'processing' });
  expect(await shop.provider.says('call', 'succeeded')).toMatchObject({ verb: 'pay', amount: 25 });
  expect(await shop.read('payment', order?.id ?? '')).toMatchObject({ status: 'succeeded' });
  expect(shop.orders('trade')).toMatchObject([{ type: 'topup', status: 'completed', paid: 25 }]);
  expect(shop.vouchers()).toEqual(['RC1: debit @channel:simulator:EUR 25, credit alice 25']);
  await shop.sound();
});

test('fails: nothing has happened, and it can be paid again', async () => {
  await shop.topUp(25);
  await shop.provider.says('call', { class: 'failed', failure: 'card_declined' });
  const [trade] = shop.orders('trade');
  expect(trade).toMatchObject({ status: 'open', livePayment: '' });
  await shop.pay(trade?.id ?? '', 'channel');
  await shop.provider.says('call', 'succeeded');
  expect(shop.money()).toEqual({ alice: 125, '@channel:simulator:EUR': -25 });
  await shop.sound();
});

test('is not refunded: the money is the account’s, and goes out by a withdrawal', async () => {
  await shop.topUp(25);
  await shop.provider.says('call', 'succeeded');
  expect((await shop.refund(shop.orders('trade')[0]?.id ?? '')).refused).toBe('trade_not_paid');
});

test('comes to an account that has closed meanwhile: the money goes back by itself', async () => {
  await shop.topUp(25);
  await shop.engine.transfer({ debit: 'alice', credit: 'mint', amount: 100 });
  await shop.engine.change({ id: 'alice', status: 'closed' });
  await shop.provider.says('call', 'succeeded');
  expect(shop.orders('payment')).toMatchObject([{ status: 'reversing', failure: 'account_closed' }]);
  expect(await shop.provider.says('call', 'succeeded')).toMatchObject({ verb: 'refund', amount: 25 });
  expect(shop.orders('payment')).toMatchObject([{ status: 'failed', failure: 'account_closed' }]);
  expect(shop.vouchers()).toEqual([
    'PY1: debit @channel:simulator:EUR 25, credit @payment_transit:EUR 25',
    'RF4: debit @payment_transit:EUR 25, credit @refund_transit:EUR 25',
    'RF4/2: debit @refund_transit:EUR 25, credit @channel:simulator:EUR 25',
  ]);
  await shop.sound();
});

test('has one order number for ever', async () => {
  await shop.topUp(25);
  const [trade] = shop.orders('trade');
  const again = { outTradeNo: trade?.outTradeNo ?? '', account: 'alice', channel: '', amount: 25, currency: 'EUR' };
  expect((await shop.topUpAs(again)).order).toMatchObject({ kind: 'payment', trade: trade?.id });
  expect((await shop.topUpAs({ ...again, amount: 26 })).refused).toBe('trade_exists_with_different_content');
  expect(shop.orders('payment')).toHaveLength(1);
});
