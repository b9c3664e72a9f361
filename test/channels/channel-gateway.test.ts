import { describe, expect, test } from 'vitest';
import { reportOf, unknownReport } from '../../src/channels/channel-report.ts';
import { ChannelGateway, type GatewayLimits } from '../../src/channels/channel-gateway.ts';
import type { ChannelAdapter, ChannelReport } from '../../src/channels/channel.ts';
import { exampleAdapter, exampleLimits, exampleRequest, SUCCEEDED } from './support/channel-examples.ts';
import { fakeClock, settled } from './support/fake-clock.ts';

const REQUEST = exampleRequest();
const UNKNOWN = unknownReport('http_500');

function gatewayOf(adapter: ChannelAdapter, changed: Partial<GatewayLimits> = {}) {
  const clock = fakeClock();
  return { clock, gateway: new ChannelGateway(adapter, exampleLimits(changed), clock) };
}

/** Answers when it is told to, or when its signal aborts. */
function slowAdapter(name = 'slow') {
  const waiting: ((report: ChannelReport) => void)[] = [];
  const adapter = exampleAdapter(
    name,
    (_, signal) =>
      new Promise((resolve) => {
        waiting.push(resolve);
        signal.addEventListener('abort', () => resolve(unknownReport('deadline_exceeded')));
      }),
  );
  return { adapter, answer: (report: ChannelReport) => waiting.shift()?.(report), begun: () => waiting.length };
}

const few = (inFlightMax: number, queueMax: number) => ({
  money: { ...exampleLimits().money, bulkhead: { inFlightMax, queueMax } },
});

describe('whatever an adapter does, there is one report', () => {
  test.each([
    ['rejects', () => Promise.reject(new Error('broken'))],
    [
      'throws at once',
      () => {
        throw new Error('broken');
      },
    ],
  ])('an adapter that %s: unknown, and its place is free again', async (_, answer) => {
    const { gateway } = gatewayOf(exampleAdapter('broken', answer), few(1, 0));
    expect(await gateway.call('pay', REQUEST)).toMatchObject({ class: 'unknown', failure: 'adapter_fault' });
    expect(await gateway.call('pay', REQUEST)).toMatchObject({ class: 'unknown' });
    expect(gateway.inFlight).toBe(0);
  });

  test('no answer by the deadline of the verb: unknown, and the adapter was told to stop', async () => {
    const { adapter } = slowAdapter();
    const { gateway, clock } = gatewayOf(adapter);
    const paid = gateway.call('pay', REQUEST);
    const queried = gateway.call('query', REQUEST);
    await clock.pass(3_000);
    expect(await queried).toMatchObject({ class: 'unknown', failure: 'deadline_exceeded' });
    expect(gateway.inFlight).toBe(1);
    await clock.pass(5_000);
    expect(await paid).toMatchObject({ class: 'unknown' });
    expect([gateway.inFlight, clock.timers()]).toEqual([0, 0]);
  });

  test('an adapter that does not stop is given up; its place stays taken until it ends', async () => {
    const { adapter: asked, answer } = (() => {
      let end: (report: ChannelReport) => void = () => {};
      const adapter = exampleAdapter('deaf', () => new Promise((resolve) => (end = resolve)));
      return { adapter, answer: (report: ChannelReport) => end(report) };
    })();
    const { gateway, clock } = gatewayOf(asked);
    const paid = gateway.call('pay', REQUEST);
    await clock.pass(8_100);
    expect(await paid).toMatchObject({ class: 'unknown', failure: 'deadline_exceeded' });
    expect(gateway.inFlight).toBe(1);
    answer(SUCCEEDED);
    await settled();
    expect(gateway.inFlight).toBe(0);
    expect(gateway.counts.requests('succeeded')).toBe(0);
  });
});

describe('mayBegin', () => {
  test('keeps a place, so that what was admitted is sent', async () => {
    const { adapter, answer } = slowAdapter();
    const { gateway } = gatewayOf(adapter, few(1, 0));
    expect(gateway.mayBegin('pay')).toEqual({ admitted: true });
    expect(gateway.mayBegin('pay')).toEqual({ unsent: true, reason: 'bulkhead_full' });
    const paid = gateway.call('pay', REQUEST);
    answer(SUCCEEDED);
    expect(await paid).toEqual(SUCCEEDED);
    expect(gateway.mayBegin('pay')).toEqual({ admitted: true });
  });

  test('full, it is not open for something new: the routing chooses another one', async () => {
    const { adapter, answer } = slowAdapter();
    const { gateway } = gatewayOf(adapter, few(1, 1));
    gateway.mayBegin('pay');
    expect(gateway.isOpenForMoney).toBe(true);
    const paid = [gateway.call('pay', REQUEST), gateway.call('pay', REQUEST)];
    expect(gateway.isOpenForMoney).toBe(false);
    answer(SUCCEEDED);
    await paid[0];
    await settled();
    expect(gateway.isOpenForMoney).toBe(true);
  });

  test('a place for which nobody comes is free again after ten seconds', async () => {
    const { gateway, clock } = gatewayOf(slowAdapter().adapter, few(1, 0));
    gateway.mayBegin('pay');
    await clock.pass(9_999);
    expect(gateway.mayBegin('pay')).toMatchObject({ unsent: true });
    await clock.pass(1);
    expect(gateway.mayBegin('pay')).toEqual({ admitted: true });
  });

  test('takes a token each time', () => {
    const money = { ...exampleLimits().money, rate: { perSecond: 1, burst: 2 } };
    const { gateway } = gatewayOf(slowAdapter().adapter, { money });
    const said = [1, 2, 3].map(() => gateway.mayBegin('pay'));
    expect(said).toEqual([{ admitted: true }, { admitted: true }, { unsent: true, reason: 'rate_exceeded' }]);
  });

  test('in maintenance nothing new is sent, and orders can be asked about', () => {
    const { gateway } = gatewayOf(slowAdapter().adapter, {
      maintenance: [{ days: ['mon'], from: '00:00', to: '04:00' }],
    });
    const said = (['pay', 'prepay', 'refund', 'payout'] as const).map((verb) => gateway.mayBegin(verb));
    expect(said).toEqual(said.map(() => ({ unsent: true, reason: 'maintenance' })));
    expect(gateway.mayBegin('query')).toEqual({ admitted: true });
    expect(gateway.isOpenForMoney).toBe(false);
  });

  test('after a stop nothing is sent', async () => {
    const { gateway } = gatewayOf(exampleAdapter('stopped', async () => SUCCEEDED));
    await gateway.stop();
    expect(gateway.mayBegin('query')).toEqual({ unsent: true, reason: 'stopped' });
    expect(await gateway.call('pay', REQUEST)).toMatchObject({ class: 'unsent', failure: 'stopped' });
    expect(await gateway.prepay(REQUEST)).toMatchObject({ class: 'unsent', token: '' });
  });
});

describe('while the breaker is open', () => {
  async function broken() {
    let answer: ChannelReport = UNKNOWN;
    const adapter = exampleAdapter('sick', async () => answer);
    const made = gatewayOf(adapter);
    for (let count = 0; count < 4; count += 1) await made.gateway.call('pay', REQUEST);
    expect(made.gateway.circuit).toBe('open');
    return { ...made, adapter, recover: () => void (answer = SUCCEEDED) };
  }

  test('payments stay unsent, and an unknown order is still resolved by a query', async () => {
    const { gateway, adapter, recover } = await broken();
    recover();
    const asked = adapter.asked();
    expect(gateway.mayBegin('pay')).toEqual({ unsent: true, reason: 'breaker_open' });
    expect(await gateway.call('refund', REQUEST)).toMatchObject({ class: 'unsent', failure: 'breaker_open' });
    expect(adapter.asked()).toBe(asked);
    expect(await gateway.call('query', REQUEST)).toEqual(SUCCEEDED);
    expect(await gateway.call('close', REQUEST)).toEqual(SUCCEEDED);
    expect(gateway.circuit).toBe('open');
  });

  test('after its time one probe is admitted; when it is good, all are', async () => {
    const { gateway, clock, recover } = await broken();
    recover();
    await clock.pass(5_000);
    expect(gateway.mayBegin('pay')).toEqual({ admitted: true });
    expect(gateway.mayBegin('pay')).toEqual({ unsent: true, reason: 'breaker_open' });
    expect(await gateway.call('pay', REQUEST)).toEqual(SUCCEEDED);
    expect(gateway.circuit).toBe('closed');
  });

  test('a probe that was admitted and never sent does not keep it open for ever', async () => {
    const { gateway, clock } = await broken();
    await clock.pass(5_000);
    gateway.mayBegin('pay');
    await clock.pass(10_000);
    expect(gateway.mayBegin('pay')).toEqual({ admitted: true });
  });

  test('what still waited when it opened stays unsent', async () => {
    const { adapter, answer, begun } = slowAdapter();
    const { gateway } = gatewayOf(adapter, few(4, 4));
    const asked = Array.from({ length: 8 }, () => gateway.call('pay', REQUEST));
    expect([begun(), gateway.waiting]).toEqual([4, 4]);
    for (let count = 0; count < 4; count += 1) answer(UNKNOWN);
    await settled();
    for (let count = 0; count < 3; count += 1) answer(UNKNOWN);
    const classes = (await Promise.all(asked)).map((report) => report.class);
    expect(classes).toEqual([...Array(7).fill('unknown'), 'unsent']);
    expect([gateway.inFlight, gateway.waiting]).toEqual([0, 0]);
  });
});

test('a refused payment is an answer: it opens no breaker', async () => {
  const { gateway } = gatewayOf(exampleAdapter('strict', async () => reportOf('failed', { failure: 'declined' })));
  for (let count = 0; count < 50; count += 1) await gateway.call('pay', REQUEST);
  expect(gateway.circuit).toBe('closed');
  expect(gateway.health()).toEqual({ successRatio: 0, availability: 1 });
});

test('what waits too long for a place stays unsent', async () => {
  const { gateway, clock } = gatewayOf(slowAdapter().adapter, few(1, 1));
  void gateway.call('pay', REQUEST);
  const waiting = gateway.call('pay', REQUEST);
  await clock.pass(2_000);
  expect(await waiting).toMatchObject({ class: 'unsent', failure: 'queue_wait_exceeded' });
});

describe('a channel that takes 5 s and gets 2,000 payments a second', () => {
  test('fills its own bulkhead and nothing else; the other channel answers as always', async () => {
    const clock = fakeClock();
    const breaker = { ...exampleLimits().breaker, slowMs: 60_000 };
    const limits = exampleLimits({ ...few(100, 200), breaker });
    const later = (ms: number) => () =>
      new Promise<ChannelReport>((resolve) => clock.after(ms, () => resolve(SUCCEEDED)));
    const slow = new ChannelGateway(exampleAdapter('slow', later(5_000)), limits, clock);
    const quick = new ChannelGateway(exampleAdapter('quick', later(10)), limits, clock);
    const told = new Map<string, number>();
    const tookMs: number[] = [];
    for (let tick = 0; tick < 1_000; tick += 1) {
      for (let count = 0; count < 20; count += 1) {
        void slow.call('pay', REQUEST).then(({ class: said }) => told.set(said, (told.get(said) ?? 0) + 1));
      }
      const startedMs = clock.monotonic();
      void quick.call('pay', REQUEST).then(() => tookMs.push(clock.monotonic() - startedMs));
      expect(slow.inFlight).toBeLessThanOrEqual(100);
      expect(slow.waiting).toBeLessThanOrEqual(200);
      expect(clock.timers()).toBeLessThanOrEqual(2 * 100 + 200 + 2 * 10);
      await clock.pass(10);
    }
    // 20,000 were offered. 100 places of 5 s each took two rounds in 10 s, and the first 20 of a third one.
    expect(told.get('unsent')).toBeGreaterThan(19_000);
    expect((told.get('succeeded') ?? 0) + slow.inFlight).toBe(220);
    expect(tookMs.length).toBeGreaterThanOrEqual(999);
    expect(Math.max(...tookMs)).toBe(10);
    expect(quick.counts.requests('unsent')).toBe(0);
  });
});

test('counts outcomes, durations and health', async () => {
  const answers = [SUCCEEDED, SUCCEEDED, reportOf('failed'), UNKNOWN];
  const { gateway, clock } = gatewayOf(exampleAdapter('counted', async () => answers.shift() ?? SUCCEEDED));
  for (let count = 0; count < 4; count += 1) await gateway.call('payout', REQUEST);
  await gateway.call('query', REQUEST);
  const { counts } = gateway;
  expect(['succeeded', 'failed', 'unknown', 'unsent'].map((one) => counts.requests(one as 'failed'))).toEqual([
    3, 1, 1, 0,
  ]);
  expect(counts.durations[0]).toBe(5);
  expect(gateway.health()).toEqual({ successRatio: 2 / 3, availability: 3 / 4 });
  await clock.pass(300_000);
  expect(gateway.health()).toEqual({ successRatio: 1, availability: 1 });
});
