// Reconciler metrics. What the thread that checks has found, how far it trails, and what it could not check.

import type { ReconcilerLane } from '../../workers/reconciler-lane.ts';
import type { NamedBreach } from '../reconciliation/breach-log.ts';
import { INVARIANTS, type Invariant } from '../reconciliation/watch/breach.ts';
import type { Counter, Metrics } from './metrics.ts';

/** Counts breaches: made before the reconciler, which may find one at once. */
export function addBreachMetrics(metrics: Metrics): (breach: NamedBreach) => void {
  const help = 'Breaches found by the reconciler, each once.';
  const counters = new Map<Invariant, Counter>();
  for (const invariant of Object.keys(INVARIANTS) as Invariant[])
    counters.set(invariant, metrics.counter('invariant_violations_total', help, { invariant }));
  return ({ breach }) => counters.get(breach.invariant)?.add();
}

/** `now`: wall clock, ms since 1970. */
export function addReconcilerMetrics(metrics: Metrics, lane: ReconcilerLane, now: () => number): void {
  const labels = { pool: 'reconciler', worker: '0' };
  metrics.gauge('reconciler_lag_frames', 'Frames durable and not followed.', {}, () => lane.lagFrames);
  metrics.gauge('reconciler_lag_seconds', 'Age of the oldest frame that was not followed.', {}, () =>
    lane.lagSeconds(now()),
  );
  metrics.gauge('reconciler_waiting_lines', 'Lines of vouchers to be found in the books.', {}, () => lane.waiting);
  metrics.counted(
    'reconciler_skipped_lines_total',
    'Lines of vouchers that the books did not have within the window.',
    {},
    () => lane.skipped,
  );
  metrics.counted('worker_tasks_total', 'Tasks given to the thread.', labels, () => lane.tasks);
  metrics.counted(
    'worker_exits_total',
    'Times that the thread crashed.',
    { ...labels, reason: 'crash' },
    () => lane.crashes,
  );
  metrics.gauge(
    'worker_utilization_ratio',
    'Share of time that the thread was busy.',
    labels,
    () => lane.pool.utilization,
  );
}
