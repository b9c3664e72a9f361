// What the simulator refuses: bodies, paths, methods, sizes. Nothing of it is booked.

import { afterEach, expect, test, vi } from 'vitest';
import { LIMITS } from '../../../src/channels/simulator/limits.ts';
import { hear } from '../support/simulator-client.ts';
import { simulated } from '../support/simulated.ts';

afterEach(() => void vi.restoreAllMocks());

const good = { number: 'p1', amount: 100, currency: 'EUR' };

test.each<[string, object]>([
  ['no number', { ...good, number: undefined }],
  ['a number with a slash', { ...good, number: 'a/b' }],
  ['a number of 65 characters', { ...good, number: 'x'.repeat(65) }],
  ['no amount', { ...good, amount: undefined }],
  ['an amount of 0', { ...good, amount: 0 }],
  ['an amount below 0', { ...good, amount: -1 }],
  ['a fraction', { ...good, amount: 1.5 }],
  ['an amount that is not counted exactly', { ...good, amount: 2 ** 53 }],
  ['an amount as text', { ...good, amount: '100' }],
  ['a currency in small letters', { ...good, currency: 'eur' }],
  ['a field that there is not', { ...good, ammount: 100 }],
  ['capture as text', { ...good, capture: 'no' }],
  ['a callback to a file', { ...good, notify_url: 'file:///etc/passwd' }],
  ['a list', [good]],
])('refused is a payment with %s', async (_, body) => {
  const { send, books } = await simulated();
  const refused = await send('POST', '/payments', body);
  expect([refused.status, refused.body?.error]).toEqual([400, 'invalid_request']);
  expect(books().payments).toEqual([]);
});

test('paths, methods and days that there are not', async () => {
  const { send, url } = await simulated();
  expect((await send('GET', '/nothing')).status).toBe(404);
  expect((await send('GET', '/payments/p1/close/now')).status).toBe(404);
  expect((await send('POST', '/refunds/r1/capture')).status).toBe(404);
  expect((await send('DELETE', '/payments/p1')).status).toBe(405);
  expect((await send('GET', '/payments')).status).toBe(405);
  expect((await send('GET', '/bills/2026-13-45')).status).toBe(400);
  expect((await send('GET', '/payments/%00')).status).toBe(400);
  expect((await send('GET', '/payments/%zz')).status).toBe(400);
  expect((await hear(`${url}/constructor`)).status).toBe(404);
});

test('a body over the limit is not read to its end', async () => {
  const { send, books } = await simulated();
  const refused = await send('POST', '/payments', { ...good, description: 'x'.repeat(LIMITS.bodyBytesMax) });
  // The client may still be sending when the connection ends.
  expect([413, 0]).toContain(refused.status);
  expect(books().payments).toEqual([]);
});

test('a request above those that may be in flight', async () => {
  vi.spyOn(LIMITS, 'inFlightMax', 'get').mockReturnValue(1 as never);
  const { pay, faults } = await simulated({ timeScale: 1 });
  faults([{ match: { number: 'slow' }, do: [{ fault: 'latency', ms: 300, when: 'before' }] }]);
  const slow = pay('slow', 100);
  await vi.waitUntil(async () => (await pay('p2', 100)).body?.error === 'busy', { timeout: 2_000, interval: 5 });
  expect((await slow).status).toBe(200);
});

test('the control surface takes only what it knows', async () => {
  const { control, pay, url } = await simulated();
  await pay('p1', 100);
  expect((await control('/settle/p1?outcome=perhaps')).status).toBe(400);
  expect((await control('/settle/p1?outcome=failed')).body?.error).toBe('wrong_status');
  expect((await control('/act/p1?outcome=failed')).body?.error).toBe('wrong_status');
  expect((await control('/return/p1')).body?.error).toBe('wrong_status');
  expect((await control('/settle/p2')).status).toBe(404);
  expect((await hear(`${url}/faults`, { method: 'POST', body: '{' })).status).toBe(400);
  expect((await hear(`${url}/`)).text).toContain('no real money');
  expect((await hear(`${url}/act/p1`)).text).toContain('succeeded');
});
