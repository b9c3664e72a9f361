// Reconciliation child: the processes of `bench:reconciliation`, so that neither making a day nor matching it is in the memory of
// the other. What one has measured is the line that it prints.

import { createHash } from 'node:crypto';
import { createWriteStream, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ExpectedOrder } from '../src/reconciliation/channel-rows.ts';
import { DEFAULT_RUN_RULES, type RunRules } from '../src/reconciliation/runs/run-rules.ts';
import { RunStore } from '../src/reconciliation/runs/run-store.ts';
import type { Run } from '../src/reconciliation/runs/run.ts';
import { WatchStore } from '../src/reconciliation/watch-store.ts';
import { endThread, runIn, singleThread } from '../workers/pool.ts';
import type { RunsTask, RunsWorkerData } from '../workers/runs-worker.ts';
import { WorkTime } from '../workers/work-time.ts';
import { AMOUNT_TOLERANCE, CHANNEL, DAY, emptyBill, EVE, FEE, PlantedBill, tell } from './planted-bill.ts';
import { anonymousBytes, residentBytesMax } from './process-usage.ts';

/** Orders of one transaction of the store. */
const ORDERS_A_COMMIT = 50_000;

const NOTHING = { orders: new Map(), businesses: new Map(), heads: new Map(), breaches: new Map() };

const RULES: RunRules = {
  ...DEFAULT_RUN_RULES,
  channels: { [CHANNEL]: { ...DEFAULT_RUN_RULES.default, amountTolerance: AMOUNT_TOLERANCE, fee: FEE } },
};

/** What a run has taken. Resident: at most, with the pages of mapped files; own: at its end, without them. */
export type Measured = {
  readonly run: Run;
  readonly wallMs: number;
  readonly processorMs: number;
  readonly residentBytes: number;
  readonly ownBytes: number;
  /** What was found, each as one text. */
  readonly told: readonly string[];
  /** Of the ids in their order, hexadecimal. */
  readonly ids: string;
};

function runsFolder(folder: string): string {
  return join(folder, 'runs');
}

/** Orders into the store and the bills into files. */
async function make(folder: string, bill: PlantedBill): Promise<void> {
  const store = new WatchStore(join(folder, 'watch'));
  const checkpoint = { seq: 1, since: 2, date: DAY };
  let expected = new Map<string, ExpectedOrder>();
  for (const order of bill.orders()) {
    expected.set(order.number, order);
    if (expected.size < ORDERS_A_COMMIT) continue;
    await store.commit({ ...NOTHING, expected, checkpoint });
    expected = new Map();
  }
  await store.commit({ ...NOTHING, expected, checkpoint });
  await store.close();
  mkdirSync(join(runsFolder(folder), 'files'), { recursive: true });
  await pipeline(Readable.from(bill.bill()), createWriteStream(fileOf(folder, DAY)));
  writeFileSync(fileOf(folder, EVE), emptyBill());
}

/** One run by the thread; `id` names it. */
async function match(folder: string, id: string, date: string): Promise<Measured> {
  const store = new RunStore(runsFolder(folder));
  await store.add(runOf(id, date));
  const data: RunsWorkerData = {
    folder: runsFolder(folder),
    watch: join(folder, 'watch'),
    rules: RULES,
    assets: [],
    owner: 'house',
    read: new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT),
  };
  const thread = singleThread('runs-worker', data, new WorkTime());
  const idle: RunsTask = { kind: 'idle' };
  await runIn(thread, idle);
  const before = process.cpuUsage();
  const beganMs = performance.now();
  const task: RunsTask = { kind: 'run', id };
  await runIn(thread, task);
  const wallMs = performance.now() - beganMs;
  const { user, system } = process.cpuUsage(before);
  const [residentBytes, ownBytes] = [residentBytesMax(process.pid), anonymousBytes(process.pid)];
  const last: RunsTask = { kind: 'close' };
  await endThread(thread, last);
  store.refresh();
  const run = store.run(id);
  const found = store.differences(id, 0, Number.MAX_SAFE_INTEGER);
  const ids = createHash('sha256')
    .update(found.map((one) => one.id).join())
    .digest('hex');
  await store.close();
  if (run?.status !== 'matched') throw new Error(`the run is ${run?.status}: ${run?.failure}`);
  return { run, wallMs, processorMs: (user + system) / 1_000, residentBytes, ownBytes, told: found.map(tell), ids };
}

function fileOf(folder: string, name: string): string {
  return join(runsFolder(folder), 'files', name);
}

/** The file is named by its day and the run together: as two files with one content they are two runs. */
function runOf(id: string, date: string): Run {
  return {
    id,
    kind: 'channel_bill',
    channel: CHANNEL,
    date,
    sha256: date,
    bytes: 0,
    format: '',
    by: 'bench',
    seq: 1,
    createdAtMs: 0,
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

const [task, folder = '', ...words] = process.argv.slice(2);
if (task === 'make') await make(folder, new PlantedBill(Number(words[0]), Number(words[1])));
if (task === 'match') console.log(JSON.stringify(await match(folder, words[0] ?? '', words[1] ?? '')));
