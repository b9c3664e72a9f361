// Server under test: a fresh process of the built program with a data folder of its own. Owns its start, its end and the
// folder.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { end, own } from './children.ts';
import { projectFolder } from './machine.ts';

export type ServerUnderTest = {
  readonly pid: number;
  readonly host: string;
  readonly port: number;
  readonly opsPort: number;
  /** Ends the process; data that was made for it is removed. */
  readonly stop: () => Promise<void>;
  /** Ends the process at once, as a crash does. */
  readonly kill: () => Promise<void>;
};

const HOST = '127.0.0.1';
/** As `npm start` runs it: a larger young generation, because most objects live for one batch. */
const SERVER_NODE_FLAGS = ['--max-semi-space-size=64'];
/** A fresh server is ready within a second; one that takes longer than this does not start at all. */
const READY_MS_MAX = 30_000;
const READY_POLL_MS = 50;
/** The polite end writes what is left; after this the process is killed. */
const STOP_MS_MAX = 30_000;
/** Characters of what a server printed that are shown when it does not start. */
const OUTPUT_SHOWN_MAX = 2_000;

/** Starts a server on free ports with a new data folder below `folder`. `flags`: more options of it. Rejects with what it printed when it ends. */
export async function startServer(folder: string, flags: readonly string[]): Promise<ServerUnderTest> {
  const data = mkdtempSync(join(folder, 'florin-bench-'));
  const remove = (): void => rmSync(data, { recursive: true, force: true });
  try {
    const server = await startServerOn(data, READY_MS_MAX, flags);
    return { ...server, stop: () => server.stop().finally(remove) };
  } catch (error) {
    remove();
    throw error;
  }
}

/** As `startServer`, on a data folder that there is and that stays. `readyMsMax`: time that it may read its journal. `ports`: those of a server before it. */
export async function startServerOn(
  data: string,
  readyMsMax: number,
  more: readonly string[] = [],
  ports?: Pick<ServerUnderTest, 'port' | 'opsPort'>,
): Promise<ServerUnderTest> {
  const program = join(projectFolder(), 'dist/src/main.js');
  if (!existsSync(program)) throw new Error('the program is not built: npm run build');
  const port = ports?.port ?? (await freePort());
  const opsPort = ports?.opsPort ?? (await freePort());
  const flags = ['--port', String(port), '--ops-port', String(opsPort), '--data', data, ...more];
  const words = [...SERVER_NODE_FLAGS, program, 'start', ...flags];
  const child = own(spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'pipe'] }));
  const output = keepOutput(child);
  const stop = (): Promise<void> => end(child, 'SIGTERM', STOP_MS_MAX);
  const kill = (): Promise<void> => end(child, 'SIGKILL', STOP_MS_MAX);
  try {
    await ready(child, opsPort, readyMsMax);
  } catch (error) {
    await stop();
    throw new Error(`the server did not become ready:\n${output()}`, { cause: error });
  }
  return { pid: child.pid ?? 0, host: HOST, port, opsPort, stop, kill };
}

async function ready(child: ChildProcess, opsPort: number, readyMsMax: number): Promise<void> {
  const deadlineMs = performance.now() + readyMsMax;
  while (performance.now() < deadlineMs && child.exitCode === null && child.signalCode === null) {
    const answer = await fetch(`http://${HOST}:${opsPort}/readyz`).catch(() => undefined);
    await answer?.arrayBuffer();
    if (answer?.status === 200) return;
    await sleep(READY_POLL_MS);
  }
  throw new Error(child.exitCode === null ? `not ready after ${readyMsMax} ms` : `exit code ${child.exitCode}`);
}

/** Which network library the server runs on, from its build information; undefined where it does not say. */
export async function transportOf({ host, opsPort }: ServerUnderTest): Promise<string | undefined> {
  const answer = await fetch(`http://${host}:${opsPort}/metrics`).catch(() => undefined);
  const line = (await answer?.text())?.split('\n').find((text) => /^\w*build_info\{/.test(text));
  return /transport="([^"]*)"/.exec(line ?? '')?.[1];
}

/** Facts that are durable and not in the books; 0 where no books are kept. */
export async function factsOwed({ host, opsPort }: ServerUnderTest): Promise<number> {
  const answer = await fetch(`http://${host}:${opsPort}/metrics`);
  const lags = (await answer.text()).matchAll(/^florin_ledger_lag_records\{.*\} (\d+)$/gm);
  return Math.max(0, ...[...lags].map(([, facts]) => Number(facts)));
}

/** Reads the output away, so that the server never waits for it, and keeps the end of it. */
function keepOutput(child: ChildProcess): () => string {
  let kept = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => (kept = (kept + chunk.toString()).slice(-OUTPUT_SHOWN_MAX)));
  }
  return () => kept;
}

export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, HOST);
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}
