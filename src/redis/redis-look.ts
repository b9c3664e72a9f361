// A look at a Redis: whether it answers, which one it is, and whether it keeps what it has over a restart.

import { once } from 'node:events';
import { Redis } from 'ioredis';

export type SeenRedis = {
  readonly version: string;
  /** It writes an append-only file: without one it loses the stream when it ends, which is then sent again. */
  readonly keeps: boolean;
};

/** Time to connect and answer, ms. */
const LOOK_MS_MAX = 2_000;

/** @throws what the connection or the Redis says */
export async function lookAtRedis(url: string, password: string): Promise<SeenRedis> {
  const redis = new Redis(url, {
    ...(password === '' ? {} : { password }),
    connectTimeout: LOOK_MS_MAX,
    commandTimeout: LOOK_MS_MAX,
    retryStrategy: () => null,
  });
  try {
    await once(redis, 'ready', { signal: AbortSignal.timeout(LOOK_MS_MAX) });
    const info = await redis.info();
    return { version: /^redis_version:(\S+)/m.exec(info)?.[1] ?? 'unknown', keeps: /^aof_enabled:1/m.test(info) };
  } finally {
    redis.disconnect();
  }
}
