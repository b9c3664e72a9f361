// strace around a server: makes chosen system calls on one of its files fail, late or in part, and keeps what it did to
// that file.

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LaunchOptions, Site } from './server.ts';

/** Whether faults can be injected here; where not, the tests that need it are skipped. */
export const straceWorks = spawnSync('strace', ['-o', '/dev/null', 'true']).status === 0;

/** What LMDB calls for a commit: data pages, their sync, and then the new head, which is opened with O_DSYNC. */
const COMMIT_CALLS = ['writev', 'pwrite64', 'fdatasync'] as const;

export type CommitCall = (typeof COMMIT_CALLS)[number];

export type Fault = {
  /** Of which LMDB environment in the data folder. */
  readonly store: 'journal' | 'state';
  readonly call: CommitCall;
  /** In the words of strace, such as `error=EIO:when=20`. */
  readonly inject: string;
};

/** How to start a server that meets the fault. `when` counts for each thread, so there is one that writes. */
export function withFault(site: Site, { store, call, inject }: Fault): LaunchOptions {
  const path = join(site.data, store, 'data.mdb');
  const words = ['-f', '-qq', '-o', traceFile(site), '-P', path, '-e', `trace=${COMMIT_CALLS.join(',')}`];
  return {
    under: ['strace', ...words, '-e', `inject=${call}:${inject}`],
    environment: { UV_THREADPOOL_SIZE: '1' },
  };
}

/** Whether anything on that file was made durable, or begun to be, after the fault. */
export function triedAgain(site: Site): boolean {
  const lines = readFileSync(traceFile(site), 'utf8').split('\n');
  const at = lines.findIndex((line) => line.includes('(INJECTED)'));
  if (at < 0) throw new Error('the fault was not met');
  // Not pwrite64: after a head that failed LMDB puts the old one back, so that nobody reads the new one.
  return lines.slice(at + 1).some((line) => /^\d+ +(writev|fdatasync)\(/.test(line));
}

function traceFile({ folder }: Site): string {
  return join(folder, 'trace');
}
