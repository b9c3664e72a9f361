// Verification of the books. Proves from what is on disk that every block is whole and follows the one before it, that the
// totals are those of the accounts, that debits equal credits, and that the books say what the engine says.
//
// Q1. Nothing is written: what the journal has and the books have not is booked in memory and forgotten.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Account, Balances } from '../domain/accounts.ts';
import { BETWEEN_SHARDS, subjectsOfKind, type Subject } from '../domain/books/subjects.ts';
import { FrameDamage, readFrame } from '../journal/frame.ts';
import { BookKeeper } from './book-keeper.ts';
import { closingOf, readBlock, sameBalances } from './entry-block.ts';
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

  /** Books in memory what the books trail by. @throws LedgerContradiction, FrameDamage */
  catchUp(progress: (done: number, total: number) => void): number {
    const from = this.#keeper.bookedSeq;
    const position = this.#journal.position();
    if (from > position)
      throw new LedgerContradiction(`the books are at frame ${from}, the journal ends at ${position}`);
    for (let seq = from + 1; seq <= position; seq++) {
      const frame = this.#journal.read(seq);
      if (!frame) throw new LedgerContradiction(`journal has no frame ${seq}`);
      if (seq === position && isTorn(frame)) return seq - 1 - from;
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

/** The shards on disk; null when no books were ever kept here. A crash at the first start may have left some unmade. */
export function openShards(folder: string): ShardStore[] | null {
  return anyShardIn(folder)
    ? Array.from({ length: SHARDS }, (_, shard) => new ShardStore(join(folder, String(shard))))
    : null;
}

function anyShardIn(folder: string): boolean {
  try {
    return readdirSync(folder).some((name) => /^[0-9]+$/.test(name));
  } catch {
    return false;
  }
}

/** Cut short by a crash: the next start removes it, and nobody was told of it. */
function isTorn(frame: Uint8Array): boolean {
  try {
    readFrame(frame);
    return false;
  } catch (error) {
    return error instanceof FrameDamage && error.kind === 'torn';
  }
}

/** Every block of a shard, and its totals against its accounts. */
function verifyShard(store: ShardStore): { blocks: number; entries: number; accounts: number } {
  const found = { blocks: 0, entries: 0, accounts: 0 };
  const expected = new Map<string, bigint>();
  for (const { merchant, account } of store.accounts()) {
    const { available, held } = walk(store, account.no, found);
    const subjects = subjectsOfKind(account.kind);
    add(expected, totalKey(merchant, account.currency, subjects.available), BigInt(available));
    add(expected, totalKey(merchant, account.currency, subjects.held), BigInt(held));
    found.accounts += 1;
  }
  compareTotals(store, expected);
  return found;
}

/** Walks the chain of an account's blocks; returns what the account has after the last one. */
function walk(store: ShardStore, no: number, found: { blocks: number; entries: number }): Balances {
  let before: { balances: Balances; crc: number } = {
    balances: { available: 0, held: 0, pending: 0, version: 0 },
    crc: 0,
  };
  for (const bytes of store.blocksAfter(no, 0)) {
    const { opening, previousCrc, firstVersion, entries } = readBlock(bytes);
    if (previousCrc !== before.crc || !sameBalances(opening, before.balances)) {
      throw new LedgerContradiction(`account ${no}: block ${firstVersion} does not follow from the one before it`);
    }
    before = closingOf(bytes);
    found.blocks += 1;
    found.entries += entries.length;
  }
  return before.balances;
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
