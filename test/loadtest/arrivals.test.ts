// When requests of an open-model load are due: as the rate says, stage by stage.

import { expect, test } from 'vitest';
import { Arrivals } from '../../loadtest/lib/arrivals.ts';

function arrivals(from: number, stages: { level: number; seconds: number }[], rate: number): Arrivals {
  return new Arrivals({ from, stages, warmUpSeconds: 0, p99Ms: 1, findsLimit: false }, rate);
}

test('a steady rate is even', () => {
  const steady = arrivals(1, [{ level: 1, seconds: 2 }], 100);
  expect(steady.total).toBe(200);
  expect([0, 1, 150].map((index) => steady.dueMs(index))).toEqual([0, 10, 1_500]);
});

test('a ramp has half of its arrivals after 1/√2 of its time, and the next stage goes on from there', () => {
  const ramp = arrivals(0, [{ level: 1, seconds: 2 }, { level: 1, seconds: 1 }], 100); // prettier-ignore
  expect(ramp.total).toBe(200);
  expect(ramp.dueMs(50)).toBeCloseTo(2_000 / Math.SQRT2, 6);
  expect(ramp.dueMs(100)).toBeCloseTo(2_000, 6);
  expect(ramp.dueMs(150)).toBeCloseTo(2_500, 6);
});

test('nothing is due before what comes before it', () => {
  const spike = arrivals(0.5, [{ level: 2, seconds: 1 }, { level: 0, seconds: 1 }, { level: 1, seconds: 1 }], 97); // prettier-ignore
  const due = Array.from({ length: spike.total }, (_, index) => spike.dueMs(index));
  expect(due).toEqual(due.toSorted((one, other) => one - other));
  expect(due.at(-1)).toBeLessThan(spike.durationMs);
});
