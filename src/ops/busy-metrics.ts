// Busy metrics. How long each part of the server has worked since its start: the engine, the gateway, each thread, each way to a
// channel. What `florin stress report` makes capacities of.
//
// B1. Seconds are by the clock, and count waiting for a core of the machine as work. B2. Stress traffic has the same families under
// a prefix of its own.

import { availableParallelism } from 'node:os';
import { performance } from 'node:perf_hooks';
import type { WorkTime } from '../../workers/work-time.ts';
import type { Channels } from '../channels/channels.ts';
import type { BusyTime } from './busy-time.ts';
import type { Metrics } from './metrics.ts';

const HELP = 'Time in which a part of the server was working.';

/** Of the process: its clock, its engine's thread as a whole, and the cores that it may use. */
export function addProcessBusy(metrics: Metrics): void {
  metrics.gauge(
    'busy_clock_seconds',
    'The clock by which busy seconds are counted.',
    {},
    () => performance.now() / 1_000,
  );
  metrics.gauge('cores', 'Cores that the process may use.', {}, () => availableParallelism());
  metrics.counted(
    'thread_busy_seconds_total',
    'Time in which the event loop of a thread was not waiting.',
    { thread: 'engine' },
    () => performance.eventLoopUtilization().active / 1_000,
  );
}

/** Of one world, on the engine's thread. */
export function addEngineBusy(metrics: Metrics, busy: BusyTime): void {
  metrics.counted('busy_seconds_total', HELP, { module: 'engine' }, () => busy.engineSeconds);
  metrics.counted('busy_seconds_total', HELP, { module: 'gateway' }, () => busy.gatewaySeconds);
}

export function addWebhooksBusy(metrics: Metrics, dispatcher: { readonly busySeconds: number }): void {
  metrics.counted('busy_seconds_total', HELP, { module: 'webhooks' }, () => dispatcher.busySeconds);
}

export type BusyModule = 'books' | 'books_reader' | 'reconciler' | 'runs';

/** Of a thread of its own. `worker`: its number, where there may be several. */
export function addThreadBusy(metrics: Metrics, module: BusyModule, time: WorkTime, worker = 0): void {
  metrics.counted('busy_seconds_total', HELP, { module, worker: String(worker) }, () => time.seconds);
}

export function addBooksBusy(
  metrics: Metrics,
  { lanes, readingTime }: { readonly lanes: readonly { readonly time: WorkTime }[]; readonly readingTime: WorkTime },
): void {
  lanes.forEach(({ time }, worker) => addThreadBusy(metrics, 'books', time, worker));
  addThreadBusy(metrics, 'books_reader', readingTime);
}

/** How long the places of a channel's lanes were taken, and what they let through. */
export function addChannelBusy(metrics: Metrics, channels: Channels): void {
  for (const gateway of channels.all()) {
    for (const { lane, placesMax, perSecondMax } of gateway.use) {
      const labels = { channel: gateway.name, lane };
      const held = (): number => gateway.use.find((use) => use.lane === lane)?.heldSeconds ?? 0;
      const seconds = 'Time in which places were taken, by requests that have ended.';
      metrics.counted('channel_place_seconds_total', seconds, labels, held);
      metrics.gauge('channel_places', 'Requests that may be under way at once.', labels, () => placesMax);
      metrics.gauge('channel_rate_max', 'Requests a second that the provider allows.', labels, () => perSecondMax);
    }
  }
}
