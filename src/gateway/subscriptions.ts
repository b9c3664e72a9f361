// Subscriptions. Who hears of which events: catches up from the journal at the reader's pace, then follows live.
//
// L1. A subscription reads from the journal until it is at the end, and from then on gets each durable frame: no event
// is between the two. L2. Catching up stops while the reader is behind; following does not, there the transport's
// backlog limit decides.

import { FACT_KIND, type TransferMoved } from '../domain/facts.ts';
import type { FactPosition } from '../domain/ids.ts';
import type { FrameFacts } from '../../actors/frame-facts.ts';
import { readEvents, wantedEvent, type EventSource, type Wanted } from './feed.ts';
import type { EventResource } from './resources.ts';

export type Reader = {
  readonly deliver: (event: EventResource) => void;
  /** False while the reader has enough to take. */
  readonly ready: () => boolean;
};

export type Subscription = { readonly close: () => void };

/** Events read ahead for one reader at a time. */
const EVENTS_PER_READ = 500;
/** Pause before asking a reader that was behind again, ms. */
const PAUSE_MS = 20;

type Entry = { readonly wanted: Wanted; readonly reader: Reader; place: FactPosition; live: boolean };

export class Subscriptions {
  readonly #source: EventSource;
  readonly #entries = new Set<Entry>();
  readonly #waiting = new Map<string, Set<() => void>>();

  constructor(source: EventSource) {
    this.#source = source;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Events after `place`, from now on and for ever. */
  subscribe(wanted: Wanted, place: FactPosition, reader: Reader): Subscription {
    const entry: Entry = { wanted, reader, place, live: false };
    this.#entries.add(entry);
    this.#catchUp(entry);
    return { close: () => void this.#entries.delete(entry) };
  }

  /**
   * Calls back once: when a step of the transfer leaves nothing of it open, after `timeoutMs`, when the returned
   * function is called, or at the end of the server.
   */
  whenEnded(merchant: string, transfer: string, timeoutMs: number, ended: () => void): () => void {
    const key = `${merchant} ${transfer}`;
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
    for (const entry of this.#entries) {
      if (!entry.live || frame.seq <= entry.place.seq) continue;
      for (let index = 0; index < frame.facts.length; index++) {
        const event = wantedEvent(frame, index, entry.wanted);
        if (event) entry.reader.deliver(event);
      }
      entry.place = { seq: frame.seq, index: frame.facts.length };
    }
  }

  #catchUp(entry: Entry): void {
    if (!this.#entries.has(entry)) return;
    if (!entry.reader.ready()) {
      setTimeout(() => this.#catchUp(entry), PAUSE_MS).unref();
      return;
    }
    const { events, next, atEnd } = readEvents(this.#source, entry.wanted, entry.place, EVENTS_PER_READ);
    for (const event of events) entry.reader.deliver(event);
    entry.place = next;
    entry.live = atEnd;
    if (!atEnd) setImmediate(() => this.#catchUp(entry));
  }

  #wake(frame: FrameFacts): void {
    const ended = frame.facts.filter((fact): fact is TransferMoved => fact.kind === FACT_KIND.transferMoved);
    for (const { context, transfer, status } of ended) {
      if (status === 'held') continue;
      for (const finish of this.#waiting.get(`${context.merchant} ${transfer}`) ?? []) finish();
    }
  }
}
