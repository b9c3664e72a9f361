// Figures of the page: what it works out of two snapshots is what happened between them.

import { expect, test } from 'vitest';
import type { Snapshot } from '../../src/console/snapshot.ts';
import { distribution, mean, percentile, Span, total } from '../../src/console/page/figures.js';
import { History } from '../../src/console/page/history.js';

const BUCKETS = [0.01, 0.1, 1];

type Counts = readonly [number, number, number, number];

/** A server's counters `seconds` after its start. */
function snapshot(seconds: number, posted: number, counts: Counts, life = 'one'): Snapshot {
  const durations = { buckets: BUCKETS, counts, sum: 0.5 * counts.reduce((sum, one) => sum + one, 0) };
  const metrics = {
    payments_total: [
      [{ op: 'post', outcome: 'ok' }, posted],
      [{ op: 'any', outcome: 'refused' }, 1_000],
    ],
    payment_duration_seconds: [[{ op: 'transfers.create' }, durations]],
  } as const;
  return { at: seconds * 1_000, life, metrics } as unknown as Snapshot;
}

const done = ({ outcome }: Readonly<Record<string, string>>): boolean => outcome === 'ok';

test('a rate is the rise of the wanted series by the time between', () => {
  const span = new Span(snapshot(10, 300, [0, 0, 0, 0]), snapshot(14, 500, [0, 0, 0, 0]));
  expect(span.rate('payments_total', done)).toBe(50);
  expect(span.rate('nothing')).toBe(0);
  expect(total(span.later, 'payments_total')).toBe(1_500);
});

test('what a histogram observed between two snapshots leaves out what was before', () => {
  const span = new Span(snapshot(0, 0, [90, 0, 0, 0]), snapshot(1, 0, [90, 8, 2, 0]));
  const observed = span.observed('payment_duration_seconds');
  expect(observed?.counts).toEqual([0, 8, 2, 0]);
  expect(mean(observed)).toBe(0.5);
  expect(span.observed('nothing')).toBeNull();
  expect(new Span(span.later, span.later).observed('payment_duration_seconds')).toBeNull();
});

test.each<[Counts, number, object | null]>([
  [[0, 0, 0, 0], 0.5, null],
  [[10, 0, 0, 0], 0.5, { value: 0.005, isAbove: false }],
  [[5, 5, 0, 0], 0.5, { value: 0.01, isAbove: false }],
  [[0, 10, 0, 0], 1, { value: 0.1, isAbove: false }],
  [[0, 0, 4, 0], 0.25, { value: 0.325, isAbove: false }],
  [[98, 0, 0, 2], 0.99, { value: 1, isAbove: true }],
])('of %j the percentile %d is %j', (counts, share, wanted) => {
  expect(percentile(distribution(snapshot(1, 0, counts), 'payment_duration_seconds'), share)).toEqual(wanted);
});

test('a history is of one life of the server: after a restart nothing is compared with before', () => {
  const one = new History([]).with(snapshot(1, 10, [0, 0, 0, 0])).with(snapshot(2, 20, [0, 0, 0, 0]));
  expect(one.headline?.rate('payments_total', done)).toBe(10);
  expect(one.with(snapshot(3, 1, [0, 0, 0, 0], 'two')).headline).toBeNull();
});

test('the headline is about the last ten seconds, and the history is bounded', () => {
  let history = new History([]);
  for (let second = 1; second <= 400; second += 1) history = history.with(snapshot(second, second, [0, 0, 0, 0]));
  expect(history.snapshots).toHaveLength(300);
  expect(history.headline?.seconds).toBe(10);
  expect(history.spans).toHaveLength(299);
});
