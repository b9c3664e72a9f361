// `npm run bench:reconciliation`: a day of orders and a channel's bill of it, matched by the thread that matches every file, from
// and into the stores that a server has. Prints the rate, the memory, and whether everything planted was found and nothing else.
//
//   node dist/loadtest/bench/reconciliation.js [lines] [seed] [runs] [folder with what a bench of the same lines and seed has made]
//
// B1. Orders and bill are made by a process of their own, and so is each run: its memory is that of the run alone. B2. The time is
// that of a task of the thread: from the file's first byte to the differences stored. B3. The same file as another run finds the
// same differences under the same ids. What this does not measure: HTTP, and cases, of which the engine is told afterwards.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Run } from '../../src/reconciliation/runs/run.ts';
import { own, passOnInterrupts } from './children.ts';
import { commit, describeMachine } from './machine.ts';
import { DAY, EVE, PlantedBill, tell } from './planted-bill.ts';
import type { Measured } from './reconciliation-child.ts';

const LINES = Number(process.argv[2] ?? 1_000_000);
const SEED = Number(process.argv[3] ?? 1);
const RUNS = Number(process.argv[4] ?? 3);
const KEPT = process.argv[5] ?? '';

const TARGET = { perSecond: 200_000, residentBytes: 700_000_000 } as const;

const PROGRAM = fileURLToPath(new URL('./reconciliation-child.js', import.meta.url));

/** A child that takes longer is ended, ms: making a million orders takes some twenty seconds, a run less. */
const CHILD_MS_MAX = 180_000;

function expectedOf(bill: PlantedBill, size: number): Set<string> {
  const expected = new Set<string>();
  for (let index = 0; index < size; index++) {
    const one = bill.expectedAt(index);
    if (one) expected.add(tell(one));
  }
  return expected;
}

/** True when channel − ours is what its parts add up to, in every currency; they are numbers or digits. */
function isExplained({ totals }: Run): boolean {
  return totals.every(({ channel, local, explained }) =>
    (['amount', 'fee'] as const).every((of) => {
      const parts = Object.values(explained).map((part) => BigInt(part[of]));
      return BigInt(channel[of]) - BigInt(local[of]) === parts.reduce((sum, part) => sum + part, 0n);
    }),
  );
}

/** A process of its own; gives what it prints. */
async function child(...words: string[]): Promise<string> {
  const program = [PROGRAM, ...words];
  const stdio = ['ignore', 'pipe', 'inherit'] as const;
  const process_ = own(spawn(process.execPath, [...process.execArgv, ...program], { stdio: [...stdio] }));
  const timer = setTimeout(() => process_.kill('SIGKILL'), CHILD_MS_MAX);
  let text = '';
  process_.stdout?.setEncoding('utf8').on('data', (piece: string) => (text += piece));
  const [code] = (await once(process_, 'close')) as [number | null];
  clearTimeout(timer);
  if (code !== 0) throw new Error(`${words[0]} ended with code ${code}`);
  return text;
}

/** Whether a run has found what was planted, and explains the sums; one line for each thing that is not so. */
function faultsOf({ run, ...measured }: Measured, expected: ReadonlySet<string>): string[] {
  const told = new Set(measured.told);
  const missing = [...expected].filter((one) => !told.has(one));
  const invented = [...told].filter((one) => !expected.has(one));
  return [
    ...missing.slice(0, 3).map((one) => `of ${missing.length} not found: ${one}`),
    ...invented.slice(0, 3).map((one) => `of ${invented.length} invented: ${one}`),
    ...(run.differences === told.size ? [] : [`${run.differences} differences, ${told.size} that differ`]),
    ...(isExplained(run) ? [] : ['the sums are not explained']),
  ];
}

function shown({ run, wallMs, processorMs, residentBytes, ownBytes }: Measured): string {
  const lines = run.counts?.channelRows ?? 0;
  const rate = (ms: number): string => Math.round(lines / (ms / 1_000)).toLocaleString('en');
  const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;
  const memory = `${megabytes(residentBytes)} resident at most, ${megabytes(ownBytes)} its own`;
  return `${rate(wallMs)} lines/s, ${rate(processorMs)} a second of CPU (${(processorMs / 1_000).toFixed(1)} s), ${memory}`;
}

async function bench(folder: string): Promise<boolean> {
  if (!existsSync(join(folder, 'watch'))) await child('make', folder, String(SEED), String(LINES));
  const expected = expectedOf(new PlantedBill(SEED, LINES), LINES);
  // What the eve's bill does not have waits for that of the day.
  await child('match', folder, `eve-${process.pid}`, EVE);
  const [runs, ids, faults] = [[] as Measured[], new Set<string>(), [] as string[]];
  for (let nth = 1; nth <= RUNS; nth++) {
    const id = `run-${process.pid}-${nth}`;
    const measured = JSON.parse(await child('match', folder, id, DAY)) as Measured;
    ids.add(measured.ids);
    runs.push(measured);
    faults.push(...faultsOf(measured, expected));
    console.log(shown(measured));
  }
  if (ids.size > 1) faults.push('another run of the same file has found other ids');
  console.log(JSON.stringify(runs[0]?.run.counts));
  console.log(
    `${expected.size} differences planted; ${faults.length === 0 ? 'all found, none invented, sums explained, every run the same' : faults.join('\n')}`,
  );
  const [median] = runs.toSorted((one, other) => one.wallMs - other.wallMs).slice(Math.floor(RUNS / 2));
  console.log(`\n${describeMachine()}, ${commit() ?? 'no commit'}, ${LINES} lines, seed ${SEED}`);
  if (median)
    console.log(
      `median ${shown(median)}\ntarget ${TARGET.perSecond.toLocaleString('en')} lines/s, below ${TARGET.residentBytes / 1e6} MB`,
    );
  return faults.length === 0;
}

async function main(): Promise<void> {
  passOnInterrupts();
  const folder = KEPT === '' ? mkdtempSync(join(tmpdir(), 'florin-bench-')) : KEPT;
  try {
    if (!(await bench(folder))) process.exitCode = 1;
  } finally {
    if (KEPT === '') rmSync(folder, { recursive: true, force: true });
  }
}

await main();
