// Payments, refunds and payouts at the provider, without faults.

import { describe, expect, test } from 'vitest';
import { simulated } from '../support/simulated.ts';

describe('a payment', () => {
  test('succeeds, and is found under its number', async () => {
    const { pay, send, books } = await simulated();
    const paid = await pay('p1', 10_000, { description: 'Tea' });
    expect(paid.body).toEqual({
      number: 'p1',
      verb: 'pay',
      status: 'succeeded',
      trade_number: 'sim_1_00000001',
      amount: 10_000,
      currency: 'EUR',
    });
    expect(await send('GET', '/payments/p1')).toEqual(paid);
    expect((await send('GET', '/refunds/p1')).status).toBe(404);
    expect((await send('GET', '/payments/p2')).body?.error).toBe('not_found');
    expect(books().totals).toEqual({
      EUR: { payments: 10_000, refunds: 0, payouts: 0, returns: 0, fees: 30, held: 0 },
    });
  });

  test('asked for again gets the first answer; with other parameters a refusal', async () => {
    const { pay, refund, send, books } = await simulated();
    const first = await pay('p1', 100);
    expect(await pay('p1', 100, { description: 'again', notify_url: 'http://127.0.0.1:9/' })).toEqual(first);
    for (const other of [{ amount: 101 }, { currency: 'USD' }, { capture: false }]) {
      expect((await pay('p1', 100, other)).body?.error).toBe('number_reused');
    }
    expect((await refund('p1', 'p1', 100)).status).toBe(409);
    expect((await send('POST', '/prepay', { number: 'p1', amount: 100, currency: 'EUR' })).status).toBe(409);
    expect(books().totals['EUR']?.payments).toBe(100);
  });

  test('sent a hundred times at once moves money once', async () => {
    const { pay, books } = await simulated();
    const answers = await Promise.all(Array.from({ length: 100 }, () => pay('p1', 100)));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(answers[0]?.body?.status).toBe('succeeded');
    expect(books().totals['EUR']?.payments).toBe(100);
  });

  test('without capture waits for it; a part can be taken, once', async () => {
    const { pay, send, books } = await simulated();
    expect((await pay('p1', 100, { capture: false })).body?.status).toBe('accepted');
    expect(books().totals['EUR']?.payments).toBe(0);
    expect((await send('POST', '/payments/p1/capture', { amount: 101 })).status).toBe(400);
    const captured = await send('POST', '/payments/p1/capture', { amount: 60 });
    expect(captured.body).toMatchObject({ status: 'succeeded', amount: 60 });
    expect(await send('POST', '/payments/p1/capture', { amount: 60 })).toEqual(captured);
    expect((await send('POST', '/payments/p1/capture', { amount: 61 })).status).toBe(409);
    expect(books().totals['EUR']?.payments).toBe(60);
  });

  test('that is captured already cannot be, nor one that there is not', async () => {
    const { pay, send } = await simulated();
    await pay('p1', 100);
    expect((await send('POST', '/payments/p1/capture')).body?.error).toBe('wrong_status');
    expect((await send('POST', '/payments/p2/capture')).body?.error).toBe('not_found');
  });
});

describe('closing', () => {
  test('ends an open payment, and leaves one that succeeded as it is', async () => {
    const { pay, send, books } = await simulated();
    await pay('open', 100, { capture: false });
    await pay('paid', 100);
    expect((await send('POST', '/payments/open/close')).body?.status).toBe('closed');
    expect((await send('POST', '/payments/open/capture')).body?.error).toBe('wrong_status');
    expect((await send('POST', '/payments/paid/close')).body?.status).toBe('succeeded');
    expect(books().totals['EUR']?.payments).toBe(100);
  });

  test('of a number that comes later keeps it from moving money', async () => {
    const { pay, send, books } = await simulated();
    expect((await send('POST', '/payments/p1/close')).body).toMatchObject({ status: 'closed', amount: 0 });
    const late = await pay('p1', 100);
    expect(late.body).toMatchObject({ status: 'closed', amount: 100 });
    expect(await pay('p1', 100)).toEqual(late);
    expect((await pay('p1', 101)).status).toBe(409);
    expect(books().totals['EUR']?.payments).toBe(0);
  });

  test('late money comes all the same, as it does', async () => {
    const { pay, send, control, books } = await simulated();
    await pay('p1', 100, { capture: false });
    await send('POST', '/payments/p1/close');
    expect((await control('/settle/p1')).body?.status).toBe('succeeded');
    expect(books().totals['EUR']?.payments).toBe(100);
  });
});

describe('a refund', () => {
  test('gives back at most what was paid, however many ask', async () => {
    const { pay, refund, books } = await simulated();
    await pay('p1', 100);
    const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => refund(`r${index}`, 'p1', 30)));
    const reasons = answers.map(({ body }) => body?.reason ?? body?.status);
    expect(reasons.filter((reason) => reason === 'succeeded')).toHaveLength(3);
    expect(reasons.filter((reason) => reason === 'original_insufficient')).toHaveLength(17);
    expect(books().totals['EUR']?.refunds).toBe(90);
  });

  test.each([
    ['of nothing', 'p0', 10, 'EUR', 'original_unknown'],
    ['of a payment that did not succeed', 'open', 10, 'EUR', 'original_not_succeeded'],
    ['in another currency', 'paid', 10, 'USD', 'currency_mismatch'],
    ['of more than was paid', 'paid', 101, 'EUR', 'original_insufficient'],
  ])('%s fails', async (_, original, amount, currency, reason) => {
    const { pay, refund } = await simulated();
    await pay('paid', 100);
    await pay('open', 100, { capture: false });
    const failed = await refund('r1', original, amount, { currency });
    expect([failed.status, failed.body?.status, failed.body?.reason]).toEqual([200, 'failed', reason]);
    expect(await refund('r1', original, amount, { currency })).toEqual(failed);
  });
});

describe('a payout', () => {
  test('goes as far as the funds do', async () => {
    const { pay, payOut, books } = await simulated({ fund: 100, feeBasisPoints: 1_000 });
    expect((await payOut('o1', 101)).body).toMatchObject({ status: 'failed', reason: 'insufficient_funds' });
    await pay('p1', 100);
    expect((await payOut('o2', 191)).body?.reason).toBe('insufficient_funds');
    expect((await payOut('o3', 190)).body?.status).toBe('succeeded');
    expect((await payOut('o4', 1)).body?.reason).toBe('insufficient_funds');
    expect(books().totals['EUR']).toMatchObject({ payments: 100, payouts: 190, fees: 10 });
  });

  test('comes back from the bank, once', async () => {
    const { payOut, send, control, books } = await simulated();
    await payOut('o1', 100);
    expect((await control('/return/o1?reason=account_closed')).body).toMatchObject({
      status: 'returned',
      reason: 'account_closed',
    });
    await control('/return/o1');
    expect((await send('GET', '/payouts/o1')).body?.status).toBe('returned');
    expect(books().totals['EUR']).toMatchObject({ payouts: 100, returns: 100 });
  });
});

describe('a prepaid payment', () => {
  const prepaid = { number: 'p1', amount: 100, currency: 'EUR' };

  test('is paid by the customer, with the token', async () => {
    const { send, control, books } = await simulated({ timeScale: 1 });
    const first = await send('POST', '/prepay', prepaid);
    expect(JSON.parse(first.text)).toMatchObject({ number: 'p1', token: expect.stringMatching(/^tok_/) });
    expect(await send('POST', '/prepay', prepaid)).toEqual(first);
    expect((await send('GET', '/payments/p1')).body?.status).toBe('requires_action');
    expect((await control('/act/p1')).body?.status).toBe('succeeded');
    expect((await control('/act/p1')).body?.status).toBe('succeeded');
    expect(books().totals['EUR']?.payments).toBe(100);
  });

  test('is paid by whoever has its token, once, and not after its time', async () => {
    const clock = { nowMs: Date.now() };
    const { send, control, books } = await simulated({ timeScale: 1, nowMs: () => clock.nowMs });
    const tokenOf = async (number: string) =>
      (JSON.parse((await send('POST', '/prepay', { ...prepaid, number })).text) as { token: string }).token;
    const [first, second, third] = [await tokenOf('p1'), await tokenOf('p2'), await tokenOf('p3')];
    expect(new Set([first, second, third]).size).toBe(3);
    for (let time = 0; time < 2; time++) expect((await control(`/pay/${first}`)).body?.status).toBe('succeeded');
    expect((await control(`/pay/${second}?outcome=failed&reason=no_funds`)).body).toMatchObject({ status: 'failed', reason: 'no_funds' }); // prettier-ignore
    expect((await control('/pay/tok_nobody')).body?.error).toBe('not_found');
    clock.nowMs += 900_001;
    expect((await control(`/pay/${third}`)).body?.error).toBe('wrong_status');
    expect(books().totals['EUR']?.payments).toBe(100);
    // Its bank had begun in time.
    expect((await control('/settle/p3')).body?.status).toBe('succeeded');
    expect(books().totals['EUR']?.payments).toBe(200);
  });

  test('that is refused, or closed before it was asked for, has no token and says so', async () => {
    const { send, faults } = await simulated();
    faults([{ match: { verb: 'prepay' }, do: [{ fault: 'refuse', reason: 'not_allowed' }] }]);
    const refused = await send('POST', '/prepay', prepaid);
    expect([refused.status, refused.body]).toMatchObject([200, { status: 'failed', reason: 'not_allowed' }]);
    expect(refused.text).not.toContain('token');
    await send('POST', '/payments/p2/close');
    expect((await send('POST', '/prepay', { ...prepaid, number: 'p2' })).body?.status).toBe('closed');
  });

  test('can be closed, and is closed when its time is over', async () => {
    const clock = { nowMs: Date.now() };
    const { send, control, books } = await simulated({ timeScale: 1, nowMs: () => clock.nowMs });
    await send('POST', '/prepay', prepaid);
    await send('POST', '/prepay', { ...prepaid, number: 'p2' });
    expect((await send('POST', '/payments/p1/close')).body?.status).toBe('closed');
    clock.nowMs += 900_001;
    // Signatures go by the same clock, so only the unsigned surface can be asked now.
    expect((await control('/act/p1')).body?.error).toBe('wrong_status');
    expect((await control('/act/p2')).body?.error).toBe('wrong_status');
    expect(books().totals['EUR']?.payments).toBe(0);
  });
});
