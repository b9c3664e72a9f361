// Refunds, on the engine: the way the money came, as much as was paid, and never twice.

import { beforeEach, describe, expect, test } from 'vitest';
import { defaultRuleset, judgeRuleset, Ruleset } from '../../../src/domain/orders/ruleset.ts';
import { Shop } from './support/shop.ts';

const DAY_MS = 86_400_000;

let shop: Shop;
let trade: string;

async function paid(instruments: string, request: Parameters<Shop['trade']>[0] = {}): Promise<string> {
  trade = await shop.trade(request);
  await shop.pay(trade, instruments);
  if (instruments.includes('channel')) await shop.provider.says('call', 'succeeded');
  shop.newVouchers();
  return trade;
}

beforeEach(async () => {
  shop = await Shop.open();
  // What shops have earned before: the fee of a refunded sale is theirs to pay.
  await shop.engine.transfer({ debit: 'mint', credit: 'shop', amount: 1_000 });
});

describe('of a sale by coupon, balance and channel', () => {
  beforeEach(() => paid('coupon:10 balance:20 channel'));

  test('whole: legs inside at once, the channel’s when it says so', async () => {
    const { order } = await shop.refund(trade);
    expect(order).toMatchObject({ status: 'processing', amount: 60 });
    expect(shop.newVouchers()).toEqual([
      'RF1: debit shop 60, credit @refund_transit:EUR 60',
      'RF2: debit @refund_transit:EUR 20, credit alice 20',
      'RF2: debit @refund_transit:EUR 10, credit @marketing:EUR 10',
    ]);
    const asked = await shop.provider.says('call', 'succeeded');
    const [first] = shop.orders('channel_order');
    expect(asked).toMatchObject({ verb: 'refund', amount: 30, original: first?.id });
    expect(shop.newVouchers()).toEqual(['RF2: debit @refund_transit:EUR 30, credit @channel:simulator:EUR 30']);
    expect(await shop.read('refund', order?.id ?? '')).toMatchObject({ status: 'succeeded' });
    expect(await shop.read('trade', trade)).toMatchObject({ refunded: 60, refundReserved: 0 });
    expect(shop.orders('payment')[0]?.instructions.map(({ refunded }) => refunded)).toEqual([10, 20, 30]);
    await shop.sound();
  });

  test('in parts: each in proportion, together to the unit, and then nothing is left', async () => {
    for (const amount of [7, 20, 33]) {
      await shop.refund(trade, amount);
      await shop.provider.says('call', 'succeeded');
    }
    expect(shop.money()).toMatchObject({ alice: 100, shop: 999, '@fee:EUR': 1 });
    expect(shop.money()['@marketing:EUR']).toBeUndefined();
    expect((await shop.refund(trade, 1)).refused).toBe('refund_exceeds_paid');
    await shop.sound();
  });

  test('two at once above the rest: the second is refused, whatever becomes of the first', async () => {
    const one = await shop.refund(trade, 40);
    expect((await shop.refund(trade, 21)).refused).toBe('refund_exceeds_paid');
    expect((await shop.refund(trade, 20)).order).toMatchObject({ status: 'processing' });
    await shop.provider.says('call', 'succeeded');
    await shop.provider.says('call', 'succeeded');
    expect(await shop.read('refund', one.order?.id ?? '')).toMatchObject({ status: 'succeeded' });
    expect(shop.orders('payment')[0]).toMatchObject({
      instructions: [{ refunded: 10 }, { refunded: 20 }, { refunded: 30, refundReserved: 0 }],
    });
    await shop.sound();
  });

  test('the payees have not enough: refused, nothing is reserved', async () => {
    await shop.engine.transfer({ debit: 'shop', credit: 'mint', amount: 1_059 });
    expect((await shop.refund(trade, 30)).refused).toBe('insufficient_funds');
    expect(await shop.read('trade', trade)).toMatchObject({ refundReserved: 0, refunds: [], settled: 60 });
    expect(shop.newVouchers()).toEqual([]);
    await shop.sound();
  });

  test('the channel refuses its part when the rest is back already: people decide, the payer’s account it is', async () => {
    await shop.refund(trade);
    await shop.provider.says('call', { class: 'failed', failure: 'card_expired' });
    expect(shop.orders('refund')).toMatchObject([{ status: 'needs_attention', failure: 'card_expired' }]);
    await shop.engine.advance(5 * DAY_MS);
    expect(shop.cases()).toEqual(['refund_needs_attention']);
    shop.newVouchers();
    await shop.decide('balance');
    expect(shop.newVouchers()).toEqual(['RF2: debit @refund_transit:EUR 30, credit alice 30']);
    expect(shop.orders('refund')).toMatchObject([{ status: 'succeeded' }]);
    expect(await shop.read('trade', trade)).toMatchObject({ refunded: 60, refundReserved: 0 });
    await shop.sound();
  });
});

describe('of a sale by channel', () => {
  const back = 'RV-RF1: credit shop 60, debit @refund_transit:EUR 60';

  beforeEach(() => paid('channel'));

  test('fails: the payees have their money again, and it can be asked for once more', async () => {
    const { order } = await shop.refund(trade);
    await shop.provider.says('call', { class: 'failed', failure: 'refused' });
    expect(await shop.read('refund', order?.id ?? '')).toMatchObject({ status: 'failed', failure: 'refused' });
    expect(shop.newVouchers()).toEqual(['RF1: debit shop 60, credit @refund_transit:EUR 60', back]);
    expect(await shop.read('trade', trade)).toMatchObject({ refunded: 0, refundReserved: 0, settled: 60 });
    await shop.refund(trade);
    await shop.provider.says('call', 'succeeded');
    expect(await shop.read('trade', trade)).toMatchObject({ refunded: 60 });
    await shop.sound();
  });

  test('fails when the payee is frozen: it waits, nothing is lost, and the engine goes on', async () => {
    await shop.refund(trade);
    await shop.engine.change({ id: 'shop', status: 'frozen' });
    await shop.provider.says('call', { class: 'failed', failure: 'refused' });
    expect(shop.orders('refund')).toMatchObject([{ status: 'needs_attention' }]);
    expect(shop.money()).toMatchObject({ '@refund_transit:EUR': 60 });
    await shop.engine.change({ id: 'shop', status: 'active' });
    await shop.decide('fail');
    expect(shop.orders('refund')).toMatchObject([{ status: 'failed' }]);
    expect(shop.money()).toMatchObject({ shop: 1_059 });
    await shop.sound();
  });

  test('to a card that is closed: people decide, and it is tried again under a new number', async () => {
    await shop.refund(trade);
    const first = await shop.provider.says('call', { class: 'failed', failure: 'instrument_closed' });
    expect(shop.orders('refund')).toMatchObject([{ status: 'needs_attention' }]);
    expect(shop.cases()).toEqual(['refund_needs_attention']);
    await shop.decide('retry');
    const second = await shop.provider.says('call', 'succeeded');
    expect(second.id).not.toBe(first.id);
    expect(shop.orders('refund')).toMatchObject([{ status: 'succeeded' }]);
    expect(shop.cases()).toEqual(['refund_needs_attention, resolved']);
    await shop.sound();
  });

  test('was refused, then tried again, and then the first one succeeds as well: found, booked and a case', async () => {
    await shop.refund(trade);
    const first = await shop.provider.says('call', { class: 'failed', failure: 'instrument_closed' });
    await shop.decide('retry');
    await shop.provider.says('call', 'succeeded');
    shop.newVouchers();
    for (let time = 0; time < 3; time++) await shop.callback(first.id, { class: 'succeeded' });
    expect(shop.newVouchers()).toEqual(['RE2: debit @suspense_short:EUR 60, credit @channel:simulator:EUR 60']);
    expect(shop.cases()).toEqual(['refund_needs_attention, resolved', 'contradiction']);
    await shop.sound();
  });

  test('cannot be sent at the moment: it is not pending at the channel, and fails at once', async () => {
    shop.provider.closed = true;
    await shop.refund(trade);
    expect(await shop.provider.isIdle()).toBe(true);
    expect(shop.orders('refund')).toMatchObject([{ status: 'failed' }]);
    await shop.sound();
  });

  test('is unknown: the money stays out of everybody’s hands until the channel is asked', async () => {
    await shop.refund(trade);
    await shop.provider.says('call', 'unknown');
    await shop.engine.advance(4_999);
    expect(shop.money()).toMatchObject({ '@refund_transit:EUR': 60 });
    await shop.engine.advance(1);
    await shop.provider.says('query', 'succeeded');
    expect(shop.orders('refund')).toMatchObject([{ status: 'succeeded' }]);
    await shop.sound();
  });
});

describe('large ones need a second person', () => {
  beforeEach(async () => {
    const { rules, products } = JSON.parse(defaultRuleset().text);
    const approvals = { refund_above: 10, withdrawal_above: 10 };
    const judged = judgeRuleset({ rules: { ...rules, version: 'careful', approvals }, products });
    if (!(judged instanceof Ruleset)) throw new Error(judged.join());
    shop = await Shop.open({}, { rules: judged });
    await paid('balance', { product: 'escrow' });
  });

  test('small ones do not', async () => {
    expect((await shop.refund(trade, 10)).order).toMatchObject({ status: 'succeeded', approvedBy: '' });
  });

  test('who approves it', async () => {
    const { order } = await shop.refund(trade, 60, 'ann');
    const id = order?.id ?? '';
    expect(order).toMatchObject({ status: 'pending_approval', requestedBy: 'ann' });
    expect(shop.newVouchers()).toEqual([]);
    expect((await shop.refund(trade, 1)).refused).toBe('refund_exceeds_paid');
    expect((await shop.approve('refund', id, 'ann')).refused).toBe('same_person_approval');
    expect((await shop.approve('refund', id, 'ben')).order).toMatchObject({ status: 'succeeded', approvedBy: 'ben' });
    expect((await shop.approve('refund', id, 'ben')).refused).toBe('refund_not_pending_approval');
    expect((await shop.giveUp('refund', id)).refused).toBe('refund_not_cancelable');
    expect(shop.money()).toEqual({ alice: 100 });
    await shop.sound();
  });

  test('or nobody does: given up after a week, and the buyer’s money waits no longer', async () => {
    await shop.refund(trade, 60, 'ann');
    await shop.engine.advance(7 * DAY_MS);
    expect(shop.orders('refund')).toMatchObject([{ status: 'canceled' }]);
    expect(await shop.read('trade', trade)).toMatchObject({ status: 'completed', refundReserved: 0, settled: 60 });
    expect(shop.money()).toEqual({ alice: 40, shop: 59, '@fee:EUR': 1 });
    await shop.sound();
  });

  test('or it is given up', async () => {
    const { order } = await shop.refund(trade, 60, 'ann');
    expect((await shop.giveUp('refund', order?.id ?? '')).order).toMatchObject({ status: 'canceled' });
    expect(await shop.read('trade', trade)).toMatchObject({ status: 'paid', refundReserved: 0 });
    await shop.sound();
  });
});

test('of what several payees had in hand: what fails after they were settled reaches each of them to the unit', async () => {
  const payees = [
    { account: 'shop', amount: 101 },
    { account: 'maker', amount: 152 },
  ];
  await shop.engine.change({ id: 'maker', status: 'frozen' });
  await paid('channel', { amount: 253, payees });
  const failing: (() => Promise<unknown>)[] = [];
  for (const amount of [6, 11]) {
    await shop.refund(trade, amount);
    const call = await shop.provider.next();
    failing.push(() => shop.provider.answer(call, { class: 'failed', failure: 'refused' }));
  }
  await shop.engine.change({ id: 'maker', status: 'active' });
  await shop.engine.advance(DAY_MS);
  expect(await shop.read('trade', trade)).toMatchObject({ status: 'completed', settled: 236 });
  for (const fail of failing) {
    await fail();
    for (const account of Object.keys(shop.money())) {
      // What the other one has taken is on its way: nothing of it is pending.
      expect(account).not.toMatch(/^@pending/);
    }
  }
  expect(await shop.read('trade', trade)).toMatchObject({ status: 'completed', settled: 253, refunded: 0 });
  await shop.sound();
});
