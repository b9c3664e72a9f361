// Load tests from the command line: `npm run loadtest -- CASE PROFILE`. Prints the verdict, writes report and JSON. Exit codes: 0
// passed, 1 failed or void, 2 wrong words or no k6.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { passOnInterrupts } from '../bench/children.ts';
import { shown } from './charts.ts';
import { findGenerator } from './generator-process.ts';
import { runLoad } from './load-run.ts';
import { readOrders, USAGE, type RunOrders } from './orders.ts';
import { pageOf, type RunReport } from './report.ts';

export async function main(words: readonly string[]): Promise<number> {
  let orders: RunOrders;
  try {
    orders = readOrders(words);
  } catch (error) {
    console.error(`loadtest: ${(error as Error).message}\n\n${USAGE}`);
    return 2;
  }
  const program = findGenerator();
  if (program === null) {
    console.error('loadtest: there is no k6 here. `bash .ci/k6` installs it where Go is.');
    return 2;
  }
  passOnInterrupts();
  const earlier = orders.baseline === '' ? null : (JSON.parse(readFileSync(orders.baseline, 'utf8')) as RunReport);
  let report: RunReport;
  try {
    report = await runLoad(program, orders);
  } catch (error) {
    console.error(`loadtest: ${(error as Error).message}`);
    return 1;
  }
  print(report, write(orders, report, earlier));
  return report.verdict === 'failed' || report.verdict === 'void' ? 1 : 0;
}

function write({ out, scenario, profile }: RunOrders, report: RunReport, earlier: RunReport | null): string {
  mkdirSync(out, { recursive: true });
  const place = join(out, `${scenario}-${profile}`);
  writeFileSync(`${place}.json`, JSON.stringify(report, null, 1));
  writeFileSync(`${place}.html`, pageOf(report, earlier));
  return `${place}.html`;
}

function print({ scenario, profile, totals, findings, verdict }: RunReport, page: string): void {
  const { latency, generatorMicros, serverMicros } = totals;
  console.log(`${scenario} ${profile}: ${shown(totals.acknowledged)} acknowledged, ${shown(totals.perSecond)}/s`);
  const times = `p50 ${shown(latency.med)} ms, p99 ${shown(latency.p99)} ms, p99.9 ${shown(latency.p999)} ms`;
  console.log(
    `  ${times}; ${totals.dropped} dropped; CPU each: generator ${shown(generatorMicros)} µs, server ${shown(serverMicros)} µs`,
  );
  for (const { what, ok, detail } of findings) console.log(`  ${ok ? '✔' : '✘'} ${what} (${detail})`);
  console.log(`  ${verdict}: ${page}`);
}
