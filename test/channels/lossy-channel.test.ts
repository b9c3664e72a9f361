// What if a quarter of the requests go wrong, before or after they were carried out? Whoever only believes definite
// answers, and asks under the same number otherwise, ends with the provider's debits equal to his own, one to one.

import { randomInt, randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { afterEach, expect, test } from 'vitest';
import { makeChannelClock } from '../../src/channels/channel-clock.ts';
import { ChannelGateway } from '../../src/channels/channel-gateway.ts';
import type { ChannelRequest } from '../../src/channels/channel.ts';
import { HttpCalls } from '../../src/channels/http-call.ts';
import { makeSimulatorChannel } from '../../src/channels/simulator-channel.ts';
import type { ConnectionFault, RequestVerb } from '../../src/channels/simulator/faults.ts';
import { startSimulator, type Simulator } from '../../src/channels/simulator/simulator.ts';
import { EXAMPLE_HTTP_LIMITS, exampleLimits, exampleRequest } from './support/channel-examples.ts';

const PAYMENTS = 400;
const AT_ONCE = 20;
const SECRET = 'a secret of this test';

const faults: (readonly [RequestVerb, ConnectionFault])[] = [
  ['pay', { fault: 'drop_reply' }],
  ['pay', { fault: 'error', status: 502, when: 'after' }],
  ['pay', { fault: 'error', status: 503, when: 'before' }],
  ['pay', { fault: 'reset' }],
  ['pay', { fault: 'malformed_body' }],
  ['query', { fault: 'error', status: 500 }],
  ['query', { fault: 'drop_reply' }],
];

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop();
});

function gatewayTo(simulator: Simulator): ChannelGateway {
  const adapter = makeSimulatorChannel({
    name: 'lossy',
    secret: SECRET,
    callbackUrl: 'http://127.0.0.1:9/v1/callbacks/lossy',
    http: new HttpCalls(simulator.url, EXAMPLE_HTTP_LIMITS),
    now: Date.now,
    newNonce: randomUUID,
  });
  // Every fifth request fails here for ever: a breaker that opens at half of them would only make the test longer.
  const breaker = { ...exampleLimits().breaker, errorRatio: 1, slowRatio: 1, callsMin: 1_000 };
  const bulkhead = { inFlightMax: 10, queueMax: AT_ONCE };
  const lane = { ...exampleLimits().money, bulkhead, queueWaitMsMax: 20_000 };
  const clock = makeChannelClock({ now: Date.now, monotonic: () => performance.now() });
  return new ChannelGateway(adapter, exampleLimits({ breaker, money: lane, asking: lane }), clock);
}

/** Until there is a definite answer: asks how the order stands, and sends it again only when it is not known. */
async function settle(gateway: ChannelGateway, request: ChannelRequest): Promise<string> {
  let report = await gateway.call('pay', request);
  for (let asked = 0; report.class === 'unknown' && asked < 100; asked += 1) {
    const queried = await gateway.call('query', request);
    report = queried.notFound === true ? await gateway.call('pay', request) : queried;
  }
  return report.class;
}

test(`${PAYMENTS} payments over a connection that loses a quarter of them: no debit more, none less`, async () => {
  const seed = randomInt(2 ** 32);
  const rules = faults.map(([verb, fault]) => ({ match: { verb, probability: 0.05 }, do: [fault] }));
  const simulator = await startSimulator({ secret: SECRET, seed, rules });
  stops.push(simulator.close);
  const gateway = gatewayTo(simulator);
  stops.push(() => gateway.stop());

  const numbers = Array.from({ length: PAYMENTS }, (_, at) => `chn_${at}`);
  const outcomes = new Map<string, string>();
  const left = [...numbers];
  const till = async () => {
    for (let number = left.pop(); number !== undefined; number = left.pop()) {
      outcomes.set(number, await settle(gateway, exampleRequest({ number, amount: 100 + Number(number.slice(4)) })));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, till));

  const debits = simulator.books().payments.filter(({ status }) => status === 'succeeded');
  expect(
    [...outcomes.values()].filter((outcome) => outcome !== 'succeeded'),
    `seed ${seed}`,
  ).toEqual([]);
  expect(debits.map(({ number }) => number).sort(), `seed ${seed}`).toEqual(numbers.toSorted());
  const total = numbers.reduce((sum, _, at) => sum + 100 + at, 0);
  expect(debits.reduce((sum, { amount }) => sum + amount, 0)).toBe(total);
  expect(gateway.counts.requests('unknown'), 'faults did happen').toBeGreaterThan(20);
  expect([gateway.inFlight, gateway.waiting]).toEqual([0, 0]);
});
