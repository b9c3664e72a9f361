// Lane. One endpoint in memory: how far it has come, its open deliveries, and which of them may go now.
//
// L1. Events wait in the journal, not here: a lane that has OPEN_MAX open deliveries takes no more until some are over.
// L2. After DOWN_AFTER failures in a row the endpoint counts as down: one attempt at a time, and of events never tried one
// a minute, by which it is found to be up again. The others stay untried, here or behind the cursor, and go out at full
// pace then, instead of waiting hours for the retries of each.
// L3. Deliveries go in the order of their events, but none waits for another: a receiver orders by the event's id.

import { makeId, type FactPosition } from '../domain/ids.ts';
import { disabledEndpoint, type DisabledBecause, type Endpoint } from '../domain/webhooks/endpoint.ts';
import { afterAttempt, isHopeless, type Outcome, type Verdict } from '../domain/webhooks/retries.ts';
import type { Attempt, Delivery, Progress } from './delivery.ts';
import type { FeedEvent } from './event-feed.ts';

/** Deliveries of one endpoint that are not over: half a megabyte with their events. */
export const OPEN_MAX = 500;

/** Attempts of one endpoint at the same time: a receiver is a web server and not a sink. */
export const IN_FLIGHT_MAX = 4;

/** Failures in a row after which an endpoint counts as down. */
export const DOWN_AFTER = 5;

/** From one event that is tried for the first time to the next while it is down, ms. */
export const PROBE_MS = 60_000;

export class Lane {
  endpoint: Endpoint;
  progress: Progress;
  /** Nothing of it is written any more. */
  removed = false;
  inFlight = 0;
  /** Never tried, and tried before: each due first, first. Apart, because a lane that is down passes over all of the former. */
  readonly #untried: Delivery[] = [];
  readonly #again: Delivery[] = [];
  /** Events that were read already; those of a run before are read again. */
  readonly #events = new Map<string, FeedEvent>();
  #probeAtMs = 0;

  constructor(endpoint: Endpoint, progress: Progress, open: Iterable<Delivery>) {
    this.endpoint = endpoint;
    this.progress = progress;
    for (const delivery of open) this.#enqueue(delivery);
  }

  /** Deliveries that are not over. */
  get open(): number {
    return this.#untried.length + this.#again.length + this.inFlight;
  }

  get isDown(): boolean {
    return this.progress.failures >= DOWN_AFTER;
  }

  /** How many events it would take now. */
  room(nowMs: number): number {
    if (this.removed || this.endpoint.status !== 'enabled') return 0;
    const room = Math.max(OPEN_MAX - this.open, 0);
    if (!this.isDown) return room;
    return nowMs >= this.#probeAtMs && this.#untried.length === 0 ? Math.min(room, 1) : 0;
  }

  /** Makes a delivery of an event. `entropy`: four random bytes. */
  add(event: FeedEvent, replay: boolean, nowMs: number, entropy: Uint8Array): Delivery {
    const { endpoint, progress } = this;
    const delivery: Delivery = {
      id: deliveryId(nowMs, progress.made, entropy),
      endpoint: endpoint.id,
      event: event.id,
      type: event.type,
      replay,
      status: 'open',
      attempts: 0,
      dueMs: nowMs,
      createdAtMs: nowMs,
      last: null,
    };
    this.progress = { ...progress, made: progress.made + 1 };
    this.#events.set(delivery.id, event);
    this.#enqueue(delivery);
    return delivery;
  }

  moveTo(cursor: FactPosition): void {
    this.progress = { ...this.progress, cursor };
  }

  /** The next delivery that is due and may go; it is in flight from now on. null where there is none. */
  take(nowMs: number): Delivery | null {
    if (this.endpoint.status !== 'enabled' || this.removed) return null;
    if (this.inFlight >= (this.isDown ? 1 : IN_FLIGHT_MAX)) return null;
    const mayTry = !this.isDown || nowMs >= this.#probeAtMs;
    const [untried, again] = [mayTry ? this.#untried[0] : undefined, this.#again[0]];
    const isUntriedFirst = untried && (!again || isLater(again, untried));
    const delivery = isUntriedFirst ? untried : again;
    if (!delivery || delivery.dueMs > nowMs) return null;
    (isUntriedFirst ? this.#untried : this.#again).shift();
    this.inFlight += 1;
    if (isUntriedFirst) this.#probeAtMs = nowMs + PROBE_MS;
    return delivery;
  }

  /** The event of a delivery, if it is still at hand. */
  eventOf(delivery: Delivery): FeedEvent | undefined {
    return this.#events.get(delivery.id);
  }

  /** What became of a delivery that was in flight. `jitter`: 0 … 1. */
  settle(
    delivery: Delivery,
    outcome: Outcome,
    last: Attempt,
    jitter: number,
  ): { delivery: Delivery; verdict: Verdict } {
    const attempts = delivery.attempts + 1;
    const nowMs = last.atMs + last.tookMs;
    const verdict = afterAttempt(attempts, outcome, jitter);
    const settled = settledDelivery({ ...delivery, attempts, last }, verdict, nowMs);
    this.inFlight -= 1;
    if (settled.status === 'open') this.#enqueue(settled);
    else this.#events.delete(delivery.id);
    this.#judge(verdict, nowMs);
    return { delivery: settled, verdict };
  }

  /** Whoever enables it, or sends it elsewhere, says that it is worth trying. */
  change(endpoint: Endpoint): void {
    const enabled = endpoint.status === 'enabled' && this.endpoint.status === 'disabled';
    if (enabled || endpoint.url !== this.endpoint.url)
      this.progress = { ...this.progress, failures: 0, failingSinceMs: null };
    this.endpoint = endpoint;
  }

  #judge(verdict: Verdict, nowMs: number): void {
    switch (verdict.kind) {
      case 'delivered':
        this.progress = { ...this.progress, failures: 0, failingSinceMs: null };
        return;
      case 'gone':
        this.#disable('gone', nowMs);
        return;
      case 'retried':
      case 'failed': {
        const failingSinceMs = this.progress.failingSinceMs ?? nowMs;
        this.progress = { ...this.progress, failures: this.progress.failures + 1, failingSinceMs };
        if (isHopeless(failingSinceMs, nowMs)) this.#disable('failing', nowMs);
      }
    }
  }

  #disable(because: DisabledBecause, nowMs: number): void {
    if (this.endpoint.status === 'enabled') this.endpoint = disabledEndpoint(this.endpoint, because, nowMs);
  }

  #enqueue(delivery: Delivery): void {
    const waiting = delivery.attempts === 0 ? this.#untried : this.#again;
    let at = waiting.length;
    while (at > 0 && isLater(waiting[at - 1] as Delivery, delivery)) at -= 1;
    waiting.splice(at, 0, delivery);
  }
}

function isLater(one: Delivery, other: Delivery): boolean {
  return one.dueMs > other.dueMs || (one.dueMs === other.dueMs && one.id > other.id);
}

function settledDelivery(delivery: Delivery, verdict: Verdict, nowMs: number): Delivery {
  switch (verdict.kind) {
    case 'delivered':
      return { ...delivery, status: 'delivered' };
    case 'retried':
      return { ...delivery, dueMs: nowMs + verdict.delayMs };
    case 'failed':
    case 'gone':
      return { ...delivery, status: 'failed' };
  }
}

/** Ascending by time and number; the random rest tells those of different endpoints apart. */
function deliveryId(nowMs: number, number: number, entropy: Uint8Array): string {
  const bytes = new Uint8Array(10);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, Math.floor(number / 2 ** 32));
  view.setUint32(2, number % 2 ** 32);
  bytes.set(entropy.subarray(0, 4), 6);
  return makeId('whd', nowMs, bytes);
}
