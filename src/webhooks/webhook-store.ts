// Webhook store. Endpoints, how far each has come, and their deliveries: an LMDB environment of its own, because none of
// it is money and none of its writes may wait for the journal's.
//
// S1. One transaction has all changes of a moment: a cursor never goes past an event whose delivery is not there.
// S2. Secrets lie here readable, for they have to sign: the folder and its files are open to their owner only.
// S3. Deliveries are a log with an end: beyond LOG the oldest that are over go, open ones never.

import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { open, type Database, type RootDatabase } from 'lmdb';
import { hushCommit } from '../journal/lmdb-promise.ts';
import type { Endpoint } from '../domain/webhooks/endpoint.ts';
import type { Delivery, Progress } from './delivery.ts';

/** Deliveries kept of one endpoint, and for how long, ms: enough to see what went wrong; the events stay in the journal. */
export const LOG = { countMax: 1_000, ageMsMax: 30 * 24 * 60 * 60 * 1_000 } as const;

/** Address space for the map, bytes. */
const MAP_BYTES = 1 << 30;

const ROWS = { encoding: 'msgpack', useRecords: false } as const;

const SAFE = { overlappingSync: false, safeRestore: true, cache: false, compression: false };

/** All that changed since the last commit. */
export type Changes = {
  readonly endpoints: ReadonlyMap<string, Endpoint>;
  readonly progress: ReadonlyMap<string, Progress>;
  readonly deliveries: ReadonlyMap<string, Delivery>;
  /** Ids of endpoints of which nothing stays. */
  readonly removed: ReadonlySet<string>;
};

export type DeliveryPage = {
  readonly limit: number;
  /** Deliveries of a smaller, or a larger, id; '' for no bound. At most one is given. */
  readonly after: string;
  readonly before: string;
};

/** After every id of a delivery. */
const END = 'whd_~';

export class WebhookStore {
  readonly #root: RootDatabase;
  readonly #endpoints: Database<Endpoint, string>;
  readonly #progress: Database<Progress, string>;
  readonly #deliveries: Database<Delivery, [string, string]>;
  /** Deliveries of each endpoint. */
  readonly #counts = new Map<string, number>();

  /** @throws the operating system's error when the folder cannot be opened or written. */
  constructor(folder: string) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.#root = open({ path: folder, noSubdir: false, mapSize: MAP_BYTES, maxDbs: 3, ...SAFE });
    for (const file of ['data.mdb', 'lock.mdb']) chmodSync(join(folder, file), 0o600);
    this.#endpoints = this.#root.openDB({ name: 'endpoints', ...ROWS });
    this.#progress = this.#root.openDB({ name: 'progress', ...ROWS });
    this.#deliveries = this.#root.openDB({ name: 'deliveries', ...ROWS });
    for (const { id } of this.endpoints()) this.#counts.set(id, this.#deliveries.getKeysCount(within(id)));
  }

  *endpoints(): Iterable<Endpoint> {
    for (const { value } of this.#endpoints.getRange()) yield value;
  }

  progress(endpoint: string): Progress {
    const progress = this.#progress.get(endpoint);
    if (!progress) throw new Error(`webhook endpoint ${endpoint} has no cursor`);
    return progress;
  }

  /** Those that are not over, the oldest first. */
  *open(endpoint: string): Iterable<Delivery> {
    for (const { value } of this.#deliveries.getRange(within(endpoint))) if (value.status === 'open') yield value;
  }

  /** The newest first; at most one more than `limit`, which says that there are more. */
  page(endpoint: string, { limit, after, before }: DeliveryPage): Delivery[] {
    const many = limit + 1;
    if (before !== '') {
      const newer = { start: [endpoint, before], end: [endpoint, END], exclusiveStart: true, limit: many };
      return [...this.#deliveries.getRange(newer)].map(({ value }) => value).toReversed();
    }
    const start = [endpoint, after === '' ? END : after];
    const older = { start, end: [endpoint, ''], reverse: true, exclusiveStart: true, limit: many };
    return [...this.#deliveries.getRange(older)].map(({ value }) => value);
  }

  /** Durable when it resolves. `nowMs`: what is too old by then goes. */
  async commit(changes: Changes, nowMs: number): Promise<void> {
    try {
      await this.#write(changes, nowMs);
    } catch (error) {
      // Unhandled it would end the process, and with it payments, which need nothing of this.
      hushCommit(error);
      throw error;
    }
  }

  async #write(changes: Changes, nowMs: number): Promise<void> {
    await this.#root.transaction(() => {
      for (const [id, endpoint] of changes.endpoints) this.#endpoints.putSync(id, endpoint);
      for (const [id, progress] of changes.progress) this.#progress.putSync(id, progress);
      for (const delivery of changes.deliveries.values()) this.#put(delivery);
      const grown = new Set([...changes.deliveries.values()].map(({ endpoint }) => endpoint));
      for (const endpoint of grown) this.#trim(endpoint, nowMs);
      for (const id of changes.removed) this.#remove(id);
    });
  }

  close(): Promise<void> {
    return this.#root.close();
  }

  #put(delivery: Delivery): void {
    const { endpoint, id } = delivery;
    if (!this.#deliveries.doesExist([endpoint, id])) this.#counts.set(endpoint, (this.#counts.get(endpoint) ?? 0) + 1);
    this.#deliveries.putSync([endpoint, id], delivery);
  }

  #remove(endpoint: string): void {
    this.#endpoints.removeSync(endpoint);
    this.#progress.removeSync(endpoint);
    const keys = Array.from(this.#deliveries.getKeys(within(endpoint)));
    for (const key of keys) this.#deliveries.removeSync(key);
    this.#counts.delete(endpoint);
  }

  #trim(endpoint: string, nowMs: number): void {
    let count = this.#counts.get(endpoint) ?? 0;
    const old: string[] = [];
    for (const { value } of this.#deliveries.getRange(within(endpoint))) {
      if (count <= LOG.countMax && nowMs - value.createdAtMs <= LOG.ageMsMax) break;
      if (value.status === 'open') continue;
      old.push(value.id);
      count -= 1;
    }
    for (const id of old) this.#deliveries.removeSync([endpoint, id]);
    this.#counts.set(endpoint, count);
  }
}

function within(endpoint: string): { start: [string, string]; end: [string, string] } {
  return { start: [endpoint, ''], end: [endpoint, END] };
}
