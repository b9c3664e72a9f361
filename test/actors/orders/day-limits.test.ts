// Limits of the day, on the engine: what is under way has used it, what came to nothing gives it back, and a crash changes
// nothing of it.

import { describe, expect, test } from 'vitest';
import { verify } from '../../../actors/verification.ts';
import type { StoredUse } from '../../../src/journal/state-store.ts';
import { DAY_MS } from '../../support/days.ts';
import { memoryDisk, turns } from '../../support/engine.ts';
import { openGatedJournal } from '../../support/gated-journal.ts';
import { changed, limited } from './support/rules.ts';
import { Shop } from './support/shop.ts';

/** Alice may pay 100 a day in three payments. */
const ALICE = { account_day_max: 100, account_day_count_max: 3 };

const open = (limits: Readonly<Record<string, number>> = ALICE) => Shop.open({}, { rules: limited(limits) });

/** What the day has seen, such as 'alice EUR sale acme: 60 in 1'. */
function used(shop: Shop): string[] {
  const uses: readonly StoredUse[] = shop.engine.partition.desk.dayUses.all();
  return uses
    .filter(({ name }) => !name.startsWith('!'))
    .map(({ name, amount, count }) => `${name}: ${amount} in ${count}`);
}

async function paid(shop: Shop, amount: number, instruments = 'balance'): Promise<string> {
  const { order, refused } = await shop.pay(await shop.trade({ amount }), instruments);
  return refused ?? (order?.kind === 'payment' ? order.status : '');
}

describe('an account', () => {
  test('pays up to its limit of the day, and again on the next', async () => {
    const shop = await open();
    expect(await paid(shop, 60)).toBe('succeeded');
    expect(await paid(shop, 41)).toBe('limit_exceeded');
    expect(await paid(shop, 40)).toBe('succeeded');
    expect(used(shop)).toEqual([' EUR sale acme: 100 in 2', 'alice EUR sale acme: 100 in 2']);
    expect(await paid(shop, 1)).toBe('limit_exceeded');
    await shop.engine.transfer({ debit: 'mint', credit: 'alice', amount: 100 });
    await shop.engine.advance(DAY_MS);
    expect(used(shop)).toEqual([]);
    expect(await paid(shop, 100)).toBe('succeeded');
    await shop.sound();
  });

  test('pays so many times a day', async () => {
    const shop = await open();
    for (const amount of [1, 2, 3]) expect(await paid(shop, amount)).toBe('succeeded');
    expect(await paid(shop, 4)).toBe('limit_exceeded');
  });

  test('that is refused for another reason has used nothing', async () => {
    const shop = await open();
    await shop.engine.change({ id: 'alice', status: 'frozen' });
    expect(await paid(shop, 60)).toBe('account_frozen');
    expect(used(shop)).toEqual([]);
  });

  test('is limited by the product: another one counts by itself', async () => {
    const shop = await open();
    expect(await paid(shop, 60)).toBe('succeeded');
    const escrow = await shop.trade({ product: 'escrow', amount: 40 });
    expect((await shop.pay(escrow, 'balance')).refused).toBeNull();
    expect(used(shop).filter((use) => use.startsWith('alice'))).toEqual([
      'alice EUR escrow acme: 40 in 1',
      'alice EUR sale acme: 60 in 1',
    ]);
  });

  test('counts for what it pays itself, whoever the trade names', async () => {
    const shop = await open();
    await shop.engine.open({ id: 'bob' });
    await shop.engine.transfer({ debit: 'mint', credit: 'bob', amount: 200 });
    const by = { type: 'balance', account: 'bob', channel: '', amount: 0 };
    for (const [payer, refused] of [
      ['alice', null],
      ['', 'limit_exceeded'],
    ] as const) {
      const trade = await shop.trade({ payer, amount: 51 });
      expect((await shop.payBy(trade, [by])).refused).toBe(refused);
    }
    expect(used(shop)).toEqual([' EUR sale acme: 51 in 1', 'bob EUR sale acme: 51 in 1']);
  });
});

test('of two payments at once of which one fits, one is refused', async () => {
  const shop = await open();
  const trades = [await shop.trade({ amount: 60 }), await shop.trade({ amount: 60 })];
  const outcomes = await Promise.all(trades.map((trade) => shop.pay(trade, 'channel')));
  expect(outcomes.map(({ refused }) => refused)).toEqual([null, 'limit_exceeded']);
});

test('a merchant has so much a day, whoever pays', async () => {
  const shop = await open({ merchant_day_max: 100 });
  const anybody = await shop.trade({ payer: '', amount: 70 });
  expect((await shop.pay(anybody, 'channel')).refused).toBeNull();
  expect(await paid(shop, 31)).toBe('limit_exceeded');
  expect(await paid(shop, 30)).toBe('succeeded');
  expect(used(shop)).toEqual([' EUR sale acme: 100 in 2', 'alice EUR sale acme: 30 in 1']);
});

describe('what is under way has used it', () => {
  test('until it has failed', async () => {
    const shop = await open();
    expect(await paid(shop, 60, 'channel')).toBe('processing');
    expect(await paid(shop, 41)).toBe('limit_exceeded');
    await shop.provider.says('call', 'failed');
    expect(used(shop)).toEqual([]);
    expect(await paid(shop, 41)).toBe('succeeded');
  });

  test('for ever when it succeeds, and a refund gives nothing back', async () => {
    const shop = await open();
    await paid(shop, 60, 'coupon:10 channel');
    await shop.provider.says('call', 'succeeded');
    const [trade] = shop.orders('trade');
    await shop.engine.transfer({ debit: 'mint', credit: 'shop', amount: 10 });
    await shop.refund(trade?.id ?? '');
    await shop.provider.says('call', 'succeeded');
    expect(used(shop)).toEqual([' EUR sale acme: 60 in 1', 'alice EUR sale acme: 60 in 1']);
  });

  test('while nobody knows what became of it', async () => {
    const shop = await open();
    await paid(shop, 60, 'channel');
    await shop.provider.says('call', 'unknown');
    expect(await paid(shop, 41)).toBe('limit_exceeded');
  });

  test('until it is canceled, or captured in part', async () => {
    const shop = await open();
    const [one, other] = [await shop.trade({ amount: 60 }), await shop.trade({ amount: 40 })];
    for (const trade of [one, other]) await shop.pay(trade, 'balance', 'manual');
    await shop.cancel(shop.paymentOf(one));
    expect(used(shop)).toEqual([' EUR sale acme: 40 in 1', 'alice EUR sale acme: 40 in 1']);
    await shop.capture(shop.paymentOf(other), 15);
    await shop.close(other);
    expect(used(shop)).toEqual([' EUR sale acme: 15 in 1', 'alice EUR sale acme: 15 in 1']);
    await shop.sound();
  });

  test('on the day on which it began: what fails tomorrow gives tomorrow nothing', async () => {
    const shop = await open();
    await paid(shop, 60, 'channel');
    await shop.engine.advance(DAY_MS);
    await paid(shop, 10, 'channel');
    await shop.provider.says('call', 'failed');
    expect(used(shop)).toEqual([' EUR sale acme: 10 in 1', 'alice EUR sale acme: 10 in 1']);
    await shop.sound();
  });
});

describe('other money', () => {
  test('top-ups are limited for the account', async () => {
    const shop = await open();
    expect((await shop.topUp(60)).refused).toBeNull();
    expect((await shop.topUp(41)).refused).toBe('limit_exceeded');
    expect(used(shop)).toEqual([' EUR topup acme: 60 in 1', 'alice EUR topup acme: 60 in 1']);
    await shop.provider.says('call', 'failed');
    expect((await shop.topUp(41)).refused).toBeNull();
  });

  test('withdrawals are, too', async () => {
    const shop = await open({ account_day_max: 50 });
    expect((await shop.withdraw(30)).refused).toBeNull();
    expect((await shop.withdraw(21)).refused).toBe('limit_exceeded');
    await shop.provider.says('call', 'failed');
    expect(used(shop)).toEqual([]);
    expect((await shop.withdraw(50)).refused).toBeNull();
    await shop.provider.says('call', 'succeeded');
    expect((await shop.withdraw(1)).refused).toBe('limit_exceeded');
    await shop.sound();
  });
});

test('where no day is limited nothing is counted', async () => {
  const shop = await Shop.open();
  expect(await paid(shop, 60)).toBe('succeeded');
  expect(shop.engine.partition.desk.dayUses.all()).toEqual([]);
});

test('a trade keeps the limits under which it was agreed', async () => {
  const shop = await open();
  const old = await shop.trade({ amount: 70 });
  shop.engine.partition.desk.rulebook.adopt(limited({ account_day_max: 10 }, 'less'));
  expect(await paid(shop, 11)).toBe('limit_exceeded');
  expect((await shop.pay(old, 'balance')).refused).toBeNull();
  shop.engine.partition.desk.rulebook.adopt(changed('free', () => {}));
  expect(await paid(shop, 11)).toBe('succeeded');
  expect(used(shop)).toEqual([' EUR sale acme: 70 in 1', 'alice EUR sale acme: 70 in 1']);
});

describe('after a crash', () => {
  /** Live, from the snapshot and its tail, and from the journal alone. */
  async function expectSame(shop: Shop): Promise<void> {
    const live = shop.engine.partition.desk.dayUses.all();
    await shop.restart();
    expect(shop.engine.partition.desk.dayUses.all()).toEqual(live);
    await shop.sound();
  }

  test('what was used is used, by the journal and by snapshots', async () => {
    const shop = await open({ account_day_max: 1_000 });
    await shop.engine.transfer({ debit: 'mint', credit: 'alice', amount: 1_000 });
    for (let round = 0; round < 3; round++) {
      await paid(shop, 1 + round);
      await paid(shop, 10, 'channel');
      await paid(shop, 20, 'channel');
      await expectSame(shop);
      await shop.engine.snapshot();
      await expectSame(shop);
      for (const { id } of shop.orders('channel_order').slice(-2, -1)) await shop.callback(id, { class: 'failed' });
      await expectSame(shop);
    }
    expect(used(shop)).toEqual([' EUR sale acme: 66 in 6', 'alice EUR sale acme: 66 in 6']);
    await shop.engine.advance(DAY_MS);
    await expectSame(shop);
    await shop.engine.snapshot();
    await expectSame(shop);
    expect(used(shop)).toEqual([]);
    expect([...shop.engine.disk.store.uses()]).toEqual([]);
  });

  test('a snapshot that is ahead of its mark counts nothing twice', async () => {
    const journal = openGatedJournal();
    const { store } = memoryDisk();
    const shop = await Shop.open({}, { rules: limited({ account_day_max: 1_000 }) }, { journal, store });
    const trades = [
      await shop.trade({ amount: 10 }),
      await shop.trade({ amount: 20 }),
      await shop.trade({ amount: 30 }),
    ];
    journal.shut();
    const [inFlight, gathered, after] = trades.map(async (trade, place) => {
      await turns(5 * place);
      if (place === 2) {
        void shop.engine.snapshot();
        await turns();
      }
      return shop.pay(trade, 'balance');
    });
    await turns(60);
    expect(journal.waiting()).toBe(1);
    journal.open();
    await Promise.all([inFlight, gathered, after]);
    await turns();
    expect(store.mark()?.counted).toBeGreaterThan(0);
    expect(used(shop)).toEqual([' EUR sale acme: 60 in 3', 'alice EUR sale acme: 60 in 3']);
    await shop.restart();
    expect(used(shop)).toEqual([' EUR sale acme: 60 in 3', 'alice EUR sale acme: 60 in 3']);
    await verify({ journal, store, emptyStore: memoryDisk().store, progress: () => {} });
  });
});
