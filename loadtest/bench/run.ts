// Run: one workload once, against a fresh server in a fresh folder, with the disk measured in the same minute.

import { fork } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { end, own } from './children.ts';
import type { Job, Report } from './generator.ts';
import type { Measured } from './measurement.ts';
import { anonymousBytes, residentBytesMax } from './process-usage.ts';
import { factsOwed, startServer, transportOf, type ServerUnderTest } from './server-process.ts';
import { syncsPerSecond } from './sync-baseline.ts';
import type { Workload } from './workloads.ts';

export type Run = Measured & {
  /** Most memory of the server at a time, start and accounts included. */
  readonly serverResidentBytes: number;
  /** Of the server at the end of the load, without mapped files. */
  readonly serverAnonymousBytes: number;
  readonly syncsPerSecond: number;
  readonly transport: string | undefined;
  readonly seed: number;
  /** After the load, until the books had everything; 0 where no books were kept. */
  readonly drainSeconds: number;
};

export type RunOptions = {
  readonly workload: Workload;
  /** Where data folders are made; its disk is the one measured. */
  readonly folder: string;
  readonly seconds: number;
  readonly seed: number;
  /** Gets how many accounts are open. */
  readonly opened: (accounts: number) => void;
};

/** Seconds before the counting, discarded: both sides compile their code and grow their buffers. */
const WARM_UP_SECONDS = 2;
const BASELINE_SECONDS = 1;
const GENERATOR_END_MS_MAX = 2_000;
const DRAIN_POLL_MS = 20;

/** Runs a workload once. Rejects when the server or the generator does not come through. */
export async function runOnce({ workload, folder, seconds: asked, seed, opened }: RunOptions): Promise<Run> {
  const seconds = workload.seconds ?? asked;
  const baseline = syncsPerSecond(folder, BASELINE_SECONDS);
  const server = await startServer(folder, ['--books', workload.books === undefined ? 'off' : 'on']);
  try {
    const transport = await transportOf(server);
    const { host, port, pid: serverPid } = server;
    const job = { workload, host, port, serverPid, warmUpSeconds: WARM_UP_SECONDS, seconds, seed };
    const measured = await generateApart(job, opened);
    const drainSeconds = await drained(server);
    const perSecond = workload.books === 'drained' ? withDrain(measured, drainSeconds) : measured.perSecond;
    return { ...measured, perSecond, ...memoryOf(server), syncsPerSecond: baseline, transport, seed, drainSeconds };
  } finally {
    await server.stop();
  }
}

/** Seconds until the books have everything. */
async function drained(server: ServerUnderTest): Promise<number> {
  const startedMs = performance.now();
  while ((await factsOwed(server)) > 0) await sleep(DRAIN_POLL_MS);
  return (performance.now() - startedMs) / 1_000;
}

/** What was acknowledged, over the load and the draining. */
function withDrain({ perSecond, seconds }: Measured, drainSeconds: number): number {
  return (perSecond * seconds) / (seconds + drainSeconds);
}

function memoryOf({ pid }: ServerUnderTest): Pick<Run, 'serverResidentBytes' | 'serverAnonymousBytes'> {
  return { serverResidentBytes: residentBytesMax(pid), serverAnonymousBytes: anonymousBytes(pid) };
}

/** Runs the job in a process of its own. */
async function generateApart(job: Job, opened: (accounts: number) => void): Promise<Measured> {
  const source = import.meta.url.endsWith('.ts');
  const script = fileURLToPath(new URL(source ? './generator.ts' : './generator.js', import.meta.url));
  const child = own(fork(script, ['generate'], { execArgv: source ? ['--import', 'tsx'] : [] }));
  try {
    return await new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code, signal) => reject(new Error(`the generator ended with ${signal ?? code}`)));
      child.on('message', (report: Report) => {
        if (report.kind === 'opened') opened(report.accounts);
        else if (report.kind === 'measured') resolve(report.measured);
        else reject(new Error(`${job.workload.key}: ${report.message}`));
      });
      child.send(job);
    });
  } finally {
    await end(child, 'SIGTERM', GENERATOR_END_MS_MAX);
  }
}
