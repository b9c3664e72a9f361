import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { mixOf, registerStress } from '../../src/cli/stress.ts';
import type { StressReport } from '../../src/cli/stress/stress-report.ts';
import { runCommand, type Run } from './run-command.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'florin-stress-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

/** A scrape after so many seconds, each with so many transfers and trades; a trade costs three times as much. */
function scrape(name: string, { seconds, transfers, trades }: Readonly<Record<string, number>>): string {
  const cost = ((transfers ?? 0) + 3 * (trades ?? 0)) / 10_000;
  const path = join(folder, name);
  writeFileSync(
    path,
    `# TYPE florin_busy_clock_seconds gauge
florin_busy_clock_seconds ${seconds}
florin_cores 2
florin_process_cpu_seconds_total ${cost}
florin_thread_busy_seconds_total{thread="engine"} ${cost}
florin_busy_seconds_total{module="engine"} 0
florin_shadow_busy_seconds_total{module="engine"} ${cost / 2}
florin_shadow_busy_seconds_total{module="gateway"} ${cost / 4}
florin_shadow_busy_seconds_total{module="books",worker="0"} ${cost / 4}
florin_shadow_journal_fsync_duration_seconds_sum ${cost / 4}
florin_shadow_payments_total{op="post",outcome="ok"} ${transfers}
florin_shadow_payment_duration_seconds_count{op="trades.pay"} ${trades}
`,
  );
  return path;
}

/** An idle server, then ten seconds of transfers, then ten of trades. */
function scrapes(): string[] {
  return [
    scrape('0', { seconds: 100, transfers: 0, trades: 0 }),
    scrape('1', { seconds: 110, transfers: 10_000, trades: 0 }),
    scrape('2', { seconds: 120, transfers: 10_000, trades: 2_000 }),
  ];
}

const report = (...words: string[]): Promise<Run> => runCommand(registerStress, 'stress', 'report', ...words);

test('prints a table, what limits, and the instances for a target; without colours where there is no terminal', async () => {
  vi.stubEnv('NO_COLOR', '1');
  const { out, err, exitCode } = await report(...scrapes(), '--mix', 'transfer=50,trade=50', '--target', '10000');
  expect([err, exitCode]).toEqual(['', 0]);
  const lines = out.split('\n');
  expect(lines[0]).toBe('stress traffic: 600/s over 20.0 s, transfer 83.3%, trade 16.7%');
  expect(lines.find((line) => line.startsWith('engine thread'))).toMatch(/^engine thread +8% +200\.0 µs +3,500\/s$/);
  expect(lines.find((line) => line.startsWith('journal'))).toMatch(/≥ 14,000\/s$/);
  expect(out).toContain('limit      engine thread, about 3,500/s of transfer 50%, trade 50%');
  expect(out).toContain('instances  3 for 10,000/s');
  expect(out).toContain('- Capacity is a straight line');
  expect(out.includes('\u001B')).toBe(false);
  vi.unstubAllEnvs();
});

test('prints JSON, in which nothing is infinite', async () => {
  const { out } = await report(...scrapes(), '--ceiling', '100', '--json');
  const { capacity, measured, windows } = JSON.parse(out) as StressReport;
  expect([measured.perSecond, windows]).toEqual([600, 2]);
  expect(capacity?.limit?.perSecond).toBeCloseTo(7_500, 6);
  expect(capacity?.instances).toBeNull();
});

test('a mix that was not measured is told so, and leaves with 1', async () => {
  const { out, exitCode } = await report(...scrapes().slice(0, 2), '--mix', 'trade=1');
  expect(exitCode).toBe(1);
  expect(out).toContain('- The mix that was asked for was not measured');
  expect(out).not.toContain('limit ');
});

test.each([
  [
    [],
    ['--ops-host', '127.0.0.1', '--ops-port', '1', '--seconds', '1'],
    'No server answers at http://127.0.0.1:1/metrics',
  ],
  [[0], [], 'One scrape says nothing'],
  [[1, 0], [], 'The second scrape is not later than the first'],
  [[0, 1], ['--business'], 'no window has 100 operations'],
] as const)('of %j with %j nothing can be said', async (which, words, message) => {
  const files = scrapes();
  const { err, exitCode } = await report(...which.map((at) => files[at] ?? ''), ...words);
  expect(err).toContain(message);
  expect(exitCode).toBe(1);
});

test.each([
  '',
  'transfer',
  'transfer=',
  'transfer=0',
  'transfer=1,transfer=2',
  'coffee=1',
  'trade=-1',
  'trade=1;refund=1',
])('is no mix: %j', (text) => expect(() => mixOf(text)).toThrow());

test('a mix is of weights', () => {
  expect(mixOf('transfer=70, trade=29.5,refund=0.5')).toEqual({
    transfer: 70,
    trade: 29.5,
    refund: 0.5,
    topup: 0,
    withdrawal: 0,
  });
});
