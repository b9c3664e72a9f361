// Callbacks, as they should be and in all the ways in which they go wrong.

import { expect, test, vi } from 'vitest';
import type { Fault } from '../../../src/channels/simulator/faults.ts';
import { receiveCallbacks, type Receiver } from '../support/callback-receiver.ts';
import { simulated, type Simulated } from '../support/simulated.ts';

type Stage = Simulated & { readonly receiver: Receiver };

/** A simulator that calls back a receiver, with these faults for everything. */
async function stage(...faults: Fault[]): Promise<Stage> {
  const receiver = await receiveCallbacks();
  const rules = faults.length === 0 ? [] : [{ do: faults }];
  return { ...(await simulated({ callbackUrl: receiver.url, rules })), receiver };
}

/** What came, once there is so much of it: number, status, verdict. */
async function told({ receiver }: Stage, count: number): Promise<string[]> {
  await vi.waitUntil(() => receiver.received.length >= count, { timeout: 10_000 });
  return receiver.received.map(({ body, verdict }) => `${body.number} ${body.status} ${verdict}`);
}

test('each status of an order is told once, in order, signed anew', async () => {
  const at = await stage();
  await at.pay('p1', 100, { capture: false });
  await at.send('POST', '/payments/p1/capture');
  await at.refund('r1', 'p1', 40);
  await at.refund('r2', 'p1', 400);
  await at.payOut('o1', 10);
  await at.control('/return/o1');
  const lines = await told(at, 6);
  expect(lines.filter((line) => line.startsWith('p1'))).toEqual(['p1 accepted ok', 'p1 succeeded ok']);
  expect(lines.filter((line) => line.startsWith('o1'))).toEqual(['o1 succeeded ok', 'o1 returned ok']);
  expect(lines).toContain('r1 succeeded ok');
  expect(lines).toContain('r2 failed ok');
  expect(at.receiver.received.find(({ body }) => body.number === 'r2')?.body).toEqual({
    event: 'refund.failed',
    number: 'r2',
    verb: 'refund',
    status: 'failed',
    trade_number: 'sim_1_00000003',
    amount: 400,
    currency: 'EUR',
    reason: 'original_insufficient',
  });
});

test('the next step of an order waits for the one before, other orders do not', async () => {
  const at = await stage();
  let release = (): void => undefined;
  at.receiver.hold = new Promise((resolve) => (release = resolve));
  await at.pay('p1', 100, { capture: false });
  await at.send('POST', '/payments/p1/capture');
  await at.pay('p2', 100);
  await at.pay('p3', 100);
  expect((await told(at, 3)).toSorted()).toEqual(['p1 accepted ok', 'p2 succeeded ok', 'p3 succeeded ok']);
  release();
  expect((await told(at, 4))[3]).toBe('p1 succeeded ok');
});

test('they go to the address of the request, before that of the simulator', async () => {
  const at = await stage();
  const own = await receiveCallbacks();
  await at.pay('p1', 100, { notify_url: own.url });
  await at.pay('p2', 100);
  expect(await told(at, 1)).toEqual(['p2 succeeded ok']);
  expect(await told({ ...at, receiver: own }, 1)).toEqual(['p1 succeeded ok']);
});

test('asking again tells nobody', async () => {
  const at = await stage();
  await at.pay('p1', 100);
  await at.pay('p1', 100);
  await at.pay('p2', 100);
  await told(at, 2);
  expect(at.receiver.received.filter(({ body }) => body.number === 'p1')).toHaveLength(1);
});

test('one that is not taken comes again, signed anew, six times in all', async () => {
  const at = await stage();
  at.receiver.statuses.push(500, 302);
  await at.pay('p1', 100);
  expect(await told(at, 3)).toEqual(['p1 succeeded ok', 'p1 succeeded ok', 'p1 succeeded ok']);
  at.receiver.statuses.push(...Array.from({ length: 7 }, () => 500));
  await at.pay('p2', 100);
  await told(at, 9);
  // One of the seven refusals is left: nothing was sent that could have got it.
  expect(at.receiver.statuses).toEqual([500]);
});

test('never', async () => {
  const at = await stage({ fault: 'no_callback' });
  await at.pay('p1', 100);
  at.faults([]);
  await at.pay('p2', 100);
  expect(await told(at, 1)).toEqual(['p2 succeeded ok']);
});

test('several times', async () => {
  const at = await stage({ fault: 'duplicate_callback', times: 3 });
  await at.pay('p1', 100);
  expect(await told(at, 4)).toEqual(Array.from({ length: 4 }, () => 'p1 succeeded ok'));
});

test('late', async () => {
  const at = await stage({ fault: 'late_callback', delay_ms: 200_000 });
  const startMs = Date.now();
  await at.pay('p1', 100);
  await told(at, 1);
  expect((at.receiver.received[0]?.atMs ?? 0) - startMs).toBeGreaterThan(195);
});

test('in another order: of several payments, and of the steps of one', async () => {
  const several = await stage({ fault: 'reordered_callbacks', count: 3 });
  for (const name of ['p1', 'p2', 'p3']) await several.pay(name, 100);
  expect(await told(several, 3)).toEqual(['p3 succeeded ok', 'p2 succeeded ok', 'p1 succeeded ok']);
  const one = await stage({ fault: 'reordered_callbacks' }, { fault: 'accept' });
  await one.pay('p1', 100);
  await one.control('/settle/p1');
  expect(await told(one, 2)).toEqual(['p1 succeeded ok', 'p1 accepted ok']);
});

test('reordered ones that get no company come after a minute', async () => {
  const at = await stage({ fault: 'reordered_callbacks' });
  await at.pay('p1', 100);
  expect(await told(at, 1)).toEqual(['p1 succeeded ok']);
});

test('contradictory: failed after succeeded, and the other way round', async () => {
  const at = await stage({ fault: 'contradictory_callback', delay_ms: 50_000 });
  await at.pay('p1', 100);
  expect(await told(at, 2)).toEqual(['p1 succeeded ok', 'p1 failed ok']);
  const other = await stage({ fault: 'contradictory_callback' }, { fault: 'refuse', reason: 'declined' });
  await other.pay('p1', 100);
  expect(await told(other, 2)).toEqual(['p1 failed ok', 'p1 succeeded ok']);
  expect(other.books().payments[0]?.status).toBe('failed');
});

test.each([
  ['signature', 'p1 succeeded signature_wrong'],
  ['old', 'p1 succeeded timestamp_out_of_range'],
] as const)('forged (%s): claims a success that there was not', async (how, forged) => {
  const at = await stage({ fault: 'forged_callback', how }, { fault: 'refuse', reason: 'declined' });
  at.receiver.statuses.push(200, 401);
  await at.pay('p1', 100);
  expect(await told(at, 2)).toEqual(['p1 failed ok', forged]);
});

test('replayed: the very bytes of the one before', async () => {
  const at = await stage({ fault: 'forged_callback', how: 'replay' });
  await at.pay('p1', 100);
  expect(await told(at, 2)).toEqual(['p1 succeeded ok', 'p1 succeeded nonce_reused']);
});

test('for a number that nobody asked for', async () => {
  const at = await stage({ fault: 'unknown_callback' });
  await at.pay('p1', 100);
  const lines = await told(at, 2);
  expect(lines[0]).toBe('p1 succeeded ok');
  expect(lines[1]).toMatch(/^unknown_[0-9a-f]{16} succeeded ok$/);
  expect(at.books().payments).toHaveLength(1);
});

test('what rules said of an order holds for all its steps', async () => {
  const at = await stage({ fault: 'accept' }, { fault: 'duplicate_callback' });
  await at.pay('p1', 100);
  at.faults([]);
  await at.control('/settle/p1');
  expect(await told(at, 4)).toEqual(['p1 accepted ok', 'p1 accepted ok', 'p1 succeeded ok', 'p1 succeeded ok']);
});

test('three hundred at once all arrive, through the 64 places that there are', async () => {
  const at = await stage();
  await Promise.all(Array.from({ length: 300 }, (_, index) => at.pay(`p${index}`, 1)));
  const lines = await told(at, 300);
  expect(new Set(lines).size).toBe(300);
});

test('a simulator that ends leaves nothing running', async () => {
  const at = await stage({ fault: 'late_callback', delay_ms: 86_400_000 });
  await at.pay('p1', 100);
  await at.close();
  await expect(fetch(at.url)).rejects.toThrow('fetch failed');
  expect(at.receiver.received).toEqual([]);
});
