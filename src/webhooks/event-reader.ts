// Event reader. Makes deliveries of the events that lanes want, a slice of the journal at a time.
//
// R1. Lanes at the same place read together: a frame is looked at once for all endpoints that keep up, and one that is
// far behind reads for itself until it has caught up. R2. Whose turn it is goes round, so none waits for another's
// backlog. R3. A lane without room stays where it is. R4. A slice ends when its time is over, in the midst of a frame, too:
// an event that a hundred endpoints want is a hundred deliveries.

import type { FactPosition } from '../domain/ids.ts';
import { wantsEvent } from '../domain/webhooks/endpoint.ts';
import { END_OF_FRAME, isBefore, type Delivery } from './delivery.ts';
import type { EventFeed, Met } from './event-feed.ts';
import type { Lane } from './lane.ts';

/** Facts looked at for one group of lanes in one go: a few milliseconds of the engine's thread. */
const FACTS_PER_SLICE = 2_000;

/** One slice of reading. */
type Slice = () => void;

export type ReaderParts = {
  readonly feed: EventFeed;
  readonly entropy: () => Uint8Array;
  /** A lane has a new delivery. */
  readonly made: (lane: Lane, delivery: Delivery) => void;
  /** A lane has come further. */
  readonly moved: (lane: Lane) => void;
};

export class EventReader {
  readonly #parts: ReaderParts;
  #turn = 0;

  constructor(parts: ReaderParts) {
    this.#parts = parts;
  }

  /** Reads until there is nothing to read or `enough` says so; at least one slice. True where something is left. */
  read(lanes: readonly Lane[], nowMs: number, enough: () => boolean): boolean {
    const slices = [...this.#following(lanes, nowMs, enough), ...this.#replaying(lanes, nowMs, enough)];
    for (let done = 0; done < slices.length; done++) {
      slices[this.#turn++ % slices.length]?.();
      if (enough()) return true;
    }
    return slices.length > 0;
  }

  #following(lanes: readonly Lane[], nowMs: number, enough: () => boolean): Slice[] {
    const last = this.#parts.feed.position();
    const groups = new Map<string, Lane[]>();
    for (const lane of lanes) {
      const { cursor } = lane.progress;
      if (cursor.seq > last || isAtEnd(cursor, last) || lane.room(nowMs) === 0) continue;
      const key = `${cursor.seq}.${cursor.index}`;
      const group = groups.get(key);
      if (group) group.push(lane);
      else groups.set(key, [lane]);
    }
    return [...groups.values()].map((group) => () => this.#follow(group, nowMs, enough));
  }

  #follow(group: readonly Lane[], nowMs: number, enough: () => boolean): void {
    const [{ progress } = { progress: null }] = group;
    if (!progress) return;
    const reading = new Set(group);
    const byMerchant = lanesByMerchant(group);
    const next = this.#parts.feed.follow(progress.cursor, FACTS_PER_SLICE, (met) => {
      const own = byMerchant.get(met.merchant);
      if (!own) return true;
      for (const lane of own) {
        if (!reading.has(lane) || !wantsEvent(lane.endpoint, met.type)) continue;
        this.#make(lane, met, false, nowMs);
        if (lane.room(nowMs) > 0) continue;
        this.#move(lane, met.place);
        reading.delete(lane);
      }
      return reading.size > 0 && !enough();
    });
    for (const lane of reading) this.#move(lane, next);
  }

  #replaying(lanes: readonly Lane[], nowMs: number, enough: () => boolean): Slice[] {
    return lanes
      .filter((lane) => lane.progress.replay !== null && lane.room(nowMs) > 0)
      .map((lane) => () => this.#replay(lane, nowMs, enough));
  }

  #replay(lane: Lane, nowMs: number, enough: () => boolean): void {
    const { replay } = lane.progress;
    if (!replay) return;
    let isOver = false;
    const next = this.#parts.feed.follow(replay.next, FACTS_PER_SLICE, (met) => {
      isOver = isBefore(replay.end, met.place);
      if (isOver) return false;
      if (met.merchant !== lane.endpoint.merchant || !wantsEvent(lane.endpoint, met.type)) return true;
      this.#make(lane, met, true, nowMs);
      return lane.room(nowMs) > 0 && !enough();
    });
    const isDone = isOver || !isBefore(next, replay.end);
    lane.progress = { ...lane.progress, replay: isDone ? null : { next, end: replay.end } };
    this.#parts.moved(lane);
  }

  #make(lane: Lane, met: Met, replay: boolean, nowMs: number): void {
    this.#parts.made(lane, lane.add(met.show(), replay, nowMs, this.#parts.entropy()));
  }

  #move(lane: Lane, cursor: FactPosition): void {
    lane.moveTo(cursor);
    this.#parts.moved(lane);
  }
}

function lanesByMerchant(group: readonly Lane[]): ReadonlyMap<string, readonly Lane[]> {
  const lanes = new Map<string, Lane[]>();
  for (const lane of group) lanes.set(lane.endpoint.merchant, [...(lanes.get(lane.endpoint.merchant) ?? []), lane]);
  return lanes;
}

/** Whether nothing can come after the place in the frames up to `last`. */
function isAtEnd({ seq, index }: FactPosition, last: number): boolean {
  return seq === last && index === END_OF_FRAME;
}
