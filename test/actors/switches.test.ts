// Switches, on the engine: what is off is refused and nothing else is, everything about them is in the journal, and no
// unknown order is judged by one.

import { beforeEach, describe, expect, test } from 'vitest';
import type { SwitchName } from '../../src/domain/switches.ts';
import { ReadSwitches, TurnSwitch } from '../../actors/switch-commands.ts';
import { contextOf } from '../support/engine.ts';
import { Shop } from './orders/support/shop.ts';

const MINUTE_MS = 60_000;

let shop: Shop;

beforeEach(async () => {
  shop = await Shop.open();
});

const turn = (name: SwitchName, forMs: number, by = 'ann', reason = 'drill'): Promise<TurnSwitch> =>
  shop.engine.ask((reply) => new TurnSwitch({ ...contextOf('house'), by }, { name, reason, forMs }, reply));

const set = (name: SwitchName): Promise<TurnSwitch> => turn(name, MINUTE_MS);
const clear = (name: SwitchName): Promise<TurnSwitch> => turn(name, 0);

async function past(limit = 100): Promise<string[]> {
  const { history } = await shop.engine.ask<ReadSwitches>((reply) => new ReadSwitches(contextOf(), limit, reply));
  return history.map(({ turn: way, name, by, reason }) => `${way} ${name} by ${by}: ${reason}`);
}

const isSet = (name: SwitchName): boolean => shop.engine.partition.desk.switches.isSet(name);

test('new trades are refused, and those that there are go on', async () => {
  const trade = await shop.trade();
  await set('trades');
  expect((await shop.create()).refused).toBe('switched_off');
  expect((await shop.topUp(10)).refused).toBeNull();
  expect((await shop.pay(trade, 'balance')).order).toMatchObject({ status: 'succeeded' });
  await clear('trades');
  expect((await shop.create()).refused).toBeNull();
  await shop.provider.says('call', { class: 'succeeded', amount: 10, currency: 'EUR' });
  await shop.sound();
});

test('the same order number is answered as before while new ones are refused', async () => {
  const { order } = await shop.create({ outTradeNo: 'first' });
  await set('trades');
  expect((await shop.create({ outTradeNo: 'first' })).order?.id).toBe(order?.id);
});

test.each<[SwitchName, () => Promise<{ refused: string | null }>]>([
  ['topups', () => shop.topUp(10)],
  ['withdrawals', () => shop.withdraw(10)],
  ['outflow:withdrawal', () => shop.withdraw(10)],
  ['channel:simulator', () => shop.withdraw(10)],
  ['channel:simulator', () => shop.topUp(10)],
])('%s: refused, and nothing has happened', async (name, ask) => {
  await set(name);
  expect((await ask()).refused).toBe('switched_off');
  expect([shop.openOrders(), shop.money(), shop.vouchers()]).toEqual([[], { alice: 100 }, []]);
  await clear(name);
  expect((await ask()).refused).toBeNull();
});

test('the outflow of a product: its refunds are refused, its payments are not, nor what others pay out', async () => {
  const trade = await shop.trade({ amount: 20 });
  await shop.pay(trade, 'balance');
  await set('outflow:sale');
  expect((await shop.refund(trade)).refused).toBe('switched_off');
  const other = await shop.trade({ amount: 20 });
  expect((await shop.pay(other, 'balance')).order).toMatchObject({ status: 'succeeded' });
  expect((await shop.withdraw(10)).refused).toBeNull();
  await clear('outflow:sale');
  await shop.provider.says('call', 'succeeded');
  await shop.sound();
});

test('a channel that is off resolves no unknown order: it is asked, and what it says is heard', async () => {
  const { order } = await shop.topUp(10);
  await shop.provider.says('call', 'unknown');
  await set('channel:simulator');
  await shop.engine.advance(5_000);
  await shop.provider.says('query', 'unknown');
  expect(shop.orders('channel_order')).toMatchObject([{ status: 'unknown' }]);
  expect(await shop.read('trade', order?.kind === 'payment' ? order.trade : '')).toMatchObject({ status: 'open' });
  const [asked] = shop.orders('channel_order');
  await shop.callback(asked?.id ?? '', { class: 'succeeded', amount: 10, currency: 'EUR' });
  expect(shop.orders('channel_order')).toMatchObject([{ status: 'succeeded' }]);
  expect(shop.money()).toMatchObject({ alice: 110 });
  await shop.sound();
});

describe('a switch', () => {
  test('ends by itself, by the clock of the engine, and says so in the journal', async () => {
    await turn('trades', 1_000);
    await shop.engine.advance(999);
    expect((await shop.create()).refused).toBe('switched_off');
    await shop.engine.advance(1);
    expect((await shop.create()).refused).toBeNull();
    expect(await past()).toEqual(['expired trades by ann: ', 'set trades by ann: drill']);
  });

  test('wakes the engine when it ends, although nobody asks anything', async () => {
    await turn('trades', 1_000);
    expect(shop.engine.partition.desk.switches.nextDueMs).toBe(shop.engine.nowMs + 1_000);
  });

  test('that is set again has another end and reason; clearing what is not set changes nothing', async () => {
    const { set: first } = await turn('trades', 1_000);
    const { set: second } = await turn('trades', 2_000, 'ben', 'longer');
    expect(second).toEqual([{ ...first[0], by: 'ben', reason: 'longer', untilMs: shop.engine.nowMs + 2_000 }]);
    const before = shop.engine.disk.journal.position();
    await clear('topups');
    expect(shop.engine.disk.journal.position()).toBe(before);
  });

  test.each([
    ['the journal', async () => {}],
    ['a snapshot', () => shop.engine.snapshot()],
  ])('outlives a crash by %s, and so does what was turned before', async (_, prepare) => {
    await set('trades');
    await turn('topups', 2 * MINUTE_MS, 'ben', 'flood');
    await clear('trades');
    await prepare();
    await shop.restart();
    expect([isSet('topups'), isSet('trades')]).toEqual([true, false]);
    const turns = ['cleared trades by ann: drill', 'set topups by ben: flood', 'set trades by ann: drill'];
    expect(await past()).toEqual(turns);
    expect(await past(2)).toEqual(turns.slice(0, 2));
    await shop.engine.advance(2 * MINUTE_MS);
    expect(isSet('topups')).toBe(false);
    await shop.sound();
  });

  test('turned twice in one frame is known with both turns', async () => {
    await Promise.all([set('trades'), set('topups')]);
    expect(await past()).toEqual(['set topups by ann: drill', 'set trades by ann: drill']);
    await shop.restart();
    expect(await past()).toEqual(['set topups by ann: drill', 'set trades by ann: drill']);
    expect([isSet('topups'), isSet('trades')]).toEqual([true, true]);
  });
});
