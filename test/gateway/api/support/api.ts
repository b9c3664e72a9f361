// The API under test: a whole server in this process on free ports, with a data folder of its own, and clients of it.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import type { Config } from '../../../../src/config.ts';
import { openKeys, type Scope } from '../../../../src/gateway/keys.ts';
import { loadNativeUws } from '../../../../src/gateway/transport/uws-native.ts';
import { NO_LOG, type Log } from '../../../../src/log/log-line.ts';
import { mapOptions } from '../../../../src/options.ts';
import { startServer, type RunningServer, type ServerHooks, type Surroundings } from '../../../../src/server.ts';
import { HttpClient } from './http-client.ts';
import { SocketClient, type Dialling, type Format, type Told } from './socket-client.ts';
import { askOverHttp, type Surface } from './surfaces.ts';

export type TransportName = 'uws' | 'node';

/** node always, uws where a native build loads. */
export const transports: readonly TransportName[] = 'api' in loadNativeUws() ? ['uws', 'node'] : ['node'];

export type ApiOptions = Partial<Config> & {
  readonly transport: TransportName;
};

/** A merchant's key and what it may do; all of its merchant's without `scopes`. */
export type KeyFor = { readonly merchant: string; readonly scopes?: readonly Scope[]; readonly shadow?: boolean };

const HOOKS: ServerHooks = {
  recovery: () => undefined,
  fatal: (error) => {
    throw error;
  },
};

export class Api {
  readonly #config: Config;
  #server: RunningServer | null = null;
  #http: HttpClient | null = null;
  #ops: HttpClient | null = null;
  readonly #sockets = new Set<SocketClient>();
  readonly #surfaces = new Map<Format, Promise<SocketClient>>();
  readonly #tokens = new Map<string, string>();

  readonly #surroundings: Surroundings;
  readonly #log: Log;

  constructor(options: ApiOptions, surroundings: Surroundings = {}, log: Log = NO_LOG) {
    this.#surroundings = surroundings;
    this.#log = log;
    const data = mkdtempSync(join(tmpdir(), 'florin-api-'));
    const defaults = mapOptions((option) => option.default) as unknown as Config;
    // Only tests of the books and the reconciler need their threads.
    this.#config = { ...defaults, port: 0, opsPort: 0, data, logLevel: 'silent', books: 'off', reconciliation: 'off', ...options }; // prettier-ignore
  }

  /** The data folder. */
  get data(): string {
    return this.#config.data;
  }

  /** Makes API keys, which ends the dev mode. */
  makeKeys(keys: Readonly<Record<string, KeyFor>>): void {
    const store = openKeys(this.#config.data);
    for (const [name, request] of Object.entries(keys)) {
      const created = store.create(request);
      if (typeof created === 'string') throw new Error(created);
      this.#tokens.set(name, created.key);
    }
  }

  /** The bearer of the key that was made under this name. */
  token(name: string): string {
    const token = this.#tokens.get(name);
    if (token === undefined) throw new Error(`no key was made for ${name}`);
    return token;
  }

  revoke(name: string): void {
    const [, id = ''] = this.token(name).split('_');
    const outcome = openKeys(this.#config.data).revoke(id);
    if (outcome !== 'revoked') throw new Error(outcome);
  }

  async start(): Promise<void> {
    this.#server = await startServer(this.#config, this.#log, HOOKS, this.#surroundings);
    this.#http = new HttpClient(this.#server.port);
    this.#ops = new HttpClient(this.#server.opsPort);
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.end();
    this.#sockets.clear();
    this.#surfaces.clear();
    this.#http?.end();
    this.#ops?.end();
    await this.#server?.stop();
    this.#server = null;
  }

  /** Ends the server, and starts it again on what it left behind. */
  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  async destroy(): Promise<void> {
    await this.stop();
    rmSync(this.#config.data, { recursive: true, force: true });
  }

  get server(): RunningServer {
    if (!this.#server) throw new Error('the server does not run');
    return this.#server;
  }

  get http(): HttpClient {
    if (!this.#http) throw new Error('the server does not run');
    return this.#http;
  }

  /** The operations listener. */
  get ops(): HttpClient {
    if (!this.#ops) throw new Error('the server does not run');
    return this.#ops;
  }

  /** A client as the owner of a key. */
  as(name: string): HttpClient {
    return this.http.as(this.token(name));
  }

  async open(dialling: Dialling = {}): Promise<SocketClient> {
    const socket = await SocketClient.open(this.server.port, dialling);
    this.#sockets.add(socket);
    return socket;
  }

  /** Asks the same on any surface. */
  async ask<Body = Readonly<Record<string, unknown>>>(
    surface: Surface,
    op: string,
    body: object,
    key?: string,
  ): Promise<Told<Body>> {
    if (surface === 'http') return askOverHttp<Body>(this.http, op, body, key);
    return (await this.socketOf(surface)).ask<Body>(op, body, key);
  }

  /** The socket that all questions on this surface share. */
  socketOf(format: Format): Promise<SocketClient> {
    const socket = this.#surfaces.get(format) ?? this.open({ format });
    this.#surfaces.set(format, socket);
    return socket;
  }
}

/** A server for all tests of the surrounding `describe`. `keys`: without any it runs in dev mode. */
export function useApi(
  options: ApiOptions,
  keys: Readonly<Record<string, KeyFor>> = {},
  surroundings: Surroundings = {},
  log: Log = NO_LOG,
): Api {
  const api = new Api(options, surroundings, log);
  beforeAll(async () => {
    api.makeKeys(keys);
    await api.start();
  });
  afterAll(() => api.destroy());
  return api;
}
