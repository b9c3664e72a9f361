// Opening the event stream: ties the engine's durable events to the stream of a Redis. It reads the journal and the engine
// knows nothing of it.

import { readFileSync } from 'node:fs';
import type { Engine } from '../actors/engine.ts';
import type { Clock } from './clock.ts';
import { webhookFeed } from './gateway/webhook-feed.ts';
import type { Log } from './log/log-line.ts';
import type { Metrics } from './ops/metrics.ts';
import { addRedisMetrics } from './ops/redis-metrics.ts';
import { EventStream } from './redis/event-stream.ts';
import { RedisStream } from './redis/redis-stream.ts';

export type RedisConfig = {
  readonly redis: string;
  readonly redisPasswordFile: string;
  readonly redisStream: string;
  readonly redisLengthMax: number;
};

/** Begins to copy the events of an engine that is ready. @throws the operating system's error for the file of the password */
export function openRedis(config: RedisConfig, engine: Engine, clock: Clock, metrics: Metrics, log: Log): EventStream {
  const { redis: url, redisPasswordFile: file, redisStream: key, redisLengthMax: lengthMax } = config;
  const password = file === '' ? '' : readFileSync(file, 'utf8').trim();
  const counts = addRedisMetrics(
    metrics,
    () => writer.isUp,
    () => stream,
  );
  const writer = new RedisStream({ url, password, key, lengthMax }, counts.took);
  const stream = new EventStream({
    feed: webhookFeed(engine),
    writer,
    monotonic: clock.monotonic,
    isBusy: () => engine.isBusy,
    broke: (error) => log.process('redis_failed', { error }),
    goesOn: () => log.process('redis_back'),
  });
  stream.start();
  return stream;
}
