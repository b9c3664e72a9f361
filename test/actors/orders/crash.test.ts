// Crashes: after every single frame of a payment and of its refund, with and without a snapshot. Afterwards all of it has
// happened or nothing has, and the channel was asked for nothing twice.

import { describe, expect, test } from 'vitest';
import { Life } from '../../support/life.ts';
import { Bank, NO_FAULTS } from './support/bank.ts';
import { chanceFrom } from './support/chance.ts';
import { Shop } from './support/shop.ts';

const HOUR_MS = 3_600_000;

type Scene = { readonly shop: Shop; readonly bank: Bank; readonly trade: string };

/** A trade of 60 that can be paid, and a shop that can afford its fee. */
async function scene(faults = NO_FAULTS): Promise<Scene> {
  const bank = new Bank(chanceFrom(1), faults);
  const shop = await Shop.open({}, { outside: bank });
  await shop.engine.transfer({ debit: 'mint', credit: 'shop', amount: 100 });
  return { shop, bank, trade: await shop.trade() };
}

const settled = (shop: Shop): Promise<unknown> => shop.engine.advance(0);

async function pay({ shop, trade }: Scene): Promise<void> {
  await shop.pay(trade, 'coupon:10 balance:20 channel');
  for (let turn = 0; turn < 6; turn++) await settled(shop);
}

async function refund({ shop, trade }: Scene): Promise<void> {
  await shop.refund(trade);
  for (let turn = 0; turn < 6; turn++) await settled(shop);
}

/** As far as the disk lets it: life ends after `writes` of it. True when it came to its end. */
async function live({ shop }: Scene, writes: number, act: () => Promise<void>): Promise<boolean> {
  const life = new Life(writes);
  await shop.restart({ life });
  const isThrough = await Promise.race([act().then(() => true), life.over.then(() => false)]);
  return isThrough && life.writes < writes;
}

/** The next life, perhaps by way of a snapshot. */
async function wakeUp({ shop }: Scene, isByWayOfSnapshot: boolean): Promise<void> {
  await shop.restart();
  if (!isByWayOfSnapshot) return;
  await shop.engine.snapshot();
  await shop.restart();
}

/** Time passes until nothing is left to do. */
async function rest({ shop }: Scene): Promise<void> {
  for (let step = 0; step < 12; step++) {
    await shop.engine.advance(step < 4 ? 30_000 : HOUR_MS);
    for (let turn = 0; turn < 4; turn++) await settled(shop);
  }
}

describe.each([
  ['from the journal', false],
  ['by way of a snapshot', true],
])('what if it crashes after each frame, and comes back %s?', (_, isByWayOfSnapshot) => {
  test('a payment by coupon, balance and channel: all or nothing', async () => {
    const outcomes: string[] = [];
    for (let writes = 0, isThrough = false; !isThrough; writes++) {
      const now = await scene();
      const { shop, bank, trade } = now;
      isThrough = await live(now, writes, () => pay(now));
      await wakeUp(now, isByWayOfSnapshot);
      for (const { status } of shop.orders('channel_order')) expect(status).not.toBe('sent');
      await rest(now);
      const [booked] = [...bank.books.values()];
      const [payment] = shop.orders('payment');
      const isPaid = booked?.state === 'done';
      expect(bank.asked.filter(({ what }) => what === 'call').length).toBeLessThanOrEqual(1);
      expect(await shop.read('trade', trade)).toMatchObject({ status: isPaid ? 'completed' : 'closed' });
      expect(shop.money()).toEqual(
        isPaid
          ? { alice: 80, shop: 159, '@fee:EUR': 1, '@marketing:EUR': -10, '@channel:simulator:EUR': -30 }
          : { alice: 100, shop: 100 },
      );
      await shop.sound();
      outcomes.push(payment?.status ?? 'none');
    }
    // Before its first frame nothing, then always paid: what was `created` is begun again, what was `sent` is found.
    expect(outcomes.length).toBeGreaterThan(4);
    expect(new Set(outcomes)).toEqual(new Set(['none', 'succeeded']));
  });

  test('a payment that its payer makes with a token: all or nothing, and the token is asked for once', async () => {
    const outcomes: string[] = [];
    for (let writes = 0, isThrough = false; !isThrough; writes++) {
      const now = await scene({ ...NO_FAULTS, prepaid: 1_000 });
      const { shop, bank, trade } = now;
      isThrough = await live(now, writes, () => pay(now));
      await wakeUp(now, isByWayOfSnapshot);
      for (const { status } of shop.orders('external_voucher')) expect(status).not.toBe('requesting');
      await rest(now);
      const isPaid = [...bank.books.values()][0]?.state === 'done';
      expect(bank.asked.filter(({ what }) => what === 'call').length).toBeLessThanOrEqual(1);
      expect(await shop.read('trade', trade)).toMatchObject({ status: isPaid ? 'completed' : 'closed' });
      expect(shop.money()).toEqual(
        isPaid
          ? { alice: 80, shop: 159, '@fee:EUR': 1, '@marketing:EUR': -10, '@channel:simulator:EUR': -30 }
          : { alice: 100, shop: 100 },
      );
      await shop.sound();
      const [voucher] = shop.orders('external_voucher');
      expect(shop.openOrders()).toEqual([]);
      outcomes.push(`${voucher?.status}${voucher?.token ? ' with a token' : ''}`);
    }
    expect(outcomes.length).toBeGreaterThan(4);
    expect(new Set(outcomes)).toEqual(new Set(['undefined', 'failed', 'closed with a token']));
  });

  test('and its refund: all or nothing', async () => {
    const outcomes: string[] = [];
    for (let writes = 0, isThrough = false; !isThrough; writes++) {
      const now = await scene();
      const { shop, bank } = now;
      await pay(now);
      isThrough = await live(now, writes, () => refund(now));
      await wakeUp(now, isByWayOfSnapshot);
      await rest(now);
      const [order] = shop.orders('refund');
      const isBack = [...bank.books.values()].some(
        ({ order: { verb }, state }) => verb === 'refund' && state === 'done',
      );
      expect(bank.asked.filter(({ what }) => what === 'call').length).toBeLessThanOrEqual(2);
      expect(order?.status).toBe(isBack ? 'succeeded' : undefined);
      expect(shop.money()).toEqual(
        isBack
          ? { alice: 100, shop: 99, '@fee:EUR': 1 }
          : { alice: 80, shop: 159, '@fee:EUR': 1, '@marketing:EUR': -10, '@channel:simulator:EUR': -30 },
      );
      await shop.sound();
      outcomes.push(order?.status ?? 'none');
    }
    expect(outcomes.length).toBeGreaterThan(4);
    expect(new Set(outcomes)).toEqual(new Set(['none', 'succeeded']));
  });
});

test('what was sent and has no answer is unknown after a crash; what was not sent yet is sent once', async () => {
  const now = await scene();
  const { shop, bank, trade } = now;
  const call = bank.call;
  bank.call = () => {};
  await shop.pay(trade, 'channel');
  await settled(shop);
  await settled(shop);
  expect(shop.orders('channel_order')).toMatchObject([{ status: 'sent' }]);
  bank.call = call;
  await shop.restart();
  await settled(shop);
  expect(shop.orders('channel_order')).toMatchObject([{ status: 'unknown' }]);
  expect(shop.orders('payment')).toMatchObject([{ status: 'processing' }]);
  expect(bank.asked).toEqual([]);
  await rest(now);
  expect(bank.asked.map(({ what }) => what)).not.toContain('call');
  // The channel has never heard of it, and has confirmed that it is closed.
  expect(shop.orders('channel_order')).toMatchObject([{ status: 'failed' }]);
  await shop.sound();
});
