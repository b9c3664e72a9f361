// Money under a number that no order has: what if two people book what the bill says before the channel calls, or the channel
// calls between the two of them? It is booked once, by whoever is first, in this life and in the next.

import { expect, test } from 'vitest';
import type { OrderCommand } from '../../../actors/orders/order-commands.ts';
import { OpenDifference, type FoundDifference } from '../../../actors/orders/reconciliation-commands.ts';
import { contextOf } from '../../support/engine.ts';
import { agree, propose } from './support/people.ts';
import { Shop } from './support/shop.ts';

const STRANGER: FoundDifference = {
  type: 'channel_only',
  channel: 'simulator',
  order: '',
  number: 'strange-1',
  amount: 12,
  currency: 'EUR',
  detail: 'CHANNEL_ONLY in the bill',
};

/** A run has found it; the id of its case. */
async function found(shop: Shop, name: string, said: Partial<FoundDifference> = {}): Promise<string> {
  const keyed = { key: `difference ${name}`, fingerprint: '' };
  const difference = { ...STRANGER, ...said };
  const { shown } = await shop.engine.ask<OrderCommand>(
    (reply) => new OpenDifference(contextOf(), difference, keyed, reply),
  );
  return shown?.order.id ?? '';
}

const calls = (shop: Shop, number = 'strange-1', channelTradeNo = '') =>
  shop.callback(number, { class: 'succeeded', amount: 12, currency: 'EUR', channelTradeNo });

const BOOKED = ['RE1: debit @channel:simulator:EUR 12, credit @suspense:EUR 12'];

test('two people book it, and then the channel calls: once, after a crash and from a snapshot, too', async () => {
  const shop = await Shop.open();
  await shop.resolve(await found(shop, 'a'), 'book');
  expect(shop.vouchers()).toEqual(BOOKED);
  await calls(shop);
  expect([shop.vouchers(), shop.cases()]).toEqual([BOOKED, ['channel_only, resolved']]);
  await shop.restart();
  await calls(shop);
  await shop.engine.snapshot();
  await shop.restart();
  await calls(shop);
  expect([shop.vouchers(), shop.cases()]).toEqual([BOOKED, ['channel_only, resolved']]);
  await shop.sound();
});

test('the channel calls before they decide, or between the two: nothing is booked twice', async () => {
  const shop = await Shop.open();
  const before = await found(shop, 'a');
  await calls(shop);
  expect(await propose(shop, before, 'book')).toBe('decision_not_possible');
  const between = await found(shop, 'b', { number: 'strange-2' });
  expect(await propose(shop, between, 'book')).toBe(null);
  await calls(shop, 'strange-2');
  expect(await agree(shop, between)).toBe('decision_not_possible');
  await shop.restart();
  expect(await agree(shop, between)).toBe('decision_not_possible');
  await shop.resolve(between, 'ignore: it is in suspense since the callback');
  expect(shop.vouchers()).toEqual([...BOOKED, ...BOOKED]);
  await shop.sound();
});

test('two lines of two bills under one number are booked once; another channel has numbers of its own', async () => {
  const shop = await Shop.open();
  const [first, second] = [await found(shop, 'a'), await found(shop, 'b')];
  await shop.resolve(first, 'book');
  expect(await propose(shop, second, 'book')).toBe('decision_not_possible');
  const elsewhere = await found(shop, 'c', { channel: 'other' });
  await shop.resolve(elsewhere, 'book');
  expect(shop.vouchers()).toEqual([...BOOKED, 'RE1: debit @channel:other:EUR 12, credit @suspense:EUR 12']);
});

test('a bill that names it by the channel’s own number is about the same money', async () => {
  const shop = await Shop.open();
  await shop.resolve(await found(shop, 'a', { number: 'theirs-1' }), 'book');
  await calls(shop, 'strange-1', 'theirs-1');
  await calls(shop, 'strange-2', 'theirs-2');
  const late = await found(shop, 'b', { number: 'theirs-2' });
  expect(await propose(shop, late, 'book')).toBe('decision_not_possible');
  await shop.restart();
  expect(await propose(shop, late, 'book')).toBe('decision_not_possible');
  expect(shop.vouchers()).toEqual([...BOOKED, ...BOOKED]);
  await shop.sound();
});

test('what a line without a number says is booked by itself', async () => {
  const shop = await Shop.open();
  for (const name of ['a', 'b']) await shop.resolve(await found(shop, name, { number: '' }), 'book');
  expect(shop.vouchers()).toEqual([...BOOKED, ...BOOKED]);
});
