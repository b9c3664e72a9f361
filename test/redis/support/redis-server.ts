// Redis server: Debian's, as a process of its own, on a free port and with a folder of its own, which outlive it.

import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { expect, onTestFinished } from 'vitest';
import { temporaryFolder } from '../../support/folder.ts';

/** Whether there is one on this machine; where not, the tests that need it are skipped. */
export const redisIsThere = spawnSync('redis-server', ['--version']).status === 0;

const HOST = '127.0.0.1';

export type Entry = { readonly id: string; readonly type: string; readonly merchant: string; readonly data: string };

export class RedisServer {
  readonly port: number;
  readonly #folder: string;
  readonly #words: readonly string[];
  #child: ChildProcess | null = null;
  #client: Redis | null = null;

  private constructor(port: number, words: readonly string[]) {
    this.port = port;
    this.#folder = temporaryFolder();
    this.#words = words;
    onTestFinished(() => this.kill());
  }

  /** `words`: more of its options, such as `--requirepass secret`. It keeps what it has acknowledged. */
  static async start(...words: string[]): Promise<RedisServer> {
    const server = new RedisServer(await freePort(), words);
    await server.start();
    return server;
  }

  get url(): string {
    return `redis://${HOST}:${this.port}`;
  }

  /** For the test's own questions. */
  get client(): Redis {
    if (!this.#client) throw new Error('the Redis does not run');
    return this.#client;
  }

  async start(): Promise<void> {
    const own = ['--port', String(this.port), '--bind', HOST, '--dir', this.#folder, '--save', ''];
    const kept = ['--appendonly', 'yes', '--appendfsync', 'always'];
    this.#child = spawn('redis-server', [...own, ...kept, ...this.#words], { stdio: 'ignore' });
    const at = this.#words.indexOf('--requirepass');
    const password = at < 0 ? {} : { password: this.#words[at + 1] ?? '' };
    const client = new Redis({ host: HOST, port: this.port, ...password, retryStrategy: () => 20 });
    client.on('error', () => {});
    this.#client = client;
    await expect.poll(() => client.ping().catch(() => ''), { timeout: 20_000, interval: 20 }).toBe('PONG');
  }

  /** As a crash does. */
  async kill(): Promise<void> {
    this.#client?.disconnect();
    this.#client = null;
    const child = this.#child;
    this.#child = null;
    if (!child || child.exitCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  /** What it had is gone. Only while it does not run. */
  forget(): void {
    rmSync(join(this.#folder, 'appendonlydir'), { recursive: true, force: true });
  }

  async entries(key: string): Promise<Entry[]> {
    const rows = await this.client.xrange(key, '-', '+');
    return rows.map(([id, [, type = '', , merchant = '', , data = '']]) => ({ id, type, merchant, data }));
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, HOST);
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
