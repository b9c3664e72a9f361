// Log lines. Everything that the log can say, and what each of it is about.
//
// L1. A line about an order cannot be written without the order and the context that has its identity, one about a request
// not without its context: neither compiles. L2. What a line can have is named here; nothing else of an order, a request or
// an error gets into the log. L3. A payment that goes well writes none.

import type { Context, OrderContext } from '../domain/context.ts';
import type { Order } from '../domain/orders/order.ts';

export type Level = 'info' | 'warn' | 'error' | 'fatal';

type Lines = Readonly<Record<string, readonly [level: Level, text: string]>>;

/** About orders. */
export const ORDER_LINES = {
  channel_unknown: ['warn', 'nobody knows what became of what a channel was asked'],
  channel_known: ['info', 'a channel has said what became of it after all'],
  anomaly: ['error', 'a channel contradicts what is known: nothing was changed'],
  case_opened: ['warn', 'a case waits for people'],
  case_proposed: ['info', 'somebody has proposed how a case ends'],
  case_resolved: ['info', 'two people have decided a case'],
  adapter_failed: ['error', 'an adapter failed: what it was asked is unknown'],
  actor_failed: ['error', 'an actor failed; its partition starts again from the journal'],
  delivery_given_up: ['warn', 'an event was not taken by a webhook endpoint and is not sent to it any more'],
} as const satisfies Lines;

/** About requests that are not about an order, or not known to be. */
export const REQUEST_LINES = {
  request_failed: ['error', 'a request could not be answered'],
  books_failed: ['error', 'the books could not be read'],
  webhooks_failed: ['error', 'the webhooks could not be read or written'],
  reconciliation_failed: ['error', 'a file to reconcile could not be taken'],
  callback_failed: ['error', 'a callback could not be taken'],
  callback_refused: ['warn', 'a callback is not what its channel would have sent: nothing was changed'],
  callback_unmatched: ['warn', 'a channel called about a number that no order of it has'],
  actor_failed: ['error', 'an actor failed; its partition starts again from the journal'],
  delivery_given_up: ['warn', 'an event was not taken by a webhook endpoint and is not sent to it any more'],
  breach_found: ['fatal', 'something is as it must never be: a case says what'],
} as const satisfies Lines;

/** About channels and endpoints, and not about what goes through them. */
export const PEER_LINES = {
  breaker_open: ['warn', 'the breaker of a channel has opened: it is asked for nothing new'],
  breaker_half_open: ['info', 'the breaker of a channel lets one request try'],
  breaker_closed: ['info', 'the breaker of a channel has closed'],
  endpoint_disabled: ['warn', 'a webhook endpoint was disabled'],
  event_unreadable: ['error', 'an event that is owed to a webhook endpoint is not in the journal'],
} as const satisfies Lines;

/** About the process and its files. */
export const PROCESS_LINES = {
  stopping: ['info', 'stopping'],
  stopped: ['info', 'stopped'],
  rules_read: ['info', 'the rules were read again'],
  rules_refused: ['error', 'the rules were not read: those in force stay'],
  storage_failed: ['fatal', 'storage failed: the process ends, nothing more is acknowledged'],
  frame_cut: ['warn', 'the last frame was cut short by a crash; nobody was told of it'],
  engine_failed: ['error', 'the engine failed between two requests; it starts again from the journal'],
  books_worker_crashed: ['error', 'a books worker crashed; it goes on from its checkpoints'],
  books_contradiction: ['fatal', 'books and journal contradict each other: nothing more is booked'],
  books_late: ['fatal', 'the books do not come within the window: what happened is not compared with them'],
  reconciler_crashed: ['error', 'the reconciler crashed; it goes on from what it has written'],
  reconciler_stopped: ['fatal', 'the reconciler cannot read the journal: it checks nothing more'],
  runs_worker_crashed: ['error', 'the thread of reconciliations crashed; its run begins anew'],
  webhook_store_failed: ['error', 'webhooks: the store or the journal failed; nothing is skipped'],
  redis_failed: ['error', 'the event stream broke off: events wait in the journal and nothing is skipped'],
  redis_back: ['info', 'the event stream goes on from what it has'],
  connection_failed: ['error', 'a connection failed outside of its requests'],
} as const satisfies Lines;

export type OrderLineName = keyof typeof ORDER_LINES;
export type RequestLineName = keyof typeof REQUEST_LINES;
export type PeerLineName = keyof typeof PEER_LINES;
export type ProcessLineName = keyof typeof PROCESS_LINES;

/** An order that a line is about, and the orders above it that are known (of a case: what it is about). */
export type AboutOrder = { readonly context: OrderContext; readonly orders: readonly [Order, ...Order[]] };

export type AboutPeer = { readonly channel: string } | { readonly endpoint: string; readonly merchant: string };

/** What a line may say beside what it is about. */
export type More = {
  readonly error?: unknown;
  /** A short code. */
  readonly reason?: string;
  readonly channel?: string;
  readonly endpoint?: string;
  readonly delivery?: string;
  /** Id of an event, and its type. */
  readonly event?: string;
  readonly eventType?: string;
  /** Method and pattern of a route, or the name of an operation. */
  readonly action?: string;
  readonly signal?: string;
  readonly seq?: number;
  readonly offset?: number;
  readonly attempts?: number;
  /** Ids of an order, an account and a breach of the books. */
  readonly order?: string;
  readonly account?: string;
  readonly breach?: string;
};

/** Where lines go. */
export type Log = {
  readonly order: (name: OrderLineName, about: AboutOrder, more?: More) => void;
  readonly request: (name: RequestLineName, context: Context, more?: More) => void;
  readonly peer: (name: PeerLineName, about: AboutPeer, more?: More) => void;
  readonly process: (name: ProcessLineName, more?: More) => void;
};

/** For who has nobody to tell. */
export const NO_LOG: Log = {
  order: () => {},
  request: () => {},
  peer: () => {},
  process: () => {},
};
