// A second attempt while nobody knows what became of the first: only where the merchant asked for it, and then the first
// that succeeds pays, and the second goes back. What if the first is heard of before the second, after it, or never?

import { beforeEach, describe, expect, test } from 'vitest';
import type { ChannelOrder } from '../../../src/domain/orders/channel-order.ts';
import { withPolicy } from './support/rules.ts';
import { customerOf } from './support/sale.ts';
import { Shop } from './support/shop.ts';

const HOUR_MS = 3_600_000;

const RULES = withPolicy('two-attempts', { second_attempt: 'refund_duplicate' });

let shop: Shop;
let trade: string;

/** Another attempt that its channel was asked for, and has not answered. */
async function attempt(instruments = 'channel'): Promise<ChannelOrder> {
  const { refused } = await shop.pay(trade, instruments);
  expect(refused).toBeNull();
  return (await shop.provider.next()).order;
}

const says = (order: ChannelOrder, what: 'succeeded' | 'failed' | 'closed' | 'accepted' | 'unknown') =>
  shop.callback(order.id, { class: what, failure: what === 'failed' ? 'declined' : '' });

/** What a channel is asked while an attempt shall end, or money goes back. */
async function asked(): Promise<string[]> {
  const calls: string[] = [];
  while (!(await shop.provider.isIdle())) {
    const call = await shop.provider.next();
    calls.push(`${call.asked} ${call.order.verb}`);
    if (call.asked === 'call') await shop.provider.answer(call, { class: 'succeeded' });
  }
  return calls;
}

async function begin(rules = RULES, instruments = 'channel'): Promise<ChannelOrder> {
  shop = await Shop.open({}, { rules });
  trade = await shop.trade();
  const first = await attempt(instruments);
  await says(first, 'unknown');
  return first;
}

async function isPaidOnce(): Promise<void> {
  expect(await shop.read('trade', trade)).toMatchObject({ status: 'completed', paid: 60, livePayment: '' });
  expect(shop.orders('payment').filter(({ status }) => status === 'succeeded')).toHaveLength(1);
  await shop.sound();
}

test('without the rule it is refused, however long nobody knows', async () => {
  await begin(withPolicy('one-attempt', {}));
  await shop.engine.advance(HOUR_MS);
  expect((await shop.pay(trade, 'channel')).refused).toBe('attempt_in_progress');
});

describe('with the rule', () => {
  let first: ChannelOrder;

  beforeEach(async () => {
    first = await begin();
    shop.newVouchers();
  });

  test('only while it is unknown, and never a third', async () => {
    await says(first, 'accepted');
    expect((await shop.pay(trade, 'channel')).refused).toBe('attempt_in_progress');
    await says(first, 'unknown');
    const second = await attempt();
    await says(second, 'unknown');
    expect((await shop.pay(trade, 'channel')).refused).toBe('attempt_in_progress');
    expect(await shop.read('trade', trade)).toMatchObject({ payments: { length: 2 }, livePayment: second.parent });
  });

  test.each([
    ['the first', 'and then the second', true],
    ['the second', 'and then the first', false],
  ])('%s succeeds %s: that is a duplicate, all of it goes back by its own path', async (_, __, isInOrder) => {
    const second = await attempt();
    const [winner, other] = isInOrder ? [first, second] : [second, first];
    await says(winner, 'succeeded');
    expect(await asked()).toEqual(['close pay']);
    expect(await shop.read('trade', trade)).toMatchObject({ status: 'completed', paidBy: winner.parent });
    const had = shop.money()['shop'];
    shop.newVouchers();
    for (let time = 0; time < 3; time++) await says(other, 'succeeded');
    expect(await asked()).toEqual(['call refund']);
    expect(shop.newVouchers()).toEqual([
      'PY1: debit @channel:simulator:EUR 60, credit @payment_transit:EUR 60',
      'RF4: debit @payment_transit:EUR 60, credit @refund_transit:EUR 60',
      'RF4/2: debit @refund_transit:EUR 60, credit @channel:simulator:EUR 60',
    ]);
    expect(shop.orders('refund')).toMatchObject([{ cause: 'duplicate', status: 'succeeded', payment: other.parent }]);
    expect(await shop.read('payment', other.parent)).toMatchObject({ status: 'failed', failure: 'duplicate_payment' });
    expect(shop.money()['shop']).toBe(had);
    expect(customerOf(shop)).toEqual({ balance: 0, card: 60 });
    await isPaidOnce();
  });

  test('both succeed in one turn of the engine: one pays, the other goes back', async () => {
    const second = await attempt();
    await Promise.all([says(second, 'succeeded'), says(first, 'succeeded'), says(second, 'succeeded')]);
    await asked();
    expect(shop.orders('refund')).toMatchObject([{ cause: 'duplicate', status: 'succeeded', payment: first.parent }]);
    expect(customerOf(shop)).toEqual({ balance: 0, card: 60 });
    await isPaidOnce();
  });

  test('only the first succeeds: it pays, and the channel confirms that the second is closed', async () => {
    const second = await attempt();
    await says(first, 'succeeded');
    expect(await asked()).toEqual(['close pay']);
    await says(second, 'accepted');
    await says(second, 'closed');
    expect(await shop.read('payment', second.parent)).toMatchObject({ status: 'canceled' });
    expect(shop.orders('refund')).toEqual([]);
    await isPaidOnce();
  });

  test('the second fails: the first is the live one again, and another second may begin', async () => {
    await says(await attempt(), 'failed');
    expect(await shop.read('trade', trade)).toMatchObject({ status: 'open', livePayment: first.parent });
    const third = await attempt();
    await says(third, 'succeeded');
    await asked();
    await says(first, 'failed');
    await isPaidOnce();
    expect(customerOf(shop)).toEqual({ balance: 0, card: 60 });
  });

  test('the second pays from the balance at once: the first shall end, and goes back when it does not', async () => {
    await shop.pay(trade, 'balance');
    expect(await asked()).toEqual(['close pay']);
    await says(first, 'succeeded');
    await asked();
    expect(customerOf(shop)).toEqual({ balance: 60, card: 0 });
    await isPaidOnce();
  });

  test('what if it crashes while both are on their way?', async () => {
    const second = await attempt();
    await shop.restart();
    expect((await shop.pay(trade, 'channel')).refused).toBe('attempt_in_progress');
    await says(first, 'succeeded');
    await shop.restart();
    await says(second, 'succeeded');
    await asked();
    expect(customerOf(shop)).toEqual({ balance: 0, card: 60 });
    await isPaidOnce();
  });

  test('the trade closes: it is closed when both have ended, and not before', async () => {
    const second = await attempt();
    await says(second, 'accepted');
    await shop.close(trade);
    expect(await asked()).toEqual(['close pay', 'close pay']);
    await says(second, 'closed');
    expect(await shop.read('trade', trade)).toMatchObject({ status: 'closing', livePayment: first.parent });
    await says(first, 'succeeded');
    await asked();
    expect(await shop.read('trade', trade)).toMatchObject({ status: 'closed', livePayment: '', paidBy: '' });
    expect(shop.orders('refund')).toMatchObject([{ cause: 'late', status: 'succeeded' }]);
    expect(customerOf(shop)).toEqual({ balance: 0, card: 0 });
    await shop.sound();
  });
});

test('what each of them keeps back stays until that one has ended', async () => {
  const first = await begin(RULES, 'balance:30 channel');
  const second = await attempt('balance:40 channel');
  expect(shop.money()).toMatchObject({ alice: 30, 'alice held': 70 });
  await says(second, 'succeeded');
  expect(shop.money()).toMatchObject({ alice: 30, 'alice held': 30 });
  await says(first, 'failed');
  expect(shop.newVouchers().slice(-1)).toEqual(['HD3: release alice 30, forgo @payment_transit:EUR 30']);
  expect(customerOf(shop)).toEqual({ balance: 40, card: 20 });
  await isPaidOnce();
});
