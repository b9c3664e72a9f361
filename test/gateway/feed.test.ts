// Which facts are events. What concerns no merchant is nobody's, even for somebody who could name no merchant.

import { describe, expect, it } from 'vitest';
import { frameOf } from '../../actors/frame-facts.ts';
import { isEvent, type BatchAnswered } from '../../src/domain/facts.ts';
import { isWanted, readEvents, type EventSource } from '../../src/gateway/feed.ts';
import { webhookFeed } from '../../src/gateway/webhook-feed.ts';
import { dayOpened } from '../support/days.ts';
import { sampleContext, samplePost } from '../support/samples.ts';

const day = dayOpened('2028-02-29');
const answered: BatchAnswered = { kind: 4, context: sampleContext, key: 'k', fingerprint: 'f', results: [0] };

describe.each(['', 'acme'])('for merchant "%s"', (merchant) => {
  it.each(['events', 'transfers', 'payments', 'accounts:alice'])('a day is no event of %s', (topic) => {
    for (const type of ['', 'day.opened']) expect(isWanted(day, { merchant, topic, type })).toBe(false);
  });
});

it('neither a day nor what a batch answered is an event', () => {
  for (const fact of [day, answered]) expect(isEvent(fact)).toBe(false);
});

it('days between events leave their order and places as they are', () => {
  const frame = frameOf(1, 1_800_000_000_000, [day, samplePost, dayOpened('2028-03-01'), answered, samplePost]);
  const source: EventSource = { position: () => 1, frame: () => frame };
  const wanted = { merchant: 'acme', topic: 'events', type: '' };
  const { events, atEnd } = readEvents(source, wanted, { seq: 0, index: 0 }, 10);
  expect(events.map(({ type }) => type)).toEqual(['transfer.posted', 'transfer.posted']);
  expect(atEnd).toBe(true);
  const [first, second] = events.map(({ id }) => id);
  expect(first).not.toBe(second);
});

it('a frame with more facts than one look has is gone beyond', () => {
  const large = frameOf(
    1,
    1_800_000_000_000,
    Array.from({ length: 5_000 }, () => samplePost),
  );
  const last = frameOf(2, 1_800_000_000_000, [samplePost]);
  const source: EventSource = { position: () => 2, frame: (seq) => (seq === 1 ? large : last) };
  const wanted = { merchant: 'acme', topic: 'events', type: '' };
  const first = readEvents(source, wanted, { seq: 0, index: 0 }, 10_000);
  expect([first.events.length, first.atEnd]).toEqual([5_000, false]);
  const second = readEvents(source, wanted, first.next, 10_000);
  expect([second.events.length, second.atEnd]).toEqual([1, true]);
});

it('webhooks, too, go beyond a frame with more facts than one look has, and pass over nothing', () => {
  const frames = [5_000, 1, 1].map((count, place) =>
    frameOf(
      place + 1,
      1_800_000_000_000,
      Array.from({ length: count }, () => samplePost),
    ),
  );
  const feed = webhookFeed({ position: frames.length, frame: (seq) => frames[seq - 1] ?? null });
  const places: string[] = [];
  let next = { seq: 0, index: 0 };
  // Whoever has room for 700 leaves off in the midst of a frame, and the looks are shorter than the first frame is.
  for (let look = 0; look < 20; look++) {
    let room = 700;
    next = feed.follow(next, 2_000, ({ place }) => {
      places.push(`${place.seq}.${place.index}`);
      return (room -= 1) > 0;
    });
  }
  const all = frames.flatMap(({ seq, count }) => Array.from({ length: count }, (_, index) => `${seq}.${index}`));
  expect(places).toEqual(all);
});
