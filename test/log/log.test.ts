// Lines of the log: what each of them has, what none of them may have, and what they cost who writes none.

import { describe, expect, test } from 'vitest';
import { ofBusiness } from '../../src/domain/context.ts';
import type { Order } from '../../src/domain/orders/order.ts';
import type { Log } from '../../src/log/log-line.ts';
import { masked, maskedError, MASKED } from '../../src/log/masking.ts';
import { samplePayment } from '../domain/orders/support/samples.ts';
import { LogBook } from '../support/log-book.ts';
import { sampleChannelOrder, sampleTrade } from '../support/order-samples.ts';
import { sampleContext } from '../support/samples.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';

const business = {
  orderType: 'instant',
  product: 'sale',
  ruleVersion: '1',
  tradeId: 'trd_1',
  outTradeNo: 'order-7',
  payer: 'alice',
  payee: 'shop',
  currency: 'EUR',
  payOrg: 'simulator',
};
const context = ofBusiness({ ...sampleContext, requestId: 'req-7', traceId: TRACE, by: 'key1' }, business);
const channelOrder = { ...sampleChannelOrder, status: 'unknown', channelTradeNo: 'ch-7', failure: 'http_500' } as const;

describe('a line about an order', () => {
  test('has every name by which it may be looked for, those of the orders above it, too', () => {
    const book = new LogBook();
    book.log.order('channel_unknown', { context, orders: [channelOrder, samplePayment([])] }, { reason: 'http_500' });
    expect(book.lines).toEqual([
      {
        level: 40,
        time: expect.any(Number) as number,
        line: 'channel_unknown',
        msg: 'nobody knows what became of what a channel was asked',
        reason: 'http_500',
        request_id: 'req-7',
        trace_id: TRACE,
        merchant: 'acme',
        origin: 'http',
        key: 'key1',
        order_type: 'instant',
        product: 'sale',
        rule_version: '1',
        trade_id: 'trd_1',
        out_trade_no: 'order-7',
        payer: 'alice',
        payee: 'shop',
        currency: 'EUR',
        pay_org: 'simulator',
        payment_id: 'pay_1',
        channel: 'card',
        verb: 'pay',
        instruction: 0,
        channel_order_no: 'chn_1',
        channel_trade_no: 'ch-7',
        channel_failure: 'http_500',
        order: 'chn_1',
        status: 'unknown',
      },
    ]);
  });

  test('without its context, or without the order, does not compile', () => {
    const wrong = (log: Log): void => {
      // @ts-expect-error no context at all
      log.order('anomaly', { orders: [sampleTrade] });
      // @ts-expect-error a context of nobody's order
      log.order('anomaly', { context: sampleContext, orders: [sampleTrade] });
      // @ts-expect-error no order
      log.order('anomaly', { context, orders: [] });
      // @ts-expect-error a line about orders, as if it were about a request
      log.request('anomaly', context);
      // @ts-expect-error a line about a request without one
      log.request('request_failed');
      // @ts-expect-error something that lines do not have
      log.process('stopping', { destination: 'DE89370400440532013000' });
    };
    expect(wrong).toBeTypeOf('function');
  });

  test('costs nothing when it is not written: nothing of it is even looked at', () => {
    const book = new LogBook('error');
    const untouchable = new Proxy({}, { get: () => expect.unreachable('looked at') }) as never;
    book.log.order('channel_unknown', untouchable, untouchable);
    book.log.request('callback_refused', untouchable, untouchable);
    expect(book.text).toBe('');
  });
});

describe('nothing gets into the log that must be kept nowhere', () => {
  test.each([
    ['a card number', 'order-4111111111111111'],
    ['a card number in groups', '5555 5555 5555 4444'],
    ['an IBAN', 'DE89370400440532013000'],
    ['an IBAN in an id', 'DE89-3704-0044-0532-0130-00'],
    ['an IBAN before other words', 'to DE89 3704 0044 0532 0130 00 please'],
    ['an API key', `fk_${'0'.repeat(16)}_${'a'.repeat(64)}`],
    ['a key of Stripe', 'sk_test_4eC39HqLyjWDarjtT1zdp7dc'],
    ['a secret of a webhook', 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
    ['a header', 'Authorization: Bearer abc'],
    ['a signed token', 'eyJhbGciOiJIUzI1NiJ9.e30.abc'],
  ])('%s', (_, text) => {
    expect(masked(text)).toBe(MASKED);
    expect(JSON.stringify(maskedError(new Error(text)))).not.toContain(text);
  });

  test.each(['order-7', 'req_0123456789ab1', 'chn_01KDV5T3Q8Z9A2B4C6D8E0F1G2', 'card_declined', ''])(
    'and what is none of it stays: %s',
    (text) => expect(masked(text)).toBe(text),
  );

  test('what is long is cut', () => expect(masked('x'.repeat(5_000)).length).toBeLessThan(250));

  test('not an amount, a destination or a text of anybody, whatever the order', () => {
    const book = new LogBook();
    const withdrawal: Order = {
      kind: 'withdrawal',
      id: 'wdr_1',
      createdAtMs: 1,
      version: 1,
      dueMs: 0,
      vouchers: [],
      product: 'withdrawal',
      ruleVersion: '1',
      account: 'alice',
      channel: 'bank',
      destination: 'canary',
      amount: 987_654_321,
      fee: 987_654_321,
      currency: 'EUR',
      status: 'processing',
      channelOrder: 'chn_1',
      failure: 'canary',
      unknownSinceMs: 0,
      requestedBy: '',
      approvedBy: '',
    };
    const payout = {
      ...channelOrder,
      parent: 'wdr_1',
      verb: 'payout',
      destination: 'canary',
      amount: 987_654_321,
    } as const;
    book.log.order('case_opened', { context, orders: [payout, withdrawal] });
    expect(book.lines).toMatchObject([{ withdrawal_id: 'wdr_1', channel_order_no: 'chn_1' }]);
    expect(book.text).not.toMatch(/canary|987654321/);
  });

  test('an error tells what it is and the places that it came through', () => {
    const book = new LogBook();
    book.log.process('storage_failed', {
      error: Object.assign(new Error('no space'), { code: 'ENOSPC', body: 'canary' }),
    });
    const err = book.lines[0]?.['err'] as { readonly stack: string } | undefined;
    expect(err).toMatchObject({ type: 'Error', message: 'no space', code: 'ENOSPC' });
    expect(err?.stack).toMatch(/^at .*log\.test\.ts/);
    expect(book.text).not.toContain('canary');
  });
});
