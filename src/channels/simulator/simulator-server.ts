// Simulator server. Requests whole and bounded off the wire, checked in this order: path, method, room, size, loopback or
// signature, nonce; replies back onto it, or the wire cut.

import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { NonceMemory } from '../nonce-memory.ts';
import { checkSignature, SIGNATURE_WINDOW_MS } from '../simulator-protocol.ts';
import { LIMITS } from './limits.ts';
import { failure, type Reply } from './reply.ts';
import { findRoute, isControl, type ClientRoute, type ControlRoute, type Route } from './routes.ts';

export type SimulatorServerParts = {
  readonly secret: string;
  readonly nowMs: () => number;
  readonly client: (route: ClientRoute, body: Buffer) => Promise<Reply>;
  readonly control: (route: ControlRoute, query: URLSearchParams, body: Buffer) => Reply;
};

export type SimulatorServer = { readonly port: number; readonly close: () => Promise<void> };

/** Milliseconds that an idle connection stays open: longer than a client of ours keeps it, so that it closes first. */
const KEEP_ALIVE_MS = 60_000;

const LOOPBACK = /^(127\.|::1$|::ffff:127\.)/;

/** Rejects with the operating system's error (EADDRINUSE, …). */
export async function startSimulatorServer(
  host: string,
  port: number,
  parts: SimulatorServerParts,
): Promise<SimulatorServer> {
  const nonces = new NonceMemory(SIGNATURE_WINDOW_MS);
  let inFlight = 0;
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    inFlight++;
    void answer(request, parts, nonces, inFlight > LIMITS.inFlightMax)
      .then((reply) => send(request, response, reply))
      .finally(() => inFlight--);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, exclusive: true }, resolve);
  });
  return { port: (server.address() as AddressInfo).port, close: () => close(server) };
}

async function answer(
  request: IncomingMessage,
  parts: SimulatorServerParts,
  nonces: NonceMemory,
  isBusy: boolean,
): Promise<Reply> {
  const [path = '', query = ''] = (request.url ?? '').split('?', 2);
  const route = findRoute(request.method ?? '', path);
  if (route === 'not_found') return failure(route, 'Nothing is here; the protocol is in simulator-protocol.ts.');
  if (route === 'method_not_allowed') return failure(route, `${request.method} is not for this path.`);
  if (isBusy) return failure('busy', `${LIMITS.inFlightMax} requests are being answered.`);
  try {
    const body = await readBody(request);
    if (body === null) return failure('body_too_large', `At most ${LIMITS.bodyBytesMax} bytes.`);
    const refused = refuse(route, request, body, parts, nonces);
    return refused ?? (await answerRoute(route, new URLSearchParams(query), body, parts));
  } catch (error) {
    return failure('internal', String(error));
  }
}

function answerRoute(
  route: Route,
  query: URLSearchParams,
  body: Buffer,
  parts: SimulatorServerParts,
): Reply | Promise<Reply> {
  return isControl(route) ? parts.control(route, query, body) : parts.client(route, body);
}

function refuse(
  route: Route,
  request: IncomingMessage,
  body: Buffer,
  parts: SimulatorServerParts,
  nonces: NonceMemory,
): Reply | null {
  if (isControl(route)) return refuseRemote(request);
  return route.to === 'check' ? refuseStranger(request, parts) : refuseForged(request, body, parts, nonces);
}

function refuseStranger({ headers }: IncomingMessage, { secret }: SimulatorServerParts): Reply | null {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  const isRight = timingSafeEqual(digest(headers.authorization ?? ''), digest(`Bearer ${secret}`));
  return isRight ? null : failure('secret_wrong', 'A check is asked with the secret as a bearer.');
}

function refuseRemote({ socket }: IncomingMessage): Reply | null {
  if (LOOPBACK.test(socket.remoteAddress ?? '')) return null;
  return failure('loopback_only', 'The control surface is for this machine.');
}

function refuseForged(
  request: IncomingMessage,
  body: Buffer,
  { secret, nowMs }: SimulatorServerParts,
  nonces: NonceMemory,
): Reply | null {
  const message = { method: request.method ?? '', path: request.url ?? '', body };
  const checked = checkSignature(secret, request.headers, message, nowMs());
  if (typeof checked === 'string') return failure(checked, 'See P1 in simulator-protocol.ts.');
  return nonces.take(checked.nonce, nowMs()) ? null : failure('nonce_reused', 'Every request needs a new nonce.');
}

/** The whole body, or null when it is too long. Rejects when the client went away. */
async function readBody(request: IncomingMessage): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    length += (chunk as Buffer).length;
    if (length > LIMITS.bodyBytesMax) return null;
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

function send(request: IncomingMessage, response: ServerResponse, reply: Reply): void {
  if (!('body' in reply)) {
    if (reply.cut === 'reset') request.socket.resetAndDestroy();
    else request.socket.destroy();
    return;
  }
  response.writeHead(reply.status, {
    'Content-Type': reply.type,
    'Content-Length': Buffer.byteLength(reply.body),
    'Cache-Control': 'no-store',
    // The rest of a body that was not read would be taken for the next request.
    ...(request.complete ? {} : { Connection: 'close' }),
  });
  response.end(request.method === 'HEAD' ? undefined : reply.body);
}

async function close(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeIdleConnections();
  const patience = setTimeout(() => server.closeAllConnections(), LIMITS.stopMs);
  await closed;
  clearTimeout(patience);
}
