// Fees that go back with refunds, on the engine: where the rules say so, in proportion, never more than was taken.

import { beforeEach, describe, expect, test } from 'vitest';
import { changed } from './support/rules.ts';
import { Shop } from './support/shop.ts';

/** Of every sale and escrow 5 % is the house's, and a refund gives it back. A refund of more than 100 needs two people. */
const RULES = changed('returning', ({ fees, policies, approvals }) => {
  fees.standard = { fixed: 0, basis_points: 500, rounding: 'half_up' };
  policies.standard['fee_on_refund'] = 'return';
  approvals['refund_above'] = 100;
});

const DAY_MS = 86_400_000;

let shop: Shop;
let trade: string;

async function paid(instruments: string, request: Parameters<Shop['trade']>[0] = {}): Promise<void> {
  trade = await shop.trade(request);
  await shop.pay(trade, instruments);
  if (instruments.includes('channel')) await shop.provider.says('call', 'succeeded');
  shop.newVouchers();
}

beforeEach(async () => {
  shop = await Shop.open({}, { rules: RULES });
});

test('whole: what the sale has brought is enough', async () => {
  await paid('balance');
  expect(shop.money()).toEqual({ alice: 40, shop: 57, '@fee:EUR': 3 });
  await shop.refund(trade);
  expect(shop.newVouchers()).toEqual([
    'RF3: debit @fee:EUR 3, credit shop 3',
    'RF1: debit shop 60, credit @refund_transit:EUR 60',
    'RF2: debit @refund_transit:EUR 60, credit alice 60',
  ]);
  expect(shop.money()).toEqual({ alice: 100 });
  expect(await shop.read('trade', trade)).toMatchObject({ settled: 0, fee: 0, refunded: 60 });
  await shop.sound();
});

test('in parts: rounded down, and the last one gives back all that is left', async () => {
  await paid('balance');
  const fees = [];
  for (const amount of [19, 1, 20, 19, 1]) {
    await shop.refund(trade, amount);
    fees.push((await shop.read('trade', trade)).fee);
  }
  expect(fees).toEqual([3, 3, 2, 1, 0]);
  expect(shop.money()).toEqual({ alice: 100 });
  await shop.sound();
});

test('each payee has back what was taken of it', async () => {
  const payees = [
    { account: 'shop', amount: 50 },
    { account: 'maker', amount: 50 },
  ];
  await paid('balance', { payees, amount: 100 });
  expect(shop.money()).toEqual({ shop: 47, maker: 48, '@fee:EUR': 5 });
  for (const amount of [20, 20, 20, 20, 20]) await shop.refund(trade, amount);
  expect(shop.money()).toEqual({ alice: 100 });
  await shop.sound();
});

describe('a refund that comes to nothing takes it back', () => {
  test('when the channel refuses it, although the payee has nothing else', async () => {
    await paid('channel');
    await shop.refund(trade);
    expect(await shop.read('trade', trade)).toMatchObject({ settled: 0, fee: 0 });
    await shop.provider.says('call', { class: 'failed', failure: 'refused' });
    expect(shop.newVouchers().slice(2)).toEqual([
      'RV-RF1: credit shop 60, debit @refund_transit:EUR 60',
      'RV-RF3: credit @fee:EUR 3, debit shop 3',
    ]);
    expect(shop.money()).toMatchObject({ shop: 57, '@fee:EUR': 3 });
    expect(await shop.read('trade', trade)).toMatchObject({ settled: 60, fee: 3 });
    await shop.refund(trade);
    await shop.provider.says('call', 'succeeded');
    expect(await shop.read('trade', trade)).toMatchObject({ settled: 0, fee: 0, refunded: 60 });
    await shop.sound();
  });

  test('when nobody approves it', async () => {
    await shop.engine.transfer({ debit: 'mint', credit: 'alice', amount: 300 });
    await paid('balance', { amount: 200 });
    const asked = await shop.refund(trade, 120, 'ann');
    expect(asked.order).toMatchObject({ status: 'pending_approval', fees: [{ account: 'shop', amount: 6 }] });
    expect(await shop.read('trade', trade)).toMatchObject({ settled: 80, fee: 4 });
    await shop.refund(trade);
    expect(await shop.read('trade', trade)).toMatchObject({ settled: 0, fee: 0 });
    await shop.restart();
    await shop.engine.advance(7 * DAY_MS);
    expect(shop.orders('refund')).toMatchObject([{ status: 'canceled' }, { status: 'succeeded' }]);
    expect(await shop.read('trade', trade)).toMatchObject({ settled: 120, fee: 6 });
    expect(shop.money()).toMatchObject({ shop: 114, '@fee:EUR': 6 });
    await shop.sound();
  });

  test('and one that is approved gives it back then, after a crash as well', async () => {
    await shop.engine.transfer({ debit: 'mint', credit: 'alice', amount: 300 });
    await paid('balance', { amount: 200 });
    const { order } = await shop.refund(trade, 0, 'ann');
    await shop.restart();
    expect(await shop.read('refund', order?.id ?? '')).toMatchObject({ fees: [{ account: 'shop', amount: 10 }] });
    await shop.approve('refund', order?.id ?? '', 'ben');
    expect(shop.money()).toEqual({ alice: 400 });
    await shop.sound();
  });
});

describe('nothing goes back', () => {
  test('of what no fee was taken of yet', async () => {
    await paid('balance', { product: 'escrow' });
    await shop.refund(trade, 20);
    expect(shop.newVouchers()).toEqual([
      'RF1: debit @escrow:EUR 20, credit @refund_transit:EUR 20',
      'RF2: debit @refund_transit:EUR 20, credit alice 20',
    ]);
    await shop.confirm(trade);
    expect(await shop.read('trade', trade)).toMatchObject({ settled: 40, fee: 2 });
    await shop.refund(trade, 20);
    expect(await shop.read('trade', trade)).toMatchObject({ settled: 20, fee: 1 });
    await shop.sound();
  });

  test('by rules that do not say so', async () => {
    shop = await Shop.open();
    await shop.engine.transfer({ debit: 'mint', credit: 'shop', amount: 1 });
    await paid('balance');
    await shop.refund(trade);
    expect(shop.money()).toEqual({ alice: 100, '@fee:EUR': 1 });
  });
});

test('a trade keeps the word of the rules under which it was agreed', async () => {
  await paid('balance');
  shop.engine.partition.desk.rulebook.adopt(changed('keeping', () => {}));
  await shop.refund(trade, 30);
  expect(await shop.read('trade', trade)).toMatchObject({ fee: 2 });
});
