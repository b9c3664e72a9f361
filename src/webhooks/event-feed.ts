// Event feed. What webhooks need to know of the engine: its durable events, by their place in the journal.

import type { Context } from '../domain/context.ts';
import type { FactPosition } from '../domain/ids.ts';
import type { Order } from '../domain/orders/order.ts';

/** An event as it is sent. */
export type FeedEvent = {
  /** evt_… */
  readonly id: string;
  readonly type: string;
  readonly merchant: string;
  /** As `GET /v1/events` shows it, as JSON. */
  readonly body: string;
  /** Of the request that caused it. */
  readonly context: Context;
  /** What it is about, where that is an order. */
  readonly order: Order | null;
};

/** An event that was met on the way; making its body is left to who wants it. */
export type Met = {
  readonly merchant: string;
  readonly type: string;
  readonly place: FactPosition;
  readonly show: () => FeedEvent;
};

export type EventFeed = {
  /** The last durable frame. */
  readonly position: () => number;
  /**
   * Shows the events after a place, in order, until `visit` answers false or `factsMax` facts were looked at (a frame is
   * looked at as a whole). `next`: continue after it.
   */
  readonly follow: (after: FactPosition, factsMax: number, visit: (event: Met) => boolean) => FactPosition;
  /** null for an id that names no event. */
  readonly find: (id: string) => FeedEvent | null;
  /** The place before every event of this time (ms since 1970) and later. */
  readonly placeBefore: (timeMs: number) => FactPosition;
};
