// Withdrawals, on the engine: money of an account goes out, and sometimes comes home again.

import { beforeEach, describe, expect, test } from 'vitest';
import { defaultRuleset, judgeRuleset, Ruleset } from '../../../src/domain/orders/ruleset.ts';
import { agree, propose } from './support/people.ts';
import { Shop } from './support/shop.ts';

const DAY_MS = 86_400_000;
const WD1 = 'WD1: debit alice 80, credit @withdrawal_transit:EUR 80';
const WD2 = 'WD2: debit @withdrawal_transit:EUR 80, credit @bank:EUR 80';

let shop: Shop;

beforeEach(async () => {
  shop = await Shop.open();
});

async function withdraw(): Promise<string> {
  const { order } = await shop.withdraw(80);
  return order?.id ?? '';
}

test('succeeds: gone from the account at once, and from the house when the bank has it', async () => {
  const id = await withdraw();
  expect(shop.money()).toEqual({ alice: 20, '@withdrawal_transit:EUR': 80 });
  expect(await shop.provider.says('call', 'succeeded')).toMatchObject({ verb: 'payout', destination: 'DE00 1234' });
  expect(await shop.read('withdrawal', id)).toMatchObject({ status: 'succeeded', dueMs: 0 });
  expect(shop.vouchers()).toEqual([WD1, WD2]);
  await shop.sound();
});

test('of more than there is: refused, nothing happens', async () => {
  expect((await shop.withdraw(101)).refused).toBe('insufficient_funds');
  expect(shop.vouchers()).toEqual([]);
});

test('fails: the account has it again', async () => {
  const id = await withdraw();
  await shop.provider.says('call', { class: 'failed', failure: 'iban_unknown' });
  expect(await shop.read('withdrawal', id)).toMatchObject({ status: 'failed', failure: 'iban_unknown' });
  expect(shop.vouchers()).toEqual([WD1, 'WD3: debit @withdrawal_transit:EUR 80, credit alice 80']);
  expect(shop.money()).toEqual({ alice: 100 });
  await shop.sound();
});

test('is unknown: the money is neither here nor there until the channel is asked', async () => {
  const id = await withdraw();
  await shop.provider.says('call', 'unknown');
  expect(await shop.read('withdrawal', id)).toMatchObject({ status: 'processing' });
  await shop.engine.advance(5_000);
  await shop.provider.says('query', 'succeeded');
  expect(await shop.read('withdrawal', id)).toMatchObject({ status: 'succeeded', unknownSinceMs: 0 });
  await shop.sound();
});

describe('the bank returns it after days', () => {
  test('once, however often it says so', async () => {
    const id = await withdraw();
    const { id: number } = await shop.provider.says('call', 'succeeded');
    await shop.engine.advance(3 * DAY_MS);
    for (let time = 0; time < 3; time++)
      await shop.callback(number, { class: 'failed', failure: 'returned', returned: true });
    expect(await shop.read('withdrawal', id)).toMatchObject({ status: 'returned' });
    expect(shop.vouchers()).toEqual([WD1, WD2, 'WD4: debit @bank:EUR 80, credit alice 80']);
    expect(shop.cases()).toEqual(['payout_returned']);
    expect(shop.money()).toEqual({ alice: 100 });
    await shop.sound();
  });

  test('to an account that takes nothing: tried again, one case, never booked as something else', async () => {
    const id = await withdraw();
    const { id: number } = await shop.provider.says('call', 'succeeded');
    await shop.engine.change({ id: 'alice', status: 'frozen' });
    for (let time = 0; time < 3; time++)
      await shop.callback(number, { class: 'failed', failure: 'returned', returned: true });
    await shop.engine.advance(2 * DAY_MS);
    expect(await shop.read('withdrawal', id)).toMatchObject({ status: 'needs_attention' });
    expect(shop.cases()).toEqual(['reverse_failed']);
    expect(shop.vouchers()).toEqual([WD1, WD2]);
    await shop.engine.change({ id: 'alice', status: 'active' });
    await shop.decide('retry');
    expect(await shop.read('withdrawal', id)).toMatchObject({ status: 'returned' });
    expect(shop.money()).toEqual({ alice: 100 });
    await shop.sound();
  });
});

describe('its account has been closed meanwhile: what comes home waits in suspense, with a case, and not in transit', () => {
  let id: string;
  let number: string;

  beforeEach(async () => {
    id = (await shop.withdraw(100)).order?.id ?? '';
    number = shop.orders('channel_order')[0]?.id ?? '';
    expect((await shop.engine.change({ id: 'alice', status: 'closed' })).verdict).toBe(0);
    shop.newVouchers();
  });

  async function waitsInSuspense(status: string): Promise<void> {
    await shop.engine.advance(3 * DAY_MS);
    expect(await shop.read('withdrawal', id)).toMatchObject({ status, dueMs: 0 });
    expect(shop.cases()).toEqual(['account_closed']);
    expect(shop.orders('case')).toMatchObject([{ order: id, amount: 100, currency: 'EUR', owner: 'operations' }]);
    expect(shop.money()).toEqual({ '@suspense:EUR': 100 });
    await shop.sound();
  }

  test('it fails', async () => {
    await shop.provider.says('call', { class: 'failed', failure: 'iban_unknown' });
    expect(shop.newVouchers()).toEqual(['WD3/2: debit @withdrawal_transit:EUR 100, credit @suspense:EUR 100']);
    await waitsInSuspense('failed');
  });

  test('the bank returns it, once however often it says so', async () => {
    await shop.provider.says('call', 'succeeded');
    for (let time = 0; time < 3; time++)
      await shop.callback(number, { class: 'failed', failure: 'returned', returned: true });
    expect(shop.newVouchers().slice(1)).toEqual(['WD4/2: debit @bank:EUR 100, credit @suspense:EUR 100']);
    await waitsInSuspense('returned');
  });

  describe('and two people say whose it is', () => {
    let found: string;

    beforeEach(async () => {
      await shop.provider.says('call', 'succeeded');
      await shop.callback(number, { class: 'failed', failure: 'returned', returned: true });
      [found = ''] = shop.orders('case').map((one) => one.id);
      await shop.engine.open({ id: 'alice-2' });
      shop.newVouchers();
    });

    test('it goes to another account of the merchant, once, and all of it', async () => {
      expect(await propose(shop, found, 'account:alice-2')).toBe(null);
      await shop.restart();
      expect(await agree(shop, found)).toBe(null);
      expect(await agree(shop, found)).toBe('case_not_open');
      expect(shop.newVouchers()).toEqual(['WD5: debit @suspense:EUR 100, credit alice-2 100']);
      expect(shop.cases()).toEqual(['account_closed, resolved']);
      expect(shop.money()).toEqual({ 'alice-2': 100 });
      expect(await shop.read('withdrawal', id)).toMatchObject({ status: 'returned', dueMs: 0 });
      await shop.engine.snapshot();
      await shop.restart();
      expect(shop.money()).toEqual({ 'alice-2': 100 });
      await shop.sound();
    });

    test.each(['account:alice', 'account:nobody', 'account:@bank:EUR', 'account:yen', 'account:', 'retry'])(
      '%s is none of theirs to decide',
      async (decision) => {
        await shop.engine.open({ id: 'yen', currency: 'JPY' });
        expect(await propose(shop, found, decision)).toBe('decision_not_possible');
        expect(await propose(shop, found, 'ignore: the heirs are looked for')).toBe(null);
        expect(await agree(shop, found)).toBe(null);
        expect([shop.newVouchers(), shop.money()]).toEqual([[], { '@suspense:EUR': 100 }]);
        await shop.sound();
      },
    );

    test('an account that is closed or frozen before the second of them agrees has nothing', async () => {
      await propose(shop, found, 'account:alice-2');
      await shop.engine.change({ id: 'alice-2', status: 'frozen' });
      expect(await agree(shop, found)).toBe('decision_not_possible');
      expect(shop.money()).toEqual({ '@suspense:EUR': 100 });
      await shop.engine.change({ id: 'alice-2', status: 'active' });
      expect(await agree(shop, found)).toBe(null);
      expect(shop.money()).toEqual({ 'alice-2': 100 });
      await shop.sound();
    });

    test('what the account cannot take stays in suspense, and is a case again', async () => {
      await shop.engine.open({ id: 'huge' });
      await shop.engine.open({ id: 'other-mint', creditLimit: Infinity });
      await shop.engine.transfer({ debit: 'other-mint', credit: 'huge', amount: Number.MAX_SAFE_INTEGER - 50 });
      await shop.resolve(found, 'account:huge');
      expect(shop.newVouchers()).toEqual([]);
      expect(shop.cases()).toEqual(['account_closed, resolved', 'account_closed']);
      await shop.decide('account:alice-2');
      expect(shop.newVouchers()).toEqual(['WD5: debit @suspense:EUR 100, credit alice-2 100']);
      expect(shop.cases()).toEqual(['account_closed, resolved', 'account_closed, resolved']);
      await shop.sound();
    });
  });
});

test('its account is frozen when it fails, and closed before it is tried again', async () => {
  const { order } = await shop.withdraw(100);
  await shop.engine.change({ id: 'alice', status: 'frozen' });
  await shop.provider.says('call', { class: 'failed', failure: 'iban_unknown' });
  expect(shop.money()).toEqual({ '@withdrawal_transit:EUR': 100 });
  await shop.engine.change({ id: 'alice', status: 'closed' });
  await shop.engine.advance(DAY_MS);
  expect(await shop.read('withdrawal', order?.id ?? '')).toMatchObject({ status: 'failed', dueMs: 0 });
  expect(shop.cases()).toEqual(['reverse_failed', 'account_closed']);
  expect(shop.money()).toEqual({ '@suspense:EUR': 100 });
  await shop.sound();
});

test('has failed, and then the bank says that it paid: a case, and the bank has less than it should', async () => {
  await withdraw();
  const { id: number } = await shop.provider.says('call', { class: 'failed', failure: 'iban_unknown' });
  for (let time = 0; time < 3; time++) await shop.callback(number, { class: 'succeeded' });
  expect(shop.vouchers().slice(2)).toEqual(['RE2: debit @suspense_short:EUR 80, credit @bank:EUR 80']);
  expect(shop.cases()).toEqual(['contradiction']);
  expect(shop.money()).toEqual({ alice: 100, '@suspense_short:EUR': -80, '@bank:EUR': 80 });
  await shop.sound();
});

describe('large ones need a second person', () => {
  beforeEach(async () => {
    const { rules, products } = JSON.parse(defaultRuleset().text);
    const approvals = { refund_above: 10, withdrawal_above: 10 };
    const judged = judgeRuleset({ rules: { ...rules, version: 'careful', approvals }, products });
    if (!(judged instanceof Ruleset)) throw new Error(judged.join());
    shop = await Shop.open({}, { rules: judged });
  });

  test('who approves it; nothing is asked of the channel before', async () => {
    const { order } = await shop.withdraw(80, 'alice', 'ann');
    expect(order).toMatchObject({ status: 'pending_approval', requestedBy: 'ann' });
    expect(await shop.provider.isIdle()).toBe(true);
    const id = order?.id ?? '';
    expect((await shop.approve('withdrawal', id, 'ann')).refused).toBe('same_person_approval');
    expect((await shop.approve('withdrawal', id, '')).refused).toBe('same_person_approval');
    expect((await shop.approve('withdrawal', id, 'ben')).order).toMatchObject({
      status: 'processing',
      approvedBy: 'ben',
    });
    expect((await shop.approve('withdrawal', id, 'eve')).refused).toBe('withdrawal_not_pending_approval');
    expect((await shop.giveUp('withdrawal', id)).refused).toBe('withdrawal_not_cancelable');
    await shop.provider.says('call', 'succeeded');
    expect(shop.vouchers()).toEqual([WD1, WD2]);
    await shop.sound();
  });

  test('or it is given up', async () => {
    const id = await withdraw();
    for (let time = 0; time < 2; time++) {
      expect((await shop.giveUp('withdrawal', id)).order).toMatchObject({ status: 'canceled' });
    }
    expect(shop.money()).toEqual({ alice: 100 });
    await shop.sound();
  });

  test('or nobody looks at it for a week', async () => {
    await withdraw();
    await shop.engine.advance(7 * DAY_MS);
    expect(shop.orders('withdrawal')).toMatchObject([{ status: 'canceled' }]);
    expect(shop.money()).toEqual({ alice: 100 });
    await shop.sound();
  });
});
