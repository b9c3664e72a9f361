// Partial payments under the rule "wait": a part is here and the rest is not. What is here waits until the trade expires,
// a further pay request pays the rest, and without one everything goes back. What a channel brought short is in suspense
// meanwhile, and always a case.

import { beforeEach, describe, expect, test } from 'vitest';
import type { Report } from '../../../actors/orders/outside.ts';
import type { ChannelOrder } from '../../../src/domain/orders/channel-order.ts';
import type { Call } from './support/provider.ts';
import { withPolicy } from './support/rules.ts';
import { customerOf } from './support/sale.ts';
import { Shop } from './support/shop.ts';

const HOUR_MS = 3_600_000;
const EXPIRES_MS = 2 * HOUR_MS;

const RULES = withPolicy('waiting', { partial: 'wait' });

const SHORT = 'RE1: debit @channel:simulator:EUR 39, credit @suspense:EUR 39';
const SETTLED = [
  'PY4: debit @payment_transit:EUR 60, credit @pending:shop 60',
  'ST1: debit @pending:shop 60, credit shop 59, credit @fee:EUR 1',
];
const CAME = [
  'RV-RE1: credit @channel:simulator:EUR 39, debit @suspense:EUR 39',
  'PY1: debit @channel:simulator:EUR 39, credit @payment_transit:EUR 39',
];

let shop: Shop;
let trade: string;

/** A sale of 60, of which the channel says this. */
async function said(report: Partial<Report>, instruments = 'channel'): Promise<ChannelOrder> {
  trade = await shop.trade();
  await shop.pay(trade, instruments);
  return shop.provider.says('call', report);
}

const short = (instruments = 'channel') => said({ class: 'succeeded', amount: 39 }, instruments);

/** Whatever is to go back the channel returns. */
async function allReturned(): Promise<void> {
  while (!(await shop.provider.isIdle())) {
    const call = await shop.provider.next();
    await shop.provider.answer(call, { class: call.asked === 'close' ? 'closed' : 'succeeded' });
  }
}

async function isPaid(): Promise<void> {
  expect(await shop.read('trade', trade)).toMatchObject({ status: 'completed', paid: 60, livePayment: '' });
  await shop.sound();
}

async function isAllBack(): Promise<void> {
  await allReturned();
  expect(shop.orders('payment').map(({ status }) => status)).not.toContain('succeeded');
  expect(await shop.read('trade', trade)).toMatchObject({ status: 'closed', livePayment: '' });
  expect(shop.money()).toEqual({ alice: 100 });
  await shop.sound();
}

beforeEach(async () => {
  shop = await Shop.open({}, { rules: RULES });
});

describe('its channel brings less than it was asked for', () => {
  test('in suspense, a case, and the trade stays open for the rest', async () => {
    await short('balance:20 channel');
    expect(shop.vouchers().slice(1)).toEqual([SHORT]);
    expect(shop.orders('payment')).toMatchObject([
      { status: 'in_review', instructions: [{ amount: 20 }, { amount: 39, status: 'done', captured: 0 }] },
    ]);
    expect(shop.cases()).toEqual(['amount_mismatch']);
    expect(await shop.read('trade', trade)).toMatchObject({ status: 'open', paidBy: '' });
    expect(await shop.provider.isIdle()).toBe(true);
  });

  test('the rest from the balance, at once', async () => {
    await short();
    shop.newVouchers();
    expect((await shop.pay(trade, 'balance')).order).toMatchObject({ kind: 'payment', status: 'succeeded' });
    expect(shop.newVouchers()).toEqual([
      'HD1: hold alice 21, expect @payment_transit:EUR 21',
      CAME[0],
      CAME[1],
      'PY2: take alice 21, receive @payment_transit:EUR 21',
      ...SETTLED,
    ]);
    expect(customerOf(shop)).toEqual({ balance: 21, card: 39 });
    await isPaid();
  });

  test('the rest by its channel; a refund goes back on every leg as the money came', async () => {
    const first = await short();
    shop.newVouchers();
    await shop.pay(trade, 'channel');
    expect(await shop.provider.says('call', 'succeeded')).toMatchObject({ amount: 21, parent: first.parent });
    expect(shop.newVouchers()).toEqual([
      ...CAME,
      'PY1: debit @channel:simulator:EUR 21, credit @payment_transit:EUR 21',
      ...SETTLED,
    ]);
    await isPaid();
    await shop.engine.transfer({ debit: 'mint', credit: 'shop', amount: 100 });
    await shop.refund(trade);
    await allReturned();
    expect(shop.orders('refund')).toMatchObject([{ status: 'succeeded', parts: [{ amount: 21 }, { amount: 39 }] }]);
    expect(customerOf(shop)).toEqual({ balance: 0, card: 0 });
    await shop.sound();
  });

  test('the rest is short, too: the rest of the rest', async () => {
    await short();
    await shop.pay(trade, 'channel');
    await shop.provider.says('call', { class: 'succeeded', amount: 1 });
    expect(shop.cases()).toEqual(['amount_mismatch', 'amount_mismatch']);
    await shop.restart();
    await shop.pay(trade, 'coupon:5 balance');
    expect(customerOf(shop)).toEqual({ balance: 15, card: 40 });
    expect(shop.money()['@suspense:EUR']).toBeUndefined();
    await isPaid();
  });

  test('the rest is too much: what was asked for pays, the excess goes back', async () => {
    await short();
    await shop.pay(trade, 'channel');
    await shop.provider.says('call', { class: 'succeeded', amount: 30 });
    await allReturned();
    expect(customerOf(shop)).toEqual({ balance: 0, card: 60 });
    expect(shop.money()['@suspense:EUR']).toBeUndefined();
    await isPaid();
  });

  test('the rest is refused, another pays it, and the first one comes late meanwhile: that is no part of what pays', async () => {
    await short('balance:20 channel');
    await shop.pay(trade, 'channel');
    const declined = await shop.provider.says('call', { class: 'failed', failure: 'card_declined' });
    await shop.pay(trade, 'channel');
    await shop.callback(declined.id, { class: 'succeeded' });
    const calls = [await shop.provider.next(), await shop.provider.next()];
    const verbOf = (verb: string) => calls.find(({ order }) => order.verb === verb) as Call;
    await shop.provider.answer(verbOf('pay'), { class: 'succeeded' });
    expect(await shop.read('trade', trade)).toMatchObject({ status: 'completed', paid: 60 });
    expect(shop.orders('payment')[0]).toMatchObject({
      instructions: [{}, {}, { status: 'reversing', captured: 0 }, {}],
    });
    await shop.provider.answer(verbOf('refund'), { class: 'succeeded' });
    expect(customerOf(shop)).toEqual({ balance: 20, card: 40 });
    await isPaid();
  });

  test('the rest is refused: it waits on, and its late success goes back by itself', async () => {
    await short('balance:20 channel');
    await shop.pay(trade, 'channel');
    const declined = await shop.provider.says('call', { class: 'failed', failure: 'card_declined' });
    expect(shop.orders('payment')).toMatchObject([{ status: 'in_review' }]);
    await shop.callback(declined.id, { class: 'failed', failure: 'card_declined' });
    await shop.callback(declined.id, { class: 'succeeded' });
    await allReturned();
    expect(shop.orders('refund')).toMatchObject([{ cause: 'late', amount: 1, status: 'succeeded' }]);
    await shop.pay(trade, 'channel');
    await shop.provider.says('call', 'succeeded');
    expect(customerOf(shop)).toEqual({ balance: 20, card: 40 });
    await isPaid();
  });

  test('nobody pays the rest: when the trade expires all of it goes back, once', async () => {
    const order = await short('coupon:10 balance:10 channel');
    await shop.engine.advance(EXPIRES_MS);
    await shop.engine.advance(HOUR_MS);
    expect(shop.orders('refund')).toHaveLength(1);
    await shop.callback(order.id, { class: 'succeeded', amount: 39 });
    await allReturned();
    await shop.engine.advance(HOUR_MS);
    expect(shop.orders('refund')).toMatchObject([{ cause: 'mismatch', status: 'succeeded', amount: 39 }]);
    await isAllBack();
  });

  test.each([
    ['its trade is closed', () => shop.close(trade)],
    ['it is canceled', () => shop.cancel(shop.paymentOf(trade))],
  ])('%s: all of it goes back', async (_, end) => {
    await short('balance:10 channel');
    expect((await end()).refused).toBeNull();
    await allReturned();
    await shop.close(trade);
    await isAllBack();
  });

  test('its trade is closed while the rest is asked of the channel: all of it goes back, however that ends', async () => {
    await short('balance:10 channel');
    await shop.pay(trade, 'channel');
    const call = await shop.provider.next();
    await shop.close(trade);
    await shop.provider.answer(call, { class: 'succeeded' });
    await isAllBack();
    expect(shop.orders('refund')).toMatchObject([{ cause: 'late' }, { cause: 'mismatch' }]);
  });

  test('the rest is planned for what is missing, and judged like any pay request', async () => {
    await short();
    expect((await shop.pay(trade, 'balance:22')).refused).toBe('instruments_invalid');
    await shop.engine.transfer({ debit: 'alice', credit: 'mint', amount: 90 });
    expect((await shop.pay(trade, 'balance')).refused).toBe('insufficient_funds');
    await shop.close(trade);
    expect((await shop.pay(trade, 'balance')).refused).toBe('trade_closed');
  });
});

describe('its channel refuses, and other legs are kept back', () => {
  test('they wait, and the rest is paid by another card', async () => {
    await said({ class: 'failed', failure: 'card_declined' }, 'coupon:10 balance:20 channel');
    expect(shop.money()).toMatchObject({ alice: 80, 'alice held': 20 });
    expect(shop.cases()).toEqual([]);
    await shop.pay(trade, 'channel');
    expect(await shop.provider.says('call', 'succeeded')).toMatchObject({ amount: 30 });
    expect(customerOf(shop)).toEqual({ balance: 20, card: 30 });
    await isPaid();
  });

  test('or nobody does: they go back when the trade expires', async () => {
    await said({ class: 'failed', failure: 'card_declined' }, 'coupon:10 balance:20 channel');
    await shop.restart();
    await shop.engine.advance(EXPIRES_MS);
    await isAllBack();
  });

  test('nothing is kept back: the attempt fails, and another one may begin', async () => {
    await said({ class: 'failed', failure: 'card_declined' });
    expect(shop.orders('payment')).toMatchObject([{ status: 'failed', failure: 'card_declined' }]);
    await shop.pay(trade, 'balance');
    await isPaid();
  });
});

test('another currency is never waited with: back, and the rest of it waits', async () => {
  await said({ class: 'succeeded', amount: 40, currency: 'USD' }, 'balance:20 channel');
  await allReturned();
  expect(shop.cases()).toEqual(['currency_mismatch']);
  expect(shop.orders('payment')).toMatchObject([{ status: 'in_review' }]);
  await shop.pay(trade, 'balance');
  expect(customerOf(shop)).toEqual({ balance: 60, card: 0 });
  await isPaid();
});

test('a top-up does not wait: what came short goes back', async () => {
  const { order } = await shop.topUp(60);
  await shop.provider.says('call', { class: 'succeeded', amount: 39 });
  await allReturned();
  expect(await shop.read('payment', order?.id ?? '')).toMatchObject({ status: 'failed' });
  expect(shop.money()).toEqual({ alice: 100 });
  await shop.sound();
});
