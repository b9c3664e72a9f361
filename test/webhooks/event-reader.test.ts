// How long a slice of reading is, and that nothing is lost by leaving off anywhere.

import { expect, test } from 'vitest';
import type { Endpoint } from '../../src/domain/webhooks/endpoint.ts';
import { webhookFeed } from '../../src/gateway/webhook-feed.ts';
import { EventReader } from '../../src/webhooks/event-reader.ts';
import { Lane } from '../../src/webhooks/lane.ts';
import { History, START_MS } from './support/post-office.ts';

function laneOf(id: string): Lane {
  const endpoint: Endpoint = {
    id,
    merchant: 'acme',
    url: `https://${id}.example/`,
    description: '',
    events: ['*'],
    status: 'enabled',
    disabledBecause: null,
    secret: 'whsec_x',
    previous: null,
    createdAtMs: START_MS,
    updatedAtMs: START_MS,
  };
  const cursor = { seq: 0, index: 0 };
  return new Lane(endpoint, { cursor, replay: null, made: 0, failures: 0, failingSinceMs: null }, []);
}

test('a slice ends when its time is over, in the midst of a frame, and the next one goes on there', () => {
  const history = new History();
  history.happen(100);
  history.happen(100);
  const lanes = Array.from({ length: 50 }, (_, number) => laneOf(`e${number}`));
  const events = new Map(lanes.map((lane) => [lane, [] as string[]]));
  let made = 0;
  const reader = new EventReader({
    feed: webhookFeed(history),
    entropy: () => new Uint8Array(4),
    made: (lane, { event }) => {
      made += 1;
      events.get(lane)?.push(event);
    },
    moved: () => undefined,
  });
  for (let slices = 0; made < 200 * lanes.length && slices < 200; slices++) {
    const before = made;
    reader.read(lanes, START_MS, () => made - before >= 100);
    // The time is looked at after each event: all endpoints that want it are at the same place.
    expect(made - before).toBeLessThanOrEqual(100 + lanes.length);
  }
  const [first = []] = events.values();
  expect(first).toHaveLength(200);
  expect(new Set(first).size).toBe(200);
  for (const own of events.values()) expect(own).toEqual(first);
});
