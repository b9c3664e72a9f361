// Faults of the connection: what the client hears, and whether the money moved.

import { performance } from 'node:perf_hooks';
import { describe, expect, test, vi } from 'vitest';
import { drawFor, logNormal } from '../../../src/channels/simulator/chance.ts';
import type { Fault } from '../../../src/channels/simulator/faults.ts';
import { simulated } from '../support/simulated.ts';

describe.each<[string, Fault, number, boolean]>([
  ['a reply lost after the debit', { fault: 'drop_reply' }, 0, true],
  ['a connection reset before it', { fault: 'reset' }, 0, false],
  ['a 500 before it', { fault: 'error', when: 'before' }, 500, false],
  ['a 503 after it', { fault: 'error', status: 503, when: 'after' }, 503, true],
  ['a malformed body', { fault: 'malformed_body' }, 200, true],
])('%s', (_, fault, status, isBooked) => {
  test(`is heard as ${status}; asked again under its number, money moved once`, async () => {
    const { pay, send, books } = await simulated({ rules: [{ match: { verb: 'pay', times: 1 }, do: [fault] }] });
    const heard = await pay('p1', 100);
    expect([heard.status, heard.body?.status]).toEqual([status, undefined]);
    expect(books().payments.map((payment) => payment.status)).toEqual(isBooked ? ['succeeded'] : []);
    expect((await send('GET', '/payments/p1')).status).toBe(isBooked ? 200 : 404);
    expect((await pay('p1', 100)).body?.status).toBe('succeeded');
    expect(books().totals['EUR']?.payments).toBe(100);
  });
});

describe('latency', () => {
  test('before booking lets a close come first', async () => {
    const latency = { fault: 'latency', ms: 500, when: 'before' } as const;
    const { url, pay, send, books } = await simulated({
      timeScale: 1,
      rules: [{ match: { verb: 'pay' }, do: [latency] }],
    });
    const paying = pay('p1', 100);
    await vi.waitUntil(async () => (await (await fetch(`${url}/faults`)).text()).includes('"applied":1'), {
      interval: 5,
    });
    expect((await send('POST', '/payments/p1/close')).body?.status).toBe('closed');
    expect((await paying).body?.status).toBe('closed');
    expect(books().totals['EUR']?.payments).toBe(0);
  });

  test('after booking: the money moved while the client still waits', async () => {
    const { pay, send } = await simulated({ timeScale: 1, rules: [{ do: [{ fault: 'latency', ms: 250 }] }] });
    const start = performance.now();
    let isAnswered = false;
    const paying = pay('p1', 100).finally(() => (isAnswered = true));
    let found = await send('GET', '/payments/p1');
    while (found.status === 404) found = await send('GET', '/payments/p1');
    expect([found.body?.status, isAnswered]).toEqual(['succeeded', false]);
    await paying;
    expect(performance.now() - start).toBeGreaterThan(245);
  });

  test('is scaled: a minute is 60 ms', async () => {
    const { pay } = await simulated({ rules: [{ do: [{ fault: 'latency', min: 60_000, max: 61_000 }] }] });
    const start = performance.now();
    await pay('p1', 100);
    expect(performance.now() - start).toBeGreaterThan(58);
    expect(performance.now() - start).toBeLessThan(10_000);
  });

  test('has the median and the 99th percentile that were asked for', () => {
    const samples = Array.from({ length: 20_000 }, (_, index) => logNormal(drawFor(1, index), 100, 2_000)).sort(
      (one, other) => one - other,
    );
    expect(samples[10_000]).toBeGreaterThan(93);
    expect(samples[10_000]).toBeLessThan(107);
    expect(samples[19_800]).toBeGreaterThan(1_700);
    expect(samples[19_800]).toBeLessThan(2_350);
  });
});

describe('rules', () => {
  test('apply to each n-th, to a number, to an amount, and so many times', async () => {
    const { pay, faults } = await simulated();
    const statuses = async (amount: number) =>
      (await Promise.all(['a', 'b', 'c', 'd'].map((name) => pay(name + amount, amount)))).map(({ status }) => status);
    const error = { fault: 'error', status: 502 } as const;
    faults([{ match: { every: 2 }, do: [error] }]);
    expect((await statuses(1)).filter((status) => status === 502)).toHaveLength(2);
    faults([{ match: { number: 'c2' }, do: [error] }]);
    expect(await statuses(2)).toEqual([200, 200, 502, 200]);
    faults([{ match: { amount: 3, times: 3 }, do: [error] }]);
    expect((await statuses(3)).filter((status) => status === 502)).toHaveLength(3);
    expect(await statuses(4)).toEqual([200, 200, 200, 200]);
  });

  test('of queries, closes and bills leave payments alone', async () => {
    const error = { fault: 'error' } as const;
    const rules = (['query', 'close', 'bill', 'prepay', 'capture'] as const).map((verb) => ({
      match: { verb },
      do: [error],
    }));
    const { pay, send } = await simulated({ rules });
    expect((await pay('p1', 100, { capture: false })).status).toBe(200);
    const asked = [
      await send('GET', '/payments/p1'),
      await send('POST', '/payments/p1/close'),
      await send('GET', '/bills/2026-11-24'),
      await send('POST', '/prepay', { number: 'p2', amount: 100, currency: 'EUR' }),
      await send('POST', '/payments/p1/capture'),
    ];
    expect(asked.map(({ status }) => status)).toEqual([500, 500, 500, 500, 500]);
  });

  test('the same seed draws the same, in whatever order requests come; a retry draws anew', async () => {
    const options = { seed: 7, rules: [{ match: { probability: 0.3 }, do: [{ fault: 'error' } as const] }] };
    const names = Array.from({ length: 100 }, (_, index) => `p${index}`);
    const failed = async (order: readonly string[], seed: number) => {
      const { pay } = await simulated({ ...options, seed });
      const heard = await Promise.all(order.map(async (name) => [name, (await pay(name, 1)).status] as const));
      const failures = heard.flatMap(([name, status]) => (status === 500 ? [name] : [])).toSorted();
      const retried = await Promise.all(failures.map(async (name) => (await pay(name, 1)).status));
      return { failures, retried };
    };
    const first = await failed(names, 7);
    expect(await failed(names.toReversed(), 7)).toEqual(first);
    expect(await failed(names, 8)).not.toEqual(first);
    expect(new Set(first.retried)).toEqual(new Set([200, 500]));
    expect(first.failures.length).toBeGreaterThan(15);
    expect(first.failures.length).toBeLessThan(45);
  });
});
