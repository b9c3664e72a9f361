// `npm run bench:hot`: one merchant that everybody pays, credited in each of the ways, and the row lock of PostgreSQL
// beside them. Prints a table; arguments are seconds of a run and runs of each way (default: 5 and 3).
//
// H1. Ways are measured in turn, round by round, so that a slow minute of the machine is a slow minute of all of them.

import { tmpdir } from 'node:os';
import { table } from '../../src/cli/terminal/table.ts';
import { passOnInterrupts } from './children.ts';
import { medianRun, refusedOf } from './figures.ts';
import { commit, describeMachine } from './machine.ts';
import { measurePostgres } from './postgres.ts';
import { runOnce, type Run } from './run.ts';
import type { Workload } from './workloads.ts';

const SECONDS = Number(process.argv[2] ?? 5);
const RUNS = Number(process.argv[3] ?? 3);

/** The merchant and 10,000 others; books are kept, and the time until they have everything counts. */
const WORK = {
  name: 'hot',
  way: 'batches',
  size: 1_000,
  window: 8,
  held: false,
  accounts: 10_001,
  debits: 'payee',
  target: 0,
  books: 'drained',
} as const;

const WORKLOADS: readonly Workload[] = [
  { ...WORK, key: 'uniform', title: 'nobody is hot: each pays any other', debits: 'uniform' },
  { ...WORK, key: 'direct', title: 'one entry of the merchant a payment' },
  {
    ...WORK,
    key: 'buffered',
    title: 'one entry of the merchant for up to 10,000',
    crediting: { way: 'buffered', delay_ms: 1_000 },
  },
  {
    ...WORK,
    key: 'segmented',
    title: 'two steps; counted is the first',
    crediting: { way: 'segmented', delay_ms: 100 },
  },
  {
    ...WORK,
    key: 'spread',
    title: 'one entry a payment, over eight sub-accounts',
    crediting: { way: 'spread', sub_accounts: 8 },
  },
];

const HEAD = ['way', 'what', 'a second', 'lowest – highest', 'p50 ms', 'p99 ms', 'books drained, s', 'fsync/s'];

const NOT_MEASURED = `What this does not measure: other payments beside those to the merchant, its own (which gather from sub-accounts),
its statements, and when a credit arrives (buffered after a second or 10,000 credits, segmented after 100 ms or as soon as
the engine gets to it). The second step of the segmented way is work that the same engine does meanwhile: at full load it is
what it loses. Client and server share the machine's cores, and the rates of PostgreSQL are those of 64 connections with one
payment each.`;

async function main(): Promise<void> {
  passOnInterrupts();
  const runs = new Map<Workload, Run[]>(WORKLOADS.map((workload) => [workload, []]));
  for (let seed = 1; seed <= RUNS; seed++) {
    for (const [workload, done] of runs) {
      done.push(await runOnce({ workload, folder: tmpdir(), seconds: SECONDS, seed, opened: () => {} }));
    }
  }
  const rows = [...runs].map(([workload, done]) => rowOf(workload, done));
  console.log(`${describeMachine()}, ${commit() ?? 'no commit'}, ${RUNS} x ${SECONDS} s\n`);
  console.log(`${table(HEAD, [...rows, ...(await postgresRows())], ['left', 'left', ...HEAD.slice(2).map(right)])}\n`);
  console.log(NOT_MEASURED);
}

function rowOf(workload: Workload, runs: readonly Run[]): string[] {
  const median = medianRun(runs);
  const rates = runs.map(({ perSecond }) => perSecond);
  const refused = refusedOf({ workload, runs });
  return [
    workload.key,
    refused === 0 ? workload.title : `void: ${refused} refused`,
    grouped(median.perSecond),
    `${grouped(Math.min(...rates))} – ${grouped(Math.max(...rates))}`,
    median.p50Ms.toFixed(1),
    median.p99Ms.toFixed(1),
    median.drainSeconds.toFixed(1),
    grouped(median.syncsPerSecond),
  ];
}

async function postgresRows(): Promise<string[][]> {
  const measured = await measurePostgres(tmpdir(), SECONDS, ['uniform', 'payee']);
  if ('absent' in measured) return [['PostgreSQL', measured.absent, '', '', '', '', '', '']];
  return measured.runs.map(({ debits, perSecond, meanMs }) => {
    const what = debits === 'payee' ? 'the merchant’s row is locked by each payment' : 'nobody is hot';
    return [`PostgreSQL ${debits}`, what, grouped(perSecond), '', `${meanMs.toFixed(1)} (mean)`, '', '', ''];
  });
}

function right(): 'right' {
  return 'right';
}

function grouped(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

await main();
