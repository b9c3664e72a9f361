// What the contract does not say: what of ours Stripe gets to see, and what its own errors and late changes mean.

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ChannelRequest, OrderVerb } from '../../src/channels/channel.ts';
import { exampleRequest } from './support/channel-examples.ts';
import { startStripeProvider } from './support/stripe-provider.ts';

let provider: Awaited<ReturnType<typeof startStripeProvider>>;
beforeEach(async () => {
  provider = await startStripeProvider();
});
afterEach(() => provider.stop());

const payment = exampleRequest({ number: 'chn_pay' });
const ask = (verb: OrderVerb, request: ChannelRequest) => provider.adapter[verb](request, AbortSignal.timeout(20_000));

describe('a request', () => {
  test('carries our number as its key, its trace, and nothing about this machine', async () => {
    await ask('pay', { ...payment, traceparent: '00-trace-span-01' });
    const [{ headers } = { headers: {} }] = provider.server.seen;
    expect(headers).toMatchObject({
      'idempotency-key': 'chn_pay',
      traceparent: '00-trace-span-01',
      'user-agent': 'florin',
      authorization: 'Bearer sk_test_of_the_contract_tests',
    });
    expect(Object.keys(headers).filter((name) => name.startsWith('x-stripe'))).toEqual([]);
  });

  test('says no more of an order than its number and how it was begun', async () => {
    await ask('pay', payment);
    const [intent] = provider.server.books.intents.values();
    expect(intent?.['metadata']).toEqual({ florin_number: 'chn_pay', florin_flow: 'direct' });
  });

  test.each(['reset', 'lose_reply', 'error_before', 'error_after', 'rate_limit'] as const)(
    'is sent once, after %s too: the SDK repeats nothing',
    async (fault) => {
      provider.server.fault(fault);
      expect(await ask('pay', payment)).toMatchObject({ class: 'unknown' });
      expect(provider.server.seen).toHaveLength(1);
    },
  );
});

describe('an error', () => {
  test('of authority says nothing of what was carried out before under this number', async () => {
    provider.server.fault('lose_reply');
    await ask('pay', payment);
    provider.server.fault('unauthorized');
    expect(await ask('pay', payment)).toMatchObject({ class: 'unknown', failure: 'api_key_expired' });
  });

  test('of parameters is a failure', async () => {
    const refund = exampleRequest({ number: 'chn_r', verb: 'refund', originalTradeNo: 'pi_nobody' });
    expect(await ask('refund', refund)).toMatchObject({ class: 'failed', failure: 'resource_missing' });
  });

  test('of a key that was used otherwise is unknown, and nothing is charged', async () => {
    await ask('pay', payment);
    const other = await ask('pay', { ...payment, amount: 5 });
    expect(other).toMatchObject({ class: 'unknown', failure: 'idempotency_error' });
    expect(provider.debits()).toBe(1);
  });
});

describe('what was never sent', () => {
  test('a refund of a payment that Stripe has no number for', async () => {
    const refund = exampleRequest({ verb: 'refund' });
    expect(await ask('refund', refund)).toMatchObject({ class: 'unsent', failure: 'original_missing' });
    expect(provider.server.seen).toEqual([]);
  });
});

describe('a search', () => {
  test('that finds an order under another number, or two under one, decides nothing', async () => {
    const paid = await ask('pay', payment);
    const stranger = { ...payment, number: 'chn_other', channelTradeNo: paid.channelTradeNo };
    expect(await ask('query', stranger)).toMatchObject({ class: 'unknown', failure: 'ambiguous' });
    const [intent] = provider.server.books.intents.values();
    provider.server.books.intents.set('pi_twin', { ...intent, id: 'pi_twin', status: 'succeeded' });
    expect(await ask('query', payment)).toMatchObject({ class: 'unknown', failure: 'ambiguous' });
  });

  test('for a payout goes on over pages', async () => {
    const first = exampleRequest({ number: 'chn_first', verb: 'payout', destination: 'ba_1' });
    await ask('payout', first);
    await Promise.all(Array.from({ length: 150 }, (_, at) => ask('payout', { ...first, number: `chn_later_${at}` })));
    expect(await ask('queryPayout', first)).toMatchObject({ class: 'succeeded' });
  });
});

describe('a status', () => {
  test('that nobody knows is unknown', async () => {
    await ask('pay', payment);
    for (const intent of provider.server.books.intents.values()) intent.status = 'invented_tomorrow';
    expect(await ask('query', payment)).toMatchObject({ class: 'unknown', failure: 'status_unknown' });
  });

  test('a payment that is being processed cannot be closed', async () => {
    await ask('pay', payment);
    for (const intent of provider.server.books.intents.values()) intent.status = 'processing';
    expect(await ask('close', payment)).toMatchObject({ class: 'accepted' });
  });

  test('a card that was refused ends a payment of ours, and not one that the customer confirms', async () => {
    await provider.adapter.prepay(payment, AbortSignal.timeout(20_000));
    for (const intent of provider.server.books.intents.values())
      intent['last_payment_error'] = { code: 'card_declined' };
    expect(await ask('query', payment)).toMatchObject({ class: 'accepted' });
  });
});

describe('a webhook', () => {
  const parse = ({ headers, raw }: { headers: Readonly<Record<string, string>>; raw: Uint8Array }) =>
    provider.adapter.parseCallback(headers, raw, Date.now());

  test('of a payout that failed after it was paid says that the money came back', async () => {
    await ask('payout', exampleRequest({ number: 'chn_out', verb: 'payout' }));
    const [payout] = provider.server.books.payouts.values();
    if (!payout) throw new Error('there is no payout');
    Object.assign(payout, { status: 'failed', failure_code: 'account_closed' });
    expect(parse(provider.server.webhook(payout, { status: 'paid' }))).toMatchObject({
      class: 'failed',
      verb: 'payout',
      number: 'chn_out',
      failure: 'account_closed',
      returned: true,
    });
    expect(parse(provider.server.webhook(payout))).not.toHaveProperty('returned');
  });

  test('delivered twice is the same event', async () => {
    await ask('pay', payment);
    const delivery = await provider.callback('chn_pay');
    expect(parse(delivery)).toEqual(parse(delivery));
  });

  test('about something else is not supported, and one about an order of nobody has no number', () => {
    const customer = { id: 'cus_1', object: 'customer', status: '' };
    expect(parse(provider.server.webhook(customer))).toEqual({ refused: 'event_not_supported' });
    const foreign = { id: 're_9', object: 'refund', status: 'succeeded', amount: 5, currency: 'eur', metadata: {} };
    expect(parse(provider.server.webhook(foreign))).toMatchObject({ number: '', verb: 'refund', class: 'succeeded' });
  });
});
