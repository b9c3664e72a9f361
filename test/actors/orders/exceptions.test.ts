// Exceptions: one scenario for each row of the design's table, here those of money that comes as it should not; those of
// what is not said, or said wrongly, are in exceptions-reports.test.ts. Every one of them ends with the customer's net position,
// and with nothing on its way.

import { beforeEach, describe, expect, test } from 'vitest';
import type { Report } from '../../../actors/orders/outside.ts';
import type { ChannelOrder } from '../../../src/domain/orders/channel-order.ts';
import { customerOf, sale } from './support/sale.ts';
import { Shop } from './support/shop.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

let shop: Shop;
let trade: string;

/** A sale of 60 that a channel was asked for. */
async function asked(said: Partial<Report> | null, instruments = 'channel'): Promise<ChannelOrder> {
  const made = await sale(shop, said, instruments);
  trade = made.trade;
  return made.order;
}

/** The channel has what is to be returned again. */
async function returned(): Promise<ChannelOrder> {
  return shop.provider.says('call', 'succeeded');
}

beforeEach(async () => {
  shop = await Shop.open();
});

describe('duplicate payment: a second success for a paid trade', () => {
  test('goes back on its own path; trade and merchant are not touched', async () => {
    const first = await asked({ class: 'failed', failure: 'timeout_at_bank' });
    await shop.pay(trade, 'channel');
    await shop.provider.says('call', 'succeeded');
    const before = await shop.read('trade', trade);
    const had = shop.money().shop;
    shop.newVouchers();
    await shop.callback(first.id, { class: 'succeeded' });
    expect(await returned()).toMatchObject({ verb: 'refund', amount: 60, original: first.id });
    expect(shop.newVouchers()).toEqual([
      'PY1: debit @channel:simulator:EUR 60, credit @payment_transit:EUR 60',
      'RF4: debit @payment_transit:EUR 60, credit @refund_transit:EUR 60',
      'RF4/2: debit @refund_transit:EUR 60, credit @channel:simulator:EUR 60',
    ]);
    // But that it knows of the refund.
    const [{ id: refund } = { id: '' }] = shop.orders('refund');
    expect(await shop.read('trade', trade)).toEqual({ ...before, version: before.version + 1, refunds: [refund] });
    expect(shop.money().shop).toBe(had);
    expect(shop.orders('refund')).toMatchObject([{ cause: 'duplicate', status: 'succeeded' }]);
    expect(customerOf(shop)).toEqual({ balance: 0, card: 60 });
    await shop.sound();
  });
});

describe('stale attempt paid: another attempt is the trade’s', () => {
  test('the same path, and the live attempt goes on', async () => {
    const stale = await asked({ class: 'failed', failure: 'card_declined' });
    await shop.pay(trade, 'channel');
    const live = await shop.provider.next();
    await shop.callback(stale.id, { class: 'succeeded' });
    await returned();
    expect(await shop.read('trade', trade)).toMatchObject({ status: 'open', paidBy: '' });
    await shop.provider.answer(live, { class: 'succeeded' });
    expect(await shop.read('trade', trade)).toMatchObject({ status: 'completed', paid: 60 });
    expect(shop.orders('payment')).toMatchObject([
      { attempt: 1, status: 'failed' },
      { attempt: 2, status: 'succeeded' },
    ]);
    expect(customerOf(shop)).toEqual({ balance: 0, card: 60 });
    await shop.sound();
  });

  test('another price is another trade: what comes for the old one goes back, the new one is not touched', async () => {
    const stale = await asked({ class: 'accepted' });
    const cheaper = { amount: 50, payees: [{ account: 'shop', amount: 50 }] };
    const { outTradeNo } = await shop.read('trade', trade);
    expect((await shop.create({ ...cheaper, outTradeNo })).refused).toBe('trade_exists_with_different_content');
    await shop.close(trade);
    await shop.provider.says('close', 'closed');
    const repriced = await shop.trade(cheaper);
    await shop.pay(repriced, 'channel');
    const live = await shop.provider.next();
    await shop.callback(stale.id, { class: 'succeeded' });
    expect(await returned()).toMatchObject({ verb: 'refund', amount: 60, original: stale.id });
    expect(await shop.read('trade', repriced)).toMatchObject({ status: 'open', refunds: [] });
    await shop.provider.answer(live, { class: 'succeeded' });
    expect(await shop.read('trade', repriced)).toMatchObject({ status: 'completed', paid: 50 });
    expect(await shop.read('trade', trade)).toMatchObject({ status: 'closed', paid: 0 });
    expect(customerOf(shop)).toEqual({ balance: 0, card: 50 });
    await shop.sound();
  });
});

describe('partial payment: a leg is there and another one is not', () => {
  test('what is there goes back, the last leg first', async () => {
    await asked({ class: 'failed', failure: 'card_declined' }, 'coupon:10 balance:20 channel');
    expect(shop.vouchers().slice(2)).toEqual([
      'HD3: release alice 20, forgo @payment_transit:EUR 20',
      'RV-PY3: credit @marketing:EUR 10, debit @payment_transit:EUR 10',
    ]);
    expect(await shop.read('trade', trade)).toMatchObject({ status: 'open', livePayment: '' });
    expect(customerOf(shop)).toEqual({ balance: 0, card: 0 });
    await shop.sound();
  });
});

describe('amount mismatch', () => {
  test('short: never a success; to suspense, back, and a case', async () => {
    await asked({ class: 'succeeded', amount: 39 }, 'balance:20 channel');
    expect(shop.orders('payment')).toMatchObject([{ status: 'in_review' }]);
    expect(shop.money()).toMatchObject({ '@suspense:EUR': 39, 'alice held': 20 });
    expect(await returned()).toMatchObject({ verb: 'refund', amount: 39 });
    expect(shop.vouchers().slice(1)).toEqual([
      'RE1: debit @channel:simulator:EUR 39, credit @suspense:EUR 39',
      'RV-RE1: credit @channel:simulator:EUR 39, debit @suspense:EUR 39',
      'HD3: release alice 20, forgo @payment_transit:EUR 20',
    ]);
    expect(shop.orders('payment')).toMatchObject([{ status: 'failed', failure: 'mismatch_payment' }]);
    expect(shop.cases()).toEqual(['amount_mismatch']);
    expect(customerOf(shop)).toEqual({ balance: 0, card: 0 });
    await shop.sound();
  });

  test('short, and its return takes hours: it goes back once, whoever asks meanwhile', async () => {
    const order = await asked({ class: 'succeeded', amount: 39 });
    const call = await shop.provider.next();
    await shop.close(trade);
    await shop.callback(order.id, { class: 'succeeded', amount: 39 });
    await shop.engine.advance(5 * HOUR_MS);
    expect(shop.orders('refund')).toHaveLength(1);
    await shop.provider.answer(call, { class: 'succeeded' });
    expect(shop.orders('refund')).toMatchObject([{ status: 'succeeded' }]);
    expect(await shop.read('trade', trade)).toMatchObject({ status: 'closed' });
    expect(customerOf(shop)).toEqual({ balance: 0, card: 0 });
    await shop.sound();
  });

  test('over: what was asked for pays, the rest goes back, and a case', async () => {
    await asked({ class: 'succeeded', amount: 45 }, 'balance:20 channel');
    expect(await shop.read('trade', trade)).toMatchObject({ status: 'completed', paid: 60 });
    expect(await returned()).toMatchObject({ verb: 'refund', amount: 5 });
    expect(shop.vouchers().slice(1)).toEqual([
      'PY2: take alice 20, receive @payment_transit:EUR 20',
      'PY1: debit @channel:simulator:EUR 40, credit @payment_transit:EUR 40',
      'PY4: debit @payment_transit:EUR 60, credit @pending:shop 60',
      'ST1: debit @pending:shop 60, credit shop 59, credit @fee:EUR 1',
      'RE1: debit @channel:simulator:EUR 5, credit @suspense:EUR 5',
      'RV-RE1: credit @channel:simulator:EUR 5, debit @suspense:EUR 5',
    ]);
    expect(shop.orders('payment')).toMatchObject([{ status: 'succeeded', instructions: [{}, { refunded: 0 }] }]);
    expect(shop.cases()).toEqual(['amount_mismatch']);
    expect(customerOf(shop)).toEqual({ balance: 20, card: 40 });
    await shop.sound();
  });

  test('over, for a trade that has closed: all of it goes back', async () => {
    const order = await asked({ class: 'failed', failure: 'card_declined' });
    await shop.close(trade);
    await shop.callback(order.id, { class: 'succeeded', amount: 70 });
    expect(await returned()).toMatchObject({ verb: 'refund', amount: 70 });
    expect(customerOf(shop)).toEqual({ balance: 0, card: 0 });
    await shop.sound();
  });
});

describe('currency mismatch', () => {
  test('never a success; to suspense in its own currency, back, and a case', async () => {
    await asked({ class: 'succeeded', amount: 60, currency: 'USD' });
    expect(shop.money()).toMatchObject({ '@channel:simulator:USD': -60, '@suspense:USD': 60 });
    expect(await returned()).toMatchObject({ verb: 'refund', amount: 60, currency: 'USD' });
    expect(shop.orders('payment')).toMatchObject([{ status: 'failed' }]);
    expect(shop.cases()).toEqual(['currency_mismatch']);
    expect(shop.money()).toEqual({ alice: 100 });
    await shop.sound();
  });

  test('and too late: in its own currency as well', async () => {
    const order = await asked({ class: 'failed', failure: 'card_declined' });
    await shop.callback(order.id, { class: 'succeeded', amount: 60, currency: 'USD' });
    expect(await returned()).toMatchObject({ verb: 'refund', currency: 'USD' });
    expect(shop.orders('payment')).toMatchObject([{ status: 'failed', failure: 'card_declined' }]);
    expect(shop.money()).toEqual({ alice: 100 });
    await shop.sound();
  });
});

describe('late success after close', () => {
  test('stays closed; automatic full refund', async () => {
    const order = await asked({ class: 'accepted' }, 'balance:20 channel');
    await shop.close(trade);
    await shop.provider.says('close', 'closed');
    await shop.callback(order.id, { class: 'succeeded' });
    expect(await shop.read('trade', trade)).toMatchObject({ status: 'closed', paidBy: '' });
    expect(await returned()).toMatchObject({ verb: 'refund', amount: 40 });
    expect(shop.orders('refund')).toMatchObject([{ cause: 'late', status: 'succeeded' }]);
    expect(shop.cases()).toEqual(['contradiction']);
    expect(customerOf(shop)).toEqual({ balance: 0, card: 0 });
    await shop.sound();
  });

  test('while it is closing: the success wins over the close, and its money goes back', async () => {
    const order = await asked({ class: 'accepted' }, 'balance:20 channel');
    await shop.close(trade);
    await shop.callback(order.id, { class: 'succeeded' });
    await shop.provider.says('close', 'closed');
    expect(shop.orders('payment')).toMatchObject([{ status: 'reversing' }]);
    await shop.engine.advance(3 * HOUR_MS);
    await returned();
    expect(await shop.read('trade', trade)).toMatchObject({ status: 'closed' });
    expect(shop.orders('refund')).toHaveLength(1);
    expect(customerOf(shop)).toEqual({ balance: 0, card: 0 });
    await shop.sound();
  });

  test('and its refund cannot be sent at the moment: it is sent again by itself', async () => {
    const order = await asked({ class: 'failed', failure: 'card_declined' });
    shop.provider.closed = true;
    await shop.callback(order.id, { class: 'succeeded' });
    await shop.engine.advance(MINUTE_MS);
    shop.provider.closed = false;
    await shop.engine.advance(MINUTE_MS);
    await returned();
    expect(shop.orders('refund')).toMatchObject([{ status: 'succeeded' }]);
    expect(customerOf(shop)).toEqual({ balance: 0, card: 0 });
    await shop.sound();
  });
});
