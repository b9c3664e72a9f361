// Runs worker: a thread that reads files of others and matches them with ours. Its work is one transaction a run: a run that a
// crash cuts off is begun anew and finds the same.

import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { workerData } from 'piscina';
import { currencyTable } from '../src/currency-table.ts';
import { ExpectedOrders } from '../src/reconciliation/expected.ts';
import { runBill, type FileRun } from '../src/reconciliation/runs/bill-run.ts';
import type { Run } from '../src/reconciliation/runs/run.ts';
import { rulesOf, type RunRules } from '../src/reconciliation/runs/run-rules.ts';
import { RunStore, type RunResult } from '../src/reconciliation/runs/run-store.ts';
import { runStatement } from '../src/reconciliation/runs/statement-run.ts';
import { WatchStore } from '../src/reconciliation/watch-store.ts';
import { timed } from './work-time.ts';

export type RunsWorkerData = {
  /** Of the store of runs. */
  readonly folder: string;
  /** Of the store of what channels owe. */
  readonly watch: string;
  readonly rules: RunRules;
  readonly assets: readonly string[];
  /** Merchant of what belongs to no order. */
  readonly owner: string;
  /** Lines read of the file that is read now; one 32-bit number that several threads see. */
  readonly read: SharedArrayBuffer;
};

export type RunsTask =
  /** Answers once the thread has loaded, and does nothing. */
  { readonly kind: 'idle' } | { readonly kind: 'run'; readonly id: string } | { readonly kind: 'close' };

/** How long what is known of orders may take to come as far as the run needs it, ms. */
const INDEX_MS_MAX = 120_000;

const LOOK_MS = 50;

type Opened = { readonly store: RunStore; readonly watch: WatchStore };

let opened: Opened | null = null;

/** The thread's one entry: tasks come one at a time. @throws what the disk says */
export default timed(run);

async function run(task: RunsTask): Promise<null> {
  if (task.kind === 'run') await runOne(task.id);
  if (task.kind !== 'close' || !opened) return null;
  await opened.store.close();
  await opened.watch.close();
  opened = null;
  return null;
}

async function runOne(id: string): Promise<void> {
  const { folder, watch } = workerData as RunsWorkerData;
  opened ??= { store: new RunStore(folder), watch: new WatchStore(watch) };
  const { store } = opened;
  store.refresh();
  const found = store.run(id);
  if (found?.status !== 'waiting') return;
  const result = await match(opened, found).catch((error: unknown) => failed(found, error));
  if ('run' in result) await store.finish(result);
  else await store.failed(result);
}

async function match({ store, watch }: Opened, run: Run): Promise<RunResult> {
  const { folder, rules, assets, owner, read } = workerData as RunsWorkerData;
  const expected = new ExpectedOrders(watch);
  await untilKnown(expected, run.seq);
  const lines = new Int32Array(read);
  const parts: FileRun = {
    run,
    path: join(folder, 'files', run.sha256),
    rules: rulesOf(rules, run.channel),
    store,
    expected,
    currencies: currencyTable(assets),
    owner,
    read: (count) => void Atomics.store(lines, 0, count),
  };
  return run.kind === 'channel_bill' ? runBill(parts) : runStatement(parts);
}

/** What had happened when the file came is in what it is matched with. */
async function untilKnown(expected: ExpectedOrders, seq: number): Promise<void> {
  for (let waitedMs = 0; expected.upTo().seq < seq; waitedMs += LOOK_MS) {
    if (waitedMs >= INDEX_MS_MAX) throw new Error('what is known of orders does not come as far as the file');
    await sleep(LOOK_MS);
  }
}

function failed(run: Run, error: unknown): Run {
  return { ...run, status: 'failed', failure: error instanceof Error ? error.message : String(error) };
}
