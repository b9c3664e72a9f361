// Feed. Durable facts as events: read from the journal after a cursor, and handed on as they become durable.
//
// E1. Only durable facts are events. E2. In order, at least once: a subscriber that was away continues after its
// cursor. E3. A merchant sees its own events only.

import { FACT_KIND, isTransfer, type EventFact, type Fact } from '../domain/facts.ts';
import { eventId, readEventId, type FactPosition } from '../domain/ids.ts';
import type { Engine } from '../../actors/engine.ts';
import type { FrameFacts } from '../../actors/frame-facts.ts';
import { concernsTopic, isTold } from './order-event.ts';
import type { FrameTime } from './order-resources/shown-step.ts';
import { eventResource, eventType, type EventResource } from './resources.ts';

export const TOPIC = /^(events|transfers|payments|(accounts|trades):[A-Za-z0-9_.:-]{1,64})$/;

/** Which events somebody wants. */
export type Wanted = {
  readonly merchant: string;
  /** One that TOPIC matches. */
  readonly topic: string;
  /** Only this type, e.g. 'transfer.posted'; '' for all. */
  readonly type: string;
};

export type EventSource = {
  /** The last durable frame. */
  readonly position: () => number;
  readonly frame: (seq: number) => FrameFacts | null;
};

/** The engine's durable facts. */
export function sourceOf(engine: Pick<Engine, 'position' | 'frame'>): EventSource {
  return { position: () => engine.position, frame: (seq) => engine.frame(seq) };
}

/** Facts looked at in one go: a few milliseconds of the engine's thread. */
const FACTS_PER_READ = 2_000;

/** Place after every fact of a frame. */
const END_OF_FRAME = 0xffffffff;

export function isWanted(fact: Fact, wanted: Wanted): fact is EventFact {
  if (!isTold(fact) || fact.context.merchant !== wanted.merchant) return false;
  if (wanted.type !== '' && eventType(fact) !== wanted.type) return false;
  if (wanted.topic === 'events') return true;
  if (fact.kind === FACT_KIND.orderStepped) return concernsTopic(fact, wanted.topic);
  if (wanted.topic === 'transfers') return isTransfer(fact);
  if (!wanted.topic.startsWith('accounts:')) return false;
  const account = wanted.topic.slice('accounts:'.length);
  if (!isTransfer(fact)) return fact.account === account;
  return fact.debit.account === account || fact.credit.account === account;
}

export type EventPage = {
  readonly events: readonly EventResource[];
  /** Continue after this place. */
  readonly next: FactPosition;
  /** Nothing durable is left after `next`. */
  readonly atEnd: boolean;
};

/** Events after a place, at most `limit` of them; looks at some thousand facts at most, so a page may be short. */
export function readEvents(source: EventSource, wanted: Wanted, after: FactPosition, limit: number): EventPage {
  const events: EventResource[] = [];
  const next = walkFacts(source, after, FACTS_PER_READ, (frame, index) => {
    const event = wantedEvent(source, frame, index, wanted);
    if (event) events.push(event);
    return events.length < limit;
  });
  return { events, next, atEnd: events.length < limit && next.seq >= source.position() };
}

/**
 * Shows the durable facts after a place, in order, until `visit` answers false or `factsMax` facts were looked at (a frame is
 * looked at as a whole). The place to go on after.
 */
export function walkFacts(
  source: EventSource,
  after: FactPosition,
  factsMax: number,
  visit: (frame: FrameFacts, index: number) => boolean,
): FactPosition {
  const last = source.position();
  let next = after;
  for (let seq = Math.max(after.seq, 1), looked = 0; seq <= last && looked < factsMax; seq++) {
    const frame = source.frame(seq);
    if (!frame) throw new Error(`journal has no frame ${seq}`);
    const from = seq === after.seq ? after.index + 1 : 0;
    for (let index = from; index < frame.count; index++) if (!visit(frame, index)) return { seq, index };
    // What was read before counts for nothing: a large frame would be all that is ever looked at.
    looked += Math.max(0, frame.count - from) + 1;
    next = { seq, index: END_OF_FRAME };
  }
  return next;
}

/** The event at a place of a frame, if it is wanted. */
export function wantedEvent(
  source: EventSource,
  frame: FrameFacts,
  index: number,
  wanted: Wanted,
): EventResource | null {
  const fact = frame.facts[index];
  if (!fact || !isWanted(fact, wanted)) return null;
  return eventResource({ fact, timeMs: frame.timeMs, seq: frame.seq, index }, frameTimes(source));
}

/** When the durable frames of a source were made. */
export function frameTimes({ frame }: Pick<EventSource, 'frame'>): FrameTime {
  return (seq) => {
    const found = frame(seq);
    if (!found) throw new Error(`journal has no frame ${seq}`);
    return found.timeMs;
  };
}

/** The last of the frames up to `position` that is before a time, 0 for none. Their times never fall: found by halving. */
export function frameBefore(frameTime: FrameTime, position: number, timeMs: number): number {
  let before = 0;
  for (let late = position + 1; late - before > 1;) {
    const middle = Math.floor((before + late) / 2);
    if (frameTime(middle) < timeMs) before = middle;
    else late = middle;
  }
  return before;
}

/** The cursor after everything that is durable now. `nowMs` only dates it. */
export function latestCursor(source: EventSource, nowMs: number): string {
  return eventId(nowMs, { seq: source.position(), index: END_OF_FRAME });
}

/** The place that a cursor names; null for a text that is no cursor, or one from beyond the last frame, `position`. */
export function placeOf(cursor: string, position: number): (FactPosition & { readonly timeMs: number }) | null {
  const place = readEventId(cursor);
  return place && place.seq <= position ? place : null;
}
