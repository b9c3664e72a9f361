// Process metrics. What every Prometheus client counts of a process and of Node, under the names that dashboards expect: without
// `florin_`.

import { readdirSync } from 'node:fs';
import { constants, PerformanceObserver } from 'node:perf_hooks';
import type { Metrics } from './metrics.ts';

const MICROSECONDS = 1e6;

const GC_KINDS = new Map([
  [constants.NODE_PERFORMANCE_GC_MINOR, 'minor'],
  [constants.NODE_PERFORMANCE_GC_MAJOR, 'major'],
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL, 'incremental'],
  [constants.NODE_PERFORMANCE_GC_WEAKCB, 'weakcb'],
]);

/** `duration`: ms. */
type Pause = { readonly duration: number; readonly detail: { readonly kind: number } };

/** Once a process. `nowMs`: wall clock at the start, ms since 1970. */
export function addProcessFamilies(metrics: Metrics, nowMs: number): void {
  const process_ = metrics.bare('process');
  const startedSeconds = nowMs / 1_000 - process.uptime();
  process_.gauge('resident_memory_bytes', 'Resident memory.', {}, () => process.memoryUsage.rss());
  process_.gauge('start_time_seconds', 'When the process began, since 1970.', {}, () => startedSeconds);
  process_.gauge('open_fds', 'Open file descriptors; 0 where the system does not say.', {}, openFiles);
  const cpu = (way: 'user' | 'system') => (): number => process.cpuUsage()[way] / MICROSECONDS;
  process_.counted('cpu_user_seconds_total', 'Processor time of the program itself.', {}, cpu('user'));
  process_.counted('cpu_system_seconds_total', 'Processor time of the system for it.', {}, cpu('system'));
  process_.counted('cpu_seconds_total', 'Processor time.', {}, () => cpu('user')() + cpu('system')());
  addNode(metrics.bare('nodejs'));
}

function addNode(metrics: Metrics): void {
  const version = { version: process.version };
  metrics.gauge('version_info', 'The Node that runs here.', version, () => 1);
  metrics.gauge('heap_size_total_bytes', 'Heap of the engine thread.', {}, () => process.memoryUsage().heapTotal);
  metrics.gauge('heap_size_used_bytes', 'Used heap of the engine thread.', {}, () => process.memoryUsage().heapUsed);
  metrics.gauge('external_memory_bytes', 'Memory outside of the heap.', {}, () => process.memoryUsage().external);
  const help = 'Pauses of the engine thread to collect garbage.';
  const pauses = new Map(
    [...GC_KINDS].map(([number, kind]) => [number, metrics.histogram('gc_duration_seconds', help, { kind })]),
  );
  const observer = new PerformanceObserver((list) => {
    // Node's types do not say what entries of this type carry.
    for (const { duration, detail } of list.getEntries() as unknown as readonly Pause[])
      pauses.get(detail.kind)?.observe(duration / 1_000);
  });
  observer.observe({ entryTypes: ['gc'] });
}

function openFiles(): number {
  try {
    return readdirSync('/proc/self/fd').length;
  } catch {
    return 0;
  }
}
