// Bounced refunds: a channel had returned the money, and has it again days later. It is never lost: it waits in suspense, is
// a case with an owner, and goes where two people say.

import { beforeEach, describe, expect, test } from 'vitest';
import type { ChannelOrder } from '../../../src/domain/orders/channel-order.ts';
import { customerOf } from './support/sale.ts';
import { Shop } from './support/shop.ts';

const DAY_MS = 86_400_000;

const BOUNCED = 'RF5: debit @channel:simulator:EUR 60, credit @suspense:EUR 60';

let shop: Shop;
let trade: string;
let sent: ChannelOrder;

/** A sale of 60 that was refunded, by the channel as far as it was paid by it. */
async function refunded(instruments = 'channel', product = 'sale'): Promise<void> {
  trade = await shop.trade({ product });
  await shop.pay(trade, instruments);
  await shop.provider.says('call', 'succeeded');
  await shop.refund(trade);
  sent = await shop.provider.says('call', 'succeeded');
  shop.newVouchers();
}

/** The channel says so up to three times, as channels do. */
async function bounces(number = sent.id): Promise<void> {
  await shop.engine.advance(3 * DAY_MS);
  for (let time = 0; time < 3; time++)
    await shop.callback(number, { class: 'failed', failure: 'account_closed', returned: true });
}

beforeEach(async () => {
  shop = await Shop.open();
  await shop.engine.transfer({ debit: 'mint', credit: 'shop', amount: 100 });
});

describe('a refund bounces', () => {
  beforeEach(() => refunded());

  test('in suspense, once, and a case with an owner; the merchant has paid it all the same', async () => {
    await bounces();
    expect(shop.newVouchers()).toEqual([BOUNCED]);
    expect(shop.orders('refund')).toMatchObject([{ status: 'bounced', failure: 'account_closed', dueMs: 0 }]);
    expect(shop.orders('case')).toMatchObject([
      { type: 'refund_bounced', order: shop.orders('refund')[0]?.id, amount: 60, currency: 'EUR', owner: 'operations' },
    ]);
    expect(shop.money()).toMatchObject({ shop: 99, '@suspense:EUR': 60 });
    expect(await shop.read('trade', trade)).toMatchObject({ refunded: 60, refundReserved: 0 });
    expect((await shop.refund(trade, 1)).refused).toBe('refund_exceeds_paid');
    await shop.sound();
  });

  test('in the same moment in which it succeeds, and after a crash it is still so', async () => {
    await Promise.all([bounces(), shop.callback(sent.id, { class: 'succeeded' })]);
    await shop.restart();
    await bounces();
    expect(shop.newVouchers()).toEqual([BOUNCED]);
    expect(shop.cases()).toEqual(['refund_bounced']);
    await shop.sound();
  });

  test('retry: the same way again under another number', async () => {
    await bounces();
    await shop.decide('retry');
    const again = await shop.provider.says('call', 'succeeded');
    expect(again).toMatchObject({ verb: 'refund', amount: 60, original: sent.original });
    expect(again.id).not.toBe(sent.id);
    expect(shop.newVouchers()).toEqual([BOUNCED, 'RF5/2: debit @suspense:EUR 60, credit @channel:simulator:EUR 60']);
    expect(shop.orders('refund')).toMatchObject([
      { status: 'bounced' },
      { cause: 'bounced', status: 'succeeded', amount: 60 },
    ]);
    expect(await shop.read('trade', trade)).toMatchObject({
      refunded: 60,
      refunds: shop.orders('refund').map(({ id }) => id),
    });
    expect(customerOf(shop)).toEqual({ balance: 0, card: 0 });
    await shop.sound();
  });

  test('retry, and it bounces again: again a case, and then to the payer’s account', async () => {
    await bounces();
    await shop.decide('retry');
    await bounces((await shop.provider.says('call', 'succeeded')).id);
    expect(shop.cases()).toEqual(['refund_bounced, resolved', 'refund_bounced']);
    shop.newVouchers();
    await shop.decide('balance');
    expect(shop.newVouchers()).toEqual(['RF5/2: debit @suspense:EUR 60, credit alice 60']);
    expect(customerOf(shop)).toEqual({ balance: -60, card: 60 });
    await shop.sound();
  });

  test('balance, but that account is closed: the money stays, and a case again', async () => {
    await bounces();
    await shop.engine.transfer({ debit: 'alice', credit: 'mint', amount: 100 });
    await shop.engine.change({ id: 'alice', status: 'closed' });
    await shop.decide('balance');
    expect(shop.cases()).toEqual(['refund_bounced, resolved', 'refund_bounced']);
    expect(shop.money()).toMatchObject({ '@suspense:EUR': 60 });
    await shop.decide('perhaps');
    expect(shop.cases().at(-1)).toBe('refund_bounced');
    await shop.sound();
  });

  test('fail: those who gave it have it again, and it can be refunded once more', async () => {
    await bounces();
    shop.newVouchers();
    await shop.decide('fail');
    expect(shop.newVouchers()).toEqual(['RF5/2: debit @suspense:EUR 60, credit shop 60']);
    expect(await shop.read('trade', trade)).toMatchObject({ refunded: 0, refundReserved: 0, settled: 60 });
    expect(shop.orders('payment')).toMatchObject([{ instructions: [{ refunded: 0, refundReserved: 0 }] }]);
    await shop.refund(trade);
    await shop.provider.says('call', 'succeeded');
    expect(customerOf(shop)).toEqual({ balance: 0, card: 0 });
    await shop.sound();
  });
});

test('only what the channel had of it bounces; the legs inside have their money', async () => {
  await refunded('coupon:10 balance:20 channel');
  await bounces();
  expect(shop.newVouchers()).toEqual(['RF5: debit @channel:simulator:EUR 30, credit @suspense:EUR 30']);
  await shop.decide('fail');
  expect(shop.newVouchers()).toEqual(['RF5/2: debit @suspense:EUR 30, credit shop 30']);
  expect(await shop.read('trade', trade)).toMatchObject({ refunded: 30, settled: 30 });
  expect(shop.orders('payment')[0]?.instructions.map(({ refunded: back }) => back)).toEqual([10, 20, 0]);
  await shop.sound();
});

test('of an escrow: back to the escrow when people say so, and on to the payees', async () => {
  await refunded('channel', 'escrow');
  expect(await shop.read('trade', trade)).toMatchObject({ status: 'completed', settled: 0 });
  await bounces();
  shop.newVouchers();
  await shop.decide('fail');
  expect(shop.newVouchers()).toEqual([
    'RF5/2: debit @suspense:EUR 60, credit @escrow:EUR 60',
    'GC1: debit @escrow:EUR 60, credit @pending:shop 60',
    'ST1: debit @pending:shop 60, credit shop 59, credit @fee:EUR 1',
  ]);
  await shop.sound();
});

test('of money that nobody may have: people cannot give it to the payees', async () => {
  const closed = await shop.trade();
  await shop.pay(closed, 'channel');
  const { order } = await shop.provider.next();
  await shop.close(closed);
  await shop.callback(order.id, { class: 'succeeded' });
  await shop.provider.says('close', 'unknown');
  const back = await shop.provider.says('call', 'succeeded');
  await bounces(back.id);
  expect(shop.cases()).toEqual(['refund_bounced']);
  await shop.decide('fail');
  expect(shop.cases()).toEqual(['refund_bounced, resolved', 'refund_bounced']);
  await shop.decide('retry');
  await shop.provider.says('call', 'succeeded');
  expect(customerOf(shop)).toEqual({ balance: 0, card: 0 });
  expect(shop.money()['@suspense:EUR']).toBeUndefined();
  await shop.sound();
});

test('of money in another currency than was asked for: no account of the payer can take it', async () => {
  const mismatched = await shop.trade();
  await shop.pay(mismatched, 'channel');
  await shop.provider.says('call', { class: 'succeeded', amount: 60, currency: 'USD' });
  const back = await shop.provider.says('call', 'succeeded');
  await bounces(back.id);
  await shop.decide('propose nothing');
  expect(shop.cases().at(-1)).toBe('refund_bounced');
  await shop.resolve(shop.openOrders().findLast((id) => id.startsWith('cas_')) ?? '', 'balance');
  expect(shop.money()).toMatchObject({ '@suspense:USD': 60 });
  expect(shop.cases().at(-1)).toBe('refund_bounced');
  await shop.sound();
});
