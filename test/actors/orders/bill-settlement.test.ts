// What a channel has paid for a bill: booked once, and what cannot be booked is a case and no fault.

import { expect, test } from 'vitest';
import { BookSettlement, type Settlement } from '../../../actors/orders/reconciliation-commands.ts';
import type { OrderCommand } from '../../../actors/orders/order-commands.ts';
import { ALLOWED, refusalOf } from '../../../src/domain/refusals.ts';
import { contextOf } from '../../support/engine.ts';
import { Shop } from './support/shop.ts';

/** What came of it: '' when it is booked. */
async function settle(shop: Shop, bill: string, said: Partial<Settlement> = {}): Promise<string> {
  const settlement = { channel: 'simulator', bill, currency: 'EUR', total: 100, fee: 3, ...said };
  const keyed = { key: `settlement ${bill} EUR`, fingerprint: '' };
  const { verdict } = await shop.engine.ask<OrderCommand>(
    (reply) => new BookSettlement(contextOf(), settlement, keyed, reply),
  );
  return verdict === ALLOWED ? '' : refusalOf(verdict);
}

const BOOKED = 'RC2: debit @bank:EUR 97, debit @channel_fee:EUR 3, credit @channel:simulator:EUR 100';

test('an account that takes nothing refuses it: one case, and it is booked once when the account does', async () => {
  const shop = await Shop.open();
  expect(await settle(shop, 'run-1')).toBe('');
  await shop.engine.change({ id: '@bank:EUR', status: 'frozen' });
  for (let time = 0; time < 3; time++) expect(await settle(shop, 'run-2')).toBe('account_frozen');
  await shop.restart();
  expect(await settle(shop, 'run-2')).toBe('account_frozen');
  expect([shop.vouchers(), shop.cases()]).toEqual([[BOOKED], ['settlement_refused']]);
  expect(shop.orders('case')).toMatchObject([{ amount: 100, currency: 'EUR', order: '' }]);
  await shop.engine.change({ id: '@bank:EUR', status: 'active' });
  for (let time = 0; time < 2; time++) expect(await settle(shop, 'run-2')).toBe('');
  expect(shop.vouchers()).toEqual([BOOKED, BOOKED]);
  await shop.decide('ignore: booked since');
  expect(shop.cases()).toEqual(['settlement_refused, resolved']);
  await shop.sound();
});

test.each([
  ['a fee above the sum', { fee: 101 }],
  ['a fee below nothing', { fee: -1 }],
  ['nothing', { total: 0, fee: 0 }],
  ['a channel that is owed', { total: -5, fee: 0 }],
])('%s cannot be booked: a case, and the engine goes on', async (_, said) => {
  const shop = await Shop.open();
  expect(await settle(shop, 'run-1', said)).toBe('amount_invalid');
  expect(await settle(shop, 'run-2')).toBe('');
  expect([shop.vouchers(), shop.cases()]).toEqual([[BOOKED], ['settlement_refused']]);
  await shop.sound();
});

test('a channel that keeps all of it: there is nothing for the bank', async () => {
  const shop = await Shop.open();
  expect(await settle(shop, 'run-1', { fee: 100 })).toBe('');
  expect(shop.vouchers()).toEqual(['RC2: debit @channel_fee:EUR 100, credit @channel:simulator:EUR 100']);
  await shop.sound();
});
