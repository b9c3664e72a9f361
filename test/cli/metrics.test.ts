// `florin metrics`: families by the number of their series.

import { expect, it } from 'vitest';
import { familiesIn } from '../../src/cli/metrics.ts';
import { Metrics } from '../../src/ops/metrics.ts';

it('counts each bucket as a series, and names the largest family first', () => {
  const metrics = new Metrics();
  metrics.counter('small_total', 'Few.', { kind: 'a "quoted" } name' });
  metrics.histogram('large_seconds', 'Many.', {}, [1, 2, 3]).observe(1.5);
  metrics.gauge('also_small', 'Few.', {}, () => 1);
  expect(familiesIn(metrics.render())).toEqual([
    { name: 'florin_large_seconds', type: 'histogram', series: 6, help: 'Many.' },
    { name: 'florin_also_small', type: 'gauge', series: 1, help: 'Few.' },
    { name: 'florin_small_total', type: 'counter', series: 1, help: 'Few.' },
  ]);
});

it('renders a histogram alike in both formats, and adds its buckets up', () => {
  const metrics = new Metrics();
  const histogram = metrics.histogram('took_seconds', 'Time.', {}, [1, 2]);
  for (const value of [0.5, 1.5, 9]) histogram.observe(value);
  const samples = ['_bucket{le="1"} 1', '_bucket{le="2"} 2', '_bucket{le="+Inf"} 3', '_sum 11', '_count 3'];
  const expected = samples.map((rest) => `florin_took_seconds${rest}`).join('\n');
  expect(metrics.render()).toContain(expected);
  expect(metrics.render('openmetrics')).toBe(
    `# HELP florin_took_seconds Time.\n# TYPE florin_took_seconds histogram\n# UNIT florin_took_seconds seconds\n${expected}\n# EOF\n`,
  );
  expect(metrics.read('took_seconds')).toEqual([
    { labels: {}, value: { buckets: [1, 2], counts: [1, 1, 1], sum: 11 } },
  ]);
});
