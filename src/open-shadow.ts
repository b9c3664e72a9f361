// Opening the shadow: an engine, books and channels for stress traffic, in the folder `shadow` of the data folder. It is
// the same code on the same machine, so what it can carry is what business could.
//
// H1. Nothing of it is seen by webhooks or reconciliation: they are not told of it. H2. Its channels are simulators.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Engine, EngineHooks } from '../actors/engine.ts';
import type { Books } from '../workers/books.ts';
import type { ChannelDesk } from './channel-desk.ts';
import type { Checks } from './channels/checks.ts';
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import { SHADOW_PARTITION } from './domain/shadow.ts';
import type { CallbackPort } from './gateway/callback-port.ts';
import type { Log } from './log/log-line.ts';
import { followedJournal } from './followed-journal.ts';
import { openBooks } from './open-books.ts';
import { engineHooks, openEngine } from './open-engine.ts';
import { openShadowPayments } from './open-payments.ts';
import { BusyTime } from './ops/busy-time.ts';
import type { Metrics } from './ops/metrics.ts';
import { addShadowBooks, addShadowMetrics, shadowMetrics } from './ops/shadow-metrics.ts';

export type Shadow = {
  readonly engine: Engine;
  readonly books: Books | null;
  readonly desk: ChannelDesk;
  readonly checks: Checks;
  /** Counts how long the thread works for it. */
  readonly busy: BusyTime;
  /** Of stress traffic alone. */
  readonly metrics: Metrics;
};

export type ShadowParts = {
  readonly clock: Clock;
  readonly devMode: boolean;
  readonly log: Log;
  /** Of business; those of stress traffic are shown with them. */
  readonly metrics: Metrics;
  /** Its storage failed: it is the storage of business, too. */
  readonly fatal: EngineHooks['fatal'];
  readonly undo: (() => Promise<void> | void)[];
};

/** In the names of channels that call back; no channel's own name has a dot. */
const CALLED = 'shadow.';

/** Ready when it resolves. @throws PaymentsRefused, JournalDamage, Contradiction, or the operating system's error */
export async function openShadow(config: Config, parts: ShadowParts): Promise<Shadow> {
  const { clock, log, devMode, fatal, undo } = parts;
  const own = { ...config, data: join(config.data, 'shadow') };
  mkdirSync(own.data, { recursive: true, mode: 0o700 });
  const { payments, channels, desk, checks } = openShadowPayments(config, clock, devMode, log);
  undo.push(() => channels.stop());
  undo.push(() => checks.stop());
  const hooks = engineHooks(log, { recovery: () => {}, fatal });
  const busy = new BusyTime(clock.monotonic);
  const engine = await openEngine(own, { number: SHADOW_PARTITION, payments, clock, log, hooks, busy, undo });
  desk.serve(engine);
  const metrics = shadowMetrics(parts.metrics);
  addShadowMetrics(metrics, { engine, channels, checks, busy });
  await engine.start();
  undo.push(() => engine.stop());
  const books = config.books === 'on' ? openBooks(own, engine, followedJournal(engine), log) : null;
  if (books) {
    addShadowBooks(metrics, books, clock.now);
    undo.push(() => books.close());
  }
  return { engine, books, desk, checks, busy, metrics };
}

/** What a channel says of an order of the other world is not believed: its callback has taken the wrong way. */
export function keepApart(business: { readonly engine: Engine; readonly desk: ChannelDesk }, shadow: Shadow): void {
  business.desk.isElsewhere = (number) => shadow.engine.merchantOf(number) !== null;
  shadow.desk.isElsewhere = (number) => business.engine.merchantOf(number) !== null;
}

/** Channels of stress traffic call as `shadow.NAME`: who calls has no key that could say whose it is. */
export function withShadow(business: CallbackPort, shadow: CallbackPort): CallbackPort {
  return {
    receive: (channel, headers, raw, requestId) => {
      if (!channel.startsWith(CALLED)) return business.receive(channel, headers, raw, requestId);
      return shadow.receive(channel.slice(CALLED.length), headers, raw, requestId);
    },
  };
}
