// Watch store. What the watch remembers, in an LMDB environment of its own: orders and accounts as they were last seen,
// breaches, what channels owe, and how far the journal has been followed.
//
// S1. All of it changes in one transaction with the checkpoint, so after a crash nothing is counted twice or not at all.
// S2. All of it can be made again from the journal, but what people have been told of.

import { mkdirSync } from 'node:fs';
import { open, type Database, type RootDatabase } from 'lmdb';
import type { OrderKind } from '../domain/orders/order.ts';
import { quietly } from '../journal/lmdb-promise.ts';
import { expectedKey, expectedRow, type ExpectedOrder } from './channel-rows.ts';
import type { Head } from './watch/account-heads.ts';
import type { Breach } from './watch/breach.ts';
import type { BusinessRow, OrderRow } from './watch/order-watch.ts';
import { NO_SUMS, type Sums } from './watch/order-sums.ts';

export type WatchCheckpoint = {
  /** The last frame that was taken. */
  readonly seq: number;
  /** From there on frames have lines that are not found in the books for good. */
  readonly since: number;
  /** Accounting date after it; '' before the first day. */
  readonly date: string;
};

export type BreachRow = {
  readonly breach: Breach;
  /** The server has heard of it: it is logged, counted, and has its case. */
  readonly told: boolean;
  /** Its case; '' where none was seen. */
  readonly caseId: string;
};

/** What one transaction writes; undefined removes a breach. */
export type WatchChanges = {
  readonly orders: ReadonlyMap<string, OrderRow>;
  readonly businesses: ReadonlyMap<string, BusinessRow>;
  readonly heads: ReadonlyMap<string, Head>;
  readonly breaches: ReadonlyMap<string, BreachRow | undefined>;
  readonly expected: ReadonlyMap<string, ExpectedOrder>;
  readonly checkpoint: WatchCheckpoint;
};

type StepRow = [kind: OrderKind, status: string, version: number, seq: number, agreed: string];
type StoredOrder = [step: StepRow | null, sums: number[], seen?: readonly string[]];
type StoredHead = [version: number, available: number, or: Head['or']];
type StoredBusiness = number[];

/** Address space for the map, bytes; the file grows only as it fills. */
const MAP_BYTES = 1 << 30;

const ROWS = { encoding: 'msgpack', useRecords: false } as const;

/** Synced in the background: after a power loss it trails, and the journal is followed again from there. */
const TRAILING = { overlappingSync: true, safeRestore: true, commitDelay: 0, cache: false, compression: false };

/** A commit begins when all of it was said (shard-store.ts, S3). */
const WHOLE = { batchStartThreshold: Number.MAX_SAFE_INTEGER };

/** Keys that are written and never read back: what they say is in their rows, and reading them takes as long as the rows. */
const UNREAD_KEYS = {
  writeKey: (key: Buffer, target: Buffer, start: number): number => start + key.copy(target, start),
  readKey: (): null => null,
};

const SUM_NAMES = Object.keys(NO_SUMS) as (keyof Sums)[];

export class WatchStore {
  readonly #root: RootDatabase;
  readonly #meta: Database<WatchCheckpoint, string>;
  readonly #orders: Database<StoredOrder, string>;
  readonly #businesses: Database<StoredBusiness, string>;
  readonly #heads: Database<StoredHead, string>;
  readonly #breaches: Database<BreachRow, string>;
  readonly #expected: Database<string, Buffer>;
  /** Where each channel order is among the expected ones. */
  readonly #places: Database<[channel: string, date: string], string>;

  /** @throws the operating system's error when the folder cannot be opened or written. */
  constructor(folder: string) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.#root = open({ path: folder, noSubdir: false, mapSize: MAP_BYTES, maxDbs: 8, ...TRAILING, ...WHOLE });
    this.#meta = this.#root.openDB({ name: 'meta', ...ROWS });
    this.#orders = this.#root.openDB({ name: 'orders', ...ROWS });
    this.#businesses = this.#root.openDB({ name: 'businesses', ...ROWS });
    this.#heads = this.#root.openDB({ name: 'heads', ...ROWS });
    this.#breaches = this.#root.openDB({ name: 'breaches', ...ROWS });
    // lmdb's types leave out that keys may have an encoder of their own.
    const expected = { name: 'expected', keyEncoder: UNREAD_KEYS, encoding: 'string' } as const;
    this.#expected = this.#root.openDB(expected);
    this.#places = this.#root.openDB({ name: 'places', ...ROWS });
  }

  checkpoint(): WatchCheckpoint {
    return this.#meta.get('checkpoint') ?? { seq: 0, since: 1, date: '' };
  }

  order = (key: string): OrderRow | undefined => {
    const [step, sums, seen = []] = this.#orders.get(key) ?? [];
    if (!sums) return undefined;
    const named = Object.fromEntries(SUM_NAMES.map((name, place) => [name, sums[place] ?? 0])) as Sums;
    if (!step) return { step: null, sums: named, seen };
    const [kind, status, version, seq, agreed] = step;
    return { step: { kind, status, version, seq, agreed }, sums: named, seen };
  };

  business = (key: string): BusinessRow | undefined => {
    const row = this.#businesses.get(key);
    if (!row) return undefined;
    const [still = 0, payment = 0, withdrawal = 0, refund = 0, fee = 0, saidFee = 0] = row;
    return { open: still, payment, withdrawal, refund, fee, saidFee };
  };

  head = (key: string): Head | undefined => {
    const row = this.#heads.get(key);
    return row && { version: row[0], available: row[1], or: row[2] };
  };

  *breaches(): Iterable<{ readonly id: string; readonly row: BreachRow }> {
    for (const { key, value } of this.#breaches.getRange()) yield { id: key, row: value };
  }

  /** Rows from `after` on whose keys are below `end`, at most `limit`. */
  expected(start: Buffer, end: Buffer, limit: number): string[] {
    const rows: string[] = [];
    for (const { value } of this.#expected.getRange({ start, end, limit })) rows.push(value);
    return rows;
  }

  /** Where this channel order is; null for one that is not known. */
  place(number: string): { readonly channel: string; readonly date: string } | null {
    const place = this.#places.get(number);
    return place ? { channel: place[0], date: place[1] } : null;
  }

  /** Sees what was committed since the last look. */
  refresh(): void {
    this.#root.resetReadTxn();
  }

  /** In one transaction. Resolves when it can be read. @throws when the disk fails: nothing of it is there then */
  async commit(changes: WatchChanges): Promise<void> {
    const { orders, businesses, heads, breaches, expected, checkpoint } = changes;
    const written: Promise<boolean>[] = [];
    for (const [key, row] of orders) written.push(this.#orders.put(key, storedOrder(row)));
    for (const [key, row] of businesses) written.push(this.#businesses.put(key, storedBusiness(row)));
    for (const [key, { version, available, or }] of heads) written.push(this.#heads.put(key, [version, available, or]));
    for (const [id, row] of breaches) written.push(row ? this.#breaches.put(id, row) : this.#breaches.remove(id));
    for (const order of expected.values()) this.#putExpected(order, written);
    // One failed commit rejects them all; an unhandled one would end the thread before it could say why.
    for (const one of written) quietly(one);
    await this.#meta.put('checkpoint', checkpoint);
  }

  close(): Promise<void> {
    return this.#root.close();
  }

  /** An order is in one place (channel-rows.ts, C1). */
  #putExpected(order: ExpectedOrder, written: Promise<boolean>[]): void {
    const { number, channel, date } = order;
    const before = this.place(number);
    if (before && before.date !== date) written.push(this.#expected.remove(expectedKey({ ...before, number })));
    if (before?.date !== date) written.push(this.#places.put(number, [channel, date]));
    written.push(this.#expected.put(expectedKey(order), expectedRow(order)));
  }
}

function storedOrder({ step, sums, seen }: OrderRow): StoredOrder {
  const row: StepRow | null = step && [step.kind, step.status, step.version, step.seq, step.agreed];
  return [row, SUM_NAMES.map((name) => sums[name]), seen];
}

function storedBusiness({ open, payment, withdrawal, refund, fee, saidFee }: BusinessRow): StoredBusiness {
  return [open, payment, withdrawal, refund, fee, saidFee];
}
