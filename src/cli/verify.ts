// `florin verify`: proves from the data folder that the journal is whole and that no money was made or lost.

import { join } from 'node:path';
import type { Command } from 'commander';
import { verify, type Verified } from '../../actors/verification.ts';
import { addConfigFlags } from '../config.ts';
import { lockFolder } from '../journal/folder-lock.ts';
import { openLmdbJournal } from '../journal/lmdb-journal.ts';
import { openLmdbStateStore } from '../journal/lmdb-state-store.ts';
import { openMemoryStateStore } from '../journal/memory-state-store.ts';
import { BooksVerification, openShards, type VerifiedBooks } from '../ledger/verification.ts';
import { readConfig } from './config.ts';
import { outputOf } from './terminal/output.ts';
import { startProgress, type Progress } from './terminal/progress.ts';
import { table } from './terminal/table.ts';

export function registerVerify(program: Command): void {
  const command = program
    .command('verify')
    .description('walk the hash chain; compare snapshot + tail, full replay and books; check that money sums to zero');
  addConfigFlags(command);
  command.option('--json', 'print JSON').action(async (flags: { json?: true }, self: Command) => {
    const loaded = readConfig(self);
    if (loaded) await run(loaded.config.data, flags.json === true, self);
  });
}

async function run(folder: string, json: boolean, command: Command): Promise<void> {
  const { out, err } = outputOf(command);
  try {
    const verified = await verifyFolder(folder, json);
    out(json ? JSON.stringify(verified, plainBigInt, 2) : report(verified));
  } catch (error) {
    err(`florin verify: ${(error as Error).message}`);
    process.exitCode = 1;
  }
}

type Proof = Verified & { readonly books: VerifiedBooks | null };

/** @throws FolderLocked while a server runs on the folder, JournalDamage, Contradiction, LedgerContradiction, BlockDamage */
async function verifyFolder(folder: string, silent: boolean): Promise<Proof> {
  const lock = lockFolder(folder);
  const journal = openLmdbJournal(join(folder, 'journal'));
  const store = openLmdbStateStore(join(folder, 'state'));
  const shards = openShards(join(folder, 'books'));
  const bars = new Bars(silent);
  try {
    const books = shards ? new BooksVerification(shards, journal) : null;
    const trailing = books?.catchUp((done, total) => bars.show('books', done, total)) ?? 0;
    const verified = await verify({
      journal,
      store,
      emptyStore: openMemoryStateStore(),
      progress: ({ done, total }) => bars.show('verify', done, total),
      account: (account) => books?.compare(account),
    });
    return { ...verified, books: books?.finish(trailing) ?? null };
  } finally {
    bars.finish();
    for (const shard of shards ?? []) await shard.close();
    await store.close();
    await journal.close();
    lock.release();
  }
}

/** One bar after the other. */
class Bars {
  readonly #silent: boolean;
  #label = '';
  #bar: Progress | null = null;

  constructor(silent: boolean) {
    this.#silent = silent;
  }

  show(label: string, done: number, total: number): void {
    if (label !== this.#label) {
      this.finish();
      this.#label = label;
      this.#bar = startProgress({ label, total, unit: 'frames', silent: this.#silent });
    }
    this.#bar?.update(done);
  }

  finish(): void {
    this.#bar?.finish();
    this.#bar = null;
  }
}

function report({ frames, facts, accounts, snapshotSeq, tornSeq, currencies, books }: Proof): string {
  const rows = [
    ['frames in the chain', String(frames), 'checksum, number, hash, epoch and time of each'],
    ['facts replayed', String(facts), 'each version and balance follows from the one before'],
    ['accounts', String(accounts), 'the same from the journal alone and from snapshot + tail'],
    ['snapshot', snapshotSeq === 0 ? 'none' : `frame ${snapshotSeq}`, ''],
    ...currencies.map(({ currency, posted }) => [
      `Σ ${currency}`,
      String(posted),
      'over all accounts, available + held',
    ]),
  ];
  if (books) rows.push(...booksRows(books));
  if (tornSeq !== null)
    rows.push(['torn last frame', String(tornSeq), 'cut short by a crash; the next start removes it']);
  return `${table(['checked', 'result', 'what'], rows)}\nverified ✔`;
}

function booksRows({ shards, blocks, entries, accounts, trailingFrames }: VerifiedBooks): string[][] {
  return [
    ['books', `${accounts} accounts`, `in ${shards} shards; balances and versions are those of the engine`],
    ['entries', String(entries), `in ${blocks} blocks, each follows from the one before; debits = credits`],
    ['books trail by', `${trailingFrames} frames`, 'the next start books them'],
  ];
}

function plainBigInt(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}
