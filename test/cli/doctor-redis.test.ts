// `florin doctor` and the Redis of the event stream.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkRedis } from '../../src/cli/doctor-checks.ts';
import { loadConfig, type Config } from '../../src/config.ts';
import { redisIsThere, RedisServer } from '../redis/support/redis-server.ts';
import { temporaryFolder } from '../support/folder.ts';

function configured(flags: Record<string, string>): Config {
  const loaded = loadConfig({ flags, environment: {}, readFile: () => undefined });
  if ('problems' in loaded) throw new Error(loaded.problems.join());
  return loaded.config;
}

test('without one there is nothing to say', async () => {
  expect(await checkRedis(configured({}))).toBeNull();
});

test('one that does not answer is a warning: payments do not need it', async () => {
  const check = await checkRedis(configured({ redis: 'redis://127.0.0.1:1' }));
  expect(check).toMatchObject({ name: 'redis', status: 'warn' });
  expect(check?.detail).toContain('redis://127.0.0.1:1');
});

test.each(['redis://:hush@127.0.0.1:6379', 'http://127.0.0.1:6379', 'redis://', '127.0.0.1:6379'])(
  '%s is refused as a URL',
  (redis) => {
    expect(loadConfig({ flags: { redis }, environment: {}, readFile: () => undefined })).toHaveProperty('problems');
  },
);

test.runIf(redisIsThere)('one that answers, by its password, is well when it keeps what it has', async () => {
  const redis = await RedisServer.start('--requirepass', 'hush');
  const redisPasswordFile = join(temporaryFolder(), 'password');
  writeFileSync(redisPasswordFile, 'hush\n');
  const config = configured({ redis: redis.url, redisPasswordFile });
  expect(await checkRedis(config)).toMatchObject({ status: 'ok' });
  expect((await checkRedis(configured({ redis: redis.url })))?.status).toBe('warn');
  await redis.client.config('SET', 'appendonly', 'no');
  expect((await checkRedis(config))?.remedy).toContain('appendonly');
});
