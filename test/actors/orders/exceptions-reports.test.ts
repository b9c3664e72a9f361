// Exceptions: one scenario for each row of the design's table, here those of what is not said, or said wrongly. Every one of them ends with the customer's net position,
// and with nothing on its way.

import { beforeEach, describe, expect, test } from 'vitest';
import type { Report } from '../../../actors/orders/outside.ts';
import type { ChannelOrder } from '../../../src/domain/orders/channel-order.ts';
import { QUERY_DELAYS_MS } from '../../../src/domain/orders/schedule.ts';
import { customerOf, sale } from './support/sale.ts';
import { Shop } from './support/shop.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

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

describe('timeout: no answer', () => {
  test('is unknown, and asked for by the schedule', async () => {
    const order = await asked({ class: 'unknown' }, 'balance:20 channel');
    for (const delay of QUERY_DELAYS_MS.slice(0, 5)) {
      await shop.engine.advance(delay - 1);
      expect(await shop.provider.isIdle()).toBe(true);
      await shop.engine.advance(1);
      await shop.provider.says('query', 'unknown');
    }
    expect(await shop.read('channel_order', order.id)).toMatchObject({ status: 'unknown', queries: 5 });
    expect(shop.orders('payment')).toMatchObject([{ status: 'processing' }]);
    expect(shop.money()).toMatchObject({ alice: 80, 'alice held': 20 });
  });

  test('no time ends it: daily queries, then a case, and people decide', async () => {
    const order = await asked({ class: 'unknown' }, 'balance:20 channel');
    await shop.close(trade);
    for (let day = 0; day < 40; day++) {
      await shop.engine.advance(DAY_MS);
      while (!(await shop.provider.isIdle())) {
        await shop.provider.answer(await shop.provider.next(), { class: 'unknown' });
      }
    }
    expect(await shop.read('channel_order', order.id)).toMatchObject({ status: 'unknown' });
    expect(await shop.read('trade', trade)).toMatchObject({ status: 'closing' });
    expect(shop.money()).toMatchObject({ 'alice held': 20 });
    expect(shop.cases()).toEqual(['unresolved_unknown']);
    await shop.decide('failed');
    expect(await shop.read('trade', trade)).toMatchObject({ status: 'closed' });
    expect(customerOf(shop)).toEqual({ balance: 0, card: 0 });
    await shop.sound();
  });

  test('not found before the channel would see it says nothing; after it, only with a confirmed close', async () => {
    const order = await asked({ class: 'unknown' });
    const notFound = { class: 'unknown', notFound: true } as const;
    await shop.engine.advance(5_000);
    await shop.provider.says('query', notFound);
    expect(await shop.provider.isIdle()).toBe(true);
    await shop.engine.advance(MINUTE_MS);
    await shop.provider.says('query', notFound);
    await shop.provider.says('close', notFound);
    expect(await shop.provider.isIdle()).toBe(true);
    expect(await shop.read('channel_order', order.id)).toMatchObject({ status: 'unknown' });
    await shop.engine.advance(MINUTE_MS);
    await shop.provider.says('query', notFound);
    await shop.provider.says('close', { class: 'closed', notFound: true });
    expect(await shop.read('channel_order', order.id)).toMatchObject({ status: 'failed' });
    expect(shop.orders('payment')).toMatchObject([{ status: 'failed' }]);
    expect(customerOf(shop)).toEqual({ balance: 0, card: 0 });
    await shop.sound();
  });
});

test('an order that is due in a frame that began before it was is not forgotten', async () => {
  await asked({ class: 'unknown' });
  // Whoever reads the time of the frame begins it.
  expect(shop.engine.partition.desk.commit.timeMs).toBe(shop.engine.nowMs);
  await shop.engine.advance(5_000);
  await shop.provider.says('query', 'succeeded');
  expect(customerOf(shop)).toEqual({ balance: 0, card: 60 });
  await shop.sound();
});

describe('lost callback', () => {
  test('the payer has paid elsewhere, nobody says so: a query finds it', async () => {
    await asked({ class: 'requires_action', actionUrl: 'https://bank.example' });
    await shop.engine.advance(5_000);
    await shop.provider.says('query', 'succeeded');
    expect(await shop.read('trade', trade)).toMatchObject({ status: 'completed' });
    expect(customerOf(shop)).toEqual({ balance: 0, card: 60 });
    await shop.sound();
  });

  test('neither the call’s answer nor anything else: after a minute it is unknown, then asked for', async () => {
    await asked(null);
    await shop.engine.advance(MINUTE_MS);
    expect(shop.orders('channel_order')).toMatchObject([{ status: 'unknown' }]);
    await shop.engine.advance(5_000);
    await shop.provider.says('query', 'succeeded');
    expect(customerOf(shop)).toEqual({ balance: 0, card: 60 });
    await shop.sound();
  });
});

describe('success reported twice', () => {
  test('by callback, by query and by the call itself: once', async () => {
    const order = await asked({ class: 'succeeded' }, 'balance:20 channel');
    const before = [shop.vouchers(), shop.money()];
    for (let time = 0; time < 3; time++) await shop.callback(order.id, { class: 'succeeded' });
    expect([shop.vouchers(), shop.money()]).toEqual(before);
    expect(shop.cases()).toEqual([]);
    expect(customerOf(shop)).toEqual({ balance: 20, card: 40 });
    await shop.sound();
  });
});

describe('failure after success', () => {
  test('a case, and nothing changes', async () => {
    const order = await asked({ class: 'succeeded' });
    const before = [shop.orders('trade'), shop.orders('payment'), shop.orders('channel_order'), shop.money()];
    await shop.callback(order.id, { class: 'failed', failure: 'no' });
    expect([shop.orders('trade'), shop.orders('payment'), shop.orders('channel_order'), shop.money()]).toEqual(before);
    expect(shop.cases()).toEqual(['contradiction']);
    await shop.sound();
  });
});

describe('callback for an unknown order', () => {
  test('money that it says has come is in suspense, once, and a case', async () => {
    for (let time = 0; time < 3; time++) {
      const { refused } = await shop.callback('chn_strange', { class: 'succeeded', amount: 12, currency: 'EUR' });
      expect(refused).toBeNull();
    }
    expect(shop.vouchers()).toEqual(['RE1: debit @channel:simulator:EUR 12, credit @suspense:EUR 12']);
    expect(shop.cases()).toEqual(['unknown_callback']);
    await shop.restart();
    await shop.callback('chn_strange', { class: 'succeeded', amount: 12, currency: 'EUR' });
    expect(shop.money()).toEqual({ alice: 100, '@channel:simulator:EUR': -12, '@suspense:EUR': 12 });
    await shop.sound();
  });

  test('of anything else only the callback is kept', async () => {
    await shop.callback('chn_strange', { class: 'failed' });
    expect([shop.vouchers(), shop.cases()]).toEqual([[], []]);
    await shop.sound();
  });

  test('of another channel’s order: the same, and that order does not move', async () => {
    const order = await asked({ class: 'accepted' });
    await shop.callback(order.id, { class: 'succeeded', amount: 60, currency: 'EUR' }, 'other');
    expect(await shop.read('channel_order', order.id)).toMatchObject({ status: 'accepted' });
    expect(shop.vouchers()).toEqual(['RE1: debit @channel:other:EUR 60, credit @suspense:EUR 60']);
    expect(shop.cases()).toEqual(['unknown_callback']);
  });

  test('that does not say how much: only a case', async () => {
    await shop.callback('chn_strange', { class: 'succeeded' });
    expect([shop.vouchers(), shop.cases()]).toEqual([[], ['unknown_callback']]);
    await shop.sound();
  });
});

describe('refund above the rest, concurrent refunds', () => {
  test('the second is refused', async () => {
    await asked({ class: 'succeeded' });
    await shop.engine.transfer({ debit: 'mint', credit: 'shop', amount: 100 });
    const answers = await Promise.all([shop.refund(trade, 40), shop.refund(trade, 40), shop.refund(trade, 20)]);
    expect(answers.map(({ refused }) => refused)).toEqual([null, 'refund_exceeds_paid', null]);
    await returned();
    await returned();
    expect(customerOf(shop)).toEqual({ balance: 0, card: 0 });
    await shop.sound();
  });
});

describe('refund to a dead instrument', () => {
  test('needs attention; it goes to the payer’s balance', async () => {
    await asked({ class: 'succeeded' });
    await shop.engine.transfer({ debit: 'mint', credit: 'shop', amount: 100 });
    await shop.refund(trade);
    await shop.provider.says('call', { class: 'failed', failure: 'instrument_closed' });
    expect(shop.orders('refund')).toMatchObject([{ status: 'needs_attention' }]);
    await shop.decide('balance');
    expect(shop.orders('refund')).toMatchObject([{ status: 'succeeded' }]);
    expect(customerOf(shop)).toEqual({ balance: -60, card: 60 });
    await shop.sound();
  });
});
