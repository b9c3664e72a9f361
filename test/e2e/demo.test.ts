// `florin demo` and `florin demo --crash`, as a newcomer runs them: the built program against real servers.

import { expect, test } from 'vitest';
import type { DemoReport } from '../../src/cli/demo.ts';
import type { CrashReport } from '../../src/cli/demo/crash.ts';
import { florin } from './support/program.ts';
import { newSite, startServer } from './support/server.ts';

test('50,000 payments, and every account has what the answers said', { timeout: 120_000 }, async () => {
  const site = await newSite();
  await startServer(site);
  const url = `http://127.0.0.1:${site.port}`;
  const { code, out } = await florin('demo', '--url', url, '--json');
  const report = JSON.parse(out) as DemoReport;
  const refused = Object.values(report.refused).reduce((sum, count) => sum + count, 0);
  expect({ code, all: report.paid + refused, codes: Object.keys(report.refused), ...report }).toMatchObject({
    code: 0,
    all: 50_000,
    codes: ['insufficient_funds'],
    differing: [],
    booksBalance: true,
  });
});

test('a server that is killed under load has lost nothing', { timeout: 120_000 }, async () => {
  const { code, out } = await florin('demo', '--crash', '--json');
  const report = JSON.parse(out) as CrashReport;
  expect({ code, ...report }).toMatchObject({ code: 0, lost: 0, booksBalance: true, recovered: report.acknowledged });
  expect(report.acknowledged).toBeGreaterThan(0);
});

test('where no server is, it says how to start one', async () => {
  const { code, err } = await florin('demo', '--url', 'http://127.0.0.1:1');
  expect(code).toBe(1);
  expect(err).toContain('npm start');
});
