// Checks over real HTTP: what an endpoint may answer, how long it is waited for, and that one that hangs holds up nobody.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { readCheck } from '../../src/channels/check-config.ts';
import { CheckEndpoint } from '../../src/channels/check-endpoint.ts';
import { Checks } from '../../src/channels/checks.ts';
import { DEVELOPMENT_SECRET } from '../../src/channels/simulator-protocol.ts';
import type { Check } from '../../src/domain/orders/checks.ts';
import { fakeClock } from './support/fake-clock.ts';
import { simulated } from './support/simulated.ts';

const ABOUT = {
  trade: 'trd_1',
  outTradeNo: 'order 1',
  product: 'sale',
  payer: 'alice',
  payees: [{ account: 'shop', amount: 60 }],
  amount: 60,
  currency: 'EUR',
  instruments: [{ type: 'channel', channel: 'card', amount: 60 }],
};
const CALLER = { merchant: 'acme', traceId: '0af7651916cd43dd8448eb211c80319c' };

const strong = (name: string, timeoutMs = 1_000): Check => ({ name, strength: 'strong', timeoutMs });
const weak = (name: string, timeoutMs = 1_000): Check => ({ name, strength: 'weak', timeoutMs, fallback: 'pass' });

type Asked = { readonly request: IncomingMessage; readonly body: string; readonly response: ServerResponse };

/** A service of ours that answers when the test says. */
async function service(): Promise<{ url: string; asked: Asked[] }> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => asked.push({ request, body, response }));
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/risk?of=us`, asked };
}

function checksAt(url: string, names: readonly string[], inFlightMax = 100, breaker: object = {}) {
  const problems: string[] = [];
  const clock = fakeClock();
  const endpoints = names.map((name, index) => {
    return new CheckEndpoint(readCheck({ name, url, inFlightMax, ...breaker }, index, problems), 'the secret', clock);
  });
  expect(problems).toEqual([]);
  const checks = new Checks(endpoints, clock);
  onTestFinished(() => checks.stop());
  return { checks, clock };
}

const come = (asked: readonly Asked[], count: number) => vi.waitFor(() => expect(asked.length).toBe(count));

test('an endpoint is asked about the payment, with its secret, in the trace of the request', async () => {
  const { url, asked } = await service();
  const { checks } = checksAt(url, ['risk']);
  const verdict = checks.ask({ checks: [strong('risk')], about: ABOUT }, CALLER);
  await come(asked, 1);
  const [{ request, body, response }] = asked as [Asked];
  expect([request.method, request.url]).toEqual(['POST', '/v1/risk?of=us']);
  expect(request.headers).toMatchObject({
    authorization: 'Bearer the secret',
    traceparent: expect.stringContaining(CALLER.traceId) as string,
  });
  const { outTradeNo, ...rest } = ABOUT;
  expect(JSON.parse(body)).toEqual({ check: 'risk', merchant: 'acme', out_trade_no: outTradeNo, ...rest });
  response.end('{"answer":"pass","reference":"r-17","score":3}');
  expect(await verdict).toEqual([{ name: 'risk', answer: 'pass', reference: 'r-17', fellBack: false }]);
  expect(checks.endpoints[0]?.counts).toEqual({ passed: 1, refused: 0, silent: 0, unasked: 0 });
});

test.each([
  [200, '{"answer":"maybe"}'],
  [200, '{"answer":"pass","reference":7}'],
  [200, `{"answer":"pass","reference":"${'x'.repeat(129)}"}`],
  [200, '{"answer":"pa'],
  [200, '"pass"'],
  [201, '{"answer":"pass"}'],
  [302, '{"answer":"pass"}'],
  [404, '{"answer":"pass"}'],
  [500, '{"answer":"refuse"}'],
])('%i %s is no answer', async (status, body) => {
  const { url, asked } = await service();
  const { checks } = checksAt(url, ['risk']);
  const verdict = checks.ask({ checks: [weak('risk')], about: ABOUT }, CALLER);
  await come(asked, 1);
  asked[0]?.response.writeHead(status).end(body);
  expect(await verdict).toEqual([{ name: 'risk', answer: 'pass', reference: '', fellBack: true }]);
  expect(checks.endpoints[0]?.counts.silent).toBe(1);
});

describe('all at the same time', () => {
  test('each until its own time: what comes later is ignored', async () => {
    const { url, asked } = await service();
    const { checks, clock } = checksAt(url, ['risk', 'price']);
    let told = false;
    const verdict = checks.ask({ checks: [strong('risk', 500), weak('price', 300)], about: ABOUT }, CALLER);
    void verdict.then(() => (told = true));
    await come(asked, 2);
    await clock.pass(300);
    asked.find(({ body }) => body.includes('"price"'))?.response.end('{"answer":"refuse"}');
    await clock.pass(199);
    expect(told).toBe(false);
    asked.find(({ body }) => body.includes('"risk"'))?.response.end('{"answer":"pass"}');
    expect(await verdict).toMatchObject([
      { name: 'risk', fellBack: false },
      { name: 'price', fellBack: true },
    ]);
    expect(clock.timers()).toBe(0);
  });

  test('a strong one that hangs refuses at its time', async () => {
    const { url, asked } = await service();
    const { checks, clock } = checksAt(url, ['risk']);
    const verdict = checks.ask({ checks: [strong('risk', 500)], about: ABOUT }, CALLER);
    await come(asked, 1);
    await clock.pass(500);
    expect(await verdict).toEqual({ refused: 'check_unavailable', detail: 'risk' });
  });

  test('an endpoint that has as much as it takes is not asked, and waits for nobody', async () => {
    const { url, asked } = await service();
    const { checks } = checksAt(url, ['risk'], 2);
    const needed = { checks: [strong('risk')], about: ABOUT };
    const hanging = [checks.ask(needed, CALLER), checks.ask(needed, CALLER)];
    await come(asked, 2);
    expect(await checks.ask(needed, CALLER)).toEqual({ refused: 'check_unavailable', detail: 'risk' });
    for (const { response } of asked) response.end('{"answer":"pass"}');
    expect(await Promise.all(hanging)).toMatchObject([[{ name: 'risk' }], [{ name: 'risk' }]]);
    const next = checks.ask(needed, CALLER);
    await come(asked, 3);
    asked[2]?.response.end('{"answer":"refuse"}');
    expect(await next).toEqual({ refused: 'check_refused', detail: 'risk' });
  });

  test('one that most often does not answer is left alone, and then asked by one payment at a time', async () => {
    const { url, asked } = await service();
    const limits = { breakerCallsMin: 4, breakerErrorPercent: 75, breakerOpenMs: 2_000 };
    const { checks, clock } = checksAt(url, ['risk'], 100, limits);
    const [endpoint] = checks.endpoints;
    const asks = (check: Check) => checks.ask({ checks: [check], about: ABOUT }, CALLER);
    const first = asks(strong('risk'));
    await come(asked, 1);
    asked[0]?.response.end('{"answer":"refuse"}');
    await first;
    const hanging = [1, 2, 3].map(() => asks(strong('risk', 500)));
    await come(asked, 4);
    await clock.pass(500);
    await Promise.all(hanging);
    // A refusal is an answer: three of four were none.
    expect(endpoint?.circuit).toBe('open');
    // Nobody waits: no time passes here.
    expect(await asks(strong('risk'))).toEqual({ refused: 'check_unavailable', detail: 'risk' });
    expect(await asks(weak('risk'))).toMatchObject([{ answer: 'pass', fellBack: true }]);
    expect(endpoint?.counts).toEqual({ passed: 0, refused: 1, silent: 3, unasked: 2 });
    await clock.pass(2_000);
    const probe = asks(strong('risk'));
    await come(asked, 5);
    expect(await asks(strong('risk'))).toMatchObject({ refused: 'check_unavailable' });
    asked[4]?.response.end('{"answer":"pass"}');
    expect(await probe).toMatchObject([{ answer: 'pass', fellBack: false }]);
    expect([endpoint?.circuit, asked.length]).toEqual(['closed', 5]);
  });

  test('one whose endpoint is not configured any more, or is down, does not answer', async () => {
    const { checks } = checksAt('http://127.0.0.1:1/', ['risk']);
    const needed = { checks: [weak('risk'), weak('gone')], about: ABOUT };
    expect(await checks.ask(needed, CALLER)).toMatchObject([{ fellBack: true }, { fellBack: true }]);
  });
});

test('the scripted check of the simulator: passes, refuses, fails, and only for who knows the secret', async () => {
  const { url, faults } = await simulated();
  const ask = (secret: string, body = '{"amount":60}') =>
    fetch(`${url}/checks/risk`, { method: 'POST', headers: { authorization: `Bearer ${secret}` }, body });
  expect(await (await ask(DEVELOPMENT_SECRET)).json()).toEqual({ answer: 'pass', reference: 'sim_risk' });
  expect([(await ask('guessed')).status, (await ask(DEVELOPMENT_SECRET, '{}')).status]).toEqual([401, 400]);
  const refuse = { fault: 'refuse', reason: 'too_risky' } as const;
  faults([{ match: { verb: 'check', number: 'risk', amount: 60 }, do: [refuse] }]);
  expect(await (await ask(DEVELOPMENT_SECRET)).json()).toEqual({ answer: 'refuse', reference: 'too_risky' });
  expect(await (await ask(DEVELOPMENT_SECRET, '{"amount":61}')).json()).toMatchObject({ answer: 'pass' });
  faults([{ match: { verb: 'check' }, do: [{ fault: 'error', status: 503 }] }]);
  expect((await ask(DEVELOPMENT_SECRET)).status).toBe(503);
  // A rule about payments says nothing of checks.
  faults([{ match: { amount: 60 }, do: [refuse] }]);
  expect(await (await ask(DEVELOPMENT_SECRET)).json()).toMatchObject({ answer: 'pass' });
});
