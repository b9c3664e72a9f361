// Opening the gateway: what HTTP and WebSocket ask, for business and, beside it and with everything of its own, for stress traffic.

import type { Engine } from '../actors/engine.ts';
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import { currencyTable } from './currency-table.ts';
import { frameTimes, sourceOf } from './gateway/feed.ts';
import type { Gateway } from './gateway/gateway.ts';
import { makeGatewayMetrics } from './gateway/gateway-metrics.ts';
import { makeOperations } from './gateway/operations.ts';
import type { Pacer } from './gateway/pacer.ts';
import { Subscriptions } from './gateway/subscriptions.ts';
import type { Log } from './log/log-line.ts';
import { addNonCoreMetrics, openNonCore } from './open-non-core.ts';
import type { Shadow } from './open-shadow.ts';
import type { Metrics } from './ops/metrics.ts';

/** What is there before the gateway is. */
export type GatewayParts = Pick<
  Gateway,
  'callers' | 'books' | 'webhooks' | 'callbacks' | 'checks' | 'engine' | 'reconciliation' | 'busy'
>;

export type GatewaySurroundings = {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly undo: (() => void)[];
};

export function openGateway(
  { config, clock, log, metrics, undo }: GatewaySurroundings,
  parts: GatewayParts,
  shadow: Shadow | null,
): Gateway {
  const gatewayMetrics = makeGatewayMetrics(metrics);
  const engines = shadow ? [parts.engine, shadow.engine] : [parts.engine];
  const { pacer, placesOf } = openNonCore(config, clock, engines, undo);
  const nonCore = placesOf(parts.engine, parts.books, gatewayMetrics.shed);
  addNonCoreMetrics(metrics, nonCore);
  const business: Gateway = {
    ...parts,
    ...followed(parts.engine, config, clock, pacer),
    isShadow: false,
    shadow: null,
    metrics: gatewayMetrics,
    nonCore,
    log,
    limits: config,
    ...clock,
  };
  return shadow ? { ...business, shadow: shadowOf(business, shadow) } : business;

  function shadowOf(beside: Gateway, { engine, books, checks, busy, metrics: own }: Shadow): Gateway {
    const counts = makeGatewayMetrics(own);
    const places = placesOf(engine, books, counts.shed);
    addNonCoreMetrics(own, places);
    const apart = {
      engine,
      books,
      checks,
      busy,
      metrics: counts,
      nonCore: places,
      reconciliation: null,
      isShadow: true,
    };
    return { ...beside, ...followed(engine, config, clock, pacer), ...apart };
  }
}

/** What the gateway needs of an engine besides the engine. */
function followed(
  engine: Engine,
  { assets, batchMax }: Config,
  { monotonic }: Clock,
  pacer: Pacer,
): Pick<Gateway, 'subscriptions' | 'frameTime' | 'operations'> {
  const source = sourceOf(engine);
  const frameTime = frameTimes(source);
  const subscriptions = new Subscriptions(source, monotonic, (read) => void pacer.run(read));
  engine.onDurable(({ frame }) => subscriptions.publish(frame));
  engine.isFollowed = () => subscriptions.isFollowing;
  return {
    subscriptions,
    frameTime,
    operations: makeOperations(currencyTable(assets), batchMax, frameTime, engine.instruments),
  };
}
