// Handlers. What the transport calls: HTTP, WebSocket, and its own refusals.

import type { Refusal } from '../domain/refusals.ts';
import type { Metrics } from '../ops/metrics.ts';
import type { Gateway } from './gateway.ts';
import { makeHttp } from './http.ts';
import { problemAnswer, problemOf } from './problem.ts';
import { uploadTarget } from './reconciliation-files.ts';
import { requestIdOf } from './request-context.ts';
import type { Handlers } from './transport/transport.ts';
import { makeWebSockets } from './web-socket.ts';

/** What the transport itself refuses, by HTTP status. */
const REFUSED = {
  400: 'framing_invalid',
  408: 'request_timeout',
  413: 'body_too_large',
  431: 'headers_too_large',
  500: 'internal_error',
} as const satisfies Record<number, Refusal>;

export function makeHandlers(
  gateway: Gateway,
  metrics: Metrics,
  fault: (error: unknown) => void,
): Handlers & { readonly stop: () => void } {
  const sockets = makeWebSockets(gateway);
  metrics.gauge('ws_connections', 'WebSockets open.', {}, sockets.count);
  metrics.gauge('ws_backpressure_bytes', 'Bytes that readers of WebSockets have not taken.', {}, sockets.backlogBytes);
  metrics.gauge('ws_subscriptions', 'Subscriptions open.', {}, () => gateway.subscriptions.size);
  return {
    request: makeHttp(gateway),
    upload: (request) => uploadTarget(gateway, request),
    upgrade: sockets.upgrade,
    open: sockets.open,
    message: sockets.message,
    close: sockets.close,
    refuse: (status) => problemAnswer(problemOf({ code: REFUSED[status] }, '', requestIdOf(undefined))),
    fault,
    stop: () => {
      sockets.stop();
      gateway.subscriptions.stop();
      gateway.shadow?.subscriptions.stop();
    },
  };
}
