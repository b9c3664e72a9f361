// What lies between two scrapes: of stress traffic and of business, each without the other.

import { expect, test } from 'vitest';
import { Metrics } from '../../../src/ops/metrics.ts';
import { windowBetween } from '../../../src/cli/stress/measured-window.ts';
import { Scrape } from '../../../src/cli/stress/scrape.ts';

/** Two scrapes of which the second has so much more; `gauges`: what both of them have. */
function twoScrapes(grown: Readonly<Record<string, number>>, gauges = ''): [before: Scrape, after: Scrape] {
  const text = (times: number): string =>
    Object.entries(grown)
      .map(([series, by]) => `${series} ${100 + by * times}`)
      .join('\n') + gauges;
  return [new Scrape(text(0)), new Scrape(text(1))];
}

const CLOCK = { florin_busy_clock_seconds: 10 };

const BOTH = {
  ...CLOCK,
  'florin_thread_busy_seconds_total{thread="engine"}': 6,
  'florin_busy_seconds_total{module="engine"}': 1,
  'florin_busy_seconds_total{module="gateway"}': 0.5,
  'florin_busy_seconds_total{module="webhooks"}': 0.25,
  'florin_busy_seconds_total{module="books",worker="0"}': 3,
  'florin_busy_seconds_total{module="reconciler",worker="0"}': 0.5,
  'florin_payments_total{op="post",outcome="ok"}': 50,
  'florin_shadow_busy_seconds_total{module="engine"}': 2,
  'florin_shadow_busy_seconds_total{module="gateway"}': 1.5,
  'florin_shadow_busy_seconds_total{module="books",worker="0"}': 4,
  'florin_shadow_busy_seconds_total{module="books",worker="1"}': 5,
  'florin_shadow_payments_total{op="post",outcome="ok"}': 700,
  'florin_shadow_payments_total{op="hold",outcome="ok"}': 20,
  'florin_shadow_payments_total{op="any",outcome="refused"}': 9,
  'florin_shadow_payments_total{op="any",outcome="replayed"}': 9,
  'florin_shadow_payment_duration_seconds_count{op="trades.pay"}': 200,
  'florin_shadow_payment_duration_seconds_count{op="trades.refund"}': 30,
  'florin_shadow_payment_duration_seconds_count{op="trades.get"}': 1_000,
  'florin_shadow_refusals_total{code="insufficient_funds"}': 7,
  florin_shadow_journal_fsync_duration_seconds_sum: 8,
  'florin_shadow_channel_begun_total{channel="card",lane="money"}': 250,
  'florin_shadow_channel_place_seconds_total{channel="card",lane="money"}': 12,
};

const GAUGES = `
florin_cores 2
florin_process_cpu_seconds_total 5
florin_shadow_channel_places{channel="card",lane="money"} 64
florin_shadow_channel_rate_max{channel="card",lane="money"} 100
`;

test('stress traffic: its own operations and modules, without those of business', () => {
  const window = windowBetween(...twoScrapes(BOTH, GAUGES), 'shadow');
  expect(window.seconds).toBe(10);
  expect(window.done).toEqual({ transfer: 720, trade: 200, refund: 30, topup: 0, withdrawal: 0 });
  expect(window.besidePerSecond).toBe(5);
  expect(window.refused).toBe(7);
  const busy = Object.fromEntries(Object.entries(window.uses).map(([module, use]) => [module, use.busySeconds]));
  expect(busy).toMatchObject({ gateway: 1.5, engine: 2, journal: 8, 'books 0': 4, 'books 1': 5 });
  // Six seconds of the thread, of which business had 1.75.
  expect(busy['engine thread']).toBe(4.25);
  expect(window.uses).not.toHaveProperty('reconciler');
  expect(window.uses['channel card: places']).toEqual({ busySeconds: 12, places: 64 });
  expect(window.uses['channel card: rate']).toEqual({ busySeconds: 2.5, places: 1 });
});

test('business: the same without those of stress traffic', () => {
  const window = windowBetween(...twoScrapes(BOTH, GAUGES), 'business');
  expect(window.done.transfer).toBe(50);
  expect(window.besidePerSecond).toBe(95);
  expect(window.uses).toMatchObject({
    engine: { busySeconds: 1 },
    books: { busySeconds: 3 },
    reconciler: { busySeconds: 0.5 },
  });
  expect(window.uses['engine thread']).toEqual({ busySeconds: 2.5, places: 1 });
  expect(Object.keys(window.uses).some((module) => module.startsWith('channel'))).toBe(false);
});

test.each([
  ['another program', {}, 'no metrics of a server that counts busy seconds'],
  [
    'a server without stress traffic',
    { ...CLOCK, 'florin_busy_seconds_total{module="engine"}': 1 },
    'start it with --shadow on',
  ],
  ['scrapes in the wrong order', { ...BOTH, florin_busy_clock_seconds: -10 }, 'not later than the first'],
  ['the same scrape twice', { ...BOTH, florin_busy_clock_seconds: 0 }, 'not later than the first'],
] as const)('of %s nothing is said', (_, grown, message) => {
  expect(() => windowBetween(...twoScrapes(grown), 'shadow')).toThrow(message);
});

test('reads what the metrics write', () => {
  const metrics = new Metrics();
  const text = 'quo"te, back\\slash\nand {brace}';
  metrics.counter('a_total', 'Help.', { text }).add(3);
  metrics.within('shadow').counter('a_total', 'Help.', { text: 'b', more: 'c' }).add(4);
  metrics.histogram('h_seconds', 'Help.').observe(1);
  const scrape = new Scrape(metrics.render());
  expect([scrape.sum('florin_a_total'), scrape.sum('florin_shadow_a_total', { more: 'c' })]).toEqual([3, 4]);
  expect(scrape.values('florin_a_total', 'text')).toHaveLength(1);
  expect(scrape.sum('florin_h_seconds_bucket', { le: '+Inf' })).toBe(1);
  expect(scrape.sum('florin_h_seconds_sum')).toBe(1);
  expect(scrape.has('florin_b_total')).toBe(false);
});
