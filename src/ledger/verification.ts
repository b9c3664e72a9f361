// Verification of the books. Proves from what is on disk that every block is whole and follows the one before it, that the
// totals are those of the accounts, that debits equal credits, and that the books say what the engine says.
//
// Q1. Nothing is written: what the journal has and the books have not is booked in memory and forgotten.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Account, Balances } from '../domain/accounts.ts';
import { BETWEEN_SHARDS, subjectsOfKind, type Subject } from '../domain/books/subjects.ts';
import { frameHash, tornAt } from '../journal/frame.ts';
import { BookKeeper } from './book-keeper.ts';
import { BlockDamage, closingOf, readBlock, sameBalances, type Block } from './entry-block.ts';
import { LedgerContradiction, ShardBooks } from './shard-books.ts';
import { ShardStore } from './shard-store.ts';
import { SHARDS } from './shards.ts';
import { imbalances } from './trial-balance.ts';

export type VerifiedBooks = {
  readonly shards: number;
  readonly blocks: number;
  readonly entries: number;
  readonly accounts: number;
  /** Frames that the books did not have yet; they were booked in memory. */
  readonly trailingFrames: number;
};

type JournalReader = { readonly position: () => number; readonly read: (seq: number) => Uint8Array | null };

export class BooksVerification {
  readonly #stores: readonly ShardStore[];
  readonly #keeper: BookKeeper;
  readonly #journal: JournalReader;
  #accounts = 0;

  constructor(stores: readonly ShardStore[], journal: JournalReader) {
    this.#stores = stores;
    this.#journal = journal;
    this.#keeper = new BookKeeper(stores.map((store) => new ShardBooks(store, stores.length)));
  }

  /** Books in memory what the books trail by; a torn last frame was told to nobody. @throws LedgerContradiction, FrameDamage */
  catchUp(progress: (done: number, total: number) => void): number {
    const from = this.#keeper.bookedSeq;
    const position = lastWhole(this.#journal);
    this.#stores.forEach((store, shard) => {
      const { seq, hash } = store.checkpoint() ?? { seq: 0 };
      if (seq > position) {
        throw new LedgerContradiction(
          `shard ${shard} of the books is at frame ${seq}, the journal ends at ${position}`,
        );
      }
      const frame = seq > 0 ? this.#journal.read(seq) : null;
      if (!frame || !hash || Buffer.compare(frameHash(frame), hash) === 0) return;
      throw new LedgerContradiction(`shard ${shard} has booked another frame ${seq} than the journal has`);
    });
    for (let seq = from + 1; seq <= position; seq++) {
      const frame = this.#journal.read(seq);
      if (!frame) throw new LedgerContradiction(`journal has no frame ${seq}`);
      this.#keeper.book(frame);
      progress(seq - from, position - from);
    }
    return position - from;
  }

  /** An account as the engine has it. @throws LedgerContradiction when the books have it otherwise */
  compare(account: Account): void {
    this.#accounts += 1;
    const booked = this.#keeper.balances(account.merchant, account.id);
    if (booked && sameBalances(booked, account)) return;
    throw new LedgerContradiction(`account ${account.id}: the books have ${text(booked)}, the engine ${text(account)}`);
  }

  /** Checks what is on disk. Call it after `catchUp` and all comparisons. @throws LedgerContradiction, BlockDamage */
  finish(trailingFrames: number): VerifiedBooks {
    let [blocks, entries, accounts] = [0, 0, 0];
    for (const store of this.#stores) {
      const shard = verifyShard(store);
      blocks += shard.blocks;
      entries += shard.entries;
      accounts += shard.accounts;
    }
    for (const [currency, difference] of imbalances(this.#stores)) {
      if (difference !== 0n) throw new LedgerContradiction(`${currency}: debits and credits differ by ${difference}`);
    }
    if (trailingFrames === 0 && accounts !== this.#accounts) {
      throw new LedgerContradiction(`the books have ${accounts} accounts, the engine ${this.#accounts}`);
    }
    return { shards: this.#stores.length, blocks, entries, accounts, trailingFrames };
  }
}

/** The last frame of a journal that is not torn. */
export function lastWhole({ position, read }: JournalReader): number {
  const last = read(position());
  return last && tornAt(last) !== null ? position() - 1 : position();
}

/**
 * The shards on disk; null when no books were ever kept here. A crash at the first start, before anything was booked, may
 * have left some of them unmade. @throws Error when one is lost
 */
export function openShards(folder: string): ShardStore[] | null {
  const names = shardsIn(folder);
  if (names.length === 0) return null;
  // Looked at before they are opened, because opening makes what is not there.
  const there = new Map(names.map((name) => [name, new ShardStore(join(folder, name))]));
  const shards = [...there.values()].map((store) => store.checkpoint()?.shards).find((one) => one !== undefined);
  const all = Array.from({ length: shards ?? SHARDS }, (_, shard) => String(shard));
  const lost = shards === undefined ? undefined : all.find((name) => !there.has(name));
  if (lost === undefined) return all.map((name) => there.get(name) ?? new ShardStore(join(folder, name)));
  for (const store of there.values()) void store.close();
  throw new Error(`the books have lost shard ${lost}: rebuild them`);
}

function shardsIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => /^(0|[1-9][0-9]*)$/.test(name));
  } catch {
    return [];
  }
}

/** Every block of a shard, and its totals against its accounts. */
function verifyShard(store: ShardStore): { blocks: number; entries: number; accounts: number } {
  const found = { blocks: 0, entries: 0, accounts: 0 };
  const expected = new Map<string, bigint>();
  for (const { merchant, id, account } of store.accounts()) {
    const { available, held } = walk(store, `${merchant} ${id}`, account.no, found);
    const subjects = subjectsOfKind(account.kind);
    add(expected, totalKey(merchant, account.currency, subjects.available), BigInt(available));
    add(expected, totalKey(merchant, account.currency, subjects.held), BigInt(held));
    found.accounts += 1;
  }
  compareTotals(store, expected);
  return found;
}

/** Walks the chain of an account's blocks; returns what the account has after the last one. */
function walk(store: ShardStore, name: string, no: number, found: { blocks: number; entries: number }): Balances {
  let before: { balances: Balances; crc: number } = {
    balances: { available: 0, held: 0, pending: 0, version: 0 },
    crc: 0,
  };
  for (const bytes of store.blocksAfter(no, 0)) {
    const { opening, previousCrc, firstVersion, entries } = readNamed(bytes, name, before.balances.version + 1);
    if (previousCrc !== before.crc || !sameBalances(opening, before.balances)) {
      throw new LedgerContradiction(`account ${name}: block ${firstVersion} does not follow from the one before it`);
    }
    before = closingOf(bytes);
    found.blocks += 1;
    found.entries += entries.length;
  }
  return before.balances;
}

/** @throws BlockDamage that says whose block it is */
function readNamed(bytes: Buffer, name: string, version: number): Block {
  try {
    return readBlock(bytes);
  } catch (error) {
    if (!(error instanceof BlockDamage)) throw error;
    throw new BlockDamage(`the books are damaged at account ${name}, block ${version}: ${error.message}`);
  }
}

/** A subject's credits less its debits are what its accounts have; "between shards" has no accounts. */
function compareTotals(store: ShardStore, expected: Map<string, bigint>): void {
  const booked = new Map<string, bigint>();
  for (const { merchant, currency, subject, debit, credit } of store.turnovers('', '9999-12-31')) {
    if (subject !== BETWEEN_SHARDS) add(booked, totalKey(merchant, currency, subject), credit - debit);
  }
  for (const key of new Set([...expected.keys(), ...booked.keys()])) {
    const [inAccounts = 0n, inTotals = 0n] = [expected.get(key), booked.get(key)];
    if (inAccounts !== inTotals) {
      throw new LedgerContradiction(`${key}: the accounts have ${inAccounts}, the totals ${inTotals}`);
    }
  }
}

function totalKey(merchant: string, currency: string, subject: Subject): string {
  return `${merchant} ${currency} ${subject}`;
}

function add(sums: Map<string, bigint>, key: string, amount: bigint): void {
  sums.set(key, (sums.get(key) ?? 0n) + amount);
}

function text(balances: Balances | null): string {
  if (!balances) return 'no such account';
  const { version, available, held, pending } = balances;
  return `version ${version} with ${available} available, ${held} held, ${pending} pending`;
}
