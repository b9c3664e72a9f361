// Connection. One WebSocket: its requests in the order of sending, its answers, its subscriptions.
//
// Q1. At most `credit` requests are in flight; the next one is refused, never queued. Q2. Answers of one turn leave
// together, in as few packets as possible.

import type { EngineSession } from '../../actors/engine.ts';
import { isId } from '../domain/ids.ts';
import type { Caller } from './callers.ts';
import { isTopic, latestCursor, placeOf, sourceOf, type Wanted } from './feed.ts';
import { ask, authorise, type Gateway } from './gateway.ts';
import type { OperationName, Reply } from './operations.ts';
import { problemOf, type Refused } from './problem.ts';
import { requestIdOf, traceIdOf } from './request-context.ts';
import type { EventResource } from './resources.ts';
import { isMap } from './shape.ts';
import type { Subscription } from './subscriptions.ts';
import type { Socket } from './transport.ts';
import type { WireFormat } from './wire-format.ts';

export type Frame = Readonly<Record<string, unknown>> & { readonly id: string | number; readonly op: string };

/** Version of the protocol, told in the greeting. */
const PROTOCOL_VERSION = 'v1';

const FIELDS: ReadonlySet<string> = new Set(['id', 'op', 'key', 'traceparent', 'body']);

/** Subscriptions of one connection: each costs a look at every event. */
const SUBSCRIPTIONS_MAX = 100;

/** Unread bytes above which catching up pauses. */
const CATCH_UP_BYTES_MAX = 1_048_576;

const MS_PER_HOUR = 3_600_000;

export function isFrame(frame: unknown): frame is Frame {
  if (!isMap(frame)) return false;
  const { id, op } = frame;
  const named = (typeof id === 'string' && id.length <= 128) || Number.isSafeInteger(id);
  return named && typeof op === 'string';
}

export class Connection {
  readonly caller: Caller;
  readonly format: WireFormat;
  readonly #gateway: Gateway;
  readonly #socket: Socket;
  readonly #session: EngineSession;
  readonly #subscriptions = new Map<string, Subscription>();
  #inFlight = 0;
  #outgoing: (string | Uint8Array)[] = [];

  constructor(gateway: Gateway, socket: Socket, caller: Caller, format: WireFormat) {
    this.#gateway = gateway;
    this.#socket = socket;
    this.caller = caller;
    this.format = format;
    this.#session = gateway.engine.openSession();
  }

  greet(): void {
    const { webSocketCredit: credit, batchMax } = this.#gateway.limits;
    this.#send({ hello: { version: PROTOCOL_VERSION, credit, max_batch: batchMax } });
  }

  closed(): void {
    for (const subscription of this.#subscriptions.values()) subscription.close();
    this.#subscriptions.clear();
  }

  request(frame: Frame): void {
    const unknown = Object.keys(frame).find((name) => !FIELDS.has(name));
    if (unknown !== undefined) this.#refuse(frame, { code: 'field_unknown', param: unknown.slice(0, 64) });
    else if (frame.key !== undefined && frame.key !== null && typeof frame.key !== 'string')
      this.#refuse(frame, { code: 'body_invalid', param: 'key' }); // prettier-ignore
    else if (this.#inFlight >= this.#gateway.limits.webSocketCredit) this.#refuse(frame, TOO_MANY);
    else this.#dispatch(frame);
  }

  #dispatch(frame: Frame): void {
    if (Object.hasOwn(this.#gateway.operations, frame.op)) this.#ask(frame, frame.op as OperationName);
    else if (frame.op === 'subscribe') this.#subscribe(frame);
    else if (frame.op === 'unsubscribe') this.#unsubscribe(frame);
    else if (frame.op === 'ping') this.#answer(frame, {});
    else this.#refuse(frame, { code: 'op_unknown', param: 'op' });
  }

  #ask(frame: Frame, name: OperationName): void {
    this.#inFlight += 1;
    const asked = {
      name,
      body: frame.body ?? {},
      key: (frame.key as string | null | undefined) ?? '',
      caller: this.caller,
      session: this.#session,
      origin: 'ws' as const,
      requestId: requestIdOf(undefined),
      traceId: traceIdOf(frame.traceparent),
    };
    ask(this.#gateway, asked, (reply) => this.#told(frame, asked.requestId, reply));
  }

  #told({ id, op }: Frame, requestId: string, reply: Reply): void {
    this.#inFlight -= 1;
    if (reply.ok) this.#send({ id, ok: true, body: reply.body });
    else this.#send({ id, ok: false, error: problemOf(reply.refused, op, requestId) });
  }

  #subscribe(frame: Frame): void {
    const wanted = this.#wanted(frame.body);
    if ('code' in wanted) {
      this.#refuse(frame, wanted);
      return;
    }
    const { topic, after } = wanted;
    const place = placeOf(after);
    if (!place) {
      this.#refuse(frame, { code: 'query_invalid', param: 'after', detail: 'after is not a cursor.' });
      return;
    }
    if (this.#gateway.now() - place.timeMs > this.#gateway.limits.eventRetentionHours * MS_PER_HOUR) {
      this.#refuse(frame, { code: 'cursor_expired', param: 'after' });
      return;
    }
    this.#answer(frame, { cursor: after });
    this.#subscriptions.get(topic)?.close();
    const deliver = (event: EventResource): void => this.#deliver(topic, event);
    const ready = (): boolean => this.#socket.backlogBytes() < CATCH_UP_BYTES_MAX;
    this.#subscriptions.set(topic, this.#gateway.subscriptions.subscribe(wanted, place, { deliver, ready }));
  }

  /** What a subscription asks for; without `after` it begins now. */
  #wanted(body: unknown): (Wanted & { readonly after: string }) | Refused {
    if (!isMap(body)) return { code: 'body_invalid', param: 'body' };
    const { topic, after = null, filter = {}, ...rest } = body;
    const [unknown] = Object.keys(rest);
    if (unknown !== undefined) return { code: 'field_unknown', param: unknown.slice(0, 64) };
    if (typeof topic !== 'string' || !isTopic(topic, isId)) return { code: 'topic_unknown', param: 'topic' };
    const type = isMap(filter) ? (filter.type ?? '') : null;
    if (typeof type !== 'string') return { code: 'body_invalid', param: 'filter' };
    const permitted = authorise(this.caller, topic.startsWith('accounts:') ? 'accounts:read' : 'payments:read');
    if ('code' in permitted) return permitted;
    if (this.#subscriptions.size >= SUBSCRIPTIONS_MAX && !this.#subscriptions.has(topic)) return TOO_MANY;
    const from = after ?? latestCursor(sourceOf(this.#gateway.engine), this.#gateway.now());
    return typeof from === 'string' ? { merchant: this.caller.merchant, topic, type, after: from } : { code: 'query_invalid', param: 'after' }; // prettier-ignore
  }

  #unsubscribe(frame: Frame): void {
    const topic = isMap(frame.body) ? frame.body.topic : undefined;
    const subscription = typeof topic === 'string' ? this.#subscriptions.get(topic) : undefined;
    if (!subscription || typeof topic !== 'string') {
      this.#refuse(frame, { code: 'topic_unknown', param: 'topic' });
      return;
    }
    subscription.close();
    this.#subscriptions.delete(topic);
    this.#answer(frame, { topic });
  }

  #deliver(topic: string, { id, type, data }: EventResource): void {
    this.#send({ event: type, topic, cursor: id, data });
  }

  #answer({ id }: Frame, body: unknown): void {
    this.#send({ id, ok: true, body });
  }

  #refuse({ id, op }: Frame, refused: Refused): void {
    this.#gateway.metrics.refused(refused.code);
    if (refused.code === 'too_many_requests') this.#gateway.metrics.shed('rate');
    this.#send({ id, ok: false, error: problemOf(refused, op, requestIdOf(undefined)) });
  }

  #send(message: unknown): void {
    this.#gateway.metrics.message('out');
    // Everything of one turn is sent when the turn is over.
    if (this.#outgoing.push(this.format.encode(message)) === 1) queueMicrotask(this.#flush);
  }

  readonly #flush = (): void => {
    const outgoing = this.#outgoing;
    this.#outgoing = [];
    if (outgoing.length === 1) this.#socket.send(outgoing[0] as string | Uint8Array);
    else this.#socket.cork(() => outgoing.forEach((message) => this.#socket.send(message)));
  };
}

const TOO_MANY: Refused = { code: 'too_many_requests' };
