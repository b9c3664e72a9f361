// Dispatcher. Brings events to the endpoints that want them, from the journal and beside the payments.
//
// D1. At least once: a cursor and the deliveries before it become durable together, and a delivery is over only when its
// outcome is. D2. Nothing here is on the way of a payment: the engine tells it nothing and waits for nothing. It looks
// into the journal by a clock of its own, reads for a tenth of the time at most, a fiftieth while payments need it, and sends so many a second and no more;
// what it cannot keep up with waits in the journal. D3. Endpoints take turns, each with its own attempts in flight, so a
// slow one delays itself. D4. While its own store cannot be written, nothing is read or sent.

import { randomBytes } from 'node:crypto';
import type { Outcome } from '../domain/webhooks/retries.ts';
import { signingSecrets } from '../domain/webhooks/endpoint.ts';
import type { Delivery } from './delivery.ts';
import type { EventFeed, FeedEvent } from './event-feed.ts';
import { EventReader } from './event-reader.ts';
import type { Lane } from './lane.ts';
import type { PendingChanges } from './pending-changes.ts';
import type { Sender } from './sender.ts';

/** Between two looks into the journal, ms: what an event waits at most before it goes. */
export const TICK_MS = 50;

/** Time for reading in one tick, ms, and how many times as long it rests then: a tenth of the engine's thread, or a fiftieth
 * while payments need it. */
const READING = { msMax: 5, rest: 9, restWhileBusy: 49 } as const;

/** Attempts begun in a tick: 1,000 a second, each costs about a tenth of a millisecond of the engine's thread; 200 a second
 * while payments need it. */
const SENDS_PER_TICK = { idle: 50, busy: 10 } as const;

/** Attempts at the same time, of all endpoints: slow receivers hold a socket each, for fifteen seconds. */
const IN_FLIGHT_MAX = 256;

export const OUTCOMES = ['delivered', 'retried', 'failed', 'gone'] as const;

export type DispatcherParts = {
  readonly feed: EventFeed;
  readonly sender: Sender;
  readonly pending: PendingChanges;
  /** Wall clock, ms since 1970. */
  readonly now: () => number;
  /** Monotonic clock, ms. */
  readonly monotonic: () => number;
  /** 0 … 1, by chance. */
  readonly jitter: () => number;
  /** An event is not sent to an endpoint any more. `event`: null when it cannot be read. */
  readonly gaveUp: (delivery: Delivery, event: FeedEvent | null) => void;
  /** The store or the journal failed: for the log. */
  readonly fault: (error: unknown) => void;
  /** Payments are under way now: they come first. */
  readonly isBusy: () => boolean;
  /** True: nothing is read or sent for the time being; what happens waits in the journal. */
  readonly isOff: () => boolean;
  /** An endpoint was disabled, and not by its owner. */
  readonly disabled: (lane: Lane) => void;
};

export class Dispatcher {
  readonly lanes = new Map<string, Lane>();
  /** Attempts by what followed from them. */
  readonly counts: Record<(typeof OUTCOMES)[number], number> = { delivered: 0, retried: 0, failed: 0, gone: 0 };
  readonly #parts: DispatcherParts;
  readonly #reader: EventReader;
  readonly #busy = new Set<Promise<void>>();
  #timer: NodeJS.Timeout | null = null;
  #restUntilMs = -Infinity;
  #sends = 0;
  #busyMs = 0;
  #inFlight = 0;
  #turn = 0;
  #stuck = false;
  #closed = false;

  constructor(parts: DispatcherParts) {
    this.#parts = parts;
    const { feed, pending } = parts;
    this.#reader = new EventReader({
      feed,
      entropy: () => randomBytes(4),
      made: (lane, delivery) => pending.delivery(lane, delivery),
      moved: (lane) => pending.moved(lane),
    });
  }

  start(): void {
    this.#timer = setInterval(() => this.#timedTick(), TICK_MS);
    this.#timer.unref();
  }

  /** What ticks took of the thread: reading, and beginning attempts; not the attempts themselves. */
  get busySeconds(): number {
    return this.#busyMs / 1_000;
  }

  #timedTick(): void {
    const beganMs = this.#parts.monotonic();
    this.tick();
    this.#busyMs += this.#parts.monotonic() - beganMs;
  }

  /** Reads, sends and writes what is due now, as far as one tick goes. */
  tick(): void {
    if (this.#closed) return;
    this.#commitWhenDue();
    if (this.#stuck || this.#parts.isOff()) return;
    this.#sends = this.#parts.isBusy() ? SENDS_PER_TICK.busy : SENDS_PER_TICK.idle;
    this.#read();
    this.#pump();
  }

  /** What was begun is over: attempts and commits. For tests and for the end. */
  async settled(): Promise<void> {
    while (this.#busy.size > 0) await Promise.all(this.#busy);
  }

  /** Deliveries that are not over. */
  get open(): number {
    let open = 0;
    for (const lane of this.lanes.values()) open += lane.open;
    return open;
  }

  /** Frames that the enabled endpoint which is furthest behind has not seen. */
  get lagRecords(): number {
    const last = this.#parts.feed.position();
    let lag = 0;
    for (const { endpoint, progress } of this.lanes.values()) {
      if (endpoint.status === 'enabled') lag = Math.max(lag, last - progress.cursor.seq);
    }
    return lag;
  }

  /** Sends nothing any more. What was on its way is sent again by the next run. */
  async close(): Promise<void> {
    this.#closed = true;
    if (this.#timer) clearInterval(this.#timer);
    await this.#parts.sender.close();
    await this.settled();
    await this.#parts.pending.commit().catch(this.#parts.fault);
  }

  #read(): void {
    const { monotonic, now, fault } = this.#parts;
    const startedMs = monotonic();
    if (startedMs < this.#restUntilMs || this.lanes.size === 0) return;
    try {
      this.#reader.read([...this.lanes.values()], now(), () => monotonic() - startedMs >= READING.msMax);
    } catch (error) {
      fault(error);
    }
    const endedMs = monotonic();
    const rest = this.#parts.isBusy() ? READING.restWhileBusy : READING.rest;
    this.#restUntilMs = endedMs + rest * (endedMs - startedMs);
  }

  /** Begins what may begin, an attempt for each endpoint in turn. */
  #pump(): void {
    const lanes = [...this.lanes.values()];
    const nowMs = this.#parts.now();
    for (let idle = 0; idle < lanes.length && !this.#isFull();) {
      const lane = lanes[this.#turn++ % lanes.length] as Lane;
      const delivery = lane.take(nowMs);
      idle = delivery ? 0 : idle + 1;
      if (delivery) this.#begin(lane, delivery);
    }
  }

  #isFull(): boolean {
    return this.#closed || this.#stuck || this.#parts.isOff() || this.#sends <= 0 || this.#inFlight >= IN_FLIGHT_MAX;
  }

  #begin(lane: Lane, delivery: Delivery): void {
    this.#sends -= 1;
    this.#inFlight += 1;
    this.#track(this.#deliver(lane, delivery));
  }

  async #deliver(lane: Lane, delivery: Delivery): Promise<void> {
    const { now, monotonic, jitter, pending } = this.#parts;
    const [atMs, startedMs] = [now(), monotonic()];
    const outcome = await this.#attempt(lane, delivery, atMs);
    this.#inFlight -= 1;
    if (this.#closed || lane.removed) return;
    const { status, error } = outcomeOf(outcome);
    const last = { atMs, tookMs: Math.round(monotonic() - startedMs), status, error };
    const { status: before } = lane.endpoint;
    const { delivery: settled, verdict } = lane.settle(delivery, outcome, last, jitter());
    this.counts[verdict.kind] += 1;
    pending.delivery(lane, settled);
    if (settled.status === 'failed') this.#gaveUp(settled);
    if (lane.endpoint.status !== before) {
      pending.endpoint(lane);
      this.#parts.disabled(lane);
    }
    this.#pump();
  }

  #gaveUp(delivery: Delivery): void {
    const { feed, fault, gaveUp } = this.#parts;
    try {
      gaveUp(delivery, feed.find(delivery.event));
    } catch (error) {
      fault(error);
    }
  }

  async #attempt(lane: Lane, delivery: Delivery, nowMs: number): Promise<Outcome> {
    try {
      const event = lane.eventOf(delivery) ?? this.#parts.feed.find(delivery.event);
      if (!event) return { kind: 'unreachable', reason: 'the event cannot be read' };
      const { url } = lane.endpoint;
      const secrets = signingSecrets(lane.endpoint, nowMs);
      const { id, body } = event;
      const { traceId } = event.context;
      return await this.#parts.sender.send({ url, id, body, traceId, secrets, nowMs });
    } catch (error) {
      this.#parts.fault(error);
      return { kind: 'unreachable', reason: 'a fault of the server' };
    }
  }

  #commitWhenDue(): void {
    if (!this.#parts.pending.isDue(this.#parts.now())) return;
    this.#track(
      this.#parts.pending.commit().then(
        () => void (this.#stuck = false),
        (error: unknown) => {
          if (!this.#stuck) this.#parts.fault(error);
          this.#stuck = true;
        },
      ),
    );
  }

  #track(work: Promise<void>): void {
    this.#busy.add(work);
    void work.finally(() => this.#busy.delete(work));
  }
}

function outcomeOf(outcome: Outcome): { readonly status: number; readonly error: string } {
  switch (outcome.kind) {
    case 'answered':
      return { status: outcome.status, error: '' };
    case 'unreachable':
      return { status: 0, error: outcome.reason };
  }
}
