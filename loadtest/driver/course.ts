// The course of a run: once a second, what generator and server have done and used in it.
//
// C1. Totals are read and differences kept, so a second that was read late is longer and loses nothing.

import { machineSeconds, processorSeconds } from '../bench/process-usage.ts';
import type { LiveTotals } from './generator-process.ts';

/** One second of a run. Rates are a second, processor shares are percent of one core, times ms. */
export type Second = {
  /** Seconds after the beginning. */
  readonly at: number;
  readonly acknowledged: number;
  readonly dropped: number;
  /** From the intended time; null where nothing was answered. */
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
  readonly serverCpu: number;
  readonly generatorCpu: number;
  readonly othersCpu: number;
  readonly syncs: number;
  readonly syncMs: number | null;
  readonly records: number;
  readonly lagRecords: number;
};

export type Reading = {
  readonly atMs: number;
  readonly load: LiveTotals;
  /** Sums over all labels, by name. */
  readonly server: Readonly<Record<string, number>>;
  readonly serverSeconds: number;
  readonly generatorSeconds: number;
  readonly machineSeconds: number;
};

const DEEDS = ['posted', 'held', 'captured', 'paid'] as const;
const BUCKET = /^florin_latency_le_(\d+)$/;
/** Of the server's metrics, those that the report shows. */
const SHOWN =
  /^(florin_(?:shadow_)?(?:journal_fsync_duration_seconds_(?:sum|count)|journal_records_total|ledger_lag_records))(?:\{[^}]*\})? ([\d.e+-]+)$/gm;

export async function readServer(opsPort: number): Promise<Record<string, number>> {
  const sums: Record<string, number> = {};
  const answer = await fetch(`http://127.0.0.1:${opsPort}/metrics`).catch(() => null);
  const text = (await answer?.text().catch(() => '')) ?? '';
  for (const [, name = '', value] of text.matchAll(SHOWN)) {
    const plain = name.replace('_shadow', '');
    sums[plain] = (sums[plain] ?? 0) + Number(value);
  }
  return sums;
}

export function readProcesses(server: number, generator: number): Omit<Reading, 'load' | 'server'> {
  return {
    atMs: performance.now(),
    serverSeconds: processorSeconds(server),
    generatorSeconds: processorSeconds(generator),
    machineSeconds: machineSeconds(),
  };
}

/** What happened between two readings; a server that began anew counts from 0. */
export function secondBetween(before: Reading, after: Reading, beganMs: number): Second {
  const seconds = (after.atMs - before.atMs) / 1_000;
  const done = (name: string): number => (after.load[name] ?? 0) - (before.load[name] ?? 0);
  const server = (name: string): number => Math.max(0, (after.server[name] ?? 0) - (before.server[name] ?? 0));
  const percent = (used: number): number => Math.max(0, (100 * used) / seconds);
  const own = Math.max(0, after.serverSeconds - before.serverSeconds);
  const load = Math.max(0, after.generatorSeconds - before.generatorSeconds);
  const syncs = server('florin_journal_fsync_duration_seconds_count');
  const buckets = Object.keys(after.load)
    .flatMap((name) => (BUCKET.test(name) ? [Number(BUCKET.exec(name)?.[1])] : []))
    .sort((one, other) => one - other)
    .map((bound): [number, number] => [bound, done(`florin_latency_le_${bound}`)]);
  return {
    at: (after.atMs - beganMs) / 1_000,
    acknowledged: DEEDS.reduce((sum, deed) => sum + done(`florin_${deed}`), 0) / seconds,
    dropped: done('dropped_iterations') + done('florin_unsent'),
    p50Ms: quantile(buckets, 0.5),
    p99Ms: quantile(buckets, 0.99),
    serverCpu: percent(own),
    generatorCpu: percent(load),
    othersCpu: percent(after.machineSeconds - before.machineSeconds - own - load),
    syncs: syncs / seconds,
    syncMs: syncs === 0 ? null : (1_000 * server('florin_journal_fsync_duration_seconds_sum')) / syncs,
    records: server('florin_journal_records_total') / seconds,
    lagRecords: after.server.florin_ledger_lag_records ?? 0,
  };
}

/** Between the bounds of the bucket in which it is, in proportion. `buckets`: upper bound and how many, ascending. */
export function quantile(buckets: readonly (readonly [bound: number, count: number])[], share: number): number | null {
  const wanted = buckets.reduce((sum, [, count]) => sum + count, 0) * share;
  let below = 0;
  let from = 0;
  for (const [bound, count] of buckets) {
    if (count > 0 && below + count >= wanted) return from + ((bound - from) * (wanted - below)) / count;
    below += count;
    from = bound;
  }
  return null;
}
