// WebSocket. Opens connections and keeps their number, their keys and their frames within bounds.
//
// C1. Who may is decided at the upgrade. C2. A key that is revoked closes its sockets, and the first key those of dev
// mode. C3. A frame that cannot be read closes its socket (4400): nobody knows what else it was meant to say.

import { CLOSE, Connection, isFrame } from './connection.ts';
import type { Caller } from './callers.ts';
import { worldOf, type Gateway } from './gateway.ts';
import { problemAnswer, problemOf, type Refused } from './problem.ts';
import { requestIdOf } from './request-context.ts';
import type { HttpRequest, Socket, Upgrade } from './transport/transport.ts';
import { chooseFormat, type WireFormat } from './wire-format.ts';

/** Codes with which this side ends a socket: its own, and the transport's for what cannot be read or handled. */
const CLOSED_HERE: ReadonlySet<number> = new Set([CLOSE.badFrame, CLOSE.unauthenticated, 1007, 1009, 1011]);

/** How often the keys of open sockets are looked at, ms: dev mode is over two seconds after the first key is made. */
const KEY_CHECK_MS = 1_000;

const UNKNOWN_FORMAT: Refused = {
  code: 'body_invalid',
  param: 'Sec-WebSocket-Protocol',
  detail: 'Offer florin.v1+json or florin.v1+msgpack.',
};
const TOO_MANY_SOCKETS: Refused = {
  code: 'too_many_requests',
  detail: 'This key has as many WebSockets open as it may.',
};

/** What the upgrade knows about a socket to be. */
type Admission = { readonly caller: Caller; readonly format: WireFormat };

export type WebSockets = {
  readonly upgrade: (request: HttpRequest) => Upgrade;
  readonly open: (socket: Socket) => void;
  readonly message: (socket: Socket, message: Uint8Array, binary: boolean) => void;
  readonly close: (socket: Socket, code: number, slow: boolean) => void;
  readonly count: () => number;
  /** Stops looking at keys. */
  readonly stop: () => void;
};

export function makeWebSockets(gateway: Gateway): WebSockets {
  const connections = new Map<Socket, Connection>();
  const perKey = new SocketsPerKey();
  const timer = setInterval(() => closeUnauthenticated(gateway, connections), KEY_CHECK_MS);
  timer.unref();
  return {
    upgrade: (request) => admit(gateway, request, perKey),
    open: (socket) => {
      const { caller, format } = socket.session as Admission;
      perKey.enter(caller);
      const connection = new Connection(worldOf(gateway, caller), socket, caller, format);
      connections.set(socket, connection);
      connection.greet();
    },
    message: (socket, message, binary) => {
      const connection = connections.get(socket);
      connection?.world.busy.hearing(() => receive(socket, connection, message, binary));
    },
    close: (socket, code, slow) => {
      const connection = connections.get(socket);
      if (!connection) return;
      connections.delete(socket);
      connection.closed();
      perKey.leave(connection.caller);
      connection.world.metrics.closed(reasonOf(code, slow));
    },
    count: () => connections.size,
    stop: () => clearInterval(timer),
  };
}

function reasonOf(code: number, slow: boolean): 'client' | 'slow' | 'server' {
  if (slow || code === CLOSE.tooSlow) return 'slow';
  return CLOSED_HERE.has(code) ? 'server' : 'client';
}

/** Open sockets of each API key; the dev mode counts as one. */
class SocketsPerKey {
  readonly #open = new Map<string | null, number>();

  of({ keyId }: Caller): number {
    return this.#open.get(keyId) ?? 0;
  }

  enter(caller: Caller): void {
    this.#open.set(caller.keyId, this.of(caller) + 1);
  }

  leave(caller: Caller): void {
    const left = this.of(caller) - 1;
    if (left > 0) this.#open.set(caller.keyId, left);
    else this.#open.delete(caller.keyId);
  }
}

function receive(socket: Socket, connection: Connection, message: Uint8Array, binary: boolean): void {
  connection.world.metrics.message('in');
  let frame: unknown;
  try {
    frame = connection.format.decode(message, binary);
  } catch {
    socket.close(CLOSE.badFrame, 'frame cannot be decoded');
    return;
  }
  if (isFrame(frame)) connection.request(frame, message.length);
  else socket.close(CLOSE.badFrame, 'a frame is a map with an id and an op');
}

function closeUnauthenticated({ callers }: Gateway, connections: Map<Socket, Connection>): void {
  for (const [socket, { caller }] of connections) {
    if (callers.isActive(caller)) continue;
    socket.close(CLOSE.unauthenticated, caller.keyId === null ? 'a key is needed now' : 'the key was revoked');
  }
}

function admit(gateway: Gateway, request: HttpRequest, perKey: SocketsPerKey): Upgrade {
  const offered = request.header('sec-websocket-protocol');
  const format = chooseFormat(offered);
  const caller = callerOf(gateway, request);
  if (!format) return refuse(gateway, request, UNKNOWN_FORMAT);
  if (!caller) return refuse(gateway, request, { code: 'unauthenticated' });
  if (!mayAnything(gateway, caller)) return refuse(gateway, request, { code: 'scope_missing' });
  if (!originAllowed(gateway, request.header('origin'))) return refuse(gateway, request, { code: 'origin_forbidden' });
  if (perKey.of(caller) >= gateway.limits.webSocketsPerKeyMax) return refuse(gateway, request, TOO_MANY_SOCKETS);
  const session: Admission = { caller, format };
  return { protocol: offered === undefined ? '' : format.protocol, session };
}

/** A key for other things than what goes over a WebSocket has no business here. */
function mayAnything({ operations }: Gateway, { scopes }: Caller): boolean {
  return Object.values(operations).some(({ scope }) => scopes.has(scope));
}

function callerOf({ callers }: Gateway, request: HttpRequest): Caller | null {
  const ticket = new URLSearchParams(request.query).get('ticket');
  return ticket === null ? callers.fromHeader(request.header('authorization')) : callers.fromTicket(ticket);
}

/** Only browsers send an Origin. In dev mode pages of this machine may connect. */
function originAllowed({ callers, limits }: Gateway, origin: string | undefined): boolean {
  if (origin === undefined || limits.originsAllowed.includes(origin)) return true;
  return callers.devMode() && /^http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/.test(origin);
}

function refuse({ metrics }: Gateway, request: HttpRequest, refused: Refused): Upgrade {
  metrics.refused(refused.code);
  const requestId = requestIdOf(request.header('x-request-id'));
  return { refuse: problemAnswer(problemOf(refused, request.path, requestId)) };
}
