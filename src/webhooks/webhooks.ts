// Webhooks. What a merchant can do with its endpoints; the only way in for the gateway.
//
// W1. A merchant finds its own endpoints only. W2. What is answered is durable. W3. A secret leaves here twice: when an
// endpoint is made and when its secret is replaced.

import { makeId, type FactPosition } from '../domain/ids.ts';
import {
  changedEndpoint,
  ENDPOINTS_MAX,
  rotatedEndpoint,
  type Endpoint,
  type EndpointChange,
} from '../domain/webhooks/endpoint.ts';
import { readWebhookUrl, type ReadUrl } from '../domain/webhooks/webhook-url.ts';
import type { AddressGuard } from './address-guard.ts';
import { END_OF_FRAME, isBefore, type Delivery } from './delivery.ts';
import { Dispatcher, type DispatcherParts } from './dispatcher.ts';
import type { EventFeed } from './event-feed.ts';
import { Lane, OPEN_MAX } from './lane.ts';
import { PendingChanges } from './pending-changes.ts';
import type { Sender } from './sender.ts';
import { makeSecret } from './signature.ts';
import type { DeliveryPage, WebhookStore } from './webhook-store.ts';

export type WebhooksParts = {
  readonly store: WebhookStore;
  readonly feed: EventFeed;
  readonly sender: Sender;
  readonly guard: AddressGuard;
  /** http is allowed: the operator has named networks of its own. */
  readonly plain: boolean;
  readonly now: () => number;
  readonly monotonic: () => number;
  readonly jitter: () => number;
  readonly random: (bytes: number) => Buffer;
  readonly fault: (error: unknown) => void;
  /** `event`: null when it cannot be read. */
  readonly gaveUp: DispatcherParts['gaveUp'];
  readonly disabled: (endpoint: Endpoint) => void;
  readonly isOff: DispatcherParts['isOff'];
  readonly isBusy: DispatcherParts['isBusy'];
};

export type EndpointRequest = Pick<Endpoint, 'url' | 'description' | 'events'>;

/** Why an event is not sent again. */
export type NotReplayed = 'endpoint_unknown' | 'event_unknown' | 'full';

export class Webhooks {
  readonly dispatcher: Dispatcher;
  readonly #parts: WebhooksParts;
  readonly #pending: PendingChanges;

  constructor(parts: WebhooksParts) {
    const { store, feed, sender, now, monotonic, jitter, fault, gaveUp, isOff, isBusy } = parts;
    this.#parts = parts;
    this.#pending = new PendingChanges(store, now);
    const disabled = ({ endpoint }: Lane): void => parts.disabled(endpoint);
    const pending = this.#pending;
    const told = { fault, gaveUp, disabled, isOff, isBusy };
    this.dispatcher = new Dispatcher({ feed, sender, pending, now, monotonic, jitter, ...told });
    for (const endpoint of store.endpoints()) {
      this.#lanes.set(endpoint.id, new Lane(endpoint, store.progress(endpoint.id), store.open(endpoint.id)));
    }
  }

  /** The URL in its normal spelling, or why nothing is sent there. */
  readUrl(text: string): ReadUrl {
    const { guard, plain } = this.#parts;
    const read = readWebhookUrl(text, plain);
    if ('reason' in read) return read;
    const refusal = guard.refusalOfHost(new URL(read.url).hostname);
    return refusal === null ? read : { reason: `Its address is not public: ${refusal}.` };
  }

  /** Told of what happens from now on. null where the merchant has as many as it may. */
  async create(merchant: string, request: EndpointRequest): Promise<Endpoint | null> {
    if (this.list(merchant).length >= ENDPOINTS_MAX) return null;
    const { now, random, feed } = this.#parts;
    const nowMs = now();
    const endpoint: Endpoint = {
      id: makeId('whe', nowMs, random(10)),
      merchant,
      ...request,
      status: 'enabled',
      disabledBecause: null,
      secret: makeSecret(random),
      previous: null,
      createdAtMs: nowMs,
      updatedAtMs: nowMs,
    };
    const cursor = { seq: feed.position(), index: END_OF_FRAME };
    const lane = new Lane(endpoint, { cursor, replay: null, made: 0, failures: 0, failingSinceMs: null }, []);
    this.#lanes.set(endpoint.id, lane);
    return this.#write(lane);
  }

  /** The oldest first. */
  list(merchant: string): Endpoint[] {
    const own = [...this.#lanes.values()].map(({ endpoint }) => endpoint).filter((one) => one.merchant === merchant);
    return own.sort((one, other) => one.createdAtMs - other.createdAtMs || (one.id < other.id ? -1 : 1));
  }

  get(merchant: string, id: string): Endpoint | null {
    return this.#find(merchant, id)?.endpoint ?? null;
  }

  change(merchant: string, id: string, change: EndpointChange): Promise<Endpoint | null> {
    return this.#update(merchant, id, (endpoint, nowMs) => changedEndpoint(endpoint, change, nowMs));
  }

  rotate(merchant: string, id: string): Promise<Endpoint | null> {
    const secret = makeSecret(this.#parts.random);
    return this.#update(merchant, id, (endpoint, nowMs) => rotatedEndpoint(endpoint, secret, nowMs));
  }

  /** Nothing of it stays, nor is anything more sent to it. */
  async remove(merchant: string, id: string): Promise<boolean> {
    const lane = this.#find(merchant, id);
    if (!lane) return false;
    lane.removed = true;
    this.#lanes.delete(id);
    this.#pending.removed(lane);
    await this.#pending.commit();
    return true;
  }

  /** The newest first; one more than the limit where there are more. null where the merchant has no such endpoint. */
  async deliveries(merchant: string, id: string, page: DeliveryPage): Promise<Delivery[] | null> {
    if (!this.#find(merchant, id)) return null;
    await this.#pending.commit();
    return this.#parts.store.page(id, page);
  }

  /** Sends one event again, whatever the endpoint's filter says. */
  async replayEvent(merchant: string, id: string, event: string): Promise<Delivery | NotReplayed> {
    const lane = this.#find(merchant, id);
    if (!lane) return 'endpoint_unknown';
    const found = this.#parts.feed.find(event);
    if (found?.merchant !== merchant) return 'event_unknown';
    if (lane.open >= 2 * OPEN_MAX) return 'full';
    const delivery = lane.add(found, true, this.#parts.now(), this.#parts.random(4));
    this.#pending.delivery(lane, delivery);
    await this.#pending.commit();
    return delivery;
  }

  /**
   * Sends the events of a time again that the endpoint wants, `fromMs` ≤ time < `toMs` (ms since 1970), as they are now:
   * none that comes later. One that is still running is joined with it.
   */
  async replayRange(merchant: string, id: string, fromMs: number, toMs: number): Promise<boolean> {
    const lane = this.#find(merchant, id);
    if (!lane) return false;
    const { feed } = this.#parts;
    const [next, end] = [feed.placeBefore(fromMs), feed.placeBefore(toMs)];
    const running = lane.progress.replay;
    const replay = running ? { next: earlier(running.next, next), end: later(running.end, end) } : { next, end };
    lane.progress = { ...lane.progress, replay };
    await this.#write(lane);
    return true;
  }

  start(): void {
    this.dispatcher.start();
  }

  async close(): Promise<void> {
    await this.dispatcher.close();
    await this.#parts.store.close();
  }

  get #lanes(): Map<string, Lane> {
    return this.dispatcher.lanes;
  }

  #find(merchant: string, id: string): Lane | null {
    const lane = this.#lanes.get(id);
    return lane?.endpoint.merchant === merchant ? lane : null;
  }

  async #update(
    merchant: string,
    id: string,
    update: (endpoint: Endpoint, nowMs: number) => Endpoint,
  ): Promise<Endpoint | null> {
    const lane = this.#find(merchant, id);
    if (!lane) return null;
    lane.change(update(lane.endpoint, this.#parts.now()));
    return this.#write(lane);
  }

  /** What is answered is what was asked for, although a failure may have disabled the endpoint meanwhile. */
  async #write(lane: Lane): Promise<Endpoint> {
    const { endpoint } = lane;
    this.#pending.endpoint(lane);
    await this.#pending.commit();
    return endpoint;
  }
}

function earlier(one: FactPosition, other: FactPosition): FactPosition {
  return isBefore(other, one) ? other : one;
}

function later(one: FactPosition, other: FactPosition): FactPosition {
  return isBefore(one, other) ? other : one;
}
