// Faults of the outcome: what the provider makes of an order.

import { expect, test, vi } from 'vitest';
import { simulated } from '../support/simulated.ts';

test('a refusal, and a refund to a card that is closed', async () => {
  const { pay, refund, books } = await simulated({
    rules: [
      { match: { number: 'p2' }, do: [{ fault: 'refuse', reason: 'insufficient_balance' }] },
      { match: { verb: 'refund' }, do: [{ fault: 'refuse', reason: 'instrument_closed' }] },
    ],
  });
  await pay('p1', 100);
  expect((await pay('p2', 100)).body).toMatchObject({ status: 'failed', reason: 'insufficient_balance' });
  expect((await refund('r1', 'p1', 100)).body).toMatchObject({ status: 'failed', reason: 'instrument_closed' });
  expect(books().totals['EUR']).toMatchObject({ payments: 100, refunds: 0 });
});

test('too little, too much, another currency: the answer and the books say what moved', async () => {
  const { pay, send, books } = await simulated({
    rules: [
      { match: { number: 'short' }, do: [{ fault: 'amount', by: -30 }] },
      { match: { number: 'over' }, do: [{ fault: 'amount', by: 30 }] },
      { match: { number: 'dollars' }, do: [{ fault: 'currency', currency: 'USD' }] },
    ],
  });
  expect((await pay('short', 100)).body).toMatchObject({ status: 'succeeded', amount: 70, currency: 'EUR' });
  const over = await pay('over', 100);
  expect(over.body).toMatchObject({ status: 'succeeded', amount: 130 });
  expect((await pay('dollars', 100)).body).toMatchObject({ amount: 100, currency: 'USD' });
  expect(await pay('over', 100)).toEqual(over);
  expect((await send('GET', '/payments/short')).body?.amount).toBe(70);
  expect(books().totals).toMatchObject({ EUR: { payments: 200 }, USD: { payments: 100 } });
});

test('accepted until it is settled, either way', async () => {
  const { pay, payOut, refund, send, control, books } = await simulated();
  await pay('paid', 100);
  await control('/faults', { rules: [{ do: [{ fault: 'accept' }] }] });
  expect((await pay('p1', 100)).body?.status).toBe('accepted');
  expect((await payOut('o1', 40)).body?.status).toBe('accepted');
  expect((await refund('r1', 'paid', 70)).body?.status).toBe('accepted');
  // What is on its way cannot be given back a second time.
  expect((await refund('r2', 'paid', 70)).body?.reason).toBe('original_insufficient');
  expect(books().totals['EUR']).toMatchObject({ payments: 100, refunds: 0, payouts: 0, held: 40 });
  expect((await control('/settle/p1')).body?.status).toBe('succeeded');
  expect((await control('/settle/o1?outcome=failed&reason=no_such_account')).body?.reason).toBe('no_such_account');
  expect((await control('/settle/r1?outcome=failed')).body?.status).toBe('failed');
  expect((await refund('r3', 'paid', 70)).body?.status).toBe('accepted');
  expect((await send('GET', '/payments/p1')).body?.status).toBe('succeeded');
  expect(books().totals['EUR']).toMatchObject({ payments: 200, payouts: 0, held: 0 });
});

test('accepted, and settled by itself after a while, unless it was closed', async () => {
  const { pay, send } = await simulated({ rules: [{ do: [{ fault: 'accept', settle_after_ms: 100_000 }] }] });
  expect((await pay('p1', 100)).body?.status).toBe('accepted');
  expect((await pay('closed', 100)).body?.status).toBe('accepted');
  await send('POST', '/payments/closed/close');
  await vi.waitUntil(async () => (await send('GET', '/payments/p1')).body?.status === 'succeeded', { timeout: 5_000 });
  expect((await pay('later', 100)).body?.status).toBe('accepted');
  await vi.waitUntil(async () => (await send('GET', '/payments/later')).body?.status === 'succeeded', {
    timeout: 5_000,
  });
  expect((await send('GET', '/payments/closed')).body?.status).toBe('closed');
});

test('an action that the customer has to take', async () => {
  const { pay, send, control } = await simulated({ rules: [{ do: [{ fault: 'require_action' }] }] });
  const { body } = await pay('p1', 100);
  expect(body?.status).toBe('requires_action');
  const page = await fetch(body?.action_url ?? '');
  expect(await page.text()).toContain('Confirm');
  await pay('p2', 100);
  const form = await fetch(`${body?.action_url}?outcome=succeeded`, { method: 'POST' });
  expect(form.status).toBe(200);
  await control('/act/p2?outcome=failed&reason=customer_refused');
  expect((await send('GET', '/payments/p1')).body).not.toHaveProperty('action_url');
  expect((await send('GET', '/payments/p1')).body?.status).toBe('succeeded');
  expect((await send('GET', '/payments/p2')).body).toMatchObject({ status: 'failed', reason: 'customer_refused' });
});

test('a payout that the bank sends back after it succeeded', async () => {
  const { payOut, send, books } = await simulated({
    rules: [{ match: { verb: 'payout' }, do: [{ fault: 'return', after_ms: 86_400, reason: 'account_closed' }] }],
  });
  expect((await payOut('o1', 100)).body?.status).toBe('succeeded');
  await vi.waitUntil(async () => (await send('GET', '/payouts/o1')).body?.status === 'returned', { timeout: 5_000 });
  expect((await send('GET', '/payouts/o1')).body?.reason).toBe('account_closed');
  expect(books().totals['EUR']).toMatchObject({ payouts: 100, returns: 100 });
});

test('a payment that queries do not find for a while', async () => {
  const clock = { nowMs: Date.now() };
  const rules = [{ do: [{ fault: 'invisible', for_ms: 60_000 } as const] }];
  const { pay, send, books } = await simulated({ rules, timeScale: 1, nowMs: () => clock.nowMs });
  expect((await pay('p1', 100)).body?.status).toBe('succeeded');
  expect((await send('GET', '/payments/p1')).body?.error).toBe('not_found');
  expect(books().totals['EUR']?.payments).toBe(100);
  clock.nowMs += 60_000;
  expect((await send('GET', '/payments/p1')).body?.status).toBe('succeeded');
});
