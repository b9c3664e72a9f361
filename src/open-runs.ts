// Opening the runs: ties the thread that matches files of others to the engine, whose cases and settlements follow from them.
//
// O1. A file is named by its content, so the same one is kept once. O2. What the engine is told bears a key that is made of what
// it is about: told again, nothing happens twice.

import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { createWriteStream, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Engine, EngineSession } from '../actors/engine.ts';
import type { OrderCommand } from '../actors/orders/order-commands.ts';
import { BookSettlement, OpenDifference } from '../actors/orders/reconciliation-commands.ts';
import { RunsLane } from '../workers/runs-lane.ts';
import type { WorkTime } from '../workers/work-time.ts';
import type { Channels } from './channels/channels.ts';
import type { Clock } from './clock.ts';
import type { Context } from './domain/context.ts';
import { makeId } from './domain/ids.ts';
import type { DifferenceType } from './domain/orders/difference.ts';
import { ALLOWED } from './domain/refusals.ts';
import { DEV_MERCHANT } from './gateway/callers.ts';
import type { FileAbout, Imported, ReconciliationPort } from './gateway/reconciliation-port.ts';
import type { Upload } from './gateway/transport/transport.ts';
import type { Log } from './log/log-line.ts';
import { PaymentsRefused } from './open-payments.ts';
import { detailOf } from './reconciliation/runs/findings.ts';
import { runName, type FoundInRun, type Run, type Settled } from './reconciliation/runs/run.ts';
import { RunStore } from './reconciliation/runs/run-store.ts';
import { DEFAULT_RUN_RULES, readRunRules, type RunRules } from './reconciliation/runs/run-rules.ts';

export type RunsConfig = {
  /** The data folder. */
  readonly data: string;
  readonly assets: readonly string[];
  /** Path of a file with rules of matching; '' for the defaults. */
  readonly reconciliationRules: string;
};

export type OpenedRuns = {
  readonly port: ReconciliationPort;
  /** Cases of differences that were not resolved when they were last looked at. */
  readonly breaks: Map<string, DifferenceType>;
  /** Of its thread. */
  readonly time: WorkTime;
  /** `listener` is told of runs that have come to their end. */
  readonly onEnd: (listener: (run: Run) => void) => void;
  /** What is not at its end goes on at the next start. */
  readonly close: () => Promise<void>;
};

/** Of a bill or bank statement, bytes: ten million lines. It is on the disk and never in memory; more fills the disk. */
const FILE_BYTES_MAX = 1_073_741_824;

/** @throws PaymentsRefused, or the operating system's error */
export function openRuns(config: RunsConfig, engine: Engine, channels: Channels, clock: Clock, log: Log): OpenedRuns {
  const rules = rulesIn(config.reconciliationRules);
  const folder = join(config.data, 'reconciliation-runs');
  const [files, incoming] = [join(folder, 'files'), join(folder, 'incoming')];
  for (const one of [files, incoming]) mkdirSync(one, { recursive: true, mode: 0o700 });
  // What a crash has left there was never answered.
  for (const name of readdirSync(incoming)) rmSync(join(incoming, name));
  const store = new RunStore(folder);
  const session = engine.openSession();
  const ended: ((run: Run) => void)[] = [];
  const breaks = new Map<string, DifferenceType>();
  for (const { caseId, type } of store.withCases()) if (engine.merchantOfCase(caseId)) breaks.set(caseId, type);
  const lane = new RunsLane(
    store,
    {
      folder,
      watch: join(config.data, 'reconciliation'),
      rules,
      assets: config.assets,
      owner: DEV_MERCHANT,
      read: new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT),
    },
    {
      open: async (run, difference) => {
        const id = await openDifference(session, run, difference);
        if (id !== null) breaks.set(id, difference.type);
        return id;
      },
      settle: (run) => settle(session, store, run),
      crashed: (error) => log.process('runs_worker_crashed', { error }),
      ended: (run) => ended.forEach((listener) => listener(run)),
      now: clock.now,
    },
  );
  lane.start();
  const take = async (file: Upload, about: FileAbout): Promise<Imported> => {
    const place = join(files, file.sha256);
    if (existsSync(place)) rmSync(file.path);
    else renameSync(file.path, place);
    return imported(store, lane, newRun(file, about, engine.position, clock.now()));
  };
  const target = { folder: incoming, bytesMax: FILE_BYTES_MAX };
  const port: ReconciliationPort = {
    target,
    hasChannel: (channel) => channels.get(channel) !== undefined,
    take,
    fetch: async (about) => {
      const file = await download(channels, about, target).catch(() => null);
      return file && take(file, about);
    },
    run: (id) => fresh(store).run(id),
    linesRead: (id) => lane.linesRead(id),
    difference: (id) => fresh(store).difference(id),
    differences: (run, from, max, kind) => fresh(store).differences(run, from, max, kind),
  };
  const close = async (): Promise<void> => {
    await lane.close();
    await store.close();
  };
  return { port, breaks, time: lane.time, close, onEnd: (listener) => void ended.push(listener) };
}

/** @throws PaymentsRefused */
function rulesIn(path: string): RunRules {
  if (path === '') return DEFAULT_RUN_RULES;
  const rules = readRunRules(readFileSync(path, 'utf8'));
  if ('default' in rules) return rules;
  throw new PaymentsRefused(`${path}:\n  ${rules.join('\n  ')}`);
}

/** The thread has a store of its own, which writes. */
function fresh(store: RunStore): RunStore {
  store.refresh();
  return store;
}

function newRun({ sha256, bytes }: Upload, about: FileAbout, seq: number, nowMs: number): Run {
  return {
    id: makeId('run', nowMs, randomBytes(10)),
    ...about,
    sha256,
    bytes,
    seq,
    createdAtMs: nowMs,
    endedAtMs: 0,
    status: 'waiting',
    failure: '',
    counts: null,
    totals: [],
    clearing: [],
    settled: [],
    warnings: [],
    differences: 0,
    cases: 0,
  };
}

async function imported(store: RunStore, lane: RunsLane, run: Run): Promise<Imported> {
  const before = fresh(store).named(runName(run));
  if (before) return { run: before, isNew: false };
  await store.add(run);
  lane.nudge();
  return { run, isNew: true };
}

/** @throws when the channel does not give it, or gives more than may come */
async function download(
  channels: Channels,
  { channel, date }: FileAbout,
  { folder, bytesMax }: ReconciliationPort['target'],
): Promise<Upload> {
  const gateway = channels.get(channel);
  if (!gateway) throw new Error(`there is no channel ${channel}`);
  const path = join(folder, randomUUID());
  const hash = createHash('sha256');
  let bytes = 0;
  const lines = async function* (): AsyncGenerator<Buffer> {
    for await (const line of gateway.downloadBill(date)) {
      const text = Buffer.from(`${line}\n`);
      bytes += text.length;
      if (bytes > bytesMax) throw new Error(`the bill has more than ${bytesMax} bytes`);
      hash.update(text);
      yield text;
    }
  };
  try {
    await pipeline(Readable.from(lines()), createWriteStream(path, { flags: 'wx', mode: 0o600 }));
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  }
  return { path, bytes, sha256: hash.digest('hex') };
}

function openDifference(session: EngineSession, run: Run, found: FoundInRun): Promise<string | null> {
  const { id, merchant, type, order, amount, currency } = found;
  // What the bank has is no money of the channel's: nothing of it is booked on the channel's account.
  const channel = run.kind === 'channel_bill' ? run.channel : '';
  const said = { type, channel, order, number: found.key, amount, currency, detail: detailOf(found, run.kind) };
  // No client can write a key with a space in it.
  const key = `difference ${id}`;
  return told(
    session,
    (reply) => new OpenDifference(contextOf(merchant, key), said, { key, fingerprint: '' }, reply),
  ).then((command) => (command.verdict === ALLOWED ? (command.shown?.order.id ?? null) : null));
}

async function settle(session: EngineSession, store: RunStore, run: Run): Promise<boolean> {
  for (const settled of run.settled) if (!(await settleOne(session, store, settled))) return false;
  return true;
}

/** Each merchant's part of a bill. */
async function settleOne(session: EngineSession, store: RunStore, { bill, currency }: Settled): Promise<boolean> {
  const of = store.run(bill);
  if (!of) throw new Error(`there is no run ${bill}`);
  for (const { merchant, currency: own, amount: total, fee } of of.clearing) {
    if (own !== currency) continue;
    const key = `settlement ${bill} ${currency}`;
    const settlement = { channel: of.channel, bill, currency, total, fee };
    const { verdict } = await told(
      session,
      (reply) => new BookSettlement(contextOf(merchant, key), settlement, { key, fingerprint: '' }, reply),
    );
    if (verdict !== ALLOWED) return false;
  }
  return true;
}

function told(
  session: EngineSession,
  command: (reply: (command: OrderCommand) => void) => OrderCommand,
): Promise<OrderCommand> {
  return new Promise((resolve) => session.submit(command(resolve)));
}

function contextOf(merchant: string, requestId: string): Context {
  return { version: 1, merchant, origin: 'timer', requestId, traceId: '', shadow: false, by: '', business: null };
}
