// Event stream: every event of the journal is in the stream of a real Redis once and in order, whatever becomes of either.

import { describe, expect, onTestFinished, test } from 'vitest';
import type { FactPosition } from '../../src/domain/ids.ts';
import { EventStream } from '../../src/redis/event-stream.ts';
import { RedisStream } from '../../src/redis/redis-stream.ts';
import { END_OF_FRAME } from '../../src/webhooks/delivery.ts';
import type { EventFeed, Met } from '../../src/webhooks/event-feed.ts';
import { contextOf } from '../support/engine.ts';
import { redisIsThere, RedisServer, type Entry } from './support/redis-server.ts';

const KEY = 'florin:events';
const PATIENCE = { timeout: 20_000, interval: 10 };

/** A journal of frames with so many events each. */
class Frames {
  readonly counts: number[] = [];

  add(...counts: number[]): this {
    this.counts.push(...counts);
    return this;
  }

  /** What the stream has to have, from the first event on. */
  expected(): string[] {
    return this.counts.flatMap((count, frame) => Array.from({ length: count }, (_, index) => `${frame + 1}-${index}`));
  }

  readonly feed: EventFeed = {
    position: () => this.counts.length,
    follow: (after, factsMax, visit) => this.#follow(after, factsMax, visit),
    find: () => null,
    placeBefore: () => ({ seq: 0, index: 0 }),
  };

  #follow(after: FactPosition, factsMax: number, visit: (event: Met) => boolean): FactPosition {
    let next = after;
    for (let seq = Math.max(1, after.seq), looked = 0; seq <= this.counts.length && looked < factsMax; seq++) {
      const count = this.counts[seq - 1] ?? 0;
      const from = seq === after.seq ? after.index + 1 : 0;
      for (let index = from; index < count; index++) {
        if (!visit(met({ seq, index }))) return { seq, index };
      }
      looked += Math.max(0, count - from) + 1;
      next = { seq, index: END_OF_FRAME };
    }
    return next;
  }
}

function met(place: FactPosition): Met {
  const id = `evt_${place.seq}_${place.index}`;
  const shown = { id, type: 'transfer.posted', merchant: 'acme', context: contextOf('acme'), order: null };
  const body = JSON.stringify({ id, type: 'transfer.posted', data: { amount: place.seq } });
  return { merchant: 'acme', type: 'transfer.posted', place, show: () => ({ ...shown, body }) };
}

type Copying = { readonly stream: EventStream; readonly told: string[] };

function copy(frames: Frames, redis: RedisServer, more: { password?: string; lengthMax?: number } = {}): Copying {
  const told: string[] = [];
  const config = { url: redis.url, password: '', key: KEY, lengthMax: 1_000_000, ...more };
  const stream = new EventStream({
    feed: frames.feed,
    writer: new RedisStream(config, () => {}),
    monotonic: () => performance.now(),
    isBusy: () => false,
    broke: (error) => told.push(String(error)),
    goesOn: () => told.push('goes on'),
  });
  stream.start();
  onTestFinished(() => stream.close());
  return { stream, told };
}

const ids = (entries: readonly Entry[]): string[] => entries.map(({ id }) => id);

/** Polled by length first: to compare thousands of ids takes long. */
async function reaches(redis: RedisServer, frames: Frames): Promise<void> {
  const expected = frames.expected();
  await expect.poll(() => redis.client.xlen(KEY), PATIENCE).toBe(expected.length);
  expect(ids(await redis.entries(KEY))).toEqual(expected);
}

describe.runIf(redisIsThere)('a real Redis', () => {
  test('has every event in order, by its place, as it is shown over HTTP; new ones follow', async () => {
    const redis = await RedisServer.start();
    const frames = new Frames().add(3, 0, 0, 1, 2_500, 2);
    const { stream } = copy(frames, redis);
    await reaches(redis, frames);
    expect((await redis.entries(KEY))[3]).toEqual({ id: '4-0', type: 'transfer.posted', merchant: 'acme', data: met({ seq: 4, index: 0 }).show().body }); // prettier-ignore
    frames.add(5, 0, 700);
    await reaches(redis, frames);
    expect([stream.sent, stream.lagRecords]).toEqual([frames.expected().length, 0]);
  });

  test('is killed while events come, and again: nothing is missing, doubled or out of order', async () => {
    const redis = await RedisServer.start();
    const frames = new Frames();
    const { told } = copy(frames, redis);
    for (let kill = 1; kill <= 3; kill++) {
      frames.add(...Array.from({ length: 60 }, (_, frame) => (frame % 3) * 20));
      await expect.poll(() => redis.client.xlen(KEY), PATIENCE).toBeGreaterThan((kill - 1) * 1_200);
      await redis.kill();
      frames.add(7);
      await expect.poll(() => told.length, PATIENCE).toBe(2 * kill - 1);
      await redis.start();
      await expect.poll(() => told.at(-1), PATIENCE).toBe('goes on');
    }
    await reaches(redis, frames);
  });

  test('has lost everything: it is sent again from the beginning', async () => {
    const redis = await RedisServer.start();
    const frames = new Frames().add(3, 4, 5);
    const { told } = copy(frames, redis);
    await reaches(redis, frames);
    await redis.kill();
    redis.forget();
    await redis.start();
    await expect.poll(() => told.at(-1), PATIENCE).toBe('goes on');
    await reaches(redis, frames);
  });

  test('has no memory left: what it refused goes in, in order, when it has', async () => {
    const redis = await RedisServer.start();
    const frames = new Frames().add(2);
    const { told } = copy(frames, redis);
    await reaches(redis, frames);
    await redis.client.config('SET', 'maxmemory', '1');
    frames.add(600);
    await expect.poll(() => told.join(), PATIENCE).toMatch(/OOM|EXECABORT/);
    await redis.client.config('SET', 'maxmemory', '0');
    await reaches(redis, frames);
  });

  test('has the stream of another journal: it is left as it is', async () => {
    const redis = await RedisServer.start();
    await redis.client.xadd(KEY, '900-0', 'type', 'a', 'merchant', 'b', 'data', '{}');
    const { told, stream } = copy(new Frames().add(5), redis);
    await expect.poll(() => told.join(), PATIENCE).toContain('beyond this journal');
    expect([await redis.client.xlen(KEY), stream.sent]).toEqual([1, 0]);
  });

  test('keeps about so many, and wants a password', async () => {
    const redis = await RedisServer.start('--requirepass', 'hush');
    const frames = new Frames().add(...Array.from({ length: 100 }, () => 50));
    const stranger = copy(frames, redis);
    await expect.poll(() => stranger.told.join(), PATIENCE).not.toBe('');
    expect(stranger.stream.sent).toBe(0);
    await stranger.stream.close();
    copy(frames, redis, { password: 'hush', lengthMax: 1_000 });
    await expect.poll(async () => ids(await redis.entries(KEY)).at(-1), PATIENCE).toBe('100-49');
    expect(await redis.client.xlen(KEY)).toBeLessThan(1_300);
  });

  test('a stream that was closed goes on where it was, and sends nothing twice', async () => {
    const redis = await RedisServer.start();
    const frames = new Frames().add(4, 6);
    const first = copy(frames, redis);
    await reaches(redis, frames);
    await first.stream.close();
    frames.add(3, 2);
    const second = copy(frames, redis);
    await reaches(redis, frames);
    expect([first.stream.sent, second.stream.sent]).toEqual([10, 5]);
  });
});

test.skipIf(redisIsThere)('redis-server is not on this machine: the stream was not tried', () => {
  console.warn('Skipped, as there is no redis-server here: the event stream.');
});
