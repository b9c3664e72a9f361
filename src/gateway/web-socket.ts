// WebSocket. Opens connections and keeps their number, their keys and their frames within bounds.
//
// C1. Who may is decided at the upgrade. C2. A key that is revoked closes its sockets. C3. A frame that cannot be read
// closes its socket (4400): nobody knows what else it was meant to say.

import { isFrame, Connection } from './connection.ts';
import type { Caller } from './callers.ts';
import type { Gateway } from './gateway.ts';
import { problemAnswer, problemOf, type Refused } from './problem.ts';
import { requestIdOf } from './request-context.ts';
import type { HttpRequest, Socket, Upgrade } from './transport.ts';
import { chooseFormat, type WireFormat } from './wire-format.ts';

export const CLOSE = { badFrame: 4400, unauthenticated: 4401, forbidden: 4403, tooMany: 4429 } as const;

/** How often the keys of open sockets are looked at, ms: a revoked key is dead within five seconds. */
const KEY_CHECK_MS = 2_000;

/** What the upgrade knows about a socket to be. */
type Admission = { readonly caller: Caller; readonly format: WireFormat };

export type WebSockets = {
  readonly upgrade: (request: HttpRequest) => Upgrade;
  readonly open: (socket: Socket) => void;
  readonly message: (socket: Socket, message: Uint8Array, binary: boolean) => void;
  readonly close: (socket: Socket, slow: boolean) => void;
  readonly count: () => number;
  /** Stops looking at keys. */
  readonly stop: () => void;
};

export function makeWebSockets(gateway: Gateway): WebSockets {
  const connections = new Map<Socket, Connection>();
  const perKey = new Map<string, number>();
  const timer = setInterval(() => closeRevoked(gateway, connections), KEY_CHECK_MS);
  timer.unref();
  return {
    upgrade: (request) => admit(gateway, request, (caller) => perKey.get(keyOf(caller)) ?? 0),
    open: (socket) => {
      const { caller, format } = socket.session as Admission;
      perKey.set(keyOf(caller), (perKey.get(keyOf(caller)) ?? 0) + 1);
      const connection = new Connection(gateway, socket, caller, format);
      connections.set(socket, connection);
      connection.greet();
    },
    message: (socket, message, binary) => receive(gateway, socket, connections.get(socket), message, binary),
    close: (socket, slow) => {
      const connection = connections.get(socket);
      if (!connection) return;
      connections.delete(socket);
      connection.closed();
      const key = keyOf(connection.caller);
      perKey.set(key, (perKey.get(key) ?? 1) - 1);
      gateway.metrics.closed(slow ? 'slow' : 'client');
    },
    count: () => connections.size,
    stop: () => clearInterval(timer),
  };
}

function keyOf({ keyId }: Caller): string {
  return keyId ?? 'dev';
}

function receive(
  gateway: Gateway,
  socket: Socket,
  connection: Connection | undefined,
  message: Uint8Array,
  binary: boolean,
): void {
  if (!connection) return;
  gateway.metrics.message('in');
  let frame: unknown;
  try {
    frame = connection.format.decode(message, binary);
  } catch {
    socket.close(CLOSE.badFrame, 'frame cannot be decoded');
    return;
  }
  if (isFrame(frame)) connection.request(frame);
  else socket.close(CLOSE.badFrame, 'a frame is a map with an id and an op');
}

function closeRevoked({ callers, metrics }: Gateway, connections: Map<Socket, Connection>): void {
  for (const [socket, { caller }] of connections) {
    if (callers.isActive(caller)) continue;
    metrics.closed('server');
    socket.close(CLOSE.unauthenticated, 'the key was revoked');
  }
}

function admit(gateway: Gateway, request: HttpRequest, open: (caller: Caller) => number): Upgrade {
  const format = chooseFormat(request.header('sec-websocket-protocol'));
  if (!format) return refuse(request, { code: 'body_invalid', param: 'Sec-WebSocket-Protocol', detail: 'Offer florin.v1+json or florin.v1+msgpack.' }); // prettier-ignore
  const caller = callerOf(gateway, request);
  if (!caller) return refuse(request, { code: 'unauthenticated' });
  if (!originAllowed(gateway, request.header('origin'))) return refuse(request, { code: 'origin_forbidden' });
  if (open(caller) >= gateway.limits.webSocketsPerKeyMax) {
    gateway.metrics.shed('rate');
    return refuse(request, { code: 'too_many_requests', detail: 'This key has as many WebSockets open as it may.' });
  }
  const session: Admission = { caller, format };
  return { protocol: request.header('sec-websocket-protocol') === undefined ? '' : format.protocol, session };
}

function callerOf({ callers }: Gateway, request: HttpRequest): Caller | null {
  const ticket = new URLSearchParams(request.query).get('ticket');
  return ticket === null ? callers.fromHeader(request.header('authorization')) : callers.fromTicket(ticket);
}

/** Only browsers send an Origin. In dev mode pages of this machine may connect. */
function originAllowed({ callers, limits }: Gateway, origin: string | undefined): boolean {
  if (origin === undefined || limits.originsAllowed.includes(origin)) return true;
  return callers.devMode && /^http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/.test(origin);
}

function refuse(request: HttpRequest, refused: Refused): Upgrade {
  const requestId = requestIdOf(request.header('x-request-id'));
  return { refuse: problemAnswer(problemOf(refused, request.path, requestId)) };
}
