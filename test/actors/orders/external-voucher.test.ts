// External vouchers, on the engine: a payment at a channel where the payer pays with a token. What if the channel says
// nothing, the token expires, or the payer pays when nobody expects it any more?

import { beforeEach, describe, expect, test } from 'vitest';
import { GONE, PAID, Prepaid } from './support/prepaid.ts';

const MINUTE_MS = 60_000;

let scene: Prepaid;

beforeEach(async () => {
  scene = await Prepaid.open();
});

/** Kinds and statuses of orders in each frame that has any, such as 'payment processing, external_voucher issued'. */
function frames(): string[] {
  const { journal } = scene.shop.engine.disk;
  const { history } = scene.shop.engine.partition.desk;
  const lines = Array.from({ length: journal.position() }, (_, nth) => history.frame(nth + 1)?.facts ?? []);
  return lines
    .map((facts) => facts.flatMap((fact) => (fact.kind === 20 ? [`${fact.order.kind} ${fact.order.status}`] : [])))
    .filter((steps) => steps.some((step) => step.startsWith('external_voucher')))
    .map((steps) => steps.join(', '));
}

describe('the usual way', () => {
  test('issued with the payment, requesting before anything is sent, then ready', async () => {
    const { order } = await scene.pay();
    expect(order).toMatchObject({ status: 'processing', token: '' });
    const call = await scene.shop.provider.next();
    expect([call.asked, call.order.id]).toEqual(['call', scene.asked?.id]);
    expect(frames()).toEqual([
      'payment processing, external_voucher issued, channel_order created, trade open',
      'channel_order sent, external_voucher requesting',
    ]);
    await scene.shop.provider.answer(call, { class: 'requires_action', token: scene.token() });
    expect(frames().slice(2)).toEqual([
      'channel_order requires_action, external_voucher ready, payment requires_action',
    ]);
    const { expiresAtMs } = scene.token();
    expect(scene.voucher).toMatchObject({ token: 'tok_1', expiresAtMs, dueMs: expiresAtMs });
    expect(scene.payment).toMatchObject({ status: 'requires_action', token: 'tok_1', tokenExpiresAtMs: expiresAtMs });
  });

  test('the payer pays: the trade is paid, and the voucher is of no use any more', async () => {
    await scene.pay();
    const { id } = await scene.gives();
    await scene.shop.callback(id, { class: 'succeeded', amount: 40, currency: 'EUR' });
    expect(scene.statuses()).toBe('closed succeeded succeeded');
    expect(scene.payment).toMatchObject({ token: '', tokenExpiresAtMs: 0, dueMs: 0 });
    expect(scene.voucher).toMatchObject({ dueMs: 0 });
    expect(scene.shop.money()).toEqual(PAID);
    expect(scene.shop.openOrders()).toEqual([]);
    await scene.shop.sound();
  });

  test('the channel tells of the order before it answers: the token is used all the same', async () => {
    await scene.pay();
    const call = await scene.shop.provider.next();
    await scene.shop.callback(call.order.id, { class: 'requires_action' });
    expect(scene.statuses()).toBe('requesting requires_action processing');
    await scene.shop.provider.answer(call, { class: 'requires_action', token: scene.token() });
    expect(scene.statuses()).toBe('ready requires_action requires_action');
  });

  test('a top-up, too', async () => {
    const { order } = await scene.shop.topUp(30);
    const { id } = await scene.gives();
    await scene.shop.callback(id, { class: 'succeeded', amount: 30, currency: 'EUR' });
    expect(await scene.shop.read('payment', order?.id ?? '')).toMatchObject({ status: 'succeeded' });
    expect(scene.shop.money()).toMatchObject({ alice: 130 });
    await scene.shop.sound();
  });

  test('what its queries do not hear takes the token from nobody', async () => {
    await scene.pay();
    await scene.gives();
    await scene.shop.engine.advance(5_000);
    await scene.shop.provider.says('query', 'unknown');
    expect(scene.statuses()).toBe('ready unknown requires_action');
    await scene.shop.engine.advance(MINUTE_MS);
    await scene.shop.provider.says('query', 'requires_action');
    expect(scene.statuses()).toBe('ready accepted requires_action');
    expect(scene.payment).toMatchObject({ token: 'tok_1' });
  });

  test('a token that is good for days is still shown after the payment has looked after itself', async () => {
    await scene.pay();
    await scene.gives(48 * 60 * MINUTE_MS);
    await scene.shop.engine.advance(5_000);
    await scene.shop.provider.says('query', 'unknown');
    for (let minute = 0; minute < 119; minute += 7) {
      await scene.shop.engine.advance(7 * MINUTE_MS);
      while (!(await scene.shop.provider.isIdle())) await scene.shop.provider.says('query', 'accepted');
      if (minute < 112) expect(scene.payment).toMatchObject({ status: 'requires_action', token: 'tok_1' });
    }
    // The trade itself can be paid for two hours.
    await scene.shop.engine.advance(MINUTE_MS);
    expect(scene.statuses()).toBe('closed accepted canceling');
  });
});

describe('no token:', () => {
  test('the channel refuses', async () => {
    await scene.pay();
    await scene.shop.provider.says('call', { class: 'failed', failure: 'not_allowed' });
    expect(scene.statuses()).toBe('failed failed failed');
    expect([scene.voucher?.failure, scene.payment?.failure]).toEqual(['not_allowed', 'not_allowed']);
    expect(scene.shop.money()).toEqual(GONE);
    expect(scene.shop.openOrders().filter((id) => id !== scene.trade)).toEqual([]);
    await scene.shop.sound();
  });

  test('nothing may be sent', async () => {
    scene.shop.provider.closed = true;
    await scene.pay();
    await scene.shop.engine.advance(0);
    expect(scene.statuses()).toBe('closed failed failed');
    expect(await scene.shop.provider.isIdle()).toBe(true);
    expect(scene.shop.money()).toEqual(GONE);
  });

  test('nothing was sent after all', async () => {
    await scene.pay();
    await scene.shop.provider.says('call', { class: 'unsent', failure: 'queue_wait_exceeded' });
    expect(scene.statuses()).toBe('failed failed failed');
    expect(scene.payment?.failure).toBe('queue_wait_exceeded');
    expect(scene.shop.money()).toEqual(GONE);
  });

  test('the channel does not answer: it is not asked for it again, but asked to close, and only then nothing was paid', async () => {
    await scene.pay();
    await scene.shop.provider.says('call', 'unknown');
    expect(scene.statuses()).toBe('failed unknown processing');
    expect(scene.voucher?.failure).toBe('prepay_not_answered');
    expect(scene.payment?.unknownSinceMs).toBeGreaterThan(0);
    expect(scene.shop.money()).toMatchObject({ 'alice held': 20 });
    await scene.shop.provider.says('close', 'closed');
    expect(scene.statuses()).toBe('failed closed failed');
    expect(scene.payment?.failure).toBe('prepay_not_answered');
    expect(scene.shop.money()).toEqual(GONE);
    await scene.shop.sound();
  });

  test('its word was lost: the same by time', async () => {
    await scene.pay();
    const call = await scene.shop.provider.next();
    await scene.shop.callback(call.order.id, { class: 'requires_action' });
    await scene.shop.engine.advance(MINUTE_MS);
    expect(scene.statuses()).toBe('failed requires_action processing');
    await scene.shop.provider.answer(call, { class: 'requires_action', token: scene.token() });
    expect([scene.voucher?.status, scene.voucher?.token, scene.payment?.token]).toEqual(['failed', '', '']);
  });

  test('it says nothing at all for a month: it is asked to close again and again, never for a token, and nothing is given up', async () => {
    await scene.pay();
    await scene.shop.provider.says('call', 'unknown');
    const what = new Set<string>();
    for (let day = 0; day < 30; day++) {
      while (!(await scene.shop.provider.isIdle())) {
        const call = await scene.shop.provider.next();
        what.add(call.asked);
        await scene.shop.provider.answer(call, { class: 'unknown' });
      }
      await scene.shop.engine.advance(24 * 60 * MINUTE_MS);
    }
    expect(what).toEqual(new Set(['close', 'query']));
    expect(scene.voucher?.closes).toBeGreaterThan(20);
    expect(scene.shop.money()).toMatchObject({ 'alice held': 20 });
    expect(scene.shop.cases()).toEqual(['unresolved_unknown']);
  });

  test('it was paid although nobody knew the token: what the channel says of money counts', async () => {
    await scene.pay();
    await scene.shop.provider.says('call', 'unknown');
    await scene.shop.provider.says('close', { class: 'succeeded', amount: 40, currency: 'EUR' });
    expect(scene.statuses()).toBe('failed succeeded succeeded');
    expect(scene.shop.money()).toEqual(PAID);
    await scene.shop.sound();
  });
});

describe('a token that expires', () => {
  beforeEach(async () => {
    await scene.pay();
    await scene.gives(MINUTE_MS);
    await scene.shop.engine.advance(MINUTE_MS - 1);
    expect(scene.statuses()).toBe('ready requires_action requires_action');
    // The order's own clock has asked meanwhile.
    while (!(await scene.shop.provider.isIdle())) await scene.shop.provider.says('query', 'requires_action');
    await scene.shop.engine.advance(1);
  });

  test('is shown no more, and time alone fails nothing: the channel is asked to close', async () => {
    expect(scene.statuses()).toBe('expired requires_action processing');
    expect(scene.payment).toMatchObject({ token: '', tokenExpiresAtMs: 0, failure: '' });
    expect(scene.shop.money()).toMatchObject({ 'alice held': 20 });
    await scene.shop.provider.says('close', 'closed');
    expect(scene.statuses()).toBe('expired closed failed');
    expect(scene.payment?.failure).toBe('prepay_expired');
    expect(scene.shop.money()).toEqual(GONE);
    expect((await scene.shop.pay(scene.trade, 'balance')).order).toMatchObject({ status: 'succeeded' });
    await scene.shop.sound();
  });

  test('and that was paid in the last moment has paid', async () => {
    await scene.shop.provider.says('close', { class: 'succeeded', amount: 40, currency: 'EUR' });
    expect(scene.statuses()).toBe('expired succeeded succeeded');
    expect(scene.shop.money()).toEqual(PAID);
    await scene.shop.sound();
  });

  test('and is paid late goes back by a refund of its own', async () => {
    const { id } = await scene.shop.provider.says('close', 'closed');
    await scene.shop.callback(id, { class: 'succeeded', amount: 40, currency: 'EUR' });
    expect(scene.statuses()).toBe('expired late_succeeded failed');
    scene.shop.provider.prepaid = false;
    await scene.shop.provider.says('call', { class: 'succeeded', amount: 40, currency: 'EUR' });
    expect(scene.shop.orders('refund')).toMatchObject([{ cause: 'late', status: 'succeeded', amount: 40 }]);
    expect(scene.shop.money()).toEqual(GONE);
    await scene.shop.sound();
  });

  test('and whose close is lost is asked to close again, on a clock of its own', async () => {
    await scene.shop.provider.says('close', 'unknown');
    expect(scene.statuses()).toBe('expired unknown processing');
    for (let minute = 0; minute < 10 && scene.asked?.status !== 'closed'; minute++) {
      await scene.shop.engine.advance(MINUTE_MS);
      while (!(await scene.shop.provider.isIdle())) {
        const call = await scene.shop.provider.next();
        await scene.shop.provider.answer(call, { class: call.asked === 'close' ? 'closed' : 'accepted' });
      }
    }
    expect(scene.statuses()).toBe('expired closed failed');
    expect(scene.shop.money()).toEqual(GONE);
    await scene.shop.sound();
  });
});
