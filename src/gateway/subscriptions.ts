// Subscriptions. Who hears of which events: catches up from the journal at the reader's pace, then follows live.
//
// L1. A subscription reads from the journal until it is at the end, and from then on gets each durable frame: no event
// is between the two. L2. Events go out only while the reader has room; one that is behind goes on from the journal when
// it has. So nothing is dropped, and one large frame does not end a reader that keeps up. L3. A reader that has had no
// room for PATIENCE_MS is given up.

import { FACT_KIND, isTransfer, type Fact } from '../domain/facts.ts';
import { readEventId, type FactPosition } from '../domain/ids.ts';
import type { FrameFacts } from '../../actors/frame-facts.ts';
import { readEvents, wantedEvent, type EventSource, type Wanted } from './feed.ts';
import { isUnderWay } from './order-resources/order-resource.ts';
import type { EventResource } from './resources.ts';

export type Reader = {
  readonly deliver: (event: EventResource) => void;
  /** False while the reader has enough to take. */
  readonly ready: () => boolean;
  /** The reader is given up: it hears nothing any more. */
  readonly tooSlow: () => void;
};

export type Subscription = { readonly close: () => void };

/** Events read ahead for one reader at a time. */
const EVENTS_PER_READ = 500;
/** Pause before asking a reader that was behind again, ms. */
const PAUSE_MS = 5;
/** Time for a reader to take anything at all, ms: a weak network recovers within it. */
const PATIENCE_MS = 5_000;

type Entry = {
  readonly wanted: Wanted;
  readonly reader: Reader;
  /** Everything up to here has been delivered. */
  place: FactPosition;
  live: boolean;
  /** When the reader was found without room, monotonic ms; null while it has room. */
  behindSinceMs: number | null;
};

export class Subscriptions {
  readonly #source: EventSource;
  readonly #monotonic: () => number;
  readonly #pace: (read: () => void) => void;
  readonly #entries = new Set<Entry>();
  readonly #waiting = new Map<string, Set<() => void>>();

  /** `monotonic`: clock, ms. `pace`: runs a reading of the journal when its turn comes. */
  constructor(source: EventSource, monotonic: () => number, pace: (read: () => void) => void) {
    this.#source = source;
    this.#monotonic = monotonic;
    this.#pace = pace;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** True while somebody is told what is in new frames. */
  get isFollowing(): boolean {
    return this.#entries.size > 0 || this.#waiting.size > 0;
  }

  /** Events after `place`, from now on and for ever. */
  subscribe(wanted: Wanted, place: FactPosition, reader: Reader): Subscription {
    const entry: Entry = { wanted, reader, place, live: false, behindSinceMs: null };
    this.#entries.add(entry);
    this.#catchUp(entry);
    return { close: () => void this.#entries.delete(entry) };
  }

  /**
   * Calls back once: when a step of the transfer or order leaves nothing of it under way, after `timeoutMs`, when the returned
   * function is called, or at the end of the server.
   */
  whenEnded(merchant: string, id: string, timeoutMs: number, ended: () => void): () => void {
    const key = `${merchant} ${id}`;
    const waiting = this.#waiting.get(key) ?? new Set();
    this.#waiting.set(key, waiting);
    const finish = (): void => {
      if (!waiting.delete(finish)) return;
      clearTimeout(timer);
      if (waiting.size === 0) this.#waiting.delete(key);
      ended();
    };
    const timer = setTimeout(finish, timeoutMs);
    waiting.add(finish);
    return finish;
  }

  /** Nobody waits any longer. */
  stop(): void {
    for (const waiting of this.#waiting.values()) for (const finish of waiting) finish();
  }

  /** A frame has become durable. */
  publish(frame: FrameFacts): void {
    if (this.#waiting.size > 0) this.#wake(frame);
    for (const entry of this.#entries) if (entry.live && frame.seq > entry.place.seq) this.#follow(entry, frame);
  }

  #follow(entry: Entry, frame: FrameFacts): void {
    const { seq, count } = frame;
    for (let index = 0; index < count; index++) {
      const event = wantedEvent(this.#source, frame, index, entry.wanted);
      if (!event) continue;
      if (!entry.reader.ready()) {
        entry.place = { seq, index: index - 1 };
        entry.live = false;
        this.#later(entry);
        return;
      }
      entry.reader.deliver(event);
    }
    entry.place = { seq, index: count };
  }

  #catchUp(entry: Entry): void {
    if (!this.#entries.has(entry)) return;
    const { wanted, reader } = entry;
    if (!reader.ready()) {
      this.#later(entry);
      return;
    }
    entry.behindSinceMs = null;
    const { events, next, atEnd } = readEvents(this.#source, wanted, entry.place, EVENTS_PER_READ);
    for (const event of events) {
      if (!reader.ready()) {
        this.#later(entry);
        return;
      }
      reader.deliver(event);
      entry.place = readEventId(event.id) ?? next;
    }
    entry.place = next;
    entry.live = atEnd;
    if (!atEnd) this.#pace(() => this.#catchUp(entry));
  }

  /** Goes on when the reader may have room again; gives it up when that takes too long. */
  #later(entry: Entry): void {
    const nowMs = this.#monotonic();
    entry.behindSinceMs ??= nowMs;
    if (nowMs - entry.behindSinceMs < PATIENCE_MS) {
      setTimeout(() => this.#catchUp(entry), PAUSE_MS).unref();
      return;
    }
    this.#entries.delete(entry);
    entry.reader.tooSlow();
  }

  #wake(frame: FrameFacts): void {
    for (const fact of frame.facts) {
      const ended = endedBy(fact);
      if (ended === null) continue;
      for (const finish of this.#waiting.get(`${fact.context.merchant} ${ended}`) ?? []) finish();
    }
  }
}

/** The transfer or order of which this fact leaves nothing under way; null for any other fact. */
function endedBy(fact: Fact): string | null {
  if (fact.kind === FACT_KIND.orderStepped) return isUnderWay(fact.order) ? null : fact.order.id;
  if (!isTransfer(fact) || fact.status === 'held' || fact.status === 'sent') return null;
  return fact.transfer;
}
