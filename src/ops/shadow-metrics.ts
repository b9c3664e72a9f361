// Shadow metrics. What the engine, the books and the channels of stress traffic do: the families of business once more, under
// `florin_shadow_`, so that no figure of business has anything of it and a stress test can be read while business goes on.

import type { Engine } from '../../actors/engine.ts';
import type { Books } from '../../workers/books.ts';
import type { Channels } from '../channels/channels.ts';
import type { Checks } from '../channels/checks.ts';
import { addBooksBusy, addChannelBusy, addEngineBusy } from './busy-metrics.ts';
import type { BusyTime } from './busy-time.ts';
import { addBooksMetrics } from './books-metrics.ts';
import { addChannelMetrics, addCheckMetrics } from './channel-metrics.ts';
import { addEngineMetrics, addJournalMetrics } from './engine-metrics.ts';
import type { Metrics } from './metrics.ts';

/** After `florin_`, in the name of everything that is about stress traffic. */
const PREFIX = 'shadow';

export type ShadowCounted = {
  readonly engine: Engine;
  readonly channels: Channels;
  readonly checks: Checks;
  readonly busy: BusyTime;
};

/** The metrics of stress traffic; rendered with those of business. */
export function shadowMetrics(metrics: Metrics): Metrics {
  return metrics.within(PREFIX);
}

/** Before the engine starts: it counts from the first frame. `metrics`: those of stress traffic. */
export function addShadowMetrics(metrics: Metrics, { engine, channels, checks, busy }: ShadowCounted): void {
  addEngineMetrics(metrics, engine);
  addJournalMetrics(metrics, engine);
  addChannelMetrics(metrics, channels, engine);
  addCheckMetrics(metrics, checks);
  addEngineBusy(metrics, busy);
  addChannelBusy(metrics, channels);
}

/** `now`: wall clock, ms since 1970. */
export function addShadowBooks(metrics: Metrics, books: Books, now: () => number): void {
  addBooksMetrics(metrics, books, now);
  addBooksBusy(metrics, books);
}
