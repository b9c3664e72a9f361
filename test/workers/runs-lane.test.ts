// Runs lane: one run after the other, whatever becomes of one of them; and what a killed thread has left.

import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { FoundInRun, Run } from '../../src/reconciliation/runs/run.ts';
import { RunStore } from '../../src/reconciliation/runs/run-store.ts';
import { DEFAULT_RUN_RULES } from '../../src/reconciliation/runs/run-rules.ts';
import { WatchStore } from '../../src/reconciliation/watch-store.ts';
import { RunsLane, type RunsHooks } from '../../workers/runs-lane.ts';
import { temporaryFolder } from '../support/folder.ts';

const PATIENCE = { timeout: 20_000, interval: 10 };

const HEADER = 'trade_number,number,type,amount,currency,fee,original,booked_at';

const RUN: Run = {
  id: 'run_1',
  kind: 'bank_statement',
  channel: 'card',
  date: '2026-11-30',
  sha256: 'a',
  bytes: 1,
  format: '',
  by: '',
  seq: 0,
  createdAtMs: 1,
  endedAtMs: 0,
  status: 'matched',
  failure: '',
  counts: null,
  totals: [],
  clearing: [],
  settled: [{ bill: 'run_0', currency: 'EUR' }],
  refused: [],
  warnings: [],
  differences: 0,
  cases: 0,
};

const REFUSED = { bill: 'run_0', currency: 'EUR', merchant: 'acme', refusal: 'account_frozen' } as const;

async function openLane(hooks: Partial<RunsHooks>, ...runs: readonly Run[]) {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'files'));
  const store = new RunStore(folder);
  await new WatchStore(join(folder, 'watch')).close();
  for (const run of runs) await store.add(run);
  const rules = { ...DEFAULT_RUN_RULES, default: { ...DEFAULT_RUN_RULES.default, waitDays: 0 } };
  const read = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  const told: FoundInRun[] = [];
  const lane = new RunsLane(
    store,
    { folder, watch: join(folder, 'watch'), rules, assets: [], owner: 'house', read },
    {
      open: (_, difference) => Promise.resolve(`cas_${told.push(difference)}`),
      settle: () => Promise.resolve([]),
      crashed: () => {},
      ended: () => {},
      now: () => 2,
      ...hooks,
    },
  );
  onTestFinished(async () => {
    await lane.close();
    await store.close();
  });
  const isDone = (id: string): Promise<Run> =>
    vi.waitFor(() => {
      store.refresh();
      const run = store.run(id);
      expect(run?.status).toBe('done');
      return run as Run;
    }, PATIENCE);
  return { folder, store, lane, told, isDone };
}

test('a settlement that is refused holds no later run up, and is tried again after each', async () => {
  let isFrozen = true;
  const settled: string[] = [];
  const settle = ({ id, settled: bills }: Run) => {
    settled.push(id);
    return Promise.resolve(bills.length > 0 && isFrozen ? [REFUSED] : []);
  };
  const next: Run = { ...RUN, id: 'run_2', sha256: 'b', settled: [] };
  const { lane, store, isDone } = await openLane({ settle }, RUN, next);
  lane.start();
  expect((await isDone('run_1')).refused).toEqual([REFUSED]);
  await isDone('run_2');
  expect(settled).toEqual(['run_1', 'run_2', 'run_1']);
  isFrozen = false;
  await store.add({ ...RUN, id: 'run_3', sha256: 'c', settled: [] });
  lane.nudge();
  await isDone('run_3');
  store.refresh();
  expect(store.run('run_1')?.refused).toEqual([]);
});

test('while the engine has no time the run waits', async () => {
  let times = 0;
  const settle = () => Promise.resolve((times += 1) < 2 ? null : []);
  const { lane, isDone } = await openLane({ settle }, RUN);
  lane.start();
  expect((await isDone('run_1')).refused).toEqual([]);
  expect(times).toBe(2);
});

// No thread is ended here: one that is ended while LMDB's native code runs takes the process with it (kills.test.ts).
test('a thread begins without what one that was killed has left, and finds all there is', async () => {
  const lines = 3;
  const bill: Run = { ...RUN, kind: 'channel_bill', status: 'waiting', settled: [] };
  const { lane, folder, store, told, isDone } = await openLane({}, bill);
  const rows = Array.from({ length: lines }, (_, at) => `t${at},other-${at},pay,1,EUR,0,,2026-11-30T10:00:00.000Z`);
  writeFileSync(join(folder, 'files', 'a'), [HEADER, ...rows, ''].join('\n'));
  const left = join(folder, 'matching', 'florin-matching-1');
  mkdirSync(left, { recursive: true });
  writeFileSync(join(left, '0'), 'rows');
  lane.start();
  const run = await isDone('run_1');
  expect(readdirSync(join(folder, 'matching'))).toEqual([]);
  expect(run).toMatchObject({ differences: lines, cases: lines });
  expect(told.map(({ key }) => key).toSorted()).toEqual(['other-0', 'other-1', 'other-2']);
  expect(store.differences('run_1', 0, lines + 1)).toHaveLength(lines);
});
