// `florin verify`: proves from the data folder that the journal is whole and that no money was made or lost.

import { join } from 'node:path';
import type { Command } from 'commander';
import { verify, type Verified } from '../../actors/verification.ts';
import { addConfigFlags } from '../config.ts';
import { lockFolder } from '../journal/folder-lock.ts';
import { openLmdbJournal } from '../journal/lmdb-journal.ts';
import { openLmdbStateStore } from '../journal/lmdb-state-store.ts';
import { openMemoryStateStore } from '../journal/memory-state-store.ts';
import { readConfig } from './config.ts';
import { outputOf } from './terminal/output.ts';
import { startProgress, type Progress } from './terminal/progress.ts';
import { table } from './terminal/table.ts';

export function registerVerify(program: Command): void {
  const command = program
    .command('verify')
    .description('walk the hash chain; compare snapshot + tail with a full replay; check that money sums to zero');
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

/** @throws FolderLocked while a server runs on the folder, JournalDamage, Contradiction */
async function verifyFolder(folder: string, silent: boolean): Promise<Verified> {
  const lock = lockFolder(folder);
  const journal = openLmdbJournal(join(folder, 'journal'));
  const store = openLmdbStateStore(join(folder, 'state'));
  let bar: Progress | null = null;
  try {
    return await verify({
      journal,
      store,
      emptyStore: openMemoryStateStore(),
      progress: ({ done, total }) => {
        bar ??= startProgress({ label: 'verify', total, unit: 'frames', silent });
        bar.update(done);
      },
    });
  } finally {
    (bar as Progress | null)?.finish();
    await store.close();
    await journal.close();
    lock.release();
  }
}

function report({ frames, facts, accounts, snapshotSeq, tornSeq, currencies }: Verified): string {
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
  if (tornSeq !== null)
    rows.push(['torn last frame', String(tornSeq), 'cut short by a crash; the next start removes it']);
  return `${table(['checked', 'result', 'what'], rows)}\nverified ✔`;
}

function plainBigInt(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}
