// Taking snapshots. Reads what the console is told from where /metrics and the engine have it.
//
// S1. A number that is also in /metrics is read from the same place. S2. Series at 0 are left out of their family; a family that
// nobody measures here is left out itself: that is not 0 but unknown.
// S3. Nothing here changes what a scrape sees.

import { performance, type EventLoopUtilization } from 'node:perf_hooks';
import type { Engine } from '../../actors/engine.ts';
import type { Distribution, Metrics } from '../ops/metrics.ts';
import type { Series, Shard, Snapshot } from './snapshot.ts';

/**
 * Families of /metrics that the page shows, without `florin_`. Not among them: `eventloop_utilization_ratio`, which says what
 * was since it was last read, and must be read by scrapes alone.
 */
export const FAMILIES = [
  'build_info',
  'in_flight_transfers',
  'payments_total',
  'refusals_total',
  'shed_total',
  'payment_duration_seconds',
  'http_request_duration_seconds',
  'ws_connections',
  'idempotency_total',
  'invariant_violations_total',
  'actors',
  'actor_started_total',
  'actor_stopped_total',
  'actor_messages_total',
  'actor_restarts_total',
  'accounts',
  'names',
  'journal_records_total',
  'journal_bytes_total',
  'journal_fsync_duration_seconds',
  'journal_batch_records',
  'journal_position',
  'journal_queue_records',
  'journal_size_bytes',
  'journal_disk_free_bytes',
  'snapshot_duration_seconds',
  'snapshot_last_success_timestamp_seconds',
  'ledger_lag_records',
  'ledger_lag_seconds',
  'ledger_position',
  'ledger_stopped',
  'reconciler_lag_frames',
  'reconciler_lag_seconds',
  'reconciler_waiting_lines',
  'reconciler_skipped_lines_total',
  'worker_exits_total',
  'worker_queue_tasks',
  'channel_requests_total',
  'channel_request_duration_seconds',
  'channel_in_flight',
  'channel_circuit_state',
  'check_requests_total',
  'orders_open',
  'orders_unknown',
  'switch_set',
  'recon_runs_total',
  'recon_items_total',
  'recon_breaks',
  'process_resident_memory_bytes',
  'process_cpu_seconds_total',
] as const;

/** Upper bounds of how many messages wait in a mailbox; deeper than the last one is one more class. */
export const DEPTH_CLASSES: readonly number[] = [1, 4, 16, 64, 256, 1024];

/** Messages walked over to see how deep mailboxes are: some tenths of a millisecond. */
const WALKED_MAX = 20_000;

export type SnapshotParts = Pick<Snapshot, 'life' | 'version' | 'startedAt' | 'actions'> & {
  readonly metrics: Metrics;
  /** Business first; the shadow as soon as there is one. */
  readonly engines: () => readonly Engine[];
  readonly notReady: () => string | null;
  readonly recovery: () => Snapshot['recovery'];
  /** ms since 1970. */
  readonly now: () => number;
};

/** @returns what takes a snapshot of now */
export function snapshotTaker(parts: SnapshotParts): () => Snapshot {
  const { metrics, engines, notReady, recovery, now, ...fixed } = parts;
  let last: EventLoopUtilization = performance.eventLoopUtilization();
  return () => {
    const current = performance.eventLoopUtilization();
    const { utilization: busy } = performance.eventLoopUtilization(current, last);
    last = current;
    const [business] = engines();
    return {
      ...fixed,
      at: now(),
      phase: business?.phase ?? 'recovering',
      notReady: notReady(),
      recovery: recovery(),
      busy,
      depthClasses: DEPTH_CLASSES,
      shards: engines().map(shardOf),
      metrics: Object.fromEntries(FAMILIES.flatMap((name) => familyOf(metrics, name))),
    };
  };
}

/** None where nobody measures it. */
function familyOf(metrics: Metrics, name: string): [name: string, series: readonly Series[]][] {
  const samples = metrics.read(name);
  if (samples.length === 0) return [];
  const series = samples.filter(({ value }) => !isNothing(value)).map(({ labels, value }): Series => [labels, value]);
  return [[name, series]];
}

function isNothing(value: number | Distribution): boolean {
  return typeof value === 'number' ? value === 0 : value.counts.every((count) => count === 0);
}

function shardOf({ partition: { desk, inFlight } }: Engine, shard: number): Shard {
  const mailboxes = [...DEPTH_CLASSES, Infinity].map(() => 0);
  let deepest = 0;
  for (const depth of desk.dispatcher.depths(WALKED_MAX)) {
    const at = DEPTH_CLASSES.findIndex((bound) => depth <= bound);
    const place = at < 0 ? DEPTH_CLASSES.length : at;
    mailboxes[place] = (mailboxes[place] ?? 0) + 1;
    deepest = Math.max(deepest, depth);
  }
  return { shard, shadow: desk.shadow, mailboxes, deepest, inFlight };
}
