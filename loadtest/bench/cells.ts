// Cells: what a message and an idle actor cost, for cells beside plain nact actors of the same number.
// `npm run bench:cells`; it takes about a minute and 2 GB of memory.
//
// C1. Each side does the least that it can: a handler that counts. C2. What is printed is the median of several runs.

import { cpus } from 'node:os';
import { dispatch, spawn } from 'nact';
import { Partition } from '../../actors/partition.ts';
import { Cell } from '../../actors/runtime/cell.ts';
import { Dispatcher } from '../../actors/runtime/dispatcher.ts';
import { Message } from '../../actors/runtime/message.ts';
import { startTree, stopTree } from '../../actors/runtime/tree.ts';
import { table } from '../../src/cli/terminal/table.ts';
import type { Account } from '../../src/domain/accounts.ts';
import type { Context } from '../../src/domain/context.ts';
import { openMemoryJournal } from '../../src/journal/memory-journal.ts';
import { openMemoryStateStore } from '../../src/journal/memory-state-store.ts';

const ACTORS = [1, 1_000, 100_000, 1_000_000] as const;
const RUNS = 3;
/** How long one run of the cells takes at least. */
const CELLS_RUN_MS = 1_000;
/** Messages sent before the cells get their turn: at least one for each. */
const CELLS_ROUND_MESSAGES_MIN = 100_000;
/** Messages of one run of nact: one to three seconds. */
const NACT_MESSAGES = 300_000;
/** Fewer actors than this weigh less than the noise of the heap. */
const WEIGHED_ACTORS_MIN = 100_000;
const TARGET = { ratio: 10, ratioActorsMax: 100_000, bytes: 300 } as const;

const MERCHANT = 'bench';
const CONTEXT: Context = {
  version: 1,
  merchant: MERCHANT,
  origin: 'ws',
  requestId: 'bench',
  traceId: '',
  shadow: false,
  by: '',
  business: null,
};

/** Messages a second of each run, and bytes of heap for each idle actor. */
type Cost = { readonly perSecond: number; readonly bytes: number };

class Tick extends Message {}

class CountingCell extends Cell {
  count = 0;

  receive(): void {
    this.count += 1;
  }
}

function costOfCells(actors: number): Cost {
  const before = heapBytes();
  const cells = Array.from({ length: actors }, () => new CountingCell());
  const bytes = (heapBytes() - before) / actors;
  tellCells(cells);
  return { bytes, perSecond: median(Array.from({ length: RUNS }, () => tellCells(cells))) };
}

/** Sends to one cell after the other, lets them run, and again. Returns messages a second. */
function tellCells(cells: readonly Cell[]): number {
  const dispatcher = new Dispatcher();
  const rounds = Math.ceil(CELLS_ROUND_MESSAGES_MIN / cells.length);
  const startMs = performance.now();
  let elapsedMs = 0;
  while (elapsedMs < CELLS_RUN_MS) {
    for (let round = 0; round < rounds; round++) for (const cell of cells) dispatcher.send(cell, new Tick(CONTEXT));
    dispatcher.run(Infinity);
    elapsedMs = performance.now() - startMs;
  }
  return (dispatcher.messages * 1_000) / elapsedMs;
}

async function costOfNact(actors: number): Promise<Cost> {
  const tree = startTree(`bench-${actors}`);
  const counter = { left: 0, done: (): void => {} };
  const count = (state: number): number => {
    counter.left -= 1;
    if (counter.left === 0) counter.done();
    return state + 1;
  };
  const before = heapBytes();
  const references = Array.from({ length: actors }, (_, nth) => spawn(tree, count, `a${nth}`, { initialState: 0 }));
  const bytes = (heapBytes() - before) / actors;
  const rates: number[] = [];
  for (let run = 0; run < RUNS; run++) rates.push(await tellNact(references, counter));
  stopTree(tree);
  return { bytes, perSecond: median(rates) };
}

type Counter = { left: number; done: () => void };

/** Sends to one actor after the other and waits until all is handled. Returns messages a second. */
async function tellNact(references: readonly object[], counter: Counter): Promise<number> {
  const startMs = performance.now();
  const finished = new Promise<void>((resolve) => (counter.done = resolve));
  counter.left = NACT_MESSAGES;
  for (let sent = 0; sent < NACT_MESSAGES;) {
    for (const reference of references) {
      if (sent++ >= NACT_MESSAGES) break;
      dispatch(reference, new Tick(CONTEXT));
    }
  }
  await finished;
  return (NACT_MESSAGES * 1_000) / (performance.now() - startMs);
}

/** Bytes of an account in memory: its actor, its state, its id and its place among the residents. */
function bytesOfAccount(accounts: number): number {
  const store = Object.assign(openMemoryStateStore(), { account: madeUpAccount });
  const limits = {
    batchMax: 1,
    inFlightMax: 1,
    residentAccountsMax: accounts,
    residentHoldsMax: 1,
    snapshotFacts: 1,
    holdExpiryDefaultSeconds: 1,
  };
  const hooks = { durable: silent, stopped: silent, progress: silent, cut: silent };
  const clocks = { dayCutMs: 0, now: Date.now, monotonic: () => performance.now() };
  const { desk } = new Partition({ number: 0, journal: openMemoryJournal(), store, limits, hooks, ...clocks });
  const before = heapBytes();
  for (let nth = 0; nth < accounts; nth++) desk.accounts.find(MERCHANT, `account:${nth}`);
  const bytes = (heapBytes() - before) / accounts;
  if (desk.accounts.size !== accounts) throw new Error('the accounts are not in memory');
  return bytes;
}

function silent(): void {}

function madeUpAccount(merchant: string, id: string): Account {
  const nowMs = Date.now();
  // prettier-ignore
  return {
    merchant, id, ordinal: 1, currency: 'EUR', kind: 'user', createdAtMs: nowMs, status: 'active', creditLimit: 0,
    metadata: NO_METADATA, crediting: null, available: 100, held: 0, pending: 0, version: 1, updatedAtMs: nowMs, lastSeq: 1,
  };
}

const NO_METADATA = {};

/** Heap in use once nothing is left to collect. */
function heapBytes(): number {
  if (!globalThis.gc) throw new Error('run node with --expose-gc');
  globalThis.gc();
  globalThis.gc();
  return process.memoryUsage().heapUsed;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, next) => one - next);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function rowOf(actors: number, cells: Cost, nact: Cost): string[] {
  const ratio = cells.perSecond / nact.perSecond;
  const isWeighed = actors >= WEIGHED_ACTORS_MIN;
  return [
    grouped(actors),
    grouped(cells.perSecond),
    grouped(nact.perSecond),
    `${ratio.toFixed(1)}x`,
    actors <= TARGET.ratioActorsMax ? met(ratio >= TARGET.ratio) : '',
    isWeighed ? grouped(cells.bytes) : '',
    isWeighed ? grouped(nact.bytes) : '',
    isWeighed ? met(cells.bytes <= TARGET.bytes) : '',
  ];
}

const HEAD = [
  'actors',
  'cells, messages/s',
  'nact, messages/s',
  'ratio',
  `≥ ${TARGET.ratio}x`,
  'cell, bytes',
  'nact actor, bytes',
  `≤ ${TARGET.bytes}`,
];

const NOT_MEASURED = `What this does not measure: work in the handlers, answers, the journal, messages from other threads.
nact spends a turn of the event loop on each message and looks its actor up by reference; to cells the
dispatcher sends directly. Both sides get their messages in advance, one actor after the other, so these
are rates and say nothing of latencies. Bytes are those of the JavaScript heap for an idle actor and its
place in a list (cells) or below its parent (nact); a cell that somebody asks for by reference costs a
node and a reference meanwhile.`;

function met(isMet: boolean): string {
  return isMet ? 'yes' : 'no';
}

function grouped(value: number): string {
  return Math.round(value).toLocaleString('en');
}

async function main(): Promise<void> {
  const rows: string[][] = [];
  for (const actors of ACTORS) rows.push(rowOf(actors, costOfCells(actors), await costOfNact(actors)));
  const account = bytesOfAccount(100_000);
  const text = table(
    HEAD,
    rows,
    Array.from(HEAD, () => 'right' as const),
  );
  console.log(`${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores, Node ${process.versions.node}\n`);
  console.log(`${text}\n`);
  console.log(`An account in memory, cell and state, of 100,000: ${grouped(account)} bytes.\n\n${NOT_MEASURED}`);
}

await main();
