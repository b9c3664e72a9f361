// One attempt against a real receiver, and against receivers that do what they should not.

import { createServer, type AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { makeAddressGuard } from '../../src/webhooks/address-guard.ts';
import { LIMITS, makeSender, readRetryAfter, type Letter, type Sender } from '../../src/webhooks/sender.ts';
import { makeSecret } from '../../src/webhooks/signature.ts';
import { answerWith, Receiver } from '../support/receiver.ts';

async function receiver(): Promise<Receiver> {
  const started = await Receiver.start();
  onTestFinished(() => started.stop());
  return started;
}

/** `leadsTo`: the address of every name. */
function sender(allowed: readonly string[] = ['127.0.0.0/8'], leadsTo = '127.0.0.1', attemptMs = 300): Sender {
  const guard = makeAddressGuard(allowed, () => Promise.resolve([leadsTo]));
  const made = makeSender(guard, 'Florin/test', { ...LIMITS, attemptMs });
  onTestFinished(() => made.close());
  return made;
}

function letter(url: string, more: Partial<Letter> = {}): Letter {
  return { url, id: 'evt_1', body: '{"id":"evt_1"}', secrets: [makeSecret()], traceId: '', nowMs: Date.now(), ...more };
}

test('an event is posted as it is', async () => {
  const shop = await receiver();
  const outcome = await sender().send(letter(shop.url('/hook?a=b')));
  expect(outcome).toEqual({ kind: 'answered', status: 204, retryAfterMs: null });
  expect(shop.received).toMatchObject([{ text: '{"id":"evt_1"}', path: '/hook?a=b' }]);
  expect(shop.received[0]?.headers).toMatchObject({ 'user-agent': 'Florin/test', 'content-length': '14' });
  expect(shop.received[0]?.headers).not.toHaveProperty('traceparent');
});

test('a redirect is not followed', async () => {
  const [shop, elsewhere] = [await receiver(), await receiver()];
  for (const status of [301, 302, 307, 308]) {
    shop.answering = answerWith(status, { location: elsewhere.url() });
    expect(await sender().send(letter(shop.url()))).toMatchObject({ kind: 'answered', status });
  }
  expect(elsewhere.received).toEqual([]);
});

test('an answer without end is not read to its end, and changes nothing', async () => {
  const shop = await receiver();
  let written = 0;
  shop.answering = (response) => {
    response.writeHead(200);
    const more = (): void => {
      if (written >= 50_000_000 || response.destroyed) return;
      written += 65_536;
      response.write('x'.repeat(65_536));
    };
    response.on('drain', more);
    more();
  };
  const patient = sender(['127.0.0.0/8'], '127.0.0.1', 10_000);
  expect(await patient.send(letter(shop.url()))).toMatchObject({ kind: 'answered', status: 200 });
  expect(written).toBeLessThan(10_000_000);
});

test('a receiver that does not answer, or not in time, or not in HTTP, is unreachable', async () => {
  const shop = await receiver();
  shop.answering = () => undefined;
  const startedMs = performance.now();
  expect(await sender().send(letter(shop.url()))).toEqual({ kind: 'unreachable', reason: 'timeout' });
  expect(performance.now() - startedMs).toBeLessThan(3_000);
  const dripping = createServer((socket) => {
    const timer = setInterval(() => socket.write('H'), 50);
    socket.on('close', () => clearInterval(timer)).on('error', () => undefined);
  });
  await new Promise<void>((resolve) => void dripping.listen(0, '127.0.0.1', resolve));
  const { port } = dripping.address() as AddressInfo;
  expect(await sender().send(letter(`http://127.0.0.1:${port}/`))).toMatchObject({ kind: 'unreachable' });
  await new Promise((resolve) => dripping.close(resolve));
  const refused = await sender().send(letter(`http://127.0.0.1:${port}/`));
  expect(refused).toEqual({ kind: 'unreachable', reason: 'ECONNREFUSED' });
});

test('a name is connected to at the address that was judged, and not at all where that is refused', async () => {
  const shop = await receiver();
  const port = new URL(shop.url()).port;
  expect(await sender().send(letter(`http://shop.example:${port}/`))).toMatchObject({ status: 204 });
  const guarded = sender([]);
  for (const host of ['shop.example', 'localhost', '127.0.0.1', '2130706433', '[::ffff:127.0.0.1]']) {
    const outcome = await guarded.send(letter(`http://${host}:${port}/`));
    expect(outcome, host).toEqual({
      kind: 'unreachable',
      reason: expect.stringMatching(/^address refused: /) as string,
    });
  }
  expect(shop.received).toHaveLength(1);
});

test.each([
  ['120', 120_000],
  ['0', 0],
  ['Sun, 06 Nov 1994 08:49:37 GMT', 37_000],
  ['Sun, 06 Nov 1994 08:40:00 GMT', 0],
  ['soon', null],
  ['-5', null],
  ['1.5', null],
  ['', null],
])('Retry-After: %s', (value, retryAfterMs) => {
  expect(readRetryAfter(value, Date.parse('1994-11-06T08:49:00Z'))).toBe(retryAfterMs);
});
