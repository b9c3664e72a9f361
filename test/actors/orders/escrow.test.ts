// Escrow, on the engine: the buyer's money waits until he confirms, time passes, or it goes back.

import { beforeEach, describe, expect, test } from 'vitest';
import { Shop } from './support/shop.ts';

const DAY_MS = 86_400_000;
const PAID = [
  'HD1: hold alice 60, expect @payment_transit:EUR 60',
  'PY2: take alice 60, receive @payment_transit:EUR 60',
  'PY4: debit @payment_transit:EUR 60, credit @escrow:EUR 60',
];

let shop: Shop;
let trade: string;

beforeEach(async () => {
  shop = await Shop.open();
  trade = await shop.trade({ product: 'escrow' });
  await shop.pay(trade, 'balance');
});

test('what was paid is nobody’s yet', async () => {
  expect(await shop.read('trade', trade)).toMatchObject({ status: 'paid', paid: 60, settled: 0 });
  expect(shop.vouchers()).toEqual(PAID);
  expect(shop.money()).toEqual({ alice: 40, '@escrow:EUR': 60 });
  await shop.sound();
});

describe('the payees have it', () => {
  const confirmed = [
    'GC1: debit @escrow:EUR 60, credit @pending:shop 60',
    'ST1: debit @pending:shop 60, credit shop 59, credit @fee:EUR 1',
  ];

  test('when the buyer confirms, once however often he does', async () => {
    for (let time = 0; time < 3; time++) {
      expect((await shop.confirm(trade)).order).toMatchObject({ status: 'completed', settled: 60, fee: 1 });
    }
    expect(shop.vouchers()).toEqual([...PAID, ...confirmed]);
    expect(shop.money()).toEqual({ alice: 40, shop: 59, '@fee:EUR': 1 });
    await shop.sound();
  });

  test('when he has said nothing for a week', async () => {
    await shop.engine.advance(7 * DAY_MS - 1);
    expect(await shop.read('trade', trade)).toMatchObject({ status: 'paid' });
    await shop.engine.advance(1);
    expect(await shop.read('trade', trade)).toMatchObject({ status: 'completed' });
    expect(shop.vouchers()).toEqual([...PAID, ...confirmed]);
    await shop.sound();
  });

  test('when he confirms by and by: a frozen payee is refused, not lost', async () => {
    await shop.engine.change({ id: 'shop', status: 'frozen' });
    expect((await shop.confirm(trade)).refused).toBe('account_frozen');
    expect(shop.money()).toEqual({ alice: 40, '@escrow:EUR': 60 });
    await shop.engine.change({ id: 'shop', status: 'active' });
    expect((await shop.confirm(trade)).order).toMatchObject({ status: 'completed' });
    await shop.sound();
  });
});

describe('it goes back', () => {
  test('in part before the buyer confirms: he confirms the rest', async () => {
    expect((await shop.refund(trade, 20)).order).toMatchObject({ status: 'succeeded', amount: 20 });
    await shop.confirm(trade);
    expect(shop.vouchers().slice(PAID.length)).toEqual([
      'RF1: debit @escrow:EUR 20, credit @refund_transit:EUR 20',
      'RF2: debit @refund_transit:EUR 20, credit alice 20',
      'GC1: debit @escrow:EUR 40, credit @pending:shop 40',
      'ST1: debit @pending:shop 40, credit shop 40',
    ]);
    expect(await shop.read('trade', trade)).toMatchObject({ status: 'completed', refunded: 20, settled: 40 });
    expect(shop.money()).toEqual({ alice: 60, shop: 40 });
    await shop.sound();
  });

  test('all of it: the trade is over', async () => {
    await shop.refund(trade);
    expect(await shop.read('trade', trade)).toMatchObject({ status: 'completed', refunded: 60, settled: 0, dueMs: 0 });
    await shop.engine.advance(8 * DAY_MS);
    expect(shop.money()).toEqual({ alice: 100 });
    expect((await shop.refund(trade)).refused).toBe('refund_exceeds_paid');
    await shop.sound();
  });

  test('after the buyer has confirmed: the payees give it', async () => {
    await shop.confirm(trade);
    await shop.refund(trade, 30);
    expect(shop.vouchers().slice(-2)).toEqual([
      'RF1: debit shop 30, credit @refund_transit:EUR 30',
      'RF2: debit @refund_transit:EUR 30, credit alice 30',
    ]);
    expect(shop.money()).toEqual({ alice: 70, shop: 29, '@fee:EUR': 1 });
    await shop.sound();
  });
});

describe('a refund by channel that is under way when the buyer confirms', () => {
  beforeEach(async () => {
    trade = await shop.trade({ product: 'escrow', amount: 200 });
    await shop.pay(trade, 'channel');
    await shop.provider.says('call', 'succeeded');
    await shop.refund(trade, 50);
    await shop.confirm(trade);
  });

  test('keeps its part back', async () => {
    expect(await shop.read('trade', trade)).toMatchObject({ status: 'completed', refundReserved: 50, settled: 150 });
    await shop.provider.says('call', 'succeeded');
    expect(await shop.read('trade', trade)).toMatchObject({ refundReserved: 0, refunded: 50, settled: 150, fee: 2 });
    expect(shop.money()).toMatchObject({ '@channel:simulator:EUR': -150, shop: 148 });
  });

  test('fails: its part comes to the payees after all, by one fee for all of it', async () => {
    await shop.provider.says('call', { class: 'failed', failure: 'refused' });
    expect(await shop.read('trade', trade)).toMatchObject({ refundReserved: 0, refunded: 0, settled: 200, fee: 2 });
    expect(shop.money()).toMatchObject({ '@channel:simulator:EUR': -200, shop: 198, '@fee:EUR': 2, '@escrow:EUR': 60 });
  });

  test('fails after another one was paid by the payees: each of them has its own', async () => {
    await shop.refund(trade, 100);
    await shop.provider.says('call', { class: 'failed', failure: 'refused' });
    await shop.provider.says('call', 'succeeded');
    expect(await shop.read('trade', trade)).toMatchObject({ refundReserved: 0, refunded: 100, settled: 100 });
    expect(shop.money()).toMatchObject({ '@channel:simulator:EUR': -100, shop: 98, '@fee:EUR': 2, '@escrow:EUR': 60 });
    await shop.sound();
  });
});
