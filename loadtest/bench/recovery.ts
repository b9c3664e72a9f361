// Recovery: how long a server needs to come back after a crash. Fills a fresh folder with transfers, kills the server,
// and starts it twice: as the crash left it, from the last snapshot and the frames after it, and without the snapshot,
// from the whole journal.
//
//   node dist/loadtest/bench/recovery.js [transfers] [folder]
//
// Not measured: a disk that is cold. After a crash of the process the journal is still in the system's memory.

import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startProgress } from '../../src/cli/terminal/progress.ts';
import { table } from '../../src/cli/terminal/table.ts';
import { readResults } from './answers.ts';
import { passOnInterrupts } from './children.ts';
import { Draw } from './draw.ts';
import { batchFrame } from './frame-writer.ts';
import { describeMachine } from './machine.ts';
import { openAccounts } from './open-accounts.ts';
import { runPipeline } from './pipeline.ts';
import { residentBytesMax } from './process-usage.ts';
import { Random } from './random.ts';
import { startServerOn, type ServerUnderTest } from './server-process.ts';
import { LoadSocket } from './web-socket.ts';

const TRANSFERS = 10_000_000;
const ACCOUNTS = 10_000;
const BATCH = 1_000;
/** Batches in flight, as in the bench. */
const WINDOW = 8;
/** Past it a restart is no restart any more. */
const READY_MS_MAX = 600_000;
const MEBIBYTE = 2 ** 20;

type Restart = { readonly name: string; readonly seconds: number; readonly residentBytes: number };

async function measure(transfers: number, folder: string): Promise<string> {
  const data = mkdtempSync(join(folder, 'florin-recovery-'));
  try {
    const server = await startServerOn(data, READY_MS_MAX);
    const filled = await whileRunning(server, () => fill(server, transfers));
    const journalBytes = bytesOf(join(data, 'journal'));
    const stateBytes = bytesOf(join(data, 'state'));
    const restarts = [await restart(data, 'snapshot and tail')];
    rmSync(join(data, 'state'), { recursive: true });
    restarts.push(await restart(data, 'whole journal'));
    return report(transfers, [
      ['filled at', `${grouped(transfers / filled.seconds)} transfers/s`],
      ['memory while filled', mebibytes(filled.residentBytes)],
      ['journal', `${mebibytes(journalBytes)}, ${Math.round(journalBytes / transfers)} bytes a transfer`],
      ['snapshot', mebibytes(stateBytes)],
      ...restarts.map(({ name, seconds, residentBytes }): [string, string] => [
        `ready from ${name}`,
        `${seconds.toFixed(1)} s, ${mebibytes(residentBytes)} memory, ${grouped(transfers / seconds)} transfers/s`,
      ]),
    ]);
  } finally {
    rmSync(data, { recursive: true, force: true });
  }
}

/** Kills the server when the work is done or has failed. */
async function whileRunning<Result>(server: ServerUnderTest, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } finally {
    await server.kill();
  }
}

/** Posts so many transfers, every one acknowledged. */
async function fill(
  { pid, host, port }: ServerUnderTest,
  transfers: number,
): Promise<{ seconds: number; residentBytes: number }> {
  const { socket, hello } = await LoadSocket.open(host, port);
  const progress = startProgress({ label: 'fill', total: transfers, unit: 'transfers' });
  try {
    await openAccounts(socket, hello.credit, ACCOUNTS, () => {});
    const startedMs = performance.now();
    await post(socket, transfers, progress.advance);
    return { seconds: (performance.now() - startedMs) / 1_000, residentBytes: residentBytesMax(pid) };
  } finally {
    progress.finish();
    socket.end();
  }
}

async function post(socket: LoadSocket, transfers: number, advance: (count: number) => void): Promise<void> {
  const draw = new Draw(new Random(1), ACCOUNTS, 'uniform');
  const frame = batchFrame(Array.from({ length: BATCH }, () => 'post' as const));
  let left = transfers / BATCH;
  await runPipeline(socket, WINDOW, {
    frame,
    more: () => left > 0,
    fill: (target, at) => {
      left -= 1;
      for (const places of frame.transfers) draw.fill(target, at, places);
    },
    answered: ({ ok, bytes, start, end }) => {
      if (!ok || readResults(bytes, start, end).some((result) => result !== 0)) throw new Error('a batch was refused');
      advance(BATCH);
    },
  });
}

/** From the start of the process until it takes requests; killed after that. */
async function restart(data: string, name: string): Promise<Restart> {
  const startedMs = performance.now();
  const server = await startServerOn(data, READY_MS_MAX);
  const seconds = (performance.now() - startedMs) / 1_000;
  return whileRunning(server, () => Promise.resolve({ name, seconds, residentBytes: residentBytesMax(server.pid) }));
}

function report(transfers: number, rows: readonly (readonly [string, string])[]): string {
  return `${describeMachine()}\n${table([`${grouped(transfers)} transfers, ${grouped(ACCOUNTS)} accounts`, ''], rows)}`;
}

/** Bytes on disk of the files of a folder: those of LMDB are longer than what is in them. */
function bytesOf(folder: string): number {
  const BLOCK_BYTES = 512;
  return readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).blocks * BLOCK_BYTES, 0);
}

function mebibytes(bytes: number): string {
  return `${grouped(bytes / MEBIBYTE)} MiB`;
}

function grouped(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

const transfers = Number(process.argv[2] ?? TRANSFERS);
if (!Number.isSafeInteger(transfers) || transfers < BATCH || transfers % BATCH !== 0) {
  console.error(`transfers: a whole number of thousands, not "${process.argv[2]}"`);
  process.exitCode = 1;
} else {
  passOnInterrupts();
  console.log(await measure(transfers, process.argv[3] ?? tmpdir()));
}
