// Gateway. What HTTP and WebSocket share: the engine, who may ask, what can be asked, and the way of an operation from
// its body to its answer.
//
// Order of judgement: shape (400), authority (401, 403), and then what the engine says.

import type { Engine, EngineSession } from '../../actors/engine.ts';
import type { Books } from '../../workers/books.ts';
import type { Context, Origin } from '../domain/context.ts';
import type { Log } from '../log/log-line.ts';
import type { BusyTime } from '../ops/busy-time.ts';
import type { Webhooks } from '../webhooks/webhooks.ts';
import type { CallbackPort } from './callback-port.ts';
import type { CheckPort } from './check-port.ts';
import type { Caller, Callers } from './callers.ts';
import type { GatewayMetrics } from './gateway-metrics.ts';
import type { Scope } from './keys.ts';
import type { NonCore } from './non-core.ts';
import type { Attempt, Done, Reply, Tell, Unchecked } from './operation.ts';
import type { OperationName, Operations } from './operations.ts';
import type { FrameTime } from './order-resources/shown-step.ts';
import type { Refused } from './problem.ts';
import type { ReconciliationPort } from './reconciliation-port.ts';
import { makeContext } from './request-context.ts';
import type { Subscriptions } from './subscriptions.ts';

export type GatewayLimits = {
  /** Bytes of a body that is not a batch. */
  readonly bodyBytesMax: number;
  /** Bytes unread by a WebSocket's client at which the transport closes it. */
  readonly backlogBytesMax: number;
  /** Requests in flight on one WebSocket. */
  readonly webSocketCredit: number;
  readonly webSocketsPerKeyMax: number;
  readonly batchMax: number;
  /** Hours that a cursor of a subscription stays good. */
  readonly eventRetentionHours: number;
  /** Origins from which browsers may open a WebSocket. */
  readonly originsAllowed: readonly string[];
};

export type Gateway = {
  readonly engine: Engine;
  /** Whether this is the one for stress traffic; beside the other it has an engine, books and channels of its own. */
  readonly isShadow: boolean;
  /** The one for stress traffic; null where there is none, and on itself. */
  readonly shadow: Gateway | null;
  /** null when they are switched off. */
  readonly books: Books | null;
  readonly webhooks: Webhooks;
  /** Who verifies what channels call to say. */
  readonly callbacks: CallbackPort;
  /** Who asks what has to be known before a payment begins. */
  readonly checks: CheckPort;
  /** Who compares files of others with us; null where nobody does. */
  readonly reconciliation: ReconciliationPort | null;
  /** When a durable frame was made, ms since 1970. */
  readonly frameTime: FrameTime;
  readonly callers: Callers;
  readonly operations: Operations;
  readonly subscriptions: Subscriptions;
  /** Who lets in what is no payment. */
  readonly nonCore: NonCore;
  readonly metrics: GatewayMetrics;
  /** Counts how long the thread works for it. */
  readonly busy: BusyTime;
  /** Of faults it is told more than clients are. */
  readonly log: Log;
  readonly limits: GatewayLimits;
  /** Monotonic clock, ms. */
  readonly monotonic: () => number;
  /** Wall clock, ms since 1970. */
  readonly now: () => number;
};

/** One request, from wherever it came. */
export type Asked = {
  readonly name: OperationName;
  readonly body: unknown;
  /** What is wrong beside the body; told when the body is right. */
  readonly stray: Refused | null;
  /** Idempotency key; '' for none. */
  readonly key: string;
  readonly caller: Caller | null;
  readonly session: EngineSession;
  readonly origin: Origin;
  readonly requestId: string;
  readonly traceId: string;
};

/** Judges the request and hands it to the engine; `tell` is called once. */
export function ask(gateway: Gateway, asked: Asked, tell: Tell): void {
  const operation = gateway.operations[asked.name];
  const shaped = operation.prepare(asked.body, asked.key);
  if (!shaped.ok) {
    tell(shaped);
    return;
  }
  const caller = asked.stray ?? authorise(gateway, asked.caller, operation.scope);
  if ('code' in caller) {
    tell({ ok: false, refused: caller });
    return;
  }
  const context = makeContext(caller, asked.origin, asked.requestId, asked.traceId);
  const startedMs = gateway.monotonic();
  const told = (reply: Reply): void => {
    gateway.metrics.operation(asked.name, (gateway.monotonic() - startedMs) / 1000);
    if (reply.ok) count(gateway.metrics, reply);
    tell(reply);
  };
  submit(gateway, asked.session, shaped.prepared, context, told);
}

/** Where checks are needed first, the engine has said so and done nothing: with what they say it is asked again. */
function submit(gateway: Gateway, session: EngineSession, attempt: Attempt, context: Context, told: Tell): void {
  const command = attempt(context, (reply) => {
    if ('needs' in reply) void check(gateway, session, reply, context, told);
    else told(reply);
  });
  session.submit(command);
}

async function check(
  gateway: Gateway,
  session: EngineSession,
  { needs, again }: Unchecked,
  context: Context,
  told: Tell,
): Promise<void> {
  const said = await gateway.checks.ask(needs, context);
  if ('refused' in said) told({ ok: false, refused: { code: said.refused, detail: `Check: ${said.detail}.` } });
  else submit(gateway, session, again(said), context, told);
}

/** Where a caller's requests go: stress traffic never where business is. */
export function worldOf(gateway: Gateway, caller: Caller | null): Gateway {
  return caller?.shadow && gateway.shadow ? gateway.shadow : gateway;
}

/** The caller, if it may; else why not. */
export function authorise({ isShadow }: Gateway, caller: Caller | null, scope: Scope): Caller | Refused {
  if (!caller) return { code: 'unauthenticated' };
  if (caller.shadow !== isShadow) return { code: 'shadow_off' };
  return caller.scopes.has(scope) ? caller : { code: 'scope_missing', detail: `This needs the scope ${scope}.` };
}

/** Refusals are counted where they are told. */
function count(metrics: GatewayMetrics, { replayed, results }: Done): void {
  if (replayed) metrics.replayed();
  for (const result of results) metrics.result(result);
}
