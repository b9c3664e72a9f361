// External vouchers that nobody wants any more, on the engine, and what becomes of them when it crashes.

import { beforeEach, describe, expect, test } from 'vitest';
import { GONE, Prepaid } from './support/prepaid.ts';

const MINUTE_MS = 60_000;

let scene: Prepaid;

beforeEach(async () => {
  scene = await Prepaid.open();
});

describe('that nobody wants any more:', () => {
  test('the merchant gives the payment up', async () => {
    const { order } = await scene.pay();
    await scene.gives();
    await scene.shop.cancel(order?.id ?? '');
    expect(scene.statuses()).toBe('closed requires_action canceling');
    await scene.shop.provider.says('close', 'closed');
    expect(scene.statuses()).toBe('closed closed canceled');
    expect(scene.shop.money()).toEqual(GONE);
    expect(scene.shop.openOrders()).toEqual([scene.trade]);
    await scene.shop.sound();
  });

  test('while the channel is asked for it: the token that comes then is not used', async () => {
    const { order } = await scene.pay();
    const call = await scene.shop.provider.next();
    await scene.shop.cancel(order?.id ?? '');
    await scene.shop.provider.says('close', 'closed');
    expect(scene.statuses()).toBe('closed sent processing');
    await scene.shop.provider.answer(call, { class: 'requires_action', token: scene.token() });
    expect(scene.statuses()).toBe('closed requires_action processing');
    expect([scene.voucher?.token, scene.payment?.token]).toEqual(['', '']);
    await scene.shop.engine.advance(15_000);
    while (scene.asked?.status !== 'closed') {
      const next = await scene.shop.provider.next();
      await scene.shop.provider.answer(next, { class: next.asked === 'close' ? 'closed' : 'requires_action' });
    }
    expect(scene.statuses()).toBe('closed closed canceled');
    expect(scene.shop.money()).toEqual(GONE);
    await scene.shop.sound();
  });

  test('the trade closes', async () => {
    await scene.pay();
    await scene.gives();
    await scene.shop.close(scene.trade);
    await scene.shop.provider.says('close', 'closed');
    expect(scene.statuses()).toBe('closed closed canceled');
    expect(await scene.shop.read('trade', scene.trade)).toMatchObject({ status: 'closed' });
    await scene.shop.sound();
  });
});

describe('what if it crashes', () => {
  test('before anything was sent: it is asked for, once', async () => {
    const begin = scene.shop.provider.begin;
    scene.shop.provider.begin = () => {};
    await scene.pay();
    scene.shop.provider.begin = begin;
    expect(scene.statuses()).toBe('issued created processing');
    await scene.shop.restart();
    await scene.gives();
    expect(scene.statuses()).toBe('ready requires_action requires_action');
  });

  test('while the channel is asked: it has not answered, whatever it comes to say', async () => {
    await scene.pay();
    const call = await scene.shop.provider.next();
    await scene.shop.restart();
    expect(scene.statuses()).toBe('failed unknown processing');
    await scene.shop.provider.answer(call, { class: 'requires_action', token: scene.token() });
    expect([scene.voucher?.status, scene.voucher?.token]).toEqual(['failed', '']);
    await scene.shop.provider.says('close', 'closed');
    expect(scene.statuses()).toBe('failed closed failed');
    expect(scene.shop.money()).toEqual(GONE);
    await scene.shop.sound();
  });

  test('when the channel had told of the order and not answered yet: the same', async () => {
    await scene.pay();
    const call = await scene.shop.provider.next();
    await scene.shop.callback(call.order.id, { class: 'requires_action' });
    await scene.shop.restart();
    expect(scene.statuses()).toBe('failed requires_action processing');
    await scene.shop.provider.says('close', 'closed');
    expect(scene.statuses()).toBe('failed closed failed');
    await scene.shop.sound();
  });

  test.each(['from the journal', 'by way of a snapshot'])(
    'with a token out, %s: it expires all the same',
    async (way) => {
      await scene.pay();
      await scene.gives(MINUTE_MS);
      if (way !== 'from the journal') await scene.shop.engine.snapshot();
      await scene.shop.restart();
      expect(scene.statuses()).toBe('ready requires_action requires_action');
      await scene.shop.engine.advance(MINUTE_MS);
      expect(scene.statuses()).toBe('expired requires_action processing');
      await scene.shop.restart();
      await scene.shop.engine.advance(15_000);
      while (scene.asked?.status !== 'closed') {
        const next = await scene.shop.provider.next();
        await scene.shop.provider.answer(next, { class: next.asked === 'close' ? 'closed' : 'requires_action' });
      }
      expect(scene.statuses()).toBe('expired closed failed');
      expect(scene.shop.money()).toEqual(GONE);
      await scene.shop.sound();
    },
  );
});
