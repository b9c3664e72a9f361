// External vouchers, on the engine: a payment at a channel where the payer pays with a token. What if the channel says
// nothing, the token expires, or the payer pays when nobody expects it any more?

import { beforeEach, describe, expect, test } from 'vitest';
import { Shop } from './support/shop.ts';

const MINUTE_MS = 60_000;

const GONE = { alice: 100 };
const PAID = { alice: 80, shop: 59, '@fee:EUR': 1, '@channel:simulator:EUR': -40 };

let shop: Shop;
let trade: string;

beforeEach(async () => {
  shop = await Shop.open();
  shop.provider.prepaid = true;
  trade = await shop.trade();
});

const token = (inMs = 15 * MINUTE_MS) => ({ token: 'tok_1', expiresAtMs: shop.engine.nowMs + inMs });
const gives = (inMs?: number) => shop.provider.says('call', { class: 'requires_action', token: token(inMs) });
const pay = () => shop.pay(trade, 'balance:20 channel');
const voucher = () => shop.orders('external_voucher')[0];
const payment = () => shop.orders('payment')[0];
const asked = () => shop.orders('channel_order')[0];

/** Of voucher, channel order and payment. */
const statuses = () => [voucher()?.status, asked()?.status, payment()?.status].join(' ');

/** Kinds and statuses of orders in each frame that has any, such as 'payment processing, external_voucher issued'. */
function frames(): string[] {
  const { journal } = shop.engine.disk;
  const { history } = shop.engine.partition.desk;
  const lines = Array.from({ length: journal.position() }, (_, nth) => history.frame(nth + 1)?.facts ?? []);
  return lines
    .map((facts) => facts.flatMap((fact) => (fact.kind === 20 ? [`${fact.order.kind} ${fact.order.status}`] : [])))
    .filter((steps) => steps.some((step) => step.startsWith('external_voucher')))
    .map((steps) => steps.join(', '));
}

describe('the usual way', () => {
  test('issued with the payment, requesting before anything is sent, then ready', async () => {
    const { order } = await pay();
    expect(order).toMatchObject({ status: 'processing', token: '' });
    const call = await shop.provider.next();
    expect([call.asked, call.order.id]).toEqual(['call', asked()?.id]);
    expect(frames()).toEqual([
      'payment processing, external_voucher issued, channel_order created, trade open',
      'channel_order sent, external_voucher requesting',
    ]);
    await shop.provider.answer(call, { class: 'requires_action', token: token() });
    expect(frames().slice(2)).toEqual([
      'channel_order requires_action, external_voucher ready, payment requires_action',
    ]);
    const { expiresAtMs } = token();
    expect(voucher()).toMatchObject({ token: 'tok_1', expiresAtMs, dueMs: expiresAtMs });
    expect(payment()).toMatchObject({ status: 'requires_action', token: 'tok_1', tokenExpiresAtMs: expiresAtMs });
  });

  test('the payer pays: the trade is paid, and the voucher is of no use any more', async () => {
    await pay();
    const { id } = await gives();
    await shop.callback(id, { class: 'succeeded', amount: 40, currency: 'EUR' });
    expect(statuses()).toBe('closed succeeded succeeded');
    expect(payment()).toMatchObject({ token: '', tokenExpiresAtMs: 0, dueMs: 0 });
    expect(voucher()).toMatchObject({ dueMs: 0 });
    expect(shop.money()).toEqual(PAID);
    expect(shop.openOrders()).toEqual([]);
    await shop.sound();
  });

  test('the channel tells of the order before it answers: the token is used all the same', async () => {
    await pay();
    const call = await shop.provider.next();
    await shop.callback(call.order.id, { class: 'requires_action' });
    expect(statuses()).toBe('requesting requires_action processing');
    await shop.provider.answer(call, { class: 'requires_action', token: token() });
    expect(statuses()).toBe('ready requires_action requires_action');
  });

  test('a top-up, too', async () => {
    const { order } = await shop.topUp(30);
    const { id } = await gives();
    await shop.callback(id, { class: 'succeeded', amount: 30, currency: 'EUR' });
    expect(await shop.read('payment', order?.id ?? '')).toMatchObject({ status: 'succeeded' });
    expect(shop.money()).toMatchObject({ alice: 130 });
    await shop.sound();
  });

  test('what its queries do not hear takes the token from nobody', async () => {
    await pay();
    await gives();
    await shop.engine.advance(5_000);
    await shop.provider.says('query', 'unknown');
    expect(statuses()).toBe('ready unknown requires_action');
    await shop.engine.advance(MINUTE_MS);
    await shop.provider.says('query', 'requires_action');
    expect(statuses()).toBe('ready accepted requires_action');
    expect(payment()).toMatchObject({ token: 'tok_1' });
  });

  test('a token that is good for days is still shown after the payment has looked after itself', async () => {
    await pay();
    await gives(48 * 60 * MINUTE_MS);
    for (let minute = 0; minute < 119; minute += 7) {
      await shop.engine.advance(7 * MINUTE_MS);
      while (!(await shop.provider.isIdle())) await shop.provider.says('query', 'accepted');
      if (minute < 112) expect(payment()).toMatchObject({ status: 'requires_action', token: 'tok_1' });
    }
    // The trade itself can be paid for two hours.
    await shop.engine.advance(MINUTE_MS);
    expect(statuses()).toBe('closed requires_action canceling');
  });
});

describe('no token:', () => {
  test('the channel refuses', async () => {
    await pay();
    await shop.provider.says('call', { class: 'failed', failure: 'not_allowed' });
    expect(statuses()).toBe('failed failed failed');
    expect([voucher()?.failure, payment()?.failure]).toEqual(['not_allowed', 'not_allowed']);
    expect(shop.money()).toEqual(GONE);
    expect(shop.openOrders().filter((id) => id !== trade)).toEqual([]);
    await shop.sound();
  });

  test('nothing may be sent', async () => {
    shop.provider.closed = true;
    await pay();
    await shop.engine.advance(0);
    expect(statuses()).toBe('closed failed failed');
    expect(await shop.provider.isIdle()).toBe(true);
    expect(shop.money()).toEqual(GONE);
  });

  test('nothing was sent after all', async () => {
    await pay();
    await shop.provider.says('call', { class: 'unsent', failure: 'queue_wait_exceeded' });
    expect(statuses()).toBe('failed failed failed');
    expect(payment()?.failure).toBe('queue_wait_exceeded');
    expect(shop.money()).toEqual(GONE);
  });

  test('the channel does not answer: it is not asked for it again, but asked to close, and only then nothing was paid', async () => {
    await pay();
    await shop.provider.says('call', 'unknown');
    expect(statuses()).toBe('failed unknown processing');
    expect(voucher()?.failure).toBe('prepay_not_answered');
    expect(payment()?.unknownSinceMs).toBeGreaterThan(0);
    expect(shop.money()).toMatchObject({ 'alice held': 20 });
    await shop.provider.says('close', 'closed');
    expect(statuses()).toBe('failed closed failed');
    expect(payment()?.failure).toBe('prepay_not_answered');
    expect(shop.money()).toEqual(GONE);
    await shop.sound();
  });

  test('its word was lost: the same by time', async () => {
    await pay();
    const call = await shop.provider.next();
    await shop.callback(call.order.id, { class: 'requires_action' });
    await shop.engine.advance(MINUTE_MS);
    expect(statuses()).toBe('failed requires_action processing');
    await shop.provider.answer(call, { class: 'requires_action', token: token() });
    expect([voucher()?.status, voucher()?.token, payment()?.token]).toEqual(['failed', '', '']);
  });

  test('it says nothing at all for a month: it is asked to close again and again, never for a token, and nothing is given up', async () => {
    await pay();
    await shop.provider.says('call', 'unknown');
    const what = new Set<string>();
    for (let day = 0; day < 30; day++) {
      while (!(await shop.provider.isIdle())) {
        const call = await shop.provider.next();
        what.add(call.asked);
        await shop.provider.answer(call, { class: 'unknown' });
      }
      await shop.engine.advance(24 * 60 * MINUTE_MS);
    }
    expect(what).toEqual(new Set(['close', 'query']));
    expect(voucher()?.closes).toBeGreaterThan(20);
    expect(shop.money()).toMatchObject({ 'alice held': 20 });
    expect(shop.cases()).toEqual(['unresolved_unknown']);
  });

  test('it was paid although nobody knew the token: what the channel says of money counts', async () => {
    await pay();
    await shop.provider.says('call', 'unknown');
    await shop.provider.says('close', { class: 'succeeded', amount: 40, currency: 'EUR' });
    expect(statuses()).toBe('failed succeeded succeeded');
    expect(shop.money()).toEqual(PAID);
    await shop.sound();
  });
});

describe('a token that expires', () => {
  beforeEach(async () => {
    await pay();
    await gives(MINUTE_MS);
    await shop.engine.advance(MINUTE_MS - 1);
    expect(statuses()).toBe('ready requires_action requires_action');
    // The order's own clock has asked meanwhile.
    while (!(await shop.provider.isIdle())) await shop.provider.says('query', 'requires_action');
    await shop.engine.advance(1);
  });

  test('is shown no more, and time alone fails nothing: the channel is asked to close', async () => {
    expect(statuses()).toBe('expired requires_action processing');
    expect(payment()).toMatchObject({ token: '', tokenExpiresAtMs: 0, failure: '' });
    expect(shop.money()).toMatchObject({ 'alice held': 20 });
    await shop.provider.says('close', 'closed');
    expect(statuses()).toBe('expired closed failed');
    expect(payment()?.failure).toBe('prepay_expired');
    expect(shop.money()).toEqual(GONE);
    expect((await shop.pay(trade, 'balance')).order).toMatchObject({ status: 'succeeded' });
    await shop.sound();
  });

  test('and that was paid in the last moment has paid', async () => {
    await shop.provider.says('close', { class: 'succeeded', amount: 40, currency: 'EUR' });
    expect(statuses()).toBe('expired succeeded succeeded');
    expect(shop.money()).toEqual(PAID);
    await shop.sound();
  });

  test('and is paid late goes back by a refund of its own', async () => {
    const { id } = await shop.provider.says('close', 'closed');
    await shop.callback(id, { class: 'succeeded', amount: 40, currency: 'EUR' });
    expect(statuses()).toBe('expired late_succeeded failed');
    shop.provider.prepaid = false;
    await shop.provider.says('call', { class: 'succeeded', amount: 40, currency: 'EUR' });
    expect(shop.orders('refund')).toMatchObject([{ cause: 'late', status: 'succeeded', amount: 40 }]);
    expect(shop.money()).toEqual(GONE);
    await shop.sound();
  });

  test('and whose close is lost is asked to close again, on a clock of its own', async () => {
    await shop.provider.says('close', 'unknown');
    expect(statuses()).toBe('expired unknown processing');
    for (let minute = 0; minute < 10 && asked()?.status !== 'closed'; minute++) {
      await shop.engine.advance(MINUTE_MS);
      while (!(await shop.provider.isIdle())) {
        const call = await shop.provider.next();
        await shop.provider.answer(call, { class: call.asked === 'close' ? 'closed' : 'accepted' });
      }
    }
    expect(statuses()).toBe('expired closed failed');
    expect(shop.money()).toEqual(GONE);
    await shop.sound();
  });
});

describe('that nobody wants any more:', () => {
  test('the merchant gives the payment up', async () => {
    const { order } = await pay();
    await gives();
    await shop.cancel(order?.id ?? '');
    expect(statuses()).toBe('closed requires_action canceling');
    await shop.provider.says('close', 'closed');
    expect(statuses()).toBe('closed closed canceled');
    expect(shop.money()).toEqual(GONE);
    expect(shop.openOrders()).toEqual([trade]);
    await shop.sound();
  });

  test('while the channel is asked for it: the token that comes then is not used', async () => {
    const { order } = await pay();
    const call = await shop.provider.next();
    await shop.cancel(order?.id ?? '');
    await shop.provider.says('close', 'closed');
    expect(statuses()).toBe('closed sent processing');
    await shop.provider.answer(call, { class: 'requires_action', token: token() });
    expect(statuses()).toBe('closed requires_action processing');
    expect([voucher()?.token, payment()?.token]).toEqual(['', '']);
    await shop.engine.advance(15_000);
    while (asked()?.status !== 'closed') {
      const next = await shop.provider.next();
      await shop.provider.answer(next, { class: next.asked === 'close' ? 'closed' : 'requires_action' });
    }
    expect(statuses()).toBe('closed closed canceled');
    expect(shop.money()).toEqual(GONE);
    await shop.sound();
  });

  test('the trade closes', async () => {
    await pay();
    await gives();
    await shop.close(trade);
    await shop.provider.says('close', 'closed');
    expect(statuses()).toBe('closed closed canceled');
    expect(await shop.read('trade', trade)).toMatchObject({ status: 'closed' });
    await shop.sound();
  });
});

describe('what if it crashes', () => {
  test('before anything was sent: it is asked for, once', async () => {
    const begin = shop.provider.begin;
    shop.provider.begin = () => {};
    await pay();
    shop.provider.begin = begin;
    expect(statuses()).toBe('issued created processing');
    await shop.restart();
    await gives();
    expect(statuses()).toBe('ready requires_action requires_action');
  });

  test('while the channel is asked: it has not answered, whatever it comes to say', async () => {
    await pay();
    const call = await shop.provider.next();
    await shop.restart();
    expect(statuses()).toBe('failed unknown processing');
    await shop.provider.answer(call, { class: 'requires_action', token: token() });
    expect([voucher()?.status, voucher()?.token]).toEqual(['failed', '']);
    await shop.provider.says('close', 'closed');
    expect(statuses()).toBe('failed closed failed');
    expect(shop.money()).toEqual(GONE);
    await shop.sound();
  });

  test('when the channel had told of the order and not answered yet: the same', async () => {
    await pay();
    const call = await shop.provider.next();
    await shop.callback(call.order.id, { class: 'requires_action' });
    await shop.restart();
    expect(statuses()).toBe('failed requires_action processing');
    await shop.provider.says('close', 'closed');
    expect(statuses()).toBe('failed closed failed');
    await shop.sound();
  });

  test.each(['from the journal', 'by way of a snapshot'])(
    'with a token out, %s: it expires all the same',
    async (way) => {
      await pay();
      await gives(MINUTE_MS);
      if (way !== 'from the journal') await shop.engine.snapshot();
      await shop.restart();
      expect(statuses()).toBe('ready requires_action requires_action');
      await shop.engine.advance(MINUTE_MS);
      expect(statuses()).toBe('expired requires_action processing');
      await shop.restart();
      await shop.engine.advance(15_000);
      while (asked()?.status !== 'closed') {
        const next = await shop.provider.next();
        await shop.provider.answer(next, { class: next.asked === 'close' ? 'closed' : 'requires_action' });
      }
      expect(statuses()).toBe('expired closed failed');
      expect(shop.money()).toEqual(GONE);
      await shop.sound();
    },
  );
});
