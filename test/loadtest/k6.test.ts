// The load tests themselves: every scenario is one that k6 takes, and some run for real against a server of their own.

import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { findGenerator } from '../../loadtest/driver/generator-process.ts';
import { runLoad } from '../../loadtest/driver/load-run.ts';
import { readOrders } from '../../loadtest/driver/orders.ts';
import { pageOf } from '../../loadtest/driver/report.ts';
import { PROJECT } from '../e2e/support/program.ts';

const program = findGenerator();
/** A run starts a server, opens accounts, sends for two seconds and proves the folder: far less on an idle machine. */
const RUN_MS_MAX = 120_000;
const folder = join(PROJECT, 'loadtest', 'cases');
const cases = readdirSync(folder).map((name) => name.replace('.ts', ''));
const run = promisify(execFile);

/** What the driver tells a scenario, for one that is only looked at. */
const TOLD = ['FLORIN_TARGET=127.0.0.1:1', 'FLORIN_TOTALS=/dev/null', 'FLORIN_PROFILE=smoke'];

function inspect(name: string, told: readonly string[]): Promise<{ stdout: string }> {
  const words = told.flatMap((pair) => ['-e', pair]);
  return run(program ?? '', ['inspect', ...words, join(folder, `${name}.ts`)]);
}

test('scenarios have the types of k6', { timeout: RUN_MS_MAX }, async () => {
  await run(process.execPath, [join(PROJECT, 'node_modules/typescript/bin/tsc'), '-p', join(PROJECT, 'loadtest')]);
});

test.skipIf(!program)('k6 takes every scenario', { timeout: RUN_MS_MAX }, async () => {
  expect(cases.length).toBe(9);
  for (const name of cases) {
    const { thresholds } = JSON.parse((await inspect(name, TOLD)).stdout) as { thresholds: Record<string, unknown> };
    expect(Object.keys(thresholds), name).toContain('dropped_iterations');
  }
});

test.skipIf(!program)('no scenario sends anywhere but to this machine', { timeout: RUN_MS_MAX }, async () => {
  const elsewhere = inspect('http-transfer', ['FLORIN_TARGET=192.0.2.1:80', ...TOLD.slice(1)]);
  await expect(elsewhere).rejects.toThrow('load goes to 127.0.0.1 only');
});

test.skipIf(!program).each(['http-transfer', 'ws-batch', 'trade-pay', 'shadow'])(
  '%s: what was acknowledged is journalled and booked',
  { timeout: RUN_MS_MAX },
  async (name) => {
    // Seconds of a machine that does other things: what is late or not sent in time is not judged here.
    const words = [name, 'smoke', '--seconds', '2', '--accounts', '50'];
    const report = await runLoad(program ?? '', readOrders(words));
    const broken = report.findings.filter(({ what, ok }) => !ok && !/^(latency|dropped|unsent)/.test(what));
    expect(broken).toEqual([]);
    expect(report.totals.acknowledged).toBeGreaterThan(name === 'ws-batch' ? 1_000 : 10);
    expect(report.course.length).toBeGreaterThan(0);
    expect(pageOf(report, report)).not.toMatch(/NaN|undefined|src="|href="/);
  },
);
