// Books metrics. How far the books trail the journal, and what their threads do.

import type { Books } from '../../workers/books.ts';
import type { Metrics } from './metrics.ts';

/** `now`: wall clock, ms since 1970. */
export function addBooksMetrics(metrics: Metrics, books: Books, now: () => number): void {
  books.lanes.forEach((lane, worker) => {
    const labels = { pool: 'books', worker: String(worker) };
    metrics.gauge('ledger_lag_records', 'Facts durable and not yet in the books.', labels, () => lane.owedFacts);
    metrics.gauge('ledger_lag_seconds', 'Age of the oldest frame that is not in the books.', labels, () =>
      lane.lagSeconds(now()),
    );
    metrics.gauge('ledger_position', 'The last frame that can be read in the books.', labels, () => lane.flushed);
    metrics.gauge('ledger_stopped', '1 when this worker found a contradiction.', labels, () => (lane.stopped ? 1 : 0));
    metrics.counted('worker_tasks_total', 'Tasks given to the thread.', labels, () => lane.tasks);
    metrics.counted(
      'worker_exits_total',
      'Times that the thread crashed.',
      { ...labels, reason: 'crash' },
      () => lane.crashes,
    );
    metrics.gauge('worker_queue_tasks', 'Tasks that wait for the thread.', labels, () => lane.pool.queueSize);
    metrics.gauge(
      'worker_utilization_ratio',
      'Share of time that the thread was busy.',
      labels,
      () => lane.pool.utilization,
    );
  });
}
