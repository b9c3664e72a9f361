// Webhook feed. The engine's durable events, as webhooks follow them.

import type { Engine } from '../../actors/engine.ts';
import type { FrameFacts } from '../../actors/frame-facts.ts';
import { FACT_KIND } from '../domain/facts.ts';
import { readEventId, type FactPosition } from '../domain/ids.ts';
import { END_OF_FRAME } from '../webhooks/delivery.ts';
import type { EventFeed, FeedEvent, Met } from '../webhooks/event-feed.ts';
import { frameBefore, frameTimes, sourceOf, walkFacts } from './feed.ts';
import { isTold } from './order-event.ts';
import { eventResource, eventType } from './resources.ts';

type Frames = Pick<Engine, 'position' | 'frame'>;

export function webhookFeed(engine: Frames): EventFeed {
  return {
    position: () => engine.position,
    follow: (after, factsMax, visit) => follow(engine, after, factsMax, visit),
    find: (id) => find(engine, id),
    placeBefore: (timeMs) => ({
      seq: frameBefore((seq) => frameOf(engine, seq).timeMs, engine.position, timeMs),
      index: END_OF_FRAME,
    }),
  };
}

function follow(engine: Frames, after: FactPosition, factsMax: number, visit: (event: Met) => boolean): FactPosition {
  return walkFacts(sourceOf(engine), after, factsMax, (frame, index) => {
    const met = meet(engine, frame, index);
    return met === null || visit(met);
  });
}

function frameOf(engine: Frames, seq: number): FrameFacts {
  const frame = engine.frame(seq);
  if (!frame) throw new Error(`journal has no frame ${seq}`);
  return frame;
}

function meet(engine: Frames, frame: FrameFacts, index: number): Met | null {
  const fact = frame.facts[index];
  if (!fact || !isTold(fact)) return null;
  const { merchant } = fact.context;
  const type = eventType(fact);
  // As many endpoints as want it get the same one.
  let event: FeedEvent | null = null;
  return { merchant, type, place: { seq: frame.seq, index }, show: () => (event ??= shown(engine, frame, index)) };
}

function shown(engine: Frames, frame: FrameFacts, index: number): FeedEvent {
  const fact = frame.facts[index];
  if (!fact || !isTold(fact)) throw new Error(`no event is at ${frame.seq}.${index}`);
  const resource = eventResource(
    { fact, timeMs: frame.timeMs, seq: frame.seq, index },
    frameTimes({ frame: (seq) => engine.frame(seq) }),
  );
  const { id, type } = resource;
  const { context } = fact;
  const order = fact.kind === FACT_KIND.orderStepped ? fact.order : null;
  return { id, type, merchant: context.merchant, body: JSON.stringify(resource), context, order };
}

function find(engine: Frames, id: string): FeedEvent | null {
  const place = readEventId(id);
  const frame = place ? engine.frame(place.seq) : null;
  if (!place || !frame || !meet(engine, frame, place.index)) return null;
  const event = shown(engine, frame, place.index);
  return event.id === id ? event : null;
}
