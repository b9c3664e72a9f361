// The contract of a channel, kept by every adapter against a real server of its kind: what is definite, what is unknown,
// what was never sent, and that no number ever moves money twice.

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ChannelAdapter, ChannelReport, ChannelRequest, OrderVerb } from '../../src/channels/channel.ts';
import { exampleRequest } from './support/channel-examples.ts';
import type { Provider, ProviderFault } from './support/provider.ts';
import { startSimulatorProvider } from './support/simulator-provider.ts';
import { startStripeProvider } from './support/stripe-provider.ts';

const LONG = () => AbortSignal.timeout(20_000);

async function linesOf(bill: AsyncIterable<string>): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of bill) lines.push(line);
  return lines;
}

describe.each([
  ['simulator', startSimulatorProvider],
  ['stripe', startStripeProvider],
] as [string, () => Promise<Provider>][])('the channel %s', (_, start) => {
  let provider: Provider;
  let channel: ChannelAdapter;
  beforeEach(async () => {
    provider = await start();
    channel = provider.adapter;
  });
  afterEach(() => provider.stop());

  const payment = exampleRequest({ number: 'chn_pay' });
  const ask = (verb: OrderVerb, request: ChannelRequest) => channel[verb](request, LONG());
  const refundOf = (paid: ChannelReport, changed: Partial<ChannelRequest> = {}) =>
    exampleRequest({
      number: 'chn_refund',
      verb: 'refund',
      amount: 400,
      original: payment.number,
      originalTradeNo: paid.channelTradeNo,
      ...changed,
    });
  const payout = () => exampleRequest({ number: 'chn_out', verb: 'payout', destination: provider.bankAccount });

  test('takes a payment and says what it took', async () => {
    const paid = await ask('pay', payment);
    expect(paid).toMatchObject({ class: 'succeeded', amount: 1_000, currency: 'EUR', failure: '' });
    expect(paid.channelTradeNo).not.toBe('');
    expect(await ask('query', payment)).toEqual(paid);
    expect(await ask('query', { ...payment, channelTradeNo: paid.channelTradeNo })).toEqual(paid);
    expect(provider.debits()).toBe(1);
  });

  test('asked for the same again it answers the same and takes nothing more', async () => {
    const paid = await ask('pay', payment);
    const again = await Promise.all([1, 2, 3].map(() => ask('pay', payment)));
    expect(again).toEqual([paid, paid, paid]);
    expect(provider.debits()).toBe(1);
  });

  test('a number that is used with another amount is no answer about the order, and takes nothing', async () => {
    await ask('pay', payment);
    expect(await ask('pay', { ...payment, amount: 2_000 })).toMatchObject({ class: 'unknown' });
    expect(provider.debits()).toBe(1);
  });

  test('a declined payment has failed, also when it is asked about', async () => {
    provider.fault('decline');
    const declined = await ask('pay', payment);
    expect(declined.class).toBe('failed');
    expect(declined.failure).toMatch(/decline/);
    expect(await ask('query', payment)).toMatchObject({ class: 'failed' });
    expect(provider.debits()).toBe(0);
  });

  test.each(['lose_reply', 'error_after', 'malformed_body'] as ProviderFault[])(
    '%s: unknown although it was booked; a query and a repetition find it, once',
    async (fault) => {
      provider.fault(fault);
      expect(await ask('pay', payment)).toMatchObject({ class: 'unknown', amount: null });
      expect(provider.debits()).toBe(1);
      expect(await ask('query', payment)).toMatchObject({ class: 'succeeded', amount: 1_000 });
      expect(await ask('pay', payment)).toMatchObject({ class: 'succeeded' });
      expect(provider.debits()).toBe(1);
    },
  );

  test.each(['reset', 'error_before'] as ProviderFault[])(
    '%s: unknown although nothing was booked; a query does not find it',
    async (fault) => {
      provider.fault(fault);
      expect(await ask('pay', payment)).toMatchObject({ class: 'unknown' });
      expect(await ask('query', payment)).toMatchObject({ class: 'unknown', notFound: true });
      expect(provider.debits()).toBe(0);
    },
  );

  test('no answer in time: unknown as soon as the signal says so', async () => {
    provider.fault('hang');
    const abort = new AbortController();
    const asked = channel.pay(payment, abort.signal);
    await expect.poll(() => provider.debits()).toBe(1);
    abort.abort();
    expect(await asked).toMatchObject({ class: 'unknown', failure: 'deadline_exceeded' });
  });

  test('nobody there: unsent, whatever was asked', async () => {
    await provider.stopServer();
    const verbs: OrderVerb[] = ['pay', 'refund', 'payout', 'query', 'queryRefund', 'queryPayout', 'close'];
    const original = { originalTradeNo: 'known', channelTradeNo: 'known' };
    const reports = await Promise.all(verbs.map((verb) => ask(verb, exampleRequest(original))));
    expect(reports.map((report) => report.class)).toEqual(verbs.map(() => 'unsent'));
    expect(reports[0]?.failure).toBe('connect_refused');
    expect(await channel.prepay(payment, LONG())).toMatchObject({ class: 'unsent', token: '' });
  });

  test('too late before it was begun: unsent, and nothing was taken', async () => {
    expect(await channel.pay(payment, AbortSignal.abort())).toMatchObject({ class: 'unsent' });
    expect(await ask('query', payment)).toMatchObject({ notFound: true });
  });

  test('an accepted payment stays open until it is closed, and then never moves money', async () => {
    provider.fault('accept');
    expect(await ask('pay', payment)).toMatchObject({ class: 'accepted' });
    expect(await ask('close', payment)).toMatchObject({ class: 'failed', closed: true });
    expect(await ask('close', payment)).toMatchObject({ class: 'failed', closed: true });
    expect(await ask('query', payment)).toMatchObject({ class: 'failed', closed: true });
    expect(provider.debits()).toBe(0);
  });

  test('a payment that was faster than the close has succeeded', async () => {
    await ask('pay', payment);
    expect(await ask('close', payment)).toMatchObject({ class: 'succeeded', amount: 1_000 });
  });

  test('a payment that somebody has to confirm says where', async () => {
    provider.fault('require_action');
    const waiting = await ask('pay', payment);
    expect(waiting.class).toBe('requires_action');
    expect(waiting.actionUrl).toMatch(/^https?:/);
  });

  test('gives back a part, once, and never more than was paid', async () => {
    const paid = await ask('pay', payment);
    const refunded = await ask('refund', refundOf(paid));
    expect(refunded).toMatchObject({ class: 'succeeded', amount: 400, currency: 'EUR' });
    expect(await ask('refund', refundOf(paid))).toEqual(refunded);
    expect(await ask('queryRefund', refundOf(paid))).toEqual(refunded);
    expect(await ask('refund', refundOf(paid, { number: 'chn_more', amount: 700 }))).toMatchObject({ class: 'failed' });
  });

  test('pays out and can be asked about it', async () => {
    const sent = await ask('payout', payout());
    expect(sent).toMatchObject({ class: 'succeeded', amount: 1_000 });
    expect(await ask('queryPayout', payout())).toEqual(sent);
  });

  test('does not know what it was never told', async () => {
    const unknown = { class: 'unknown', notFound: true };
    expect(await ask('query', payment)).toMatchObject(unknown);
    expect(await ask('queryRefund', refundOf(await ask('pay', payment)))).toMatchObject(unknown);
    expect(await ask('queryPayout', payout())).toMatchObject(unknown);
  });

  test('a prepaid payment has a token, and can be closed before it is used', async () => {
    const prepaid = await channel.prepay(payment, LONG());
    expect(prepaid).toMatchObject({ class: 'accepted' });
    expect(prepaid.token).not.toBe('');
    expect(prepaid.expiresAtMs).toBeGreaterThan(Date.now());
    expect(await ask('close', payment)).toMatchObject({ class: 'failed', closed: true });
  });

  test('its bill of the day has each movement under our number', async () => {
    const paid = await ask('pay', payment);
    await ask('refund', refundOf(paid));
    const today = await linesOf(channel.downloadBill(new Date().toISOString().slice(0, 10), LONG()));
    expect(today).toHaveLength(3);
    expect(today.filter((line) => line.includes('chn_pay')).length).toBeGreaterThan(0);
    expect(today.filter((line) => line.includes('chn_refund'))).toHaveLength(1);
  });

  test('a bill that cannot be had is an error and no short bill', async () => {
    await provider.stopServer();
    await expect(linesOf(channel.downloadBill('2026-01-01', LONG()))).rejects.toThrow();
  });

  describe('a callback', () => {
    test('says the same as an answer', async () => {
      const paid = await ask('pay', payment);
      const { headers, raw } = await provider.callback(payment.number);
      const parsed = channel.parseCallback(headers, raw, Date.now());
      expect(parsed).toMatchObject({ ...paid, number: payment.number, verb: 'pay' });
      expect(parsed).toHaveProperty('eventId', expect.stringMatching(/./));
    });

    test('is refused when a bit of it was changed, when it is unsigned, or old', async () => {
      await ask('pay', payment);
      const { headers, raw } = await provider.callback(payment.number);
      const changed = Buffer.from(raw);
      changed[changed.length - 5] = (changed[changed.length - 5] as number) ^ 1;
      expect(channel.parseCallback(headers, changed, Date.now())).toEqual({ refused: 'signature_invalid' });
      expect(channel.parseCallback({}, raw, Date.now())).toEqual({ refused: 'signature_missing' });
      for (const nowMs of [Date.now() + 600_000, Date.now() - 600_000]) {
        expect(channel.parseCallback(headers, raw, nowMs)).toEqual({ refused: 'timestamp_out_of_range' });
      }
    });
  });
});
