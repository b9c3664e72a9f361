// Manual capture, on the engine: money is kept back first and taken later, in parts or whole.

import { beforeEach, describe, expect, test } from 'vitest';
import { Shop } from './support/shop.ts';

const DAY_MS = 86_400_000;

let shop: Shop;
let trade: string;
let payment: string;

beforeEach(async () => {
  shop = await Shop.open();
  trade = await shop.trade({ expiresAtMs: shop.engine.nowMs + 30 * DAY_MS });
  const { order } = await shop.pay(trade, 'coupon:20 balance', 'manual');
  payment = order?.id ?? '';
  shop.newVouchers();
});

test('first it is only kept back', async () => {
  expect(await shop.read('payment', payment)).toMatchObject({ status: 'authorized' });
  expect(await shop.read('trade', trade)).toMatchObject({ status: 'open', livePayment: payment });
  expect(shop.money()).toEqual({ alice: 60, 'alice held': 40, '@marketing:EUR': -20, '@payment_transit:EUR': 20 });
  expect((await shop.pay(trade, 'balance')).refused).toBe('attempt_in_progress');
});

test('taken whole: the trade is paid', async () => {
  expect((await shop.capture(payment)).order).toMatchObject({ status: 'succeeded' });
  expect(shop.newVouchers()).toEqual([
    'PY2: take alice 40, receive @payment_transit:EUR 40',
    'PY4: debit @payment_transit:EUR 60, credit @pending:shop 60',
    'ST1: debit @pending:shop 60, credit shop 59, credit @fee:EUR 1',
  ]);
  await shop.sound();
});

test('taken in parts until nothing remains, over all legs in proportion', async () => {
  expect((await shop.capture(payment, 30)).order).toMatchObject({ status: 'authorized', captures: 1 });
  expect((await shop.capture(payment, 31)).refused).toBe('capture_exceeds_authorized');
  expect((await shop.capture(payment, 15)).order).toMatchObject({ status: 'authorized', captures: 2 });
  expect((await shop.capture(payment, 15)).order).toMatchObject({ status: 'succeeded' });
  expect(shop.newVouchers()).toEqual([
    'PY2: take alice 20, receive @payment_transit:EUR 20',
    'PY2: take alice 10, receive @payment_transit:EUR 10',
    'PY2: take alice 10, receive @payment_transit:EUR 10',
    'PY4: debit @payment_transit:EUR 60, credit @pending:shop 60',
    'ST1: debit @pending:shop 60, credit shop 59, credit @fee:EUR 1',
  ]);
  expect((await shop.capture(payment, 1)).refused).toBe('payment_not_capturable');
  await shop.sound();
});

test('canceled: everything goes back, and the trade can be paid otherwise', async () => {
  expect((await shop.cancel(payment)).order).toMatchObject({ status: 'canceled' });
  expect(shop.newVouchers()).toEqual([
    'HD3: release alice 40, forgo @payment_transit:EUR 40',
    'RV-PY3: credit @marketing:EUR 20, debit @payment_transit:EUR 20',
  ]);
  expect((await shop.capture(payment)).refused).toBe('payment_not_capturable');
  expect((await shop.pay(trade, 'balance')).order).toMatchObject({ status: 'succeeded' });
  await shop.sound();
});

test('forgotten for a week: everything goes back', async () => {
  await shop.engine.advance(7 * DAY_MS);
  expect(await shop.read('payment', payment)).toMatchObject({ status: 'failed', failure: 'expired' });
  expect(await shop.read('trade', trade)).toMatchObject({ status: 'open', livePayment: '' });
  expect(shop.money()).toEqual({ alice: 100 });
  await shop.sound();
});

describe('after a part was taken', () => {
  const short = [
    'PY2: take alice 20, receive @payment_transit:EUR 20',
    'HD3: release alice 20, forgo @payment_transit:EUR 20',
    'RV-PY3: credit @marketing:EUR 20, debit @payment_transit:EUR 20',
    'PY3: debit @marketing:EUR 10, credit @payment_transit:EUR 10',
    'PY4: debit @payment_transit:EUR 30, credit @pending:shop 30',
    'ST1: debit @pending:shop 30, credit shop 30',
  ];

  beforeEach(async () => {
    await shop.capture(payment, 30);
  });

  test('it is not canceled any more', async () => {
    expect((await shop.cancel(payment)).refused).toBe('payment_not_cancelable');
  });

  test('the time passes: what was taken pays the trade, the rest goes back', async () => {
    await shop.engine.advance(7 * DAY_MS);
    expect(await shop.read('payment', payment)).toMatchObject({ status: 'succeeded' });
    expect(await shop.read('trade', trade)).toMatchObject({ status: 'completed', paid: 30, settled: 30 });
    expect(shop.newVouchers()).toEqual(short);
    expect(shop.money()).toEqual({ alice: 80, shop: 30, '@marketing:EUR': -10 });
    await shop.sound();
  });

  test('the trade is closed: the same', async () => {
    await shop.close(trade);
    expect(await shop.read('trade', trade)).toMatchObject({ status: 'completed', paid: 30 });
    expect(shop.newVouchers()).toEqual(short);
    await shop.sound();
  });

  test('what was taken can be refunded, and no more', async () => {
    await shop.close(trade);
    expect((await shop.refund(trade, 31)).refused).toBe('refund_exceeds_paid');
    expect((await shop.refund(trade)).order).toMatchObject({ status: 'succeeded', amount: 30 });
    expect(shop.money()).toEqual({ alice: 100 });
    await shop.sound();
  });
});

test('a channel’s money is not captured by hand', async () => {
  const other = await shop.trade();
  expect((await shop.pay(other, 'channel', 'manual')).refused).toBe('instruments_invalid');
});
