// Closing, on the engine: a trade that nobody has paid ends, and one that somebody is paying waits for that.

import { beforeEach, describe, expect, test } from 'vitest';
import { Shop } from './support/shop.ts';

const HOUR_MS = 3_600_000;

let shop: Shop;
let trade: string;

beforeEach(async () => {
  shop = await Shop.open();
  trade = await shop.trade();
});

describe('without an attempt', () => {
  test('at once, once', async () => {
    for (let time = 0; time < 2; time++) {
      expect((await shop.close(trade)).order).toMatchObject({ status: 'closed', dueMs: 0 });
    }
    expect((await shop.pay(trade, 'balance')).refused).toBe('trade_closed');
  });

  test('by time', async () => {
    await shop.engine.advance(2 * HOUR_MS - 1);
    expect(await shop.read('trade', trade)).toMatchObject({ status: 'open' });
    await shop.engine.advance(1);
    expect(await shop.read('trade', trade)).toMatchObject({ status: 'closed' });
  });

  test('not when it is paid', async () => {
    await shop.pay(trade, 'balance');
    expect((await shop.close(trade)).refused).toBe('trade_not_open');
  });
});

describe('with an attempt that its channel has', () => {
  beforeEach(async () => {
    await shop.pay(trade, 'channel balance:20 coupon:10');
    await shop.provider.says('call', 'accepted');
  });

  test('when the channel has closed it: everything goes back', async () => {
    expect((await shop.close(trade)).order).toMatchObject({ status: 'closing' });
    expect((await shop.pay(trade, 'balance')).refused).toBe('trade_closed');
    expect(shop.money()).toMatchObject({ 'alice held': 20 });
    await shop.provider.says('close', 'closed');
    expect(await shop.read('trade', trade)).toMatchObject({ status: 'closed', livePayment: '' });
    expect(shop.orders('payment')).toMatchObject([{ status: 'canceled' }]);
    expect(shop.money()).toEqual({ alice: 100 });
    await shop.sound();
  });

  test('the channel does not answer: it is asked again, and time alone closes nothing', async () => {
    await shop.close(trade);
    await shop.provider.says('close', 'unknown');
    for (let hour = 0; hour < 30; hour++) {
      await shop.engine.advance(HOUR_MS);
      while (!(await shop.provider.isIdle()))
        await shop.provider.answer(await shop.provider.next(), { class: 'unknown' });
    }
    expect(await shop.read('trade', trade)).toMatchObject({ status: 'closing' });
    expect(shop.money()).toMatchObject({ 'alice held': 20 });
    await shop.engine.advance(24 * HOUR_MS);
    while (!(await shop.provider.isIdle())) await shop.provider.answer(await shop.provider.next(), { class: 'closed' });
    expect(await shop.read('trade', trade)).toMatchObject({ status: 'closed' });
    expect(shop.money()).toEqual({ alice: 100 });
    await shop.sound();
  });

  test('by time: the same way', async () => {
    await shop.engine.advance(2 * HOUR_MS);
    expect(await shop.read('trade', trade)).toMatchObject({ status: 'closing' });
    const asked = [await shop.provider.next(), await shop.provider.next()];
    expect(asked.map((call) => call.asked).toSorted()).toEqual(['close', 'query']);
    await shop.callback(asked[0]?.order.id ?? '', { class: 'closed' });
    expect(await shop.read('trade', trade)).toMatchObject({ status: 'closed' });
    await shop.sound();
  });
});

test('with an attempt of which nothing has left: at once', async () => {
  const begin = shop.provider.begin;
  const asked: Parameters<typeof begin>[] = [];
  shop.provider.begin = (...call) => void asked.push(call);
  await shop.pay(trade, 'channel balance:20');
  await shop.close(trade);
  expect(await shop.read('trade', trade)).toMatchObject({ status: 'closed' });
  // The word that it may leave comes too late: it does not leave any more.
  for (const call of asked) begin(...call);
  expect(await shop.provider.isIdle()).toBe(true);
  expect(shop.money()).toEqual({ alice: 100 });
  await shop.sound();
});

test('what if an escrow is paid in the same moment in which it would expire? It is paid, and waits for its buyer', async () => {
  const escrow = await shop.trade({ product: 'escrow' });
  await shop.pay(escrow, 'channel');
  const call = await shop.provider.next();
  shop.engine.nowMs += 2 * HOUR_MS;
  // In one turn: the time has come, and the channel's word is there.
  await shop.provider.answer(call, { class: 'succeeded' });
  const { status } = await shop.read('trade', escrow);
  expect(['paid', 'closing']).toContain(status);
  expect(shop.money()).not.toHaveProperty('shop');
});
