// Figures: what the runs of a workload come to, as the columns of the results.

import { holdsIn } from './holding.ts';
import type { PostgresResult } from './postgres.ts';
import type { Run } from './run.ts';
import type { Workload } from './workloads.ts';

export type WorkloadResult = { readonly workload: Workload; readonly runs: readonly Run[] };

/** Heads of the table of workloads; the first column is the key of a row. */
export const WORKLOAD_COLUMNS = [
  'work',
  'what',
  'a second',
  'lowest – highest',
  'target',
  'reached',
  'p50 ms',
  'p99 ms',
  'server CPU',
  'generator CPU',
  'others CPU',
  'server RSS',
  'fsync/s',
  'per fsync',
  'refused',
] as const;

export const POSTGRES_COLUMNS = ['work', 'what', 'a second', 'mean ms', 'Florin in comparison'] as const;

/** Above this share of a core the generator may be what limits a run. */
const GENERATOR_PERCENT_MAX = 90;
/** Above this share of a core the other processes of the machine took something that a quiet machine would have given. */
const OTHERS_PERCENT_MAX = 20;
/** The memory that W1 may take: 1 GB. */
const W1_RESIDENT_BYTES_MAX = 2 ** 30;
const MEBIBYTE = 2 ** 20;

/** The run with the median rate: its figures belong together. Of an even number, the slower one of the middle. */
export function medianRun(runs: readonly Run[]): Run {
  const sorted = [...runs].sort((a, b) => a.perSecond - b.perSecond);
  const median = sorted[Math.floor((sorted.length - 1) / 2)];
  if (median === undefined) throw new Error('no run');
  return median;
}

/** Operations refused in any of the runs: a run with one is void. */
export function refusedOf({ runs }: WorkloadResult): number {
  return runs.reduce((sum, { refused }) => sum + refused, 0);
}

export function reached(result: WorkloadResult): boolean {
  return medianRun(result.runs).perSecond >= result.workload.target && refusedOf(result) === 0;
}

/** A row of the table of workloads. */
export function workloadRow(result: WorkloadResult): string[] {
  const { workload, runs } = result;
  const median = medianRun(runs);
  const rates = runs.map(({ perSecond }) => perSecond);
  return [
    workload.key,
    workload.title,
    grouped(median.perSecond),
    `${grouped(Math.min(...rates))} – ${grouped(Math.max(...rates))}`,
    grouped(workload.target),
    reached(result) ? 'yes' : 'no',
    precise(median.p50Ms),
    precise(median.p99Ms),
    `${Math.round(median.serverPercent)}%`,
    `${Math.round(median.generatorPercent)}%`,
    `${Math.round(median.othersPercent)}%`,
    `${Math.round(median.serverResidentBytes / MEBIBYTE)} MiB`,
    grouped(median.syncsPerSecond),
    precise(median.perSecond / median.syncsPerSecond),
    grouped(refusedOf(result)),
  ];
}

const WHO_PAYS = { uniform: 'uniform', hot: 'one pays always', payee: 'one is paid always' } as const;

/** Rows of the comparison with PostgreSQL, with the workloads that were measured beside it. */
export function postgresRows(postgres: PostgresResult, results: readonly WorkloadResult[]): string[][] {
  if ('absent' in postgres) return [['PostgreSQL', postgres.absent, '', '', '']];
  return postgres.runs.map(({ debits, perSecond, meanMs }) => {
    const compared = debits === 'hot' ? ['W2'] : ['W4', 'W1'];
    const ratios = results
      .filter(({ workload }) => compared.includes(workload.key))
      .map(({ workload, runs }) => `${workload.key} ${precise(medianRun(runs).perSecond / perSecond)}x`);
    const what = `stored function, 64 clients, 10,000 accounts, ${WHO_PAYS[debits]}`;
    return [`PostgreSQL ${debits}`, what, grouped(perSecond), precise(meanMs), ratios.join(', ')];
  });
}

/** What the table alone does not say. */
export function remarks(results: readonly WorkloadResult[]): string[] {
  return results.flatMap((result) => {
    const { workload, runs } = result;
    const median = medianRun(runs);
    const lines: string[] = [];
    if (workload.key === 'W1') {
      const mebibytes = Math.round(median.serverResidentBytes / MEBIBYTE);
      const small = median.serverResidentBytes < W1_RESIDENT_BYTES_MAX;
      lines.push(`W1: ${mebibytes} MiB of memory at most, target below 1,024: ${small ? 'reached' : 'not reached'}.`);
    }
    if (workload.way === 'batches' && workload.held) {
      const transfers = grouped(median.perSecond * (1 - holdsIn(workload.size) / workload.size));
      lines.push(
        `${workload.key}: counted are tuples; a hold and its capture are two. That is ${transfers} transfers/s.`,
      );
    }
    if (workload.books !== undefined) lines.push(booksRemark(result, results));
    if (median.generatorPercent > GENERATOR_PERCENT_MAX) {
      lines.push(`${workload.key}: the generator was busy all the time; the server may be faster than shown.`);
    }
    if (median.othersPercent > OTHERS_PERCENT_MAX) {
      lines.push(
        `${workload.key}: the machine was not quiet; other processes took ${Math.round(median.othersPercent)}% of a core.`,
      );
    }
    const first = runs.find(({ refused }) => refused > 0);
    if (first !== undefined) lines.push(`${workload.key} is void: refused, first with ${first.firstRefusal}`);
    return lines;
  });
}

/** How far the books were behind at the end, and what they cost, where W1 was measured in the same run. */
function booksRemark({ workload, runs }: WorkloadResult, results: readonly WorkloadResult[]): string {
  const { perSecond, drainSeconds, serverAnonymousBytes } = medianRun(runs);
  const mebibytes = Math.round(serverAnonymousBytes / MEBIBYTE);
  const bare = results.find(({ workload: { key } }) => key === 'W1');
  const ratio = bare ? `; ${precise(perSecond / medianRun(bare.runs).perSecond)} of W1 without books` : '';
  return `${workload.key}: the books had everything ${drainSeconds.toFixed(1)} s after the load${ratio}; ${mebibytes} MiB of memory without mapped files.`;
}

function grouped(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** Three significant digits, without an exponent. */
function precise(value: number): string {
  return value >= 100 ? grouped(value) : value.toPrecision(3);
}
