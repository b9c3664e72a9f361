// Opening the admission of what is no payment: one pacer for the engine's thread, which business and stress traffic share,
// and places of their own for each of them.

import type { Engine } from '../actors/engine.ts';
import type { Books } from '../workers/books.ts';
import type { Clock } from './clock.ts';
import type { GatewayMetrics } from './gateway/gateway-metrics.ts';
import { NON_CORE_CLASSES, NonCore } from './gateway/non-core.ts';
import { Pacer } from './gateway/pacer.ts';
import { LoopLag, pressureOf, type PressureLimits } from './gateway/pressure.ts';
import type { Metrics } from './ops/metrics.ts';

export type NonCoreConfig = PressureLimits & {
  /** Requests. */
  readonly sideRunningMax: number;
  readonly sideWaitingMax: number;
  readonly booksReadingMax: number;
  readonly booksWaitingMax: number;
};

export type NonCoreOpener = {
  readonly pacer: Pacer;
  /** The places of the requests about one engine and its books. */
  readonly placesOf: (engine: Engine, books: Books | null, shed: GatewayMetrics['shed']) => NonCore;
};

/** `engines`: those whose payments go before. */
export function openNonCore(
  config: NonCoreConfig,
  { monotonic }: Clock,
  engines: readonly Engine[],
  undo: (() => void)[],
): NonCoreOpener {
  const pacer = new Pacer(monotonic, () => engines.some((engine) => engine.isBusy));
  const lag = new LoopLag(monotonic);
  undo.push(() => lag.stop());
  const { sideRunningMax, sideWaitingMax, booksReadingMax, booksWaitingMax } = config;
  const places = {
    side: { runningMax: sideRunningMax, waitingMax: sideWaitingMax },
    books: { runningMax: booksReadingMax, waitingMax: booksWaitingMax },
  };
  const placesOf: NonCoreOpener['placesOf'] = (engine, books, shed) =>
    new NonCore({
      places,
      pacer,
      pressure: pressureOf(engine, books, config, lag),
      isSwitchedOff: () => engine.isSwitchedOff('non_core'),
      shed,
    });
  return { pacer, placesOf };
}

/** How many requests of each class are answered and wait. */
export function addNonCoreMetrics(metrics: Metrics, nonCore: NonCore): void {
  for (const of of NON_CORE_CLASSES) {
    metrics.gauge('non_core_running', 'Requests that are no payment and are being answered.', { class: of }, () =>
      nonCore.running(of),
    );
    metrics.gauge('non_core_waiting', 'Requests that are no payment and wait for a place.', { class: of }, () =>
      nonCore.waiting(of),
    );
  }
}
