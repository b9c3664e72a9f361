// `florin demo`: payments to look at, against a running server; with --crash against one of its own, which is killed.

import { performance } from 'node:perf_hooks';
import type { Command } from 'commander';
import { connect } from '../client/node.ts';
import { crash, type CrashReport } from './demo/crash.ts';
import { chart, milliseconds, percentile } from './demo/latencies.ts';
import { newTally, Shop } from './demo/shop.ts';
import { coloursFor } from './terminal/colour.ts';
import { outputOf } from './terminal/output.ts';
import { startProgress } from './terminal/progress.ts';
import { table } from './terminal/table.ts';

const ACCOUNTS = 1_000;
const PAYMENTS = 50_000;
const IN_FLIGHT = 1_000;
/** Somebody waits for it: a server that is not there is told soon, ms. */
const ANSWER_MS_MAX = 15_000;

type Flags = { readonly url: string; readonly crash?: true; readonly json?: true };

export type DemoReport = {
  readonly accounts: number;
  readonly paid: number;
  readonly refused: Readonly<Record<string, number>>;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly slowestMs: number;
  /** Accounts whose balance is not what the answers said. */
  readonly differing: readonly string[];
  readonly booksBalance: boolean;
  readonly chart: readonly string[];
};

/** Pays against the server at `url`. @throws RefusedError, UnansweredError, and Error where nobody is there */
export async function demo(url: string, key: string, silent: boolean): Promise<DemoReport> {
  await fetch(new URL('/v1/refusals', url)).catch(() => {
    throw new Error(`no server answers at ${url}; \`npm start\` runs one, --url names another`);
  });
  const client = connect({ url, key, timeoutMs: ANSWER_MS_MAX });
  try {
    const shop = new Shop(client, `demo-${Date.now().toString(36)}`, ACCOUNTS);
    const opening = startProgress({ label: 'accounts', total: ACCOUNTS, unit: 'accounts', silent });
    await shop.open(opening.advance).finally(opening.finish);
    const tally = newTally();
    const paying = startProgress({ label: 'payments', total: PAYMENTS, unit: 'payments', silent });
    const beganMs = performance.now();
    let left = PAYMENTS;
    const payer = async (): Promise<void> => {
      for (; left > 0; paying.advance(1)) {
        left -= 1;
        await shop.pay(shop.next(Math.random), tally);
      }
    };
    await Promise.all(Array.from({ length: IN_FLIGHT }, payer)).finally(paying.finish);
    const seconds = (performance.now() - beganMs) / 1_000;
    const sorted = tally.latenciesMs.toSorted((one, other) => one - other);
    return {
      accounts: ACCOUNTS,
      paid: tally.paid,
      refused: Object.fromEntries(tally.refused),
      perSecond: Math.round(PAYMENTS / seconds),
      p50Ms: percentile(sorted, 0.5),
      p99Ms: percentile(sorted, 0.99),
      slowestMs: sorted.at(-1) ?? 0,
      differing: await shop.differing(),
      booksBalance: await shop.booksBalance(),
      chart: chart(sorted),
    };
  } finally {
    client.destroy();
  }
}

const grouped = (value: number): string => value.toLocaleString('en-US');

function demoText(report: DemoReport): string {
  const colours = coloursFor(process.stdout);
  const refused = Object.entries(report.refused).map(([code, count]) => [`refused: ${code}`, grouped(count)]);
  const rows = [
    ['accounts', grouped(report.accounts)],
    ['paid, each durable before its answer', grouped(report.paid)],
    ...refused,
    ['payments a second', grouped(report.perSecond)],
    ['answered after (p50, p99, slowest)', [report.p50Ms, report.p99Ms, report.slowestMs].map(milliseconds).join(', ')],
    ['accounts that have what the answers said', `${grouped(report.accounts - report.differing.length)} of ${grouped(report.accounts)}`], // prettier-ignore
  ];
  const verdict = report.booksBalance ? colours.green('books balance ✔') : colours.red('books do not balance ✘');
  return [table(['', ''], rows, ['left', 'right']), '', ...report.chart, '', verdict].join('\n').trimStart();
}

function crashText({ acknowledged, recovered, lost, open, openDone, readySeconds, booksBalance }: CrashReport): string {
  const colours = coloursFor(process.stdout);
  const rows = [
    ['acknowledged before the kill', grouped(acknowledged)],
    ['there after the restart', grouped(recovered)],
    ['not answered yet at the kill', `${grouped(open)}, ${grouped(openDone)} of them had happened`],
    ['ready again after', `${readySeconds.toFixed(1)} s`],
  ];
  const paint = lost === 0 ? colours.green : colours.red;
  const verdict = booksBalance ? colours.green('books balance ✔') : colours.red('books do not balance ✘');
  return [table(['', ''], rows, ['left', 'right']), '', paint(`lost ${grouped(lost)}`), verdict].join('\n').trimStart();
}

/** `florin demo`; exit code 1 when something is lost, or balances and books are not what they have to be. */
export function registerDemo(program: Command): void {
  program
    .command('demo')
    .description(
      '1,000 accounts and 50,000 payments on a running server; --crash: a server of its own, killed under load',
    )
    .option('--url <url>', 'the running server', 'http://127.0.0.1:8080')
    .option('--crash', 'start a server, kill it with SIGKILL under load, start it again and look for what is lost')
    .option('--json', 'print JSON')
    .action(async ({ url, crash: isCrash, json }: Flags, command: Command) => {
      const { out, err } = outputOf(command);
      try {
        const isSound =
          isCrash === true ? await runCrash(out, err, json === true) : await runDemo(url, out, json === true);
        if (!isSound) process.exitCode = 1;
      } catch (error) {
        err(`florin demo: ${error instanceof Error ? error.message : String(error)}`);
        process.exitCode = 1;
      }
    });
}

async function runDemo(url: string, out: (text: string) => void, json: boolean): Promise<boolean> {
  const report = await demo(url, process.env['FLORIN_KEY'] ?? '', json);
  out(json ? JSON.stringify(report, null, 2) : demoText(report));
  return report.booksBalance && report.differing.length === 0;
}

async function runCrash(out: (text: string) => void, err: (text: string) => void, json: boolean): Promise<boolean> {
  const report = await crash(Math.random, json ? () => {} : err);
  out(json ? JSON.stringify(report, null, 2) : crashText(report));
  return report.lost === 0 && report.booksBalance;
}
