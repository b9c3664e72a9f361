// Redis stream. An event is an entry of a Redis stream; its id there is its place in the journal: `frame-fact`.
//
// Redis takes ids in ascending order only (XADD), so no event can be in the stream twice, and the id of the last one says
// where to go on. A piece is one MULTI: were single commands of it refused, for lack of memory, later ones would go in
// before them, and they never could any more.

import { once } from 'node:events';
import { Redis } from 'ioredis';
import type { FactPosition } from '../domain/ids.ts';
import type { StreamEntry, StreamWriter } from './event-stream.ts';

export type RedisStreamConfig = {
  /** redis:// or rediss://, without a password. */
  readonly url: string;
  readonly password: string;
  readonly key: string;
  /** Entries kept, about: older ones leave the stream and stay readable over HTTP. */
  readonly lengthMax: number;
};

export type RedisCommand = (typeof REDIS_COMMANDS)[number];

export const REDIS_COMMANDS = ['xinfo', 'exec'] as const;

/** Time to connect and to answer, ms: a piece takes milliseconds, and what is not heard of is looked up again. */
const ANSWER_MS_MAX = 5_000;

/** Between two tries to connect, ms: doubled from the first to the last. */
const RECONNECT_MS = { first: 50, last: 2_000 } as const;

const ID = /^(\d+)-(\d+)$/;

export class RedisStream implements StreamWriter {
  readonly #redis: Redis;
  readonly #config: RedisStreamConfig;
  readonly #took: (command: RedisCommand, seconds: number) => void;
  #connections = 0;

  /** Begins to connect, and does so again for as long as it is open. `took`: a command was answered or given up, seconds. */
  constructor(config: RedisStreamConfig, took: (command: RedisCommand, seconds: number) => void) {
    this.#config = config;
    this.#took = took;
    this.#redis = new Redis(config.url, {
      ...(config.password === '' ? {} : { password: config.password }),
      connectTimeout: ANSWER_MS_MAX,
      commandTimeout: ANSWER_MS_MAX,
      // What became of a piece that was cut off is in the stream: sending it again blindly would be refused at best.
      autoResendUnfulfilledCommands: false,
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      enableReadyCheck: true,
      retryStrategy: (tries) => Math.min(RECONNECT_MS.first * 2 ** (tries - 1), RECONNECT_MS.last),
    });
    // Every command says so as well; without a listener ioredis writes to the console.
    this.#redis.on('error', () => {});
    this.#redis.on('ready', () => (this.#connections += 1));
  }

  connection(): number {
    return this.isUp ? this.#connections : 0;
  }

  get isUp(): boolean {
    return this.#redis.status === 'ready';
  }

  /** @throws Error also for a key that holds something else, or entries that are none of an event */
  async last(): Promise<FactPosition | null> {
    if (!this.isUp) await once(this.#redis, 'ready', { signal: AbortSignal.timeout(ANSWER_MS_MAX) });
    const id = await this.#timed('xinfo', () => this.#lastId());
    if (id === null) return null;
    const [, seq, index] = ID.exec(id) ?? [];
    if (seq === undefined || index === undefined) throw new Error(`${id} is no id of a stream`);
    return { seq: Number(seq), index: Number(index) };
  }

  async append(entries: readonly StreamEntry[]): Promise<void> {
    const { key, lengthMax } = this.#config;
    const multi = this.#redis.multi();
    for (const { place, type, merchant, body } of entries) {
      const id = `${place.seq}-${place.index}`;
      multi.xadd(key, 'MAXLEN', '~', lengthMax, id, 'type', type, 'merchant', merchant, 'data', body);
    }
    const replies = await this.#timed('exec', () => multi.exec());
    if (!replies) throw new Error('the piece was not taken');
    for (const [error] of replies) if (error) throw error;
  }

  close(): void {
    this.#redis.disconnect();
  }

  async #lastId(): Promise<string | null> {
    const exists = await this.#redis.exists(this.#config.key);
    if (exists === 0) return null;
    const info = (await this.#redis.xinfo('STREAM', this.#config.key)) as readonly unknown[];
    return String(info[info.indexOf('last-generated-id') + 1]);
  }

  async #timed<Answer>(command: RedisCommand, ask: () => Promise<Answer>): Promise<Answer> {
    const startedMs = performance.now();
    try {
      return await ask();
    } finally {
      this.#took(command, (performance.now() - startedMs) / 1_000);
    }
  }
}
