// Connection. One WebSocket: its requests in the order of sending, its answers, its subscriptions.
//
// Q1. At most `credit` requests are in flight; the next one is refused, never queued. Q2. Answers of one turn leave
// together, in as few packets as possible.

import type { EngineSession } from '../../actors/engine.ts';
import type { Caller } from './callers.ts';
import { ask, type Gateway } from './gateway.ts';
import type { Reply } from './operation.ts';
import type { OperationName } from './operations.ts';
import { problemOf, type Refused } from './problem.ts';
import { makeContext, requestIdOf, traceIdOf } from './request-context.ts';
import type { EventResource } from './resources.ts';
import { isMap } from './shape.ts';
import { readSubscribe, readUnsubscribe } from './subscribing.ts';
import type { Reader, Subscription } from './subscriptions.ts';
import type { Socket } from './transport/transport.ts';
import type { WireFormat } from './wire-format.ts';

type FrameId = string | number | bigint;

export type Frame = Readonly<Record<string, unknown>> & { readonly id: FrameId; readonly op: string };

/** Close codes of the gateway: our own, and "try again later" (RFC 6455) as the transport uses it. */
export const CLOSE = { fault: 1011, tooSlow: 1013, badFrame: 4400, unauthenticated: 4401 } as const;

/** Version of the protocol, told in the greeting. */
const PROTOCOL_VERSION = 'v1';

/** Characters of a request's id. */
const ID_LENGTH_MAX = 128;

const FIELDS: ReadonlySet<string> = new Set(['id', 'op', 'key', 'traceparent', 'body']);

/** What a frame can ask of the connection itself, beside the operations of the gateway. */
const CONNECTION_OPS: ReadonlySet<string> = new Set(['subscribe', 'unsubscribe', 'ping']);

/** Subscriptions of one connection: each costs a look at every event. */
const SUBSCRIPTIONS_MAX = 100;

/** Share of the backlog that events may fill; the rest is for answers, which nothing holds back. */
const EVENTS_SHARE = 1 / 4;

const TOO_MANY: Refused = { code: 'too_many_requests', detail: 'More requests in flight than the greeting allows.' };
const TOO_MANY_SUBSCRIPTIONS: Refused = {
  code: 'too_many_requests',
  detail: `A connection has at most ${SUBSCRIPTIONS_MAX} subscriptions.`,
};

export function isFrame(frame: unknown): frame is Frame {
  if (!isMap(frame)) return false;
  return isFrameId(frame.id) && typeof frame.op === 'string';
}

/** What can be told back as it came: a text of bounded length, or an integer of at most 64 bits. */
function isFrameId(id: unknown): id is FrameId {
  if (typeof id === 'bigint') return BigInt.asIntN(64, id) === id || BigInt.asUintN(64, id) === id;
  return typeof id === 'string' ? id.length <= ID_LENGTH_MAX : Number.isSafeInteger(id);
}

export class Connection {
  readonly caller: Caller;
  readonly format: WireFormat;
  /** The gateway of business or of stress traffic. */
  readonly world: Gateway;
  readonly #socket: Socket;
  readonly #session: EngineSession;
  readonly #subscriptions = new Map<string, Subscription>();
  #inFlight = 0;
  #outgoing: (string | Uint8Array)[] = [];
  /** What `#outgoing` has left of the room for events, bytes. */
  #room = 0;

  constructor(world: Gateway, socket: Socket, caller: Caller, format: WireFormat) {
    this.world = world;
    this.#socket = socket;
    this.caller = caller;
    this.format = format;
    this.#session = world.engine.openSession();
  }

  greet(): void {
    const { webSocketCredit: credit, batchMax } = this.world.limits;
    this.#send({ hello: { version: PROTOCOL_VERSION, credit, max_batch: batchMax } });
  }

  closed(): void {
    for (const subscription of this.#subscriptions.values()) subscription.close();
    this.#subscriptions.clear();
  }

  /** `bytes`: length of the message that the frame came in. */
  request(frame: Frame, bytes: number): void {
    const refused = this.#judge(frame, bytes);
    if (refused) this.#refuse(frame, refused);
    else this.#dispatch(frame);
  }

  /** What is wrong with the frame around its body, by the order of the list of refusals. */
  #judge({ op, key, ...rest }: Frame, bytes: number): Refused | null {
    const { bodyBytesMax, webSocketCredit } = this.world.limits;
    if (typeof (key ?? '') !== 'string') return { code: 'body_invalid', param: 'key' };
    const unknown = Object.keys(rest).find((name) => !FIELDS.has(name));
    if (unknown !== undefined) return { code: 'field_unknown', param: unknown.slice(0, ID_LENGTH_MAX) };
    if (!isOperation(this.world, op) && !CONNECTION_OPS.has(op)) return { code: 'op_unknown', param: 'op' };
    if (bytes > bodyBytesMax && op !== 'transfers.batch') return { code: 'body_too_large' };
    return this.#inFlight >= webSocketCredit ? TOO_MANY : null;
  }

  #dispatch(frame: Frame): void {
    const { op } = frame;
    if (isOperation(this.world, op)) this.#ask(frame, op);
    else if (op === 'subscribe') this.#subscribe(frame);
    else if (op === 'unsubscribe') this.#unsubscribe(frame);
    else this.#answer(frame, {});
  }

  #ask(frame: Frame, name: OperationName): void {
    this.#inFlight += 1;
    const asked = {
      name,
      body: frame.body ?? {},
      stray: null,
      key: typeof frame.key === 'string' ? frame.key : '',
      caller: this.caller,
      session: this.#session,
      origin: 'ws' as const,
      requestId: requestIdOf(undefined),
      traceId: traceIdOf(frame.traceparent),
    };
    try {
      ask(this.world, asked, (reply) => this.#told(frame, asked.requestId, reply));
    } catch (error) {
      const context = makeContext(this.caller, asked.origin, asked.requestId, asked.traceId);
      this.world.log.request('request_failed', context, { error, action: name });
      this.#socket.close(CLOSE.fault, 'internal error');
    }
  }

  #told(frame: Frame, requestId: string, reply: Reply): void {
    this.#inFlight -= 1;
    if (reply.ok) this.#answer(frame, reply.body);
    else this.#refuse(frame, reply.refused, requestId);
  }

  #subscribe(frame: Frame): void {
    const read = readSubscribe(this.world, this.caller, frame.body ?? {});
    if ('code' in read) {
      this.#refuse(frame, read);
      return;
    }
    const { wanted, cursor, place } = read;
    const { topic } = wanted;
    if (this.#subscriptions.size >= SUBSCRIPTIONS_MAX && !this.#subscriptions.has(topic)) {
      this.#refuse(frame, TOO_MANY_SUBSCRIPTIONS);
      return;
    }
    this.#answer(frame, { cursor });
    this.#subscriptions.get(topic)?.close();
    const reader: Reader = {
      deliver: (event) => this.#deliver(topic, event),
      ready: () => this.#roomBytes() > 0,
      tooSlow: () => this.#socket.close(CLOSE.tooSlow, 'reader too slow'),
    };
    this.#subscriptions.set(topic, this.world.subscriptions.subscribe(wanted, place, reader));
  }

  /** Ending what has not begun is no mistake. */
  #unsubscribe(frame: Frame): void {
    const read = readUnsubscribe(frame.body ?? {});
    if ('code' in read) {
      this.#refuse(frame, read);
      return;
    }
    this.#subscriptions.get(read.topic)?.close();
    this.#subscriptions.delete(read.topic);
    this.#answer(frame, read);
  }

  #deliver(topic: string, { id, type, data }: EventResource): void {
    this.#send({ event: type, topic, cursor: id, data });
  }

  #answer({ id }: Frame, body: unknown): void {
    this.#send({ id, ok: true, body });
  }

  #refuse({ id, op }: Frame, refused: Refused, requestId = requestIdOf(undefined)): void {
    this.world.metrics.refused(refused.code);
    this.#send({ id, ok: false, error: problemOf(refused, op, requestId) });
  }

  /** Room for events in what the reader has not taken. Measured once a turn: until its end nothing more is sent. */
  #roomBytes(): number {
    if (this.#outgoing.length > 0) return this.#room;
    return this.world.limits.backlogBytesMax * EVENTS_SHARE - this.#socket.backlogBytes();
  }

  #send(message: unknown): void {
    this.world.metrics.message('out');
    const encoded = this.format.encode(message);
    this.#room = this.#roomBytes() - encoded.length;
    // Everything of one turn is sent when the turn is over.
    if (this.#outgoing.push(encoded) === 1) queueMicrotask(this.#flush);
  }

  readonly #flush = (): void => {
    const outgoing = this.#outgoing;
    this.#outgoing = [];
    const [only] = outgoing;
    if (only !== undefined && outgoing.length === 1) this.#socket.send(only);
    else this.#socket.cork(() => outgoing.forEach((message) => this.#socket.send(message)));
  };
}

function isOperation({ operations }: Gateway, op: string): op is OperationName {
  return Object.hasOwn(operations, op);
}
