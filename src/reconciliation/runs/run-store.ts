// Run store. Runs, their differences and the rows that wait for a later bill, in an LMDB environment of its own.
//
// S1. What a run has found is written in one transaction with its status. S2. Rows that wait are kept under the day of the
// bill that left them over, with the day that took them up: the same file again finds the same, for as long as bills are
// brought again.

import { mkdirSync } from 'node:fs';
import { open, type Database, type RootDatabase } from 'lmdb';
import type { MatchRow, Side } from '../matching/row.ts';
import { runName, type FoundInRun, type Run, type RunKind } from './run.ts';

export type WaitingRow = { readonly side: Side; readonly row: MatchRow };

type Pooled = WaitingRow & { readonly takenBy: string };

/** What runs have that were stored before there was such a thing. */
const LACKING = { refused: [] } as const;

/** What a run has come to. */
export type RunResult = {
  readonly run: Run;
  readonly differences: readonly FoundInRun[];
  readonly waiting: readonly WaitingRow[];
  /** Numbers of orders that a difference speaks for from now on. */
  readonly spokenFor: readonly string[];
};

/** Address space for the map, bytes; the file grows only as it fills. */
const MAP_BYTES = 1 << 34;

const ROWS = { encoding: 'msgpack', useRecords: false } as const;

/** A commit begins when all of it was said. */
const WHOLE = { batchStartThreshold: Number.MAX_SAFE_INTEGER };

/** Days for which rows are kept after another bill took them up: longer than any row may wait (run-rules.ts). */
const TAKEN_DAYS_MAX = 90;

const DAY_MS = 86_400_000;

const PLACE_DIGITS = 8;

/** After every key that begins like this one. */
const END = '\uffff';

export class RunStore {
  readonly #root: RootDatabase;
  readonly #runs: Database<Run, string>;
  readonly #names: Database<string, string>;
  readonly #differences: Database<FoundInRun, string>;
  /** Key of the latest difference of an id: another run finds the same again. */
  readonly #places: Database<string, string>;
  readonly #pool: Database<Pooled, string>;
  readonly #spokenFor: Database<string, string>;

  /** @throws the operating system's error when the folder cannot be opened or written */
  constructor(folder: string) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    // Durable when a write resolves: what was answered is there after a crash.
    const safe = { overlappingSync: false, commitDelay: 0, cache: false, compression: false };
    this.#root = open({ path: folder, noSubdir: false, mapSize: MAP_BYTES, maxDbs: 8, ...safe, ...WHOLE });
    this.#runs = this.#root.openDB({ name: 'runs', ...ROWS });
    this.#names = this.#root.openDB({ name: 'names', ...ROWS });
    this.#differences = this.#root.openDB({ name: 'differences', ...ROWS });
    this.#places = this.#root.openDB({ name: 'places', ...ROWS });
    this.#pool = this.#root.openDB({ name: 'pool', ...ROWS });
    this.#spokenFor = this.#root.openDB({ name: 'spoken_for', ...ROWS });
  }

  /** Sees what another thread has committed since the last look. */
  refresh(): void {
    this.#root.resetReadTxn();
  }

  run(id: string): Run | null {
    const run = this.#runs.get(id);
    return run ? { ...LACKING, ...run } : null;
  }

  /** The run of the same file for the same day; null when it is new. */
  named(name: string): Run | null {
    const id = this.#names.get(name);
    return id === undefined ? null : this.run(id);
  }

  /** All, the oldest first. */
  runs(): Run[] {
    return this.#all();
  }

  /** The newest first: their ids begin with the time. */
  latest(max: number): Run[] {
    return [...this.#runs.getRange({ reverse: true, limit: max })].map(({ value }) => value);
  }

  /** Runs that have not come to their end, the oldest first. */
  unfinished(): Run[] {
    return this.#all().filter(({ status }) => status === 'waiting' || status === 'matched');
  }

  /** Runs that have ended with settlements that were refused. */
  withRefused(): Run[] {
    return this.#all().filter(({ status, refused }) => status === 'done' && refused.length > 0);
  }

  /** Runs of a channel that are matched, the oldest first. */
  matched(channel: string, kind: RunKind): Run[] {
    return this.#all().filter((run) => run.channel === channel && run.kind === kind && run.counts !== null);
  }

  async add(run: Run): Promise<void> {
    await this.#root.transaction(() => {
      void this.#runs.put(run.id, run);
      void this.#names.put(runName(run), run.id);
    });
  }

  async change(run: Run): Promise<void> {
    await this.#runs.put(run.id, run);
  }

  /** A failed run is no run: the same file may be brought again. */
  async failed(run: Run): Promise<void> {
    await this.#root.transaction(() => {
      void this.#runs.put(run.id, run);
      void this.#names.remove(runName(run));
    });
  }

  async finish({ run, differences, waiting, spokenFor }: RunResult): Promise<void> {
    await this.#root.transaction(() => {
      void this.#runs.put(run.id, run);
      for (const one of differences) this.#put(one);
      this.#replacePool(run, waiting);
      for (const number of spokenFor) void this.#spokenFor.put(number, run.id);
    });
  }

  /** The cases of differences, which are those of the run's. */
  async opened(run: Run, differences: readonly FoundInRun[]): Promise<void> {
    await this.#root.transaction(() => {
      for (const one of differences) this.#put(one);
      void this.#runs.put(run.id, run);
    });
  }

  difference(id: string): FoundInRun | null {
    const key = this.#places.get(id);
    return key === undefined ? null : (this.#differences.get(key) ?? null);
  }

  /** Differences of a run from a place on, of any kind for ''. */
  differences(run: string, from: number, max: number, kind = ''): FoundInRun[] {
    const found: FoundInRun[] = [];
    for (const { value } of this.#differences.getRange({ start: differenceKey(run, from), end: `${run}${END}` })) {
      if (kind !== '' && value.kind !== kind) continue;
      found.push(value);
      if (found.length >= max) break;
    }
    return found;
  }

  /** All of a run, or of any for '', that have a case, as it was opened. */
  *withCases(run = ''): Generator<Pick<FoundInRun, 'caseId' | 'type'>> {
    const range = run === '' ? {} : { start: differenceKey(run, 0), end: `${run}${END}` };
    for (const { value } of this.#differences.getRange(range)) if (value.caseId !== '') yield value;
  }

  /** Rows that bills of earlier days have left over, as this day finds them however often it looks (S2). */
  *waiting(channel: string, date: string, side: Side): Generator<MatchRow> {
    for (const { value } of this.#pool.getRange({ start: `${channel}\n`, end: `${channel}\n${date}` })) {
      if (value.side === side && (value.takenBy === '' || value.takenBy === date)) yield value.row;
    }
  }

  /** Of the orders with numbers from `first` to `last` those that a difference of another run speaks for: they are on no other bill. */
  spokenFor(first: string, last: string, run: string): ReadonlySet<string> {
    const found = new Set<string>();
    for (const { key, value } of this.#spokenFor.getRange({ start: first, end: `${last}${END}` })) {
      if (value !== run && key <= last) found.add(key);
    }
    return found;
  }

  async close(): Promise<void> {
    await this.#root.close();
  }

  #all(): Run[] {
    return [...this.#runs.getRange({})].map(({ value }) => ({ ...LACKING, ...value }));
  }

  #put(one: FoundInRun): void {
    const key = differenceKey(one.run, one.place);
    void this.#differences.put(key, one);
    void this.#places.put(one.id, key);
  }

  #replacePool({ channel, date }: Run, waiting: readonly WaitingRow[]): void {
    const own = `${channel}\n${date}\n`;
    const before = new Date(Date.parse(date) - TAKEN_DAYS_MAX * DAY_MS).toISOString().slice(0, 10);
    for (const { key, value } of this.#pool.getRange({ start: `${channel}\n`, end: own })) {
      if (value.takenBy === '') void this.#pool.put(key, { ...value, takenBy: date });
      else if (value.takenBy < before) void this.#pool.remove(key);
    }
    for (const key of this.#pool.getKeys({ start: own, end: `${own}${END}` })) void this.#pool.remove(key);
    for (const [place, one] of waiting.entries()) void this.#pool.put(own + placeText(place), { ...one, takenBy: '' });
  }
}

function differenceKey(run: string, place: number): string {
  return `${run}\n${placeText(place)}`;
}

function placeText(place: number): string {
  return String(place).padStart(PLACE_DIGITS, '0');
}
