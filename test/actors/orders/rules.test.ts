// Rules and plug-ins, on the engine: a new means of payment is one file and a line of configuration, and what was agreed
// under a version of the rules stays under it.

import { expect, test } from 'vitest';
import { INSTRUMENTS, Instruments } from '../../../src/domain/instruments/instruments.ts';
import { giftCard } from './support/gift-card.ts';
import { changed } from './support/rules.ts';
import { Shop } from './support/shop.ts';

test('a gift card pays, and is refunded, together with a channel', async () => {
  const rules = changed('with-cards', ({ instruments, combinations }) => {
    instruments.unshift({ name: 'gift_card', reversible: true, external: false });
    combinations.standard.allowed.push(['gift_card', 'channel']);
  });
  const instruments = new Instruments([...INSTRUMENTS, giftCard]);
  const shop = await Shop.open({}, { rules, instruments });
  await shop.engine.open({ id: 'card-1' });
  await shop.engine.transfer({ debit: 'mint', credit: 'card-1', amount: 25 });
  await shop.engine.transfer({ debit: 'mint', credit: 'shop', amount: 10 });
  const trade = await shop.trade();
  const card = { type: 'gift_card', account: 'card-1', channel: '', amount: 25 };
  await shop.payBy(trade, [card, { type: 'channel', account: '', channel: '', amount: 0 }]);
  await shop.provider.says('call', 'succeeded');
  expect(shop.vouchers()).toEqual([
    'HD1: hold card-1 25, expect @payment_transit:EUR 25',
    'PY2: take card-1 25, receive @payment_transit:EUR 25',
    'PY1: debit @channel:simulator:EUR 35, credit @payment_transit:EUR 35',
    'PY4: debit @payment_transit:EUR 60, credit @pending:shop 60',
    'ST1: debit @pending:shop 60, credit shop 59, credit @fee:EUR 1',
  ]);
  await shop.refund(trade);
  await shop.provider.says('call', 'succeeded');
  expect(shop.money()).toMatchObject({ 'card-1': 25, shop: 9 });
  await shop.sound();
});

test('other rules from now on: what was agreed before keeps its fee and its word about late money', async () => {
  const shop = await Shop.open();
  const old = await shop.trade({ product: 'escrow' });
  await shop.pay(old, 'balance');
  const closing = await shop.trade();
  await shop.pay(closing, 'channel');
  const call = await shop.provider.next();
  const dear = changed('dear', ({ fees, policies }) => {
    fees.standard = { fixed: 10, basis_points: 0, rounding: 'half_up' };
    policies.standard['late_money'] = 'accept';
  });
  shop.engine.partition.desk.rulebook.adopt(dear);
  const fresh = await shop.trade({ amount: 20 });
  await shop.pay(fresh, 'balance');
  expect(await shop.read('trade', fresh)).toMatchObject({ ruleVersion: 'dear', fee: 10 });
  await shop.restart();
  await shop.confirm(old);
  expect(await shop.read('trade', old)).toMatchObject({ ruleVersion: 'default-1', fee: 1 });
  await shop.close(closing);
  await shop.callback(call.order.id, { class: 'succeeded' });
  expect(shop.orders('refund')).toMatchObject([{ cause: 'late' }]);
  expect(shop.engine.partition.desk.rulebook.of('dear').fee('sale', 20)).toBe(10);
  expect(() => shop.engine.partition.desk.rulebook.adopt(changed('dear', () => {}))).toThrow('others before');
});
