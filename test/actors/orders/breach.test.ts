// Breaches reported from outside: one case each, and, where the rule says so, no money of the product goes out until two
// people have resolved it.

import { expect, test } from 'vitest';
import { OpenBreach, type OrderCommand } from '../../../actors/orders/order-commands.ts';
import { contextOf } from '../../support/engine.ts';
import { Shop } from './support/shop.ts';

/** Reports a breach of this product; its name says which finding it is. */
async function report(shop: Shop, name: string, product: string, order = ''): Promise<string> {
  const business = { ...NO_BUSINESS, product };
  const breach = { order, amount: 5, currency: 'EUR', detail: 'books_entry: is of 6.', business };
  const keyed = { key: `breach ${name}`, fingerprint: '' };
  const { shown } = await shop.engine.ask<OrderCommand>((reply) => new OpenBreach(contextOf(), breach, keyed, reply));
  return shown?.order.id ?? '';
}

const NO_BUSINESS = {
  orderType: 'sale',
  product: '',
  ruleVersion: '',
  tradeId: '',
  outTradeNo: '',
  payer: '',
  payee: '',
  currency: 'EUR',
  payOrg: 'florin',
};

const STOPPING = { limits: { breachStopsOutflow: 'on' } } as const;

test('the same breach, reported again and after a crash, is one case', async () => {
  const shop = await Shop.open();
  const first = await report(shop, 'a', 'sale');
  expect(await report(shop, 'a', 'sale')).toBe(first);
  await shop.restart();
  expect(await report(shop, 'a', 'sale')).toBe(first);
  expect(await report(shop, 'b', 'sale')).not.toBe(first);
  expect(shop.cases()).toEqual(['books_breach', 'books_breach']);
});

test('refunds of the product are refused until the case is resolved, and others are not', async () => {
  const shop = await Shop.open(STOPPING);
  const sale = await shop.trade({ amount: 30 });
  await shop.pay(sale, 'balance');
  const escrow = await shop.trade({ product: 'escrow', amount: 30 });
  await shop.pay(escrow, 'balance');
  const found = await report(shop, 'a', 'sale');
  expect((await shop.refund(sale, 10)).refused).toBe('outflow_stopped');
  expect((await shop.refund(escrow, 10)).refused).toBe(null);
  expect((await shop.withdraw(5)).refused).toBe(null);
  await shop.restart(STOPPING);
  expect((await shop.refund(sale, 10)).refused).toBe('outflow_stopped');
  await shop.resolve(found, 'looked at');
  expect((await shop.refund(sale, 10)).refused).toBe(null);
});

test('withdrawals are refused, those that wait for a second person, too', async () => {
  const shop = await Shop.open(STOPPING);
  await shop.engine.transfer({ debit: 'mint', credit: 'alice', amount: 5_000_000 });
  const waiting = await shop.withdraw(2_000_000, 'alice', 'ann');
  expect(waiting.order).toMatchObject({ status: 'pending_approval' });
  const found = await report(shop, 'a', 'withdrawal');
  expect((await shop.withdraw(5)).refused).toBe('outflow_stopped');
  expect((await shop.approve('withdrawal', waiting.order?.id ?? '', 'ben')).refused).toBe('outflow_stopped');
  await shop.resolve(found, 'looked at');
  expect((await shop.approve('withdrawal', waiting.order?.id ?? '', 'ben')).refused).toBe(null);
  expect((await shop.withdraw(5)).refused).toBe(null);
});

test('without the rule everything goes on, and what is decided of the case moves no order', async () => {
  const shop = await Shop.open();
  const sale = await shop.trade({ amount: 30 });
  await shop.pay(sale, 'balance');
  const found = await report(shop, 'a', 'sale', sale);
  expect((await shop.refund(sale, 10)).refused).toBe(null);
  const before = await shop.read('trade', sale);
  await shop.resolve(found, 'retry');
  expect(await shop.read('trade', sale)).toEqual(before);
  // A fact that is wrong may name an order that there is not.
  await shop.resolve(await report(shop, 'b', 'sale', 'pay_nobody'), 'retry');
  expect(shop.cases()).toEqual(['books_breach, resolved', 'books_breach, resolved']);
  expect(shop.engine.stops).toEqual([]);
});
