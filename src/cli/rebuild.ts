// `florin rebuild`: makes the books anew from the journal, with the server stopped. The books are a consequence of the
// journal and nothing else, so what comes out is the same to the byte.

import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Command } from 'commander';
import { Books } from '../../workers/books.ts';
import type { JournalReader } from '../../workers/journal-frames.ts';
import { addConfigFlags } from '../config.ts';
import { lockFolder } from '../journal/folder-lock.ts';
import { openLmdbJournal } from '../journal/lmdb-journal.ts';
import { SHARDS } from '../ledger/shards.ts';
import { lastWhole } from '../ledger/verification.ts';
import { readConfig } from './config.ts';
import { outputOf } from './terminal/output.ts';
import { startProgress } from './terminal/progress.ts';

/** Between two looks at how far the books are, ms. */
const LOOK_MS = 100;

export function registerRebuild(program: Command): void {
  const command = program
    .command('rebuild')
    .description(
      'make the books anew from the journal, with the server stopped; the old ones go when the new are whole',
    );
  addConfigFlags(command);
  command.option('--json', 'print JSON').action(async (flags: { json?: true }, self: Command) => {
    const loaded = readConfig(self);
    if (!loaded) return;
    const { out, err } = outputOf(self);
    const { data, booksWorkers } = loaded.config;
    try {
      const frames = await rebuild(data, booksWorkers, flags.json === true);
      out(flags.json ? JSON.stringify({ frames }) : `books rebuilt from ${frames} frames ✔ (prove it: florin verify)`);
    } catch (error) {
      err(`florin rebuild: ${(error as Error).message}`);
      process.exitCode = 1;
    }
  });
}

/** Returns the frames booked. @throws FolderLocked while a server runs on the folder, Error for what cannot be booked */
async function rebuild(folder: string, workers: number, silent: boolean): Promise<number> {
  // Opening a journal makes one, and the books of an empty one would replace those that are there.
  if (!existsSync(join(folder, 'journal'))) throw new Error(`there is no journal in ${folder}`);
  const lock = lockFolder(folder);
  const journal = openLmdbJournal(join(folder, 'journal'));
  const made = join(folder, 'books.new');
  try {
    rmSync(made, { recursive: true, force: true });
    // A last frame that a crash cut short goes with the next start.
    const last = lastWhole(journal);
    await book(made, workers, { position: () => last, read: journal.read }, silent);
    rmSync(join(folder, 'books'), { recursive: true, force: true });
    renameSync(made, join(folder, 'books'));
    return last;
  } finally {
    rmSync(made, { recursive: true, force: true });
    await journal.close();
    lock.release();
  }
}

async function book(folder: string, workers: number, journal: JournalReader, silent: boolean): Promise<void> {
  const failures: Error[] = [];
  const fail = (what: unknown): void => void failures.push(what instanceof Error ? what : new Error(String(what)));
  const books = new Books({ folder, shards: SHARDS, workers, journal, hooks: { crashed: fail, stopped: fail } });
  const total = journal.position();
  const bar = startProgress({ label: 'rebuild', total, unit: 'frames', silent });
  try {
    books.start();
    while (books.position < total && failures.length === 0) {
      await pause(LOOK_MS);
      bar.update(books.position);
    }
  } finally {
    bar.finish();
    await books.close();
  }
  if (failures[0]) throw failures[0];
}
