// State store in LMDB, in an environment of its own: its transactions never wait for the journal's.

import { open, type Database, type RootDatabase } from 'lmdb';
import type { Account, AccountStatus, Metadata } from '../domain/accounts.ts';
import { creditingOf, type Crediting, type CreditingWay } from '../domain/crediting.ts';
import type { Completion, Mark, OpenHold, OrderRange, StateStore, StoredUse } from './state-store.ts';
import { quietly } from './lmdb-promise.ts';

// prettier-ignore
type AccountRow = [
  ordinal: number, currency: string, kind: string, createdAtMs: number, status: AccountStatus, creditLimit: number,
  metadata: Metadata, available: number, held: number, pending: number, version: number, updatedAtMs: number,
  lastSeq: number,
  /** Only of accounts that have, or had, a rule of crediting. */
  crediting?: RuleRow,
];

/** Over how many sub-accounts credits are spread, and how many there are: only where there are any. */
type RuleRow = readonly [way: CreditingWay, delayMs: number, spreadOver?: number, opened?: number];

type HoldRow = [seq: number, dueMs: number];

type UseRow = [amount: number, count: number];

/** Marks that were written before there were days have no date, and before days were counted no count. */
type MarkRow = Omit<Mark, 'accountingDate' | 'counted'> & Partial<Pick<Mark, 'accountingDate' | 'counted'>>;

/** Address space for the map, bytes. */
const MAP_BYTES = 1 << 30;

/** Plain msgpack values: rows need no shared structures. */
const ROWS = { encoding: 'msgpack', useRecords: false } as const;

const SAFE = { overlappingSync: false, safeRestore: true, cache: false, compression: false };

/** @throws the operating system's error when the folder cannot be opened or written. */
export function openLmdbStateStore(folder: string): StateStore {
  return new LmdbStateStore(folder);
}

class LmdbStateStore implements StateStore {
  readonly #root: RootDatabase;
  readonly #accounts: Database<AccountRow, [string, string]>;
  readonly #order: Database<string, [string, number]>;
  readonly #holds: Database<HoldRow, [string, string]>;
  readonly #uses: Database<UseRow, string>;
  readonly #chunks: Database<Buffer, number>;
  readonly #meta: Database<unknown, string>;

  constructor(folder: string) {
    this.#root = open({ path: folder, noSubdir: false, mapSize: MAP_BYTES, maxDbs: 6, ...SAFE });
    this.#accounts = this.#root.openDB({ name: 'accounts', ...ROWS });
    this.#order = this.#root.openDB({ name: 'order', encoding: 'string' });
    this.#holds = this.#root.openDB({ name: 'holds', ...ROWS });
    this.#uses = this.#root.openDB({ name: 'uses', ...ROWS });
    this.#chunks = this.#root.openDB({ name: 'index', encoding: 'binary', keyEncoding: 'uint32' });
    this.#meta = this.#root.openDB({ name: 'meta', ...ROWS });
  }

  mark(): Mark | null {
    const mark = this.#meta.get('mark') as MarkRow | undefined;
    return mark ? { ...mark, accountingDate: mark.accountingDate ?? '', counted: mark.counted ?? 0 } : null;
  }

  seed(): number | null {
    return (this.#meta.get('seed') as number | undefined) ?? null;
  }

  async setSeed(seed: number): Promise<void> {
    await this.#meta.put('seed', seed);
  }

  account(merchant: string, id: string): Account | null {
    const row = this.#accounts.get([merchant, id]);
    return row ? readAccount(merchant, id, row) : null;
  }

  *accounts(): Iterable<Account> {
    for (const { key, value } of this.#accounts.getRange()) yield readAccount(key[0], key[1], value);
  }

  *accountIds(merchant: string, { after, before, newestFirst }: OrderRange): Iterable<string> {
    const range = newestFirst
      ? { start: [merchant, before - 1], end: [merchant, after], reverse: true, inclusiveEnd: false }
      : { start: [merchant, after + 1], end: [merchant, before] };
    for (const { value } of this.#order.getRange(range)) yield value;
  }

  *holds(): Iterable<OpenHold> {
    for (const { key, value } of this.#holds.getRange()) {
      yield { merchant: key[0], id: key[1], seq: value[0], dueMs: value[1] };
    }
  }

  *uses(): Iterable<StoredUse> {
    for (const { key, value } of this.#uses.getRange()) yield { name: key, amount: value[0], count: value[1] };
  }

  *chunks(count: number): Iterable<Uint32Array> {
    for (let chunk = 0; chunk < count; chunk++) {
      const bytes = this.#chunks.get(chunk);
      if (bytes) yield new Uint32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
    }
  }

  async putAccounts(accounts: readonly Account[]): Promise<void> {
    await this.#root.batch(() => {
      for (const account of accounts) quietly(this.#accounts.put([account.merchant, account.id], accountRow(account)));
    });
  }

  async complete(snapshot: Completion): Promise<void> {
    await this.#root.transaction(() => {
      for (const { merchant, ordinal, id } of snapshot.opened) quietly(this.#order.put([merchant, ordinal], id));
      for (const { merchant, id, seq, dueMs } of snapshot.holds) quietly(this.#holds.put([merchant, id], [seq, dueMs]));
      for (const { merchant, id } of snapshot.closedHolds) quietly(this.#holds.remove([merchant, id]));
      for (const { name, amount, count } of snapshot.uses) quietly(this.#uses.put(name, [amount, count]));
      for (const name of snapshot.usesGone) quietly(this.#uses.remove(name));
      const { entries, mark } = snapshot;
      quietly(this.#chunks.put(mark.chunks - 1, Buffer.from(entries.buffer, entries.byteOffset, entries.byteLength)));
      quietly(this.#meta.put('mark', mark));
    });
  }

  async close(): Promise<void> {
    await this.#root.close();
  }
}

function accountRow(account: Account): AccountRow {
  const { crediting } = account;
  const rule: [] | [RuleRow] = crediting ? [ruleRow(crediting)] : [];
  // prettier-ignore
  return [
    account.ordinal, account.currency, account.kind, account.createdAtMs, account.status, account.creditLimit,
    account.metadata, account.available, account.held, account.pending, account.version, account.updatedAtMs,
    account.lastSeq, ...rule,
  ];
}

function ruleRow({ way, delayMs, spreadOver, subAccounts }: Crediting): RuleRow {
  return subAccounts.length === 0 ? [way, delayMs] : [way, delayMs, spreadOver, subAccounts.length];
}

function readAccount(merchant: string, id: string, row: AccountRow): Account {
  // prettier-ignore
  const [ordinal, currency, kind, createdAtMs, status, creditLimit, metadata, available, held, pending, version, updatedAtMs, lastSeq, rule] = row;
  const crediting = rule ? creditingOf(id, ...rule) : null;
  // prettier-ignore
  return { merchant, id, ordinal, currency, kind, createdAtMs, status, creditLimit, metadata, crediting, available, held, pending, version, updatedAtMs, lastSeq };
}
