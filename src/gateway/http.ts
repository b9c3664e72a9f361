// HTTP. From a request to an answer: the route, the body, the headers.

import { isUtf8 } from 'node:buffer';
import { answerJson, answerProblem, type Exchange } from './exchange.ts';
import { ask, type Gateway } from './gateway.ts';
import { listings } from './listings.ts';
import type { OperationName, Reply } from './operations.ts';
import type { Refused } from './problem.ts';
import { requestIdOf, traceIdOf } from './request-context.ts';
import type { TransferResource } from './resources.ts';
import { findRoute, type Action, type Match } from './routes.ts';
import { isMap } from './shape.ts';
import type { Answer, HttpRequest } from './transport.ts';

/** Seconds that `Prefer: wait` may hold an answer: less than what proxies in between usually allow. */
const WAIT_SECONDS_MAX = 30;

export function makeHttp(gateway: Gateway): (request: HttpRequest, answer: Answer) => void {
  const session = gateway.engine.openSession();
  return (request, answer) => {
    const startedMs = gateway.monotonic();
    const found = findRoute(request.method, request.path);
    const match = isMatch(found) ? found : null;
    const action = match?.route.action ?? 'none';
    const exchange: Exchange = {
      request,
      requestId: requestIdOf(request.header('x-request-id')),
      action,
      id: match?.id,
      session,
      answer: (sent) => {
        gateway.metrics.request(action, sent.status, (gateway.monotonic() - startedMs) / 1000);
        answer(sent);
      },
    };
    if (match) serve(gateway, exchange, match.route.action);
    else refuseRoute(exchange, found as readonly string[] | null);
  };
}

function isMatch(found: Match | readonly string[] | null): found is Match {
  return found !== null && 'route' in found;
}

function serve(gateway: Gateway, exchange: Exchange, action: Action): void {
  if (isListing(action)) listings[action](gateway, exchange);
  else operate(gateway, exchange, action);
}

function isListing(action: Action): action is keyof typeof listings {
  return Object.hasOwn(listings, action);
}

function operate(gateway: Gateway, exchange: Exchange, name: OperationName): void {
  const { request, requestId, session } = exchange;
  const read = readJson(exchange, name === 'transfers.batch' ? Infinity : gateway.limits.bodyBytesMax);
  if (!read.ok) {
    answerProblem(exchange, read.refused);
    return;
  }
  const asked = {
    name,
    body: read.body,
    key: request.header('idempotency-key') ?? '',
    caller: gateway.callers.fromHeader(request.header('authorization')),
    session,
    origin: 'http' as const,
    requestId,
    traceId: traceIdOf(request.header('traceparent')),
  };
  ask(gateway, asked, (reply) => {
    const waitMs = waitFor(exchange, reply);
    if (waitMs === 0) respond(gateway, exchange, name, reply);
    else waitForEnd(gateway, exchange, asked, reply, waitMs);
  });
}

/** The body with the path's id in it. */
function readJson(exchange: Exchange, bytesMax: number): { ok: true; body: unknown } | { ok: false; refused: Refused } {
  const { request, id } = exchange;
  const parsed = parse(request, bytesMax);
  if (!parsed.ok || id === undefined) return parsed;
  if (!isMap(parsed.body)) return invalid('The body must be an object.');
  if (Object.hasOwn(parsed.body, 'id')) return { ok: false, refused: { code: 'field_unknown', param: 'id' } };
  return { ok: true, body: { ...parsed.body, id } };
}

function parse(request: HttpRequest, bytesMax: number): { ok: true; body: unknown } | { ok: false; refused: Refused } {
  const { body } = request;
  if (body.length === 0) return { ok: true, body: {} };
  if (body.length > bytesMax)
    return { ok: false, refused: { code: 'body_too_large', detail: `At most ${bytesMax} bytes.` } };
  const type = request.header('content-type');
  if (type !== undefined && !/^application\/json\s*(;|$)/i.test(type)) {
    return { ok: false, refused: { code: 'media_type_unsupported' } };
  }
  if (!isUtf8(body)) return invalid('The body is not UTF-8.');
  try {
    return { ok: true, body: JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.length).toString()) };
  } catch {
    return invalid('The body is not JSON.');
  }
}

function invalid(detail: string): { ok: false; refused: Refused } {
  return { ok: false, refused: { code: 'body_invalid', detail } };
}

function respond(gateway: Gateway, exchange: Exchange, name: OperationName, reply: Reply): void {
  if (!reply.ok) {
    answerProblem(exchange, reply.refused);
    return;
  }
  const { status } = gateway.operations[name];
  const headers: [string, string][] = [];
  if (status === 201) headers.push(['Location', `${exchange.request.path}/${(reply.body as { id: string }).id}`]);
  if (reply.replayed) headers.push(['Idempotent-Replayed', 'true']);
  answerJson(exchange, status, reply.body, headers);
}

/** Milliseconds to hold the answer: RFC 7240 `wait`, for a hold that is still open. */
function waitFor({ request, action }: Exchange, reply: Reply): number {
  if (!reply.ok || !action.startsWith('transfers.') || action === 'transfers.batch') return 0;
  const wait = /(?:^|,)\s*wait\s*=\s*"?([0-9]{1,6})"?\s*(?:[,;]|$)/i.exec(request.header('prefer') ?? '');
  if (!wait || (reply.body as TransferResource).status !== 'held') return 0;
  return Math.min(Number(wait[1]), WAIT_SECONDS_MAX) * 1000;
}

/** Answers with the transfer as it is when it has ended, or when the time is over. */
function waitForEnd(
  gateway: Gateway,
  exchange: Exchange,
  asked: Parameters<typeof ask>[1],
  reply: Reply,
  waitMs: number,
): void {
  if (!reply.ok || !asked.caller) return;
  const { id } = reply.body as TransferResource;
  gateway.subscriptions.whenEnded(asked.caller.merchant, id, waitMs, () => {
    const again = { ...asked, name: 'transfers.get' as const, body: { id }, key: '' };
    ask(gateway, again, (later) => respond(gateway, exchange, asked.name, later));
  });
}

function refuseRoute(exchange: Exchange, methods: readonly string[] | null): void {
  if (methods === null) answerProblem(exchange, { code: 'route_not_found' });
  else answerProblem(exchange, { code: 'method_not_allowed' }, [['Allow', methods.join(', ')]]);
}
