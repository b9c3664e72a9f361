// Redis metrics. Whether the event stream's Redis is there, how fast it answers, and how far the stream trails the journal.

import type { EventStream } from '../redis/event-stream.ts';
import { REDIS_COMMANDS, type RedisCommand } from '../redis/redis-stream.ts';
import type { Metrics } from './metrics.ts';

export function addRedisMetrics(
  metrics: Metrics,
  isUp: () => boolean,
  stream: () => EventStream,
): { readonly took: (command: RedisCommand, seconds: number) => void } {
  metrics.gauge('redis_up', 'Is the Redis of the event stream connected?', {}, () => Number(isUp()));
  const help = 'Time until Redis has answered a command, or it was given up.';
  const durations = new Map(
    REDIS_COMMANDS.map((command) => [command, metrics.histogram('redis_command_duration_seconds', help, { command })]),
  );
  metrics.counted('redis_stream_events_total', 'Events that the stream has taken.', {}, () => stream().sent);
  metrics.gauge('redis_stream_lag_records', 'Frames that the stream does not have yet.', {}, () => stream().lagRecords);
  return { took: (command, seconds) => durations.get(command)?.observe(seconds) };
}
