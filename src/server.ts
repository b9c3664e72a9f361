// Server. Puts the parts together: the data folder, the engine, the gateway, the operations listener. Starts them in
// the order in which they depend on each other and stops them in the reverse.
//
// V1. Health answers before recovery begins. V2. The API listens only when the engine is ready. V3. A failed disk ends
// everything: nothing may be answered after that.

import { mkdirSync } from 'node:fs';
import type { Engine } from '../actors/engine.ts';
import type { Payments } from '../actors/open-desk.ts';
import { startClock } from './clock.ts';
import type { Config } from './config.ts';
import { makeAdmin } from './gateway/admin.ts';
import type { CheckPort } from './gateway/check-port.ts';
import type { CallbackPort } from './gateway/callback-port.ts';
import { makeCallers } from './gateway/callers.ts';
import { DevMode } from './gateway/dev-mode.ts';
import { chooseTransport } from './gateway/transport/choose-transport.ts';
import { makeHandlers } from './gateway/handlers.ts';
import { openKeys, type KeyStore } from './gateway/keys.ts';
import type { Books } from '../workers/books.ts';
import type { ReconcilerLane } from '../workers/reconciler-lane.ts';
import { followedJournal } from './followed-journal.ts';
import { openBooks } from './open-books.ts';
import { enginesOf, openConsole, recoveryWatch } from './open-console.ts';
import { engineHooks, openEngine } from './open-engine.ts';
import { openGateway } from './open-gateway.ts';
import { circuitsOf, openPayments } from './open-payments.ts';
import { openReconciler } from './open-reconciler.ts';
import { openRuns } from './open-runs.ts';
import { keepApart, openShadow, withShadow, type Shadow } from './open-shadow.ts';
import { openWebhooks } from './open-webhooks.ts';
import type { OptionRow } from './gateway/config-admin.ts';
import type { Transport } from './gateway/transport/transport.ts';
import { lockFolder } from './journal/folder-lock.ts';
import type { Log } from './log/log-line.ts';
import { addEngineMetrics, addJournalMetrics, addProcessMetrics } from './ops/engine-metrics.ts';
import { addChannelMetrics, addCheckMetrics } from './ops/channel-metrics.ts';
import { addBooksMetrics } from './ops/books-metrics.ts';
import { addBooksBusy, addChannelBusy, addEngineBusy, addProcessBusy, addThreadBusy, addWebhooksBusy } from './ops/busy-metrics.ts'; // prettier-ignore
import { BusyTime } from './ops/busy-time.ts';
import { Metrics } from './ops/metrics.ts';
import { addProcessFamilies } from './ops/process-metrics.ts';
import { addBreachMetrics, addReconcilerMetrics } from './ops/reconciler-metrics.ts';
import { addRunsMetrics } from './ops/runs-metrics.ts';
import { addSwitchMetrics } from './ops/switch-metrics.ts';
import { addWebhookMetrics } from './ops/webhook-metrics.ts';
import { startOps, type Admin } from './ops/ops-server.ts';

export const VERSION = '0.1.0';

/** Ping and silence: what clients are promised. Request: a slow sender holds a socket no longer. Seconds. */
const PATIENCE = { pingSeconds: 20, silenceSeconds: 60, requestSeconds: 10 } as const;

export type ServerHooks = {
  /** Frames of the journal read so far, of those to read. */
  readonly recovery: (done: number, total: number) => void;
  /** Storage failed: the process must end at once. */
  readonly fatal: (error: unknown) => void;
};

export type RunningServer = {
  readonly port: number;
  readonly opsPort: number;
  readonly transport: Transport;
  /** At the start: the first key ends it. */
  readonly devMode: boolean;
  readonly engine: Engine;
  /** Names of the payment channels. */
  readonly channels: readonly string[];
  /** Reads the rules again. @throws PaymentsRefused, or Error for a version that said something else before */
  readonly reloadRules: () => void;
  /** Finishes what has begun, takes a snapshot, closes everything. */
  readonly stop: () => Promise<void>;
};

/** What is outside of this process; absent: by the configuration. */
export type Surroundings = {
  readonly payments?: Payments;
  readonly callbacks?: CallbackPort;
  readonly checks?: CheckPort;
  /** Options in effect, as operators may see them; absent: none. */
  readonly options?: readonly OptionRow[];
};

/** The configuration cannot be started as it is; the message says what to do. */
export class StartRefused extends Error {
  override name = 'StartRefused';
}

/** What has to be undone, in the order of doing. */
type Undo = (() => Promise<void> | void)[];

/** @throws StartRefused, FolderLocked, JournalDamage, Contradiction, or the operating system's error. */
export async function startServer(
  config: Config,
  log: Log,
  hooks: ServerHooks,
  surroundings: Surroundings = {},
): Promise<RunningServer> {
  const undo: Undo = [];
  try {
    return await start(config, log, hooks, surroundings, undo);
  } catch (error) {
    await undoAll(undo);
    throw error;
  }
}

async function start(
  config: Config,
  log: Log,
  hooks: ServerHooks,
  surroundings: Surroundings,
  undo: Undo,
): Promise<RunningServer> {
  const keys = claimFolder(config, undo);
  refuseStrangers(config, keys);
  const clock = startClock();
  const devMode = new DevMode(keys, clock.monotonic);
  const transport = chooseTransport(config.transport);
  const metrics = new Metrics();
  let books: Books | null = null;
  let reconciler: ReconcilerLane | null = null;
  let shadow: Shadow | null = null;
  const fatal = (error: unknown): void => {
    // Nothing is acknowledged any more; the process ends as soon as no thread can make it abort.
    Promise.all([books?.halt(), shadow?.books?.halt(), reconciler?.halt()]).then(
      () => hooks.fatal(error),
      () => hooks.fatal(error),
    );
  };
  const opened = openPayments(config, clock, devMode.isOn(), log);
  undo.push(() => opened.channels.stop());
  undo.push(() => opened.checks.stop());
  const { payments = opened.payments } = surroundings;
  const watch = recoveryWatch(hooks.recovery);
  const own = engineHooks(log, { recovery: watch.told, fatal });
  const busy = new BusyTime(clock.monotonic);
  const engine = await openEngine(config, { number: 0, payments, clock, log, hooks: own, busy, undo });
  opened.desk.serve(engine);
  addProcessMetrics(metrics, { version: VERSION, node: process.version, transport: transport.name });
  addProcessFamilies(metrics, clock.now());
  addEngineMetrics(metrics, engine);
  addJournalMetrics(metrics, engine);
  addChannelMetrics(metrics, opened.channels, engine);
  addProcessBusy(metrics);
  addEngineBusy(metrics, busy);
  addChannelBusy(metrics, opened.channels);
  addCheckMetrics(metrics, opened.checks);
  addSwitchMetrics(metrics, engine);
  let listening = false;
  let admin: Admin | null = null;
  const callers = makeCallers(keys, devMode, clock.monotonic);
  const local = isLoopback(config.opsHost);
  const notReady = (): string | null => (engine.phase !== 'ready' ? engine.phase : listening ? null : 'starting');
  const console = openConsole({
    callers,
    local,
    clock,
    metrics,
    notReady,
    version: VERSION,
    actions: config.consoleActions === 'on',
    engines: enginesOf(engine, () => shadow),
    recovery: watch.seen,
  });
  const ops = await startOps(config.opsHost, config.opsPort, { metrics, notReady, admin: () => admin, console });
  undo.push(() => ops.close());
  undo.push(() => console.stop());
  await engine.start();
  undo.push(() => engine.stop());
  const journal = followedJournal(engine);
  if (config.books === 'on') {
    const opened = openBooks(config, engine, journal, log, () => reconciler?.letGo() ?? Promise.resolve());
    books = opened;
    addBooksMetrics(metrics, opened, clock.now);
    addBooksBusy(metrics, opened);
    undo.push(() => opened.close());
  }
  if (config.reconciliation === 'on') {
    const lane = openReconciler(config, engine, journal, log, addBreachMetrics(metrics));
    reconciler = lane;
    addReconcilerMetrics(metrics, lane, clock.now);
    addThreadBusy(metrics, 'reconciler', lane.time);
    undo.push(() => lane.close());
  }
  const runs = config.reconciliation === 'on' ? openRuns(config, engine, opened.channels, clock, log) : null;
  if (runs) {
    addRunsMetrics(metrics, runs, engine, clock.now);
    addThreadBusy(metrics, 'runs', runs.time);
    undo.push(() => runs.close());
  }
  const webhooks = openWebhooks(config, engine, clock, VERSION, log);
  undo.push(() => webhooks.close());
  addWebhookMetrics(metrics, webhooks.dispatcher);
  addWebhooksBusy(metrics, webhooks.dispatcher);
  if (config.redis !== '') {
    // Loaded only where it is wanted: with ioredis in the process the engine decides a quarter fewer transfers a second.
    const { openRedis } = await import('./open-redis.ts');
    const stream = openRedis(config, engine, clock, metrics, log);
    undo.push(() => stream.close());
  }
  if (config.shadow === 'on') {
    shadow = await openShadow(config, { clock, devMode: devMode.isOn(), log, metrics, fatal, undo });
    keepApart({ engine, desk: opened.desk }, shadow);
  }
  const called = surroundings.callbacks ?? opened.desk;
  const callbacks = shadow ? withShadow(called, shadow.desk) : called;
  const checks = surroundings.checks ?? opened.checks;
  const parts = { callers, books, webhooks, callbacks, checks, engine, busy, reconciliation: runs?.port ?? null };
  const gateway = openGateway({ config, clock, log, metrics, undo }, parts, shadow);
  admin = makeAdmin(gateway, local, () => circuitsOf(opened), surroundings.options ?? []);
  const handlers = makeHandlers(gateway, metrics, (error) => log.process('connection_failed', { error }));
  const { batchBytesMax, backlogBytesMax } = config;
  const listener = await transport.listen({
    host: config.host,
    port: config.port,
    folder: config.data,
    webSocketPath: '/v1/ws',
    limits: { ...PATIENCE, bodyBytesMax: batchBytesMax, messageBytesMax: batchBytesMax, backlogBytesMax },
    handlers,
  });
  undo.push(() => listener.close());
  undo.push(() => handlers.stop());
  listening = true;
  const reloadRules = (): void => {
    if (config.rules === '') return;
    const rules = opened.readRules();
    engine.adopt(rules);
    shadow?.engine.adopt(rules);
  };
  const stop = async (): Promise<void> => {
    // Before the sockets close: what has begun is still answered on them.
    await Promise.all([engine.stop(), shadow?.engine.stop()]);
    await undoAll(undo);
  };
  return {
    port: listener.port,
    opsPort: ops.port,
    transport,
    devMode: devMode.isOn(),
    engine,
    channels: opened.desk.names,
    reloadRules,
    stop,
  };
}

/** The folder is this process's alone from here on. */
function claimFolder({ data }: Config, undo: Undo): KeyStore {
  mkdirSync(data, { recursive: true, mode: 0o700 });
  const lock = lockFolder(data);
  undo.push(() => lock.release());
  const keys = openKeys(data);
  undo.push(() => keys.close());
  return keys;
}

/** Without a key everybody could move money, so only this machine may connect. */
function refuseStrangers({ host, data }: Config, keys: KeyStore): void {
  if (keys.anyKey() || isLoopback(host)) return;
  throw new StartRefused(
    `listening on ${host} needs an API key; make one with: florin keys create --merchant NAME --data ${data}`,
  );
}

/** Only this machine can connect to a listener on it. */
function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}

async function undoAll(undo: Undo): Promise<void> {
  for (let step = undo.pop(); step; step = undo.pop()) await step();
}
