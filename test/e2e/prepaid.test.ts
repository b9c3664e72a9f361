// Prepaid payments from end to end: the built program and a channel simulator, each a process of its own. The payer pays
// at the channel with a token that its client gets by the payment, by subscription, by event and by webhook.

import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { Receiver } from '../support/receiver.ts';
import type { Way } from './support/business.ts';
import { Till, type Shown } from './support/till.ts';

type Tree = { readonly trade: { readonly payments: readonly { readonly instructions: readonly Shown[] }[] } };

const TOKEN = { type: 'token', token: expect.stringMatching(/^tok_/) as string, expires_at: expect.stringMatching(/Z$/) as string }; // prettier-ignore

const tokenOf = (payment: Shown): string => (payment['next_action'] as { readonly token: string }).token;

const numberOf = (payment: Shown): string =>
  (payment['instruments'] as readonly { readonly channel_order: string }[])[0]?.channel_order ?? '';

async function receiving(till: Till): Promise<Receiver> {
  const receiver = await Receiver.start();
  onTestFinished(() => receiver.stop());
  const endpoint = { url: receiver.url(), events: ['payment.*'] };
  const made = await fetch(till.url('/webhook_endpoints'), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(endpoint),
  });
  expect(made.status).toBe(201);
  return receiver;
}

async function voucherOf(till: Till, id: string): Promise<unknown> {
  const { trade } = await till.get<Tree>(`/orders/${id}/tree`);
  const asked = trade.payments[0]?.instructions[0]?.['channel_order'] as { readonly external_voucher: unknown };
  return asked.external_voucher;
}

describe.each<Way>(['http', 'ws'])('over %s', (way) => {
  test('answered at once, then a token, by every way that there is; the payer pays with it', async () => {
    const till = await Till.open({ way });
    const receiver = await receiving(till);
    await till.client.ask('subscribe', { topic: 'payments' });
    // The provider takes its time: nobody waits for it.
    await till.faults({ match: { verb: 'prepay' }, do: [{ fault: 'latency', ms: 1_500 }] });
    const trade = await till.trade(3_000);
    const begun = await till.pay(trade);
    expect(begun).toMatchObject({ status: 'processing', next_action: null });

    const waiting = await till.until(begun.id, { status: 'requires_action', next_action: TOKEN });
    const told = { id: begun.id, next_action: { token: tokenOf(waiting) } };
    await vi.waitFor(() =>
      expect(till.client.heard.find(({ event }) => event === 'payment.requires_action')?.data).toMatchObject(told),
    );
    const { data } = await till.get<{ data: { type: string; data: object }[] }>('/events?limit=100');
    expect(data.find(({ type }) => type === 'payment.requires_action')?.data).toMatchObject(told);
    expect(JSON.stringify(data)).not.toContain('external_voucher');
    await receiver.waitFor(2);
    const brought = receiver.received.map(({ text }) => JSON.parse(text) as { type: string; data: object });
    expect(brought.find(({ type }) => type === 'payment.requires_action')?.data).toMatchObject(told);
    const expires = (waiting['next_action'] as { readonly expires_at: string }).expires_at;
    const ready = { id: expect.stringMatching(/^ext_/) as string, status: 'ready', expires_at: expires, failure: null };
    const voucher = (await voucherOf(till, begun.id)) as Shown;
    expect(voucher).toEqual(ready);
    expect(await voucherOf(till, voucher.id)).toEqual(ready);

    expect(await till.moved()).toEqual({ payments: 0, refunds: 0 });
    expect(await till.control(`/pay/${tokenOf(waiting)}`)).toBe(200);
    await till.until(begun.id, { status: 'succeeded', next_action: null });
    expect(await voucherOf(till, trade)).toMatchObject({ status: 'closed' });
    expect(await till.moved()).toEqual({ payments: 3_000, refunds: 0 });
    expect(await till.available('shop')).toBe(2_970);
    await till.verified();
  });

  test('a top-up, and one whose payer declines', async () => {
    const till = await Till.open({ way });
    const asked = { account: 'alice', amount: 500, currency: 'EUR' };
    const first = await till.ask('topups.create', '/topups', asked);
    const waiting = await till.until(String(first['payment']), { next_action: TOKEN });
    expect(await till.get(`/topups/${first.id}`)).toMatchObject({ next_action: waiting['next_action'] });
    await till.control(`/pay/${tokenOf(waiting)}`);
    await till.until(String(first['payment']), { status: 'succeeded' });
    const second = await till.ask('topups.create', '/topups', asked);
    const declined = await till.until(String(second['payment']), { next_action: TOKEN });
    await till.control(`/pay/${tokenOf(declined)}?outcome=failed&reason=no_funds`);
    await till.until(String(second['payment']), { status: 'failed', failure: 'no_funds' });
    expect(await till.available('alice')).toBe(500);
    await till.verified();
  });
});

test('a token that expires: nothing was paid, and what is paid late all the same goes back', async () => {
  // 15 minutes are 1.8 seconds.
  const till = await Till.open({ simulator: ['--time-scale', '0.002'] });
  const { id } = await till.pay(await till.trade(3_000));
  const waiting = await till.until(id, { next_action: TOKEN });
  const failed = await till.until(id, { status: 'failed', failure: 'prepay_expired', next_action: null });
  expect(await voucherOf(till, id)).toMatchObject({ status: 'expired' });
  expect(await till.control(`/pay/${tokenOf(waiting)}`)).toBe(409);
  // The payer's bank had begun before.
  expect(await till.control(`/settle/${numberOf(failed)}`)).toBe(200);
  await vi.waitFor(async () => expect(await till.moved()).toEqual({ payments: 3_000, refunds: 3_000 }), { timeout: 20_000, interval: 50 }); // prettier-ignore
  await till.until(id, { status: 'failed', instruments: [{ status: 'reversed' }] });
  expect(await till.available('shop')).toBe(0);
  await till.verified();
});

test('a channel that does not answer is not asked again: it is closed, and another attempt pays', async () => {
  const till = await Till.open({});
  const lost = { match: { verb: 'prepay', times: 1 }, do: [{ fault: 'drop_reply' }, { fault: 'no_callback' }] };
  await till.faults(lost);
  const trade = await till.trade(3_000);
  const { id } = await till.pay(trade);
  const failed = await till.until(id, { status: 'failed', failure: 'prepay_not_answered' });
  expect(await voucherOf(till, id)).toMatchObject({ status: 'failed', failure: 'prepay_not_answered' });
  const again = await till.pay(trade);
  const waiting = await till.until(again.id, { next_action: TOKEN });
  expect(numberOf(waiting)).not.toBe(numberOf(failed));
  await till.control(`/pay/${tokenOf(waiting)}`);
  await till.until(again.id, { status: 'succeeded' });
  expect(await till.moved()).toEqual({ payments: 3_000, refunds: 0 });
  await till.verified();
});

test('a refusal is one, and a callback that comes before the answer takes nothing away', async () => {
  const till = await Till.open({});
  await till.faults({ match: { verb: 'prepay' }, do: [{ fault: 'refuse', reason: 'not_allowed' }] });
  const refused = await till.pay(await till.trade(3_000));
  await till.until(refused.id, { status: 'failed', failure: 'not_allowed' });
  await till.faults({ match: { verb: 'prepay' }, do: [{ fault: 'latency', ms: 1_000, when: 'after' }] });
  const { id } = await till.pay(await till.trade(3_000));
  const waiting = await till.until(id, { next_action: TOKEN });
  // Paying twice with a token pays once.
  await till.control(`/pay/${tokenOf(waiting)}`);
  await till.control(`/pay/${tokenOf(waiting)}`);
  await till.until(id, { status: 'succeeded' });
  expect(await till.moved()).toEqual({ payments: 3_000, refunds: 0 });
  await till.verified();
});

test('a crash while the channel is asked is no answer; one with a token out takes nothing from the payer', async () => {
  const till = await Till.open({});
  const [first, second] = [await till.trade(1_000), await till.trade(2_000)];
  const kept = await till.pay(first);
  const waiting = await till.until(kept.id, { next_action: TOKEN });
  await till.faults({ match: { verb: 'prepay' }, do: [{ fault: 'latency', ms: 60_000 }] });
  const asking = await till.pay(second);
  await till.until(asking.id, { status: 'processing' });
  await vi.waitFor(async () => expect(await voucherOf(till, second)).toMatchObject({ status: 'requesting' }));
  await till.crash();
  expect(await voucherOf(till, second)).toMatchObject({ status: 'failed', failure: 'prepay_not_answered' });
  await till.until(asking.id, { status: 'failed', failure: 'prepay_not_answered' });
  expect(await till.get(`/payments/${kept.id}`)).toMatchObject({ next_action: waiting['next_action'] });
  await till.control(`/pay/${tokenOf(waiting)}`);
  await till.until(kept.id, { status: 'succeeded' });
  expect(await till.moved()).toEqual({ payments: 1_000, refunds: 0 });
  await till.verified();
});
