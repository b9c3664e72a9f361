// A refund of two channel legs, of which one bounces while the other is not done, or after people have decided on the first:
// each unit leaves suspense once.

import { beforeEach, describe, expect, test } from 'vitest';
import type { ChannelOrder } from '../../../src/domain/orders/channel-order.ts';
import { withPolicy } from './support/rules.ts';
import { Shop } from './support/shop.ts';

const RETURNED = { class: 'failed', failure: 'account_closed', returned: true } as const;

let shop: Shop;
let trade: string;
/** What the channel is asked for: the rest of the sale, 21, and what it brought first, 39. */
let [ofRest, ofFirst]: ChannelOrder[] = [];

/** A sale of 60 that a channel paid in two payments; the refund of it is asked for. */
beforeEach(async () => {
  shop = await Shop.open({}, { rules: withPolicy('waiting', { partial: 'wait' }) });
  await shop.engine.transfer({ debit: 'mint', credit: 'shop', amount: 100 });
  trade = await shop.trade();
  await shop.pay(trade, 'channel');
  await shop.provider.says('call', { class: 'succeeded', amount: 39 });
  await shop.pay(trade, 'channel');
  await shop.provider.says('call', 'succeeded');
  await shop.refund(trade);
});

async function answered(...said: ('succeeded' | 'failed')[]): Promise<void> {
  [ofRest, ofFirst] = [await shop.provider.says('call', said[0] as 'failed'), await shop.provider.says('call', said[1] as 'failed')]; // prettier-ignore
  shop.newVouchers();
}

const bounces = (order: ChannelOrder | undefined): Promise<unknown> => shop.callback(order?.id ?? '', RETURNED);

/** Two people decide the latest case. */
const decideLast = (decision: string): Promise<void> => shop.resolve(shop.orders('case').at(-1)?.id ?? '', decision);

const parts = (): unknown[] => shop.orders('refund').flatMap((one) => ('parts' in one ? one.parts.map(({ status }) => status) : [])); // prettier-ignore

describe('while the other part is not done', () => {
  test('its channel refused the other, too: nothing has gone back, and the merchant has the money', async () => {
    await answered('succeeded', 'failed');
    expect(shop.orders('refund')).toMatchObject([{ status: 'needs_attention' }]);
    await bounces(ofRest);
    await bounces(ofRest);
    expect(shop.newVouchers().slice(0, 2)).toEqual([
      'RF5: debit @channel:simulator:EUR 21, credit @suspense:EUR 21',
      'RF5/2: debit @suspense:EUR 21, credit @refund_transit:EUR 21',
    ]);
    expect(parts()).toEqual(['refused', 'refused']);
    expect(shop.orders('refund')).toMatchObject([{ status: 'failed', dueMs: 0 }]);
    expect(await shop.read('trade', trade)).toMatchObject({ refunded: 0, refundReserved: 0 });
    expect(shop.money()).toMatchObject({ shop: 159 });
    await shop.sound();
  });

  test('the other is under way: the one is asked for again, and both succeed', async () => {
    const one = await shop.provider.says('call', 'succeeded');
    const other = await shop.provider.next();
    await bounces(one);
    expect(parts()).toEqual(['refused', 'executing']);
    await decideLast('retry');
    const before = shop.cases();
    await bounces(one);
    expect([shop.cases(), parts()]).toEqual([before, ['executing', 'executing']]);
    await shop.provider.says('call', 'succeeded');
    await shop.provider.answer(other, { class: 'succeeded' });
    expect(shop.orders('refund')).toMatchObject([{ status: 'succeeded' }]);
    expect(await shop.read('trade', trade)).toMatchObject({ refunded: 60, refundReserved: 0 });
    expect(shop.money()).toMatchObject({ shop: 99 });
    expect(shop.money()).not.toHaveProperty('@suspense:EUR');
    await shop.sound();
  });
});

describe('after the other part was decided on', () => {
  test('each goes to the account that it was decided for, once', async () => {
    await answered('succeeded', 'succeeded');
    await bounces(ofRest);
    await decideLast('balance');
    expect(shop.money()).toMatchObject({ alice: 121 });
    await shop.restart();
    await bounces(ofFirst);
    expect(parts()).toEqual(['given', 'bounced']);
    await decideLast('balance');
    expect(shop.money()).toMatchObject({ alice: 160, shop: 99 });
    expect(shop.money()).not.toHaveProperty('@suspense:EUR');
    await shop.sound();
  });

  test('one of two cases is decided for both: the other one finds nothing to do', async () => {
    await answered('succeeded', 'succeeded');
    await bounces(ofRest);
    await bounces(ofFirst);
    const [one, other] = shop.orders('case').map(({ id }) => id);
    await shop.resolve(one ?? '', 'balance');
    await shop.resolve(other ?? '', 'balance');
    expect(shop.money()).toMatchObject({ alice: 160, shop: 99 });
    expect(shop.money()).not.toHaveProperty('@suspense:EUR');
    await shop.sound();
  });
});

test('a failure after a success that is no return is a contradiction: a case, and nothing is booked', async () => {
  await answered('succeeded', 'succeeded');
  await shop.callback(ofFirst?.id ?? '', { class: 'failed', failure: 'declined' });
  expect([shop.newVouchers(), shop.cases().at(-1)]).toEqual([[], 'contradiction']);
  expect(shop.orders('refund')).toMatchObject([{ status: 'succeeded' }]);
});
