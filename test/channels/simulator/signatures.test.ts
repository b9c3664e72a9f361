// What if somebody who does not know the secret, or who listened, asks the simulator?

import { expect, test } from 'vitest';
import { DEVELOPMENT_SECRET, SIGNATURE_HEADER, signedHeaders } from '../../../src/channels/simulator-protocol.ts';
import { clientOf, hear } from '../support/simulator-client.ts';
import { simulated } from '../support/simulated.ts';

const body = JSON.stringify({ number: 'p1', amount: 100, currency: 'EUR' });
const message = { method: 'POST', path: '/payments', body };
const fresh = (nonce: string, nowMs = Date.now()) => signedHeaders(DEVELOPMENT_SECRET, message, nowMs, nonce);

test('nothing is booked without a right signature', async () => {
  const { url, books } = await simulated();
  const right = fresh('nonce-0001');
  const signature = right[SIGNATURE_HEADER] ?? '';
  const flipped = (signature.startsWith('0') ? '1' : '0') + signature.slice(1);
  const post = (headers: Record<string, string>, sent = body) =>
    hear(`${url}/payments`, { method: 'POST', headers, body: sent });
  const refusals = [
    await post({}),
    await post({ ...right, [SIGNATURE_HEADER]: flipped }),
    await post(right, body.replace('100', '900')),
    await post(fresh('nonce-0002', Date.now() - 301_000)),
    await post(fresh('nonce-0003', Date.now() + 301_000)),
    await clientOf(url, 'another secret')('GET', '/bills/2026-11-24'),
  ];
  expect(refusals.map(({ status }) => status)).toEqual([401, 401, 401, 401, 401, 401]);
  expect(refusals.map((refusal) => refusal.body?.error)).toEqual([
    'signature_missing',
    'signature_wrong',
    'signature_wrong',
    'timestamp_out_of_range',
    'timestamp_out_of_range',
    'signature_wrong',
  ]);
  expect(books().payments).toEqual([]);
  // And what was refused has not used up the nonce.
  expect((await post(right)).status).toBe(200);
});

test('a message that was taken is not taken again', async () => {
  const { url } = await simulated();
  const headers = fresh('nonce-0001');
  const answers = await Promise.all(
    Array.from({ length: 10 }, () => hear(`${url}/payments`, { method: 'POST', headers, body })),
  );
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  expect(answers.filter((answer) => answer.body?.error === 'nonce_reused')).toHaveLength(9);
});
