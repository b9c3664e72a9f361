// HTTP. From a request to an answer: the route, the body, the headers.

import type { EngineSession } from '../../actors/engine.ts';
import { answerJson, answerProblem, faultContext, type Exchange } from './exchange.ts';
import { ask, worldOf, type Asked, type Gateway } from './gateway.ts';
import { readJson } from './json-body.ts';
import { listings } from './listings.ts';
import type { Done, Open } from './operation.ts';
import type { OperationName } from './operations.ts';
import { waitMsOf, whenOver } from './prefer.ts';
import type { Refused } from './problem.ts';
import { isRefused, readQuery } from './query.ts';
import { makeContext, requestIdOf, traceIdOf } from './request-context.ts';
import { CLASS_OF } from './route-classes.ts';
import { findRoute, type Action, type Match } from './routes.ts';
import type { Answer, HttpRequest } from './transport/transport.ts';

const NO_SHADOW_WEBHOOKS: Refused = { code: 'route_not_found', detail: 'Stress traffic has no webhooks.' };

export function makeHttp(gateway: Gateway): (request: HttpRequest, answer: Answer) => void {
  const sessions = new Map<Gateway, EngineSession>();
  for (const world of [gateway, gateway.shadow]) if (world) sessions.set(world, world.engine.openSession());
  return (request, answer) => {
    const caller = gateway.callers.fromHeader(request.header('authorization'));
    const world = worldOf(gateway, caller);
    const session = sessions.get(world) as EngineSession;
    world.busy.telling(() => take(world, { request, answer, caller, session }));
  };
}

type Taken = Pick<Exchange, 'request' | 'answer' | 'caller' | 'session'>;

function take(world: Gateway, { request, answer, caller, session }: Taken): void {
  const startedMs = world.monotonic();
  const found = findRoute(request.method, request.path);
  const action = isMatch(found) ? found.route.action : 'none';
  const exchange: Exchange = {
    request,
    caller,
    requestId: requestIdOf(request.header('x-request-id')),
    id: isMatch(found) ? found.id : undefined,
    session,
    refused: world.metrics.refused,
    answer: (sent) => {
      world.metrics.request(action, sent.status, (world.monotonic() - startedMs) / 1000);
      answer(sent);
    },
  };
  if (isMatch(found)) admit(world, exchange, found.route.action);
  else refuseRoute(exchange, found);
}

/** Whoever is nobody is told so at once, and takes no place. */
function admit(world: Gateway, exchange: Exchange, action: Action): void {
  const of = CLASS_OF[action];
  if (of === 'core' || !exchange.caller) begin(world, exchange, action);
  else world.nonCore.serve(of, exchange, (placed) => begin(world, placed, action));
}

function begin(world: Gateway, exchange: Exchange, action: Action): void {
  try {
    serve(world, exchange, action);
  } catch (error) {
    world.log.request('request_failed', faultContext(exchange), { error, action });
    answerProblem(exchange, { code: 'internal_error' });
  }
}

function isMatch(found: Match | readonly string[] | null): found is Match {
  return found !== null && 'route' in found;
}

function serve(gateway: Gateway, exchange: Exchange, action: Action): void {
  if (gateway.isShadow && action.startsWith('webhooks.')) answerProblem(exchange, NO_SHADOW_WEBHOOKS);
  else if (isListing(action)) listings[action](gateway, exchange);
  else operate(gateway, exchange, action);
}

function isListing(action: Action): action is keyof typeof listings {
  return Object.hasOwn(listings, action);
}

function operate(gateway: Gateway, exchange: Exchange, name: OperationName): void {
  const { request, requestId, session, caller } = exchange;
  const read = readJson(exchange, name === 'transfers.batch' ? Infinity : gateway.limits.bodyBytesMax);
  if (!read.ok) {
    answerProblem(exchange, read.refused);
    return;
  }
  // A parameter that is passed over could have been meant to change what happens.
  const query = readQuery(request.query, []);
  const asked = {
    name,
    body: read.body,
    stray: isRefused(query) ? query : null,
    key: request.header('idempotency-key') ?? '',
    caller,
    session,
    origin: 'http' as const,
    requestId,
    traceId: traceIdOf(request.header('traceparent')),
  };
  const { status } = gateway.operations[name];
  ask(gateway, asked, (reply) => {
    if (!reply.ok) answerProblem(exchange, reply.refused);
    else if (reply.open) answerWhenOver(gateway, exchange, asked, { done: reply, open: reply.open, status });
    else answerDone(exchange, status, reply);
  });
}

function answerDone(exchange: Exchange, status: number, { body, location, replayed }: Done): void {
  const headers: [string, string][] = [];
  if (status === 201) headers.push(['Location', location]);
  if (replayed) headers.push(['Idempotent-Replayed', 'true']);
  answerJson(exchange, status, body, headers);
}

/** Keeps the answer back as long as the client prefers. */
function answerWhenOver(
  gateway: Gateway,
  exchange: Exchange,
  asked: Asked,
  { done, open, status }: { readonly done: Done; readonly open: Open; readonly status: number },
): void {
  const { request, session } = exchange;
  const waitMs = waitMsOf(request.header('prefer'));
  if (waitMs === 0 || !asked.caller) {
    answerDone(exchange, status, done);
    return;
  }
  const context = makeContext(asked.caller, asked.origin, asked.requestId, asked.traceId);
  const waiter = { context, session, subscriptions: gateway.subscriptions };
  whenOver(waiter, done, open, waitMs, (over) => answerDone(exchange, status, over));
}

function refuseRoute(exchange: Exchange, methods: readonly string[] | null): void {
  if (methods === null) answerProblem(exchange, { code: 'route_not_found' });
  else answerProblem(exchange, { code: 'method_not_allowed' }, [['Allow', methods.join(', ')]]);
}
