// Engine metrics. What the journal, the actors and the process are doing.

import { monitorEventLoopDelay, performance, type EventLoopUtilization } from 'node:perf_hooks';
import type { Engine } from '../../actors/engine.ts';
import type { Metrics } from './metrics.ts';

const PHASES = ['recovering', 'ready', 'draining', 'stopped'] as const;

/** Records in a batch. */
const BATCH_BUCKETS = [1, 4, 16, 64, 256, 1024, 4096, 16_384];

/** Counts each durable frame of the engine. */
export function addJournalMetrics(metrics: Metrics, engine: Engine): void {
  const records = metrics.counter('journal_records_total', 'Facts made durable.');
  const bytes = metrics.counter('journal_bytes_total', 'Bytes of frames made durable.');
  const sync = metrics.histogram(
    'journal_fsync_duration_seconds',
    'From handing a frame to the journal until it was durable.',
  );
  const batch = metrics.histogram('journal_batch_records', 'Facts in a frame.', {}, BATCH_BUCKETS);
  engine.onDurable(({ frame, bytes: encoded, syncMs }) => {
    records.add(frame.count);
    bytes.add(encoded.length);
    sync.observe(syncMs / 1000);
    batch.observe(frame.count);
  });
}

export function addEngineMetrics(metrics: Metrics, engine: Engine): void {
  const desk = (): Engine['partition']['desk'] => engine.partition.desk;
  for (const phase of PHASES) {
    metrics.gauge('phase', '1 for the phase that the engine is in.', { phase }, () => (engine.phase === phase ? 1 : 0));
  }
  metrics.gauge('ready', '1 when requests are taken.', {}, () => (engine.phase === 'ready' ? 1 : 0));
  metrics.gauge('actors', 'Actors in memory.', { kind: 'account' }, () => desk().accounts.size);
  metrics.gauge('actors', 'Actors in memory.', { kind: 'transfer' }, () => desk().transfers.size);
  metrics.counted(
    'actor_started_total',
    'Actors brought into memory.',
    { kind: 'account' },
    () => desk().accounts.started,
  );
  metrics.counted(
    'actor_started_total',
    'Actors brought into memory.',
    { kind: 'transfer' },
    () => desk().transfers.started,
  );
  metrics.counted(
    'actor_stopped_total',
    'Actors that left memory.',
    { kind: 'account', reason: 'passivated' },
    () => desk().accounts.passivated,
  );
  metrics.counted('actor_messages_total', 'Messages between actors.', {}, () => desk().dispatcher.messages);
  metrics.counted(
    'actor_restarts_total',
    'Times that a partition was made anew after a fault.',
    { kind: 'partition' },
    () => engine.restarts,
  );
  metrics.counted(
    'dead_letters_total',
    'Messages that reached nobody.',
    { reason: 'not_understood' },
    () => engine.partition.visits.deadLetters,
  );
  metrics.gauge('actors', 'Actors in memory.', { kind: 'order' }, () => desk().orders.resident);
  metrics.counted('actor_started_total', 'Actors brought into memory.', { kind: 'order' }, () => desk().orders.started);
  metrics.gauge('in_flight_transfers', 'Transfers accepted and not answered.', {}, () => engine.partition.inFlight);
  metrics.gauge('accounts', 'Accounts opened.', {}, () => desk().accounts.ordinal);
  metrics.gauge('names', 'Transfer ids and idempotency keys in the index.', {}, () => desk().names.size);
  metrics.gauge('journal_position', 'The last durable frame.', {}, () => engine.position);
  metrics.gauge('journal_queue_records', 'Facts gathered for the next frame.', {}, () => desk().commit.gathered);
  metrics.gauge(
    'snapshot_duration_seconds',
    'How long the last snapshot took.',
    {},
    () => engine.partition.snapshots.lastDurationMs / 1000,
  );
  metrics.gauge(
    'snapshot_last_success_timestamp_seconds',
    'When the last snapshot was complete.',
    {},
    () => engine.partition.snapshots.lastSuccessMs / 1000,
  );
}

export function addProcessMetrics(metrics: Metrics, build: Readonly<Record<string, string>>): void {
  metrics.gauge('build_info', 'What runs here.', build, () => 1);
  let last: EventLoopUtilization = performance.eventLoopUtilization();
  metrics.gauge(
    'eventloop_utilization_ratio',
    'Share of time since the last scrape that the thread was busy.',
    { thread: 'engine' },
    () => {
      const now = performance.eventLoopUtilization();
      const { utilization } = performance.eventLoopUtilization(now, last);
      last = now;
      return utilization;
    },
  );
  const delay = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();
  metrics.gauge(
    'eventloop_delay_max_seconds',
    'Longest delay of the engine thread since start.',
    {},
    () => delay.max / 1e9,
  );
}
