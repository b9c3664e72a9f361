// Shard store. One shard of the books on disk, an LMDB environment of its own: blocks of entries, who has them, totals of
// the general ledger, and how far the journal has been booked.
//
// S1. Entries, totals and checkpoint change in one transaction: a shard is always as if it had booked the journal up to
// its checkpoint and nothing after it. S2. One thread writes a shard; any thread may read it. S3. No thread holds a lock of
// LMDB while its own code runs: one that is ended there would hold it for ever, and the process could not even exit.

import { open, type Database, type RootDatabase } from 'lmdb';
import type { Subject } from '../domain/books/subjects.ts';
import { quietly } from '../journal/lmdb-promise.ts';

/** An account as a shard knows it; what it has is in its last block. */
export type ShardAccount = {
  /** Place in the shard, counts from 1: the first part of its blocks' keys. */
  readonly no: number;
  readonly currency: string;
  readonly kind: string;
};

/** How far a shard has booked the journal. */
export type Checkpoint = {
  /** The last frame of which everything is booked. */
  readonly seq: number;
  /** When that frame was begun, ms since 1970. */
  readonly timeMs: number;
  /** Its SHA-256, by which the next one says that it follows. */
  readonly hash: Uint8Array;
  /** Accounting date in force after it; '' before the first day was opened. */
  readonly date: string;
  /** Accounts of the shard. */
  readonly accounts: number;
  /** Shards of the books. A shard written for another number is not read. */
  readonly shards: number;
};

/** Turnover of one subject in one currency of one merchant on one day, minor units; exact at any size. */
export type Turnover = {
  readonly date: string;
  readonly merchant: string;
  readonly currency: string;
  readonly subject: Subject;
  readonly debit: bigint;
  readonly credit: bigint;
};

/** What one transaction of a shard writes. */
export type ShardWriter = {
  readonly account: (merchant: string, id: string, account: ShardAccount) => void;
  /** `block` is copied. */
  readonly block: (no: number, firstVersion: number, block: Buffer) => void;
  /** Adds to what the store has. */
  readonly turnover: (turnover: Turnover) => void;
  /** A day begins with frame `seq`. */
  readonly day: (date: string, seq: number) => void;
  readonly checkpoint: (checkpoint: Checkpoint) => void;
};

type TurnoverKey = [date: string, merchant: string, currency: string, subject: number];
type TurnoverRow = [debit: string, credit: string];

/** Address space for the map, bytes; the file grows only as it fills. */
const MAP_BYTES = 1 << 28;

const ROWS = { encoding: 'msgpack', useRecords: false } as const;

/**
 * A commit is synced in the background: after a power loss the store comes back as it was at its last synced commit
 * (safeRestore, missing from lmdb's own types), and the journal is booked again from there. It may trail, never tear.
 */
const TRAILING = { overlappingSync: true, safeRestore: true, commitDelay: 0, cache: false, compression: false };

/** LMDB's own thread begins with a commit when all of it was said, never while more may come (S3). */
const WHOLE = { batchStartThreshold: Number.MAX_SAFE_INTEGER };

/** Bytes of a block's key: account in the shard, first version. */
const KEY_BYTES = 12;

export class ShardStore {
  readonly #root: RootDatabase;
  readonly #blocks: Database<Buffer, Buffer>;
  readonly #accounts: Database<ShardAccount, [string, string]>;
  readonly #turnovers: Database<TurnoverRow, TurnoverKey>;
  readonly #days: Database<number, string>;
  readonly #meta: Database<Checkpoint, string>;

  /** @throws the operating system's error when the folder cannot be opened or written. */
  constructor(folder: string) {
    this.#root = open({ path: folder, noSubdir: false, mapSize: MAP_BYTES, maxDbs: 5, ...TRAILING, ...WHOLE });
    this.#blocks = this.#root.openDB({ name: 'blocks', encoding: 'binary', keyEncoding: 'binary' });
    this.#accounts = this.#root.openDB({ name: 'accounts', ...ROWS });
    this.#turnovers = this.#root.openDB({ name: 'turnovers', ...ROWS });
    this.#days = this.#root.openDB({ name: 'days', ...ROWS });
    this.#meta = this.#root.openDB({ name: 'meta', ...ROWS });
  }

  /** null for a shard that has booked nothing yet. */
  checkpoint(): Checkpoint | null {
    return this.#meta.get('checkpoint') ?? null;
  }

  account(merchant: string, id: string): ShardAccount | null {
    return this.#accounts.get([merchant, id]) ?? null;
  }

  *accounts(): Iterable<{ merchant: string; id: string; account: ShardAccount }> {
    for (const { key, value } of this.#accounts.getRange()) yield { merchant: key[0], id: key[1], account: value };
  }

  /** The block that begins with this version; null when there is none. Valid until the next read. */
  block(no: number, firstVersion: number): Buffer | null {
    return this.#blocks.getBinaryFast(blockKey(no, firstVersion)) ?? null;
  }

  /** Blocks of an account from the one that has `version` backwards; the newest first. */
  *blocksBackwards(no: number, version: number): Iterable<Buffer> {
    const range = { start: blockKey(no, version), end: blockKey(no, 0), reverse: true };
    for (const { value } of this.#blocks.getRange(range)) yield value;
  }

  /** Blocks of an account that begin after `version`; the oldest first. */
  *blocksAfter(no: number, version: number): Iterable<Buffer> {
    for (const { value } of this.#blocks.getRange({ start: blockKey(no, version + 1), end: blockKey(no + 1, 0) })) {
      yield value;
    }
  }

  /** Turnovers of the dates from `from` to `to`, both included. */
  *turnovers(from: string, to: string): Iterable<Turnover> {
    const range = { start: [from, '', '', 0] as TurnoverKey, end: [`${to}~`, '', '', 0] as TurnoverKey };
    for (const { key, value } of this.#turnovers.getRange(range)) {
      const [date, merchant, currency, subject] = key;
      yield {
        date,
        merchant,
        currency,
        subject: subject as Subject,
        debit: BigInt(value[0]),
        credit: BigInt(value[1]),
      };
    }
  }

  /** Days in order, with the frame that opened each. */
  *days(): Iterable<{ date: string; seq: number }> {
    for (const { key, value } of this.#days.getRange()) yield { date: key, seq: value };
  }

  /**
   * Writes in one transaction, synced soon after; one at a time. Resolves when it can be read. What `write` throws is
   * thrown before anything is written. @throws when the disk fails: nothing of it is there then
   */
  async commit(write: (writer: ShardWriter) => void): Promise<void> {
    const puts: Put[] = [];
    write(this.#gather(puts));
    // What is put in one turn of the event loop is one transaction.
    let written: Promise<boolean> = Promise.resolve(true);
    for (const put of puts) {
      const last = put();
      // One failed commit rejects several promises; an unhandled one would end the thread before it could say why.
      if (last !== written) quietly(last);
      written = last;
    }
    await written;
  }

  /** Sees what was committed since the last look. */
  refresh(): void {
    this.#root.resetReadTxn();
  }

  close(): Promise<void> {
    return this.#root.close();
  }

  #gather(puts: Put[]): ShardWriter {
    const totals = new Map<string, [debit: bigint, credit: bigint]>();
    return {
      account: (merchant, id, account) => puts.push(() => this.#accounts.put([merchant, id], account)),
      block: (no, firstVersion, block) => {
        const own = Buffer.from(block);
        puts.push(() => this.#blocks.put(blockKey(no, firstVersion), own));
      },
      turnover: ({ date, merchant, currency, subject, debit, credit }) => {
        const key: TurnoverKey = [date, merchant, currency, subject];
        const name = key.join('\n');
        const total = totals.get(name) ?? this.#total(key);
        total[0] += debit;
        total[1] += credit;
        if (!totals.has(name)) puts.push(() => this.#turnovers.put(key, [String(total[0]), String(total[1])]));
        totals.set(name, total);
      },
      day: (date, seq) => puts.push(() => this.#days.put(date, seq)),
      checkpoint: (checkpoint) => puts.push(() => this.#meta.put('checkpoint', checkpoint)),
    };
  }

  #total(key: TurnoverKey): [debit: bigint, credit: bigint] {
    const [debit, credit] = this.#turnovers.get(key) ?? ['0', '0'];
    return [BigInt(debit), BigInt(credit)];
  }
}

type Put = () => Promise<boolean>;

/** Big-endian, so that keys sort by account and then by version. */
function blockKey(no: number, version: number): Buffer {
  const key = Buffer.allocUnsafe(KEY_BYTES);
  key.writeUInt32BE(no, 0);
  key.writeUInt32BE(Math.floor(version / 2 ** 32), 4);
  key.writeUInt32BE(version % 2 ** 32, 8);
  return key;
}
