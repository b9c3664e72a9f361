import { expect, test } from 'vitest';
import { backoffMs, queryDelayMs } from '../../../src/domain/orders/schedule.ts';

test('an unknown outcome is asked about after 5 s, 15 s, 30 s, 1, 2, 5, 10, 30 min, 1, 2, 6 h, then daily', () => {
  const seconds = Array.from({ length: 14 }, (_, queries) => queryDelayMs(queries) / 1_000);
  const day = 86_400;
  expect(seconds).toEqual([5, 15, 30, 60, 120, 300, 600, 1_800, 3_600, 7_200, 21_600, day, day, day]);
  expect(queryDelayMs(1_000_000)).toBe(86_400_000);
});

test('or as the rules say, the last delay for ever', () => {
  expect([0, 1, 2, 3].map((queries) => queryDelayMs(queries, [10, 20]))).toEqual([10, 20, 20, 20]);
});

test('an undoing that failed is tried again ever later, at most an hour', () => {
  const seconds = Array.from({ length: 14 }, (_, failures) => backoffMs(failures) / 1_000);
  expect(seconds).toEqual([0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024, 2_048, 3_600]);
  expect(backoffMs(1_000_000)).toBe(3_600_000);
  expect(backoffMs(3, { firstMs: 7, factor: 3, maxMs: 1_000 })).toBe(63);
});
