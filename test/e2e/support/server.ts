// A server of an end-to-end test: the built program as a process, on ports and a data folder of its own, which outlive
// it, so that it can be started there again.

import { spawn, type ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { plainEnvironment, programWords } from './program.ts';

const HOST = '127.0.0.1';
/** Ports below those that systems give to outgoing connections: one of these would keep a restart from its port. */
const PORTS = { min: 20_000, max: 30_000 } as const;
/** A slow machine with a journal to read; a server that takes longer hangs. */
const READY_MS_MAX = 60_000;
const POLL_MS = 10;

/** Where servers live, one after the other. */
export type Site = {
  /** Empty, for whatever the test needs; the data folder is in it. */
  readonly folder: string;
  readonly data: string;
  readonly port: number;
  readonly opsPort: number;
  readonly servers: Set<Server>;
};

export type LaunchOptions = {
  readonly flags?: readonly string[];
  /** Words in front of the program's, such as those of strace. */
  readonly under?: readonly string[];
  readonly environment?: NodeJS.ProcessEnv;
};

export type Ending = { readonly code: number | null; readonly signal: NodeJS.Signals | null };

/** A new place for servers; when the test is over, they are killed and the place is removed. */
export async function newSite(): Promise<Site> {
  const folder = mkdtempSync(join(tmpdir(), 'florin-e2e-'));
  const site = {
    folder,
    data: join(folder, 'data'),
    port: await freePort(),
    opsPort: await freePort(),
    servers: new Set<Server>(),
  };
  onTestFinished(async () => {
    await Promise.all([...site.servers].map((server) => server.kill()));
    rmSync(folder, { recursive: true, force: true });
  });
  return site;
}

/** Starts a server and waits until it takes requests. Rejects with what it printed when it ends instead. */
export async function startServer(site: Site, options: LaunchOptions = {}): Promise<Server> {
  const server = launchServer(site, options);
  await server.ready();
  return server;
}

/** Starts a server and waits for nothing. */
export function launchServer(site: Site, { flags = [], under = [], environment = {} }: LaunchOptions = {}): Server {
  const { data, port, opsPort, folder } = site;
  const own = ['--port', String(port), '--ops-port', String(opsPort), '--data', data];
  const [file = '', ...words] = [...under, ...programWords('start', ...own, ...flags)];
  // A tracer and its server are one process group, so that both get the signals.
  const child = spawn(file, words, {
    cwd: folder,
    env: { ...plainEnvironment(), ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: under.length > 0,
  });
  const server = new Server(child, opsPort, under.length > 0);
  site.servers.add(server);
  void server.ended.then(() => site.servers.delete(server));
  return server;
}

export class Server {
  readonly pid: number;
  /** Settles when the process is gone and all that it printed was read. */
  readonly ended: Promise<Ending>;
  out = '';
  err = '';
  readonly #child: ChildProcess;
  readonly #opsPort: number;
  readonly #grouped: boolean;

  constructor(child: ChildProcess, opsPort: number, grouped: boolean) {
    this.pid = child.pid ?? 0;
    this.#child = child;
    this.#opsPort = opsPort;
    this.#grouped = grouped;
    child.stdout?.on('data', (chunk: Buffer) => (this.out += chunk.toString()));
    child.stderr?.on('data', (chunk: Buffer) => (this.err += chunk.toString()));
    this.ended = new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) => resolve({ code, signal }));
    });
  }

  get runs(): boolean {
    return this.pid > 0 && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Resolves when the server takes requests. */
  async ready(): Promise<void> {
    const deadlineMs = performance.now() + READY_MS_MAX;
    while (performance.now() < deadlineMs && this.runs) {
      if ((await this.readiness()) === 200) return;
      await sleep(POLL_MS);
    }
    const { code } = this.runs ? { code: 'none' } : await this.ended;
    throw new Error(`the server did not become ready, exit code ${code}:\n${this.out}${this.err}`);
  }

  /** HTTP status of its readiness; 0 while nothing listens. */
  async readiness(): Promise<number> {
    const answer = await fetch(`http://${HOST}:${this.#opsPort}/readyz`).catch(() => null);
    await answer?.text();
    return answer?.status ?? 0;
  }

  /** Value of a metric without labels, by its name without `florin_`. */
  async metric(name: string): Promise<number> {
    const answer = await fetch(`http://${HOST}:${this.#opsPort}/metrics`);
    const line = (await answer.text()).split('\n').find((text) => text.startsWith(`florin_${name} `));
    return Number(line?.split(' ')[1]);
  }

  /** The values of a metric with labels. */
  async series(name: string): Promise<number[]> {
    const answer = await fetch(`http://${HOST}:${this.#opsPort}/metrics`);
    const lines = (await answer.text()).split('\n').filter((text) => text.startsWith(`florin_${name}{`));
    return lines.map((line) => Number(line.split(' ').at(-1)));
  }

  /** Asks it to stop; resolves when it has. */
  stop(): Promise<Ending> {
    return this.#signal('SIGTERM');
  }

  kill(): Promise<Ending> {
    return this.#signal('SIGKILL');
  }

  #signal(signal: NodeJS.Signals): Promise<Ending> {
    if (this.runs) process.kill(this.#grouped ? -this.pid : this.pid, signal);
    return this.ended;
  }
}

async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(PORTS.min, PORTS.max);
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  const probe = createServer();
  return new Promise((resolve) => {
    probe.once('error', () => resolve(false));
    probe.listen({ host: HOST, port, exclusive: true }, () => probe.close(() => resolve(true)));
  });
}
