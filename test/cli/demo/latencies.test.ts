import { expect, test } from 'vitest';
import { chart, milliseconds, percentile } from '../../../src/cli/demo/latencies.ts';

test('a bar for each doubling, the longest for what came most often', () => {
  expect(chart([0.5, 3, 3.5, 4, 20])).toEqual([
    '≤   0.5 ms  20.0%  █████████████▍',
    '≤     1 ms   0.0%',
    '≤     2 ms   0.0%',
    '≤     4 ms  60.0%  ████████████████████████████████████████',
    '≤     8 ms   0.0%',
    '≤    16 ms   0.0%',
    '≤    32 ms  20.0%  █████████████▍',
  ]);
  expect(chart([])).toEqual([]);
});

test('percentiles are values that occurred; without any there is nothing', () => {
  const sorted = Array.from({ length: 100 }, (_, place) => place + 1);
  expect([percentile(sorted, 0.5), percentile(sorted, 0.99), percentile(sorted, 1), percentile([], 0.5)]).toEqual([
    51, 100, 100, 0,
  ]);
  expect([milliseconds(0.12345), milliseconds(12.345), milliseconds(1234.5)]).toEqual([
    '0.123 ms',
    '12.3 ms',
    '1235 ms',
  ]);
});
