// `florin bench`: measures this build on this machine, prints the figures and keeps them in loadtest/RESULTS.md. Owns the
// command; what is measured and how is in the folder `loadtest/bench`.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { InvalidArgumentError, type Command } from 'commander';
import { passOnInterrupts } from '../../loadtest/bench/children.ts';
import {
  medianRun,
  POSTGRES_COLUMNS,
  postgresRows,
  reached,
  refusedOf,
  remarks,
  WORKLOAD_COLUMNS,
  workloadRow,
  type WorkloadResult,
} from '../../loadtest/bench/figures.ts';
import { commit, describeMachine, projectFolder } from '../../loadtest/bench/machine.ts';
import { measurePostgres, type PostgresResult } from '../../loadtest/bench/postgres.ts';
import { withResults } from '../../loadtest/bench/results-file.ts';
import { runOnce, type Run } from '../../loadtest/bench/run.ts';
import { inMemory } from '../../loadtest/bench/sync-baseline.ts';
import { workloadsNamed, type Workload } from '../../loadtest/bench/workloads.ts';
import { outputOf, type Output } from './terminal/output.ts';
import { startProgress } from './terminal/progress.ts';
import { table } from './terminal/table.ts';

type Flags = {
  readonly seconds: number;
  readonly runs: number;
  readonly data: string;
  readonly inFlight?: number;
  readonly postgres: boolean;
  readonly write: boolean;
  readonly json?: true;
};

type Bench = { readonly results: readonly WorkloadResult[]; readonly postgres: PostgresResult | undefined };

/** Accounts from which on their opening takes long enough to be shown. */
const ACCOUNTS_SHOWN_MIN = 100_000;

async function run(names: readonly string[], given: Flags, command: Command): Promise<void> {
  // Absolute: PostgreSQL's programs work from another folder.
  const flags = { ...given, data: resolve(given.data) };
  const output = outputOf(command);
  const workloads = workloadsNamed(names).map((workload) => adjusted(workload, flags));
  passOnInterrupts();
  mkdirSync(flags.data, { recursive: true });
  if (inMemory(flags.data))
    output.err(`${flags.data} is in memory: nothing there is durable. Give a disk with --data.`);
  const results: WorkloadResult[] = [];
  for (const workload of workloads) results.push({ workload, runs: await runAll(workload, flags, output) });
  const postgres = flags.postgres ? await measurePostgres(flags.data, flags.seconds) : undefined;
  const bench = { results, postgres };
  output.out(flags.json === true ? reportJson(bench) : reportText(bench));
  const path = flags.write ? keep(bench, flags) : undefined;
  if (path !== undefined && flags.json !== true) output.err(`written: ${path}`);
  if (results.some((result) => refusedOf(result) > 0)) process.exitCode = 1;
}

/** The workload with the window that was asked for; only batches leave a choice, the others are defined by theirs. */
function adjusted(workload: Workload, { inFlight }: Flags): Workload {
  return workload.way === 'batches' && inFlight !== undefined ? { ...workload, window: inFlight } : workload;
}

async function runAll(workload: Workload, { data, seconds, runs, json }: Flags, output: Output): Promise<Run[]> {
  const done: Run[] = [];
  for (let number = 1; number <= runs; number++) {
    const accounts = showAccounts(workload, json === true);
    try {
      // The number of the run is the seed: the same bench draws the same accounts.
      const job = { workload, folder: data, seconds, seed: number, opened: accounts.opened };
      done.push(await runOnce(job));
    } finally {
      accounts.finish();
    }
    const rate = Math.round(done.at(-1)?.perSecond ?? 0).toLocaleString('en-US');
    if (json !== true) output.err(`${workload.key} run ${number} of ${runs}: ${rate}/s`);
  }
  return done;
}

/** Progress of the opening of accounts, where it takes long enough to be shown. */
function showAccounts(
  { key, accounts: total }: Workload,
  json: boolean,
): { opened: (accounts: number) => void; finish: () => void } {
  if (json || total < ACCOUNTS_SHOWN_MIN) return { opened: () => {}, finish: () => {} };
  const progress = startProgress({ label: `${key} accounts`, total, unit: 'accounts' });
  let finished = false;
  const finish = (): void => {
    if (!finished) progress.finish();
    finished = true;
  };
  const opened = (accounts: number): void => {
    progress.update(accounts);
    if (accounts === total) finish();
  };
  return { opened, finish };
}

function reportText({ results, postgres }: Bench): string {
  const left = ['left', 'left'] as const;
  const aligned = (columns: readonly string[]): ('left' | 'right')[] =>
    columns.map((_, index) => left[index] ?? 'right');
  const parts = [
    table(WORKLOAD_COLUMNS, results.map(workloadRow), aligned(WORKLOAD_COLUMNS)),
    remarks(results).join('\n'),
    postgres === undefined ? '' : table(POSTGRES_COLUMNS, postgresRows(postgres, results), aligned(POSTGRES_COLUMNS)),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

function reportJson({ results, postgres }: Bench): string {
  const workloads = results.map((result) => ({
    ...result.workload,
    median: medianRun(result.runs),
    runs: result.runs,
    reached: reached(result),
  }));
  const report = { machine: describeMachine(), commit: commit() ?? null, workloads, postgres: postgres ?? null };
  return JSON.stringify({ ...report, remarks: remarks(results) }, null, 2);
}

/** Writes the figures into the results file; returns its path. */
function keep({ results, postgres }: Bench, { seconds, runs }: Flags): string {
  const path = join(projectFolder(), 'loadtest', 'RESULTS.md');
  const transport = results[0]?.runs[0]?.transport;
  const day = new Date().toISOString().slice(0, 16).replace('T', ' ');
  const text = withResults(existsSync(path) ? readFileSync(path, 'utf8') : undefined, {
    machine: describeMachine() + (transport === undefined ? '' : `, transport ${transport}`),
    measured: `${day} UTC, ${commit() ?? 'no commit'}, ${runs} x ${seconds} s`,
    workloads: results.map(workloadRow),
    postgres: postgres === undefined ? [] : postgresRows(postgres, results),
    remarks: remarks(results),
  });
  writeFileSync(path, text);
  return path;
}

/** A whole number of at least 1 from the command line. */
function positive(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new InvalidArgumentError('A whole number of at least 1.');
  return value;
}

/** `florin bench`. */
export function registerBench(program: Command): void {
  program
    .command('bench')
    .description('measure this build on this machine, and write loadtest/RESULTS.md')
    .argument('[work...]', 'W1 … W7; all of them when none is named')
    .option('--seconds <n>', 'seconds of each run, after a warm-up of two', positive, 10)
    .option('--runs <n>', 'runs of each work; the median counts', positive, 3)
    .option('--data <folder>', 'where data folders are made; its disk is measured', tmpdir())
    .option('--in-flight <n>', 'batches in flight, where work comes in batches (default: 8)', positive)
    .option('--no-postgres', 'without the comparison')
    .option('--no-write', 'leave loadtest/RESULTS.md as it is')
    .option('--json', 'print JSON')
    .action(async (names: string[], flags: Flags, command: Command) => {
      try {
        await run(names, flags, command);
      } catch (error) {
        outputOf(command).err(`florin bench: ${error instanceof Error ? error.message : String(error)}`);
        process.exitCode = 1;
      }
    });
}
