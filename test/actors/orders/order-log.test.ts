// What the log is told about orders: nothing of a payment that goes well; of one that does not, every line with the same
// names, whoever moved it (a client, the clock, a channel, an operator) and whatever life the process is in.

import { expect, test } from 'vitest';
import {
  ConfirmTrade,
  CreateTrade,
  DecideCase,
  PayTrade,
  type OrderCommand,
} from '../../../actors/orders/order-commands.ts';
import { CallbackArrived } from '../../../actors/orders/outside.ts';
import { NO_KEY } from '../../../actors/commands.ts';
import { LogBook } from '../../support/log-book.ts';
import { contextOf } from '../../support/engine.ts';
import { REPORT } from './support/provider.ts';
import { Shop } from './support/shop.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';

/** A trade that is being paid by a channel, asked for under a trace. */
async function paying(shop: Shop): Promise<{ trade: string; payment: string }> {
  const context = { ...contextOf(), traceId: TRACE, requestId: 'pay-request' };
  const request = { outTradeNo: 'order-7', product: 'sale', payer: 'alice', payees: [{ account: 'shop', amount: 60 }], amount: 60, currency: 'EUR', expiresAtMs: 0 }; // prettier-ignore
  const made = await shop.engine.ask<OrderCommand>((reply) => new CreateTrade(context, request, NO_KEY, reply));
  const trade = made.shown?.order.id ?? '';
  const pay = {
    instruments: [{ type: 'channel', account: '', channel: '', amount: 0 }],
    capture: 'automatic',
  } as const;
  const paid = await shop.engine.ask<OrderCommand>((reply) => new PayTrade(context, trade, pay, NO_KEY, reply));
  return { trade, payment: paid.shown?.order.id ?? '' };
}

test('a payment that goes well writes no line', async () => {
  const book = new LogBook('info');
  const shop = await Shop.open({ log: book.log });
  await paying(shop);
  await shop.provider.says('call', { class: 'succeeded', amount: 60, currency: 'EUR' });
  await shop.engine.advance(60_000);
  expect(book.lines).toEqual([]);
});

test('of one that goes badly every line has the same trade, payment, channel order and trace', async () => {
  const book = new LogBook('info');
  const shop = await Shop.open({ log: book.log });
  const { trade, payment } = await paying(shop);
  const asked = await shop.provider.says('call', 'unknown');
  await shop.engine.advance(5_000);
  await shop.provider.says('query', { class: 'failed', failure: 'card_declined' });
  await shop.restart();
  await shop.engine.advance(1_000);
  await shop.callback(asked.id, { class: 'succeeded', amount: 60, currency: 'EUR' });
  const opened = shop.orders('case');
  for (const [by, decision] of [
    ['ann', 'noted'],
    ['bob', ''],
  ] as const) {
    const id = opened[0]?.id ?? '';
    await shop.engine.ask<OrderCommand>((reply) => new DecideCase({ ...contextOf(), by }, id, decision, NO_KEY, reply));
  }
  expect(book.names).toEqual([
    'channel_unknown',
    'channel_known',
    'anomaly',
    'case_opened',
    'case_proposed',
    'case_resolved',
  ]);
  for (const line of book.lines) {
    expect(line, line.line).toMatchObject({
      merchant: 'acme',
      trade_id: trade,
      out_trade_no: 'order-7',
      payment_id: payment,
      channel_order_no: asked.id,
      trace_id: TRACE,
    });
    expect(line['request_id']).not.toBe('');
  }
  for (const line of book.lines.slice(3)) {
    expect(line).toMatchObject({ case_id: opened[0]?.id, case_type: 'contradiction' });
  }
  expect(book.lines.at(-1)).toMatchObject({ key: 'bob', status: 'resolved' });
});

test('a line is written when what it says is durable, and not before', async () => {
  const book = new LogBook('info');
  const shop = await Shop.open({ log: book.log });
  await paying(shop);
  const call = await shop.provider.next();
  shop.engine.crash();
  void shop.provider.answer(call, { class: 'unknown' });
  for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
  expect(book.lines).toEqual([]);
});

test('a call about a number that nobody has is told of with its channel', async () => {
  const book = new LogBook('info');
  const shop = await Shop.open({ log: book.log });
  const context = { ...contextOf(), requestId: 'callback:1' };
  const content = {
    channel: 'simulator',
    raw: Buffer.from('canary'),
    report: { ...REPORT, amount: 7, currency: 'EUR' },
  };
  await shop.engine.ask<OrderCommand>((reply) => new CallbackArrived(context, 'chn_nobody', content, reply));
  expect(book.lines).toMatchObject([
    { line: 'callback_unmatched', channel: 'simulator', request_id: 'callback:1', merchant: 'acme' },
    { line: 'case_opened', case_type: 'unknown_callback', request_id: 'callback:1', merchant: 'acme' },
  ]);
  expect(book.text).not.toContain('canary');
});

test('an actor that fails is told of with its order and the request in which it failed', async () => {
  const shop = await Shop.open();
  const { trade, payment } = await paying(shop);
  const wrong = { ...contextOf(), requestId: 'the-wrong-one' };
  await shop.engine.ask((reply) => new ConfirmTrade(wrong, { kind: 'payment', id: payment }, NO_KEY, reply));
  expect(shop.engine.stops).toMatchObject([
    {
      fatal: false,
      about: {
        context: { requestId: 'the-wrong-one', traceId: TRACE, business: { tradeId: trade } },
        orders: [{ kind: 'payment', id: payment }],
      },
    },
  ]);
});
