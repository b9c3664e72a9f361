// Transport over node:http and a WebSocket engine. Owns the server and its connections.
//
// HTTP is node:http's: a strict parser, answers to pipelined requests in order whenever they are given, and a pause for
// a client that does not read its answers.

import { createServer, STATUS_CODES } from 'node:http';
import type { Server } from 'node:http';
import type { Socket as TcpSocket } from 'node:net';
import { startHeartbeat } from './live-socket.ts';
import type { LiveSocketOptions } from './live-socket.ts';
import { HttpExchange } from './http-exchange.ts';
import type { ExchangeOptions } from './http-exchange.ts';
import type { HttpAnswer, Listener, RefusedStatus, Transport, TransportOptions } from './transport.ts';
import { stopMsMax } from './transport.ts';
import { takeUpgrades } from './upgrades.ts';
import type { WebSocketEngine } from './web-socket-engine.ts';

/** Bytes of a request's head. Keys, tickets and trace ids take a tenth. */
const headBytesMax = 16 * 1024;

/** What node:http calls a request that did not come in time. */
const TIMEOUT = 'ERR_HTTP_REQUEST_TIMEOUT';

/** A connection idle between requests, or stuck in one or in reading an answer. */
const idleMsMax = 10_000;

export function httpTransport(engine: WebSocketEngine): Transport {
  return { name: engine.name, version: engine.version, listen: (options) => listen(engine, options) };
}

async function listen(engine: WebSocketEngine, options: TransportOptions): Promise<Listener> {
  const { host, port, folder, webSocketPath, limits, handlers } = options;
  let stopping = false;
  const isStopping = () => stopping;
  const exchangeOptions: ExchangeOptions = { handlers, limits, exchanges: new Set(), isStopping };
  const socketOptions: LiveSocketOptions = { handlers, limits, sockets: new Set() };
  const server = createHttpServer(exchangeOptions);
  const running = await engine.start(socketOptions, folder);
  takeUpgrades(server, webSocketPath, running, exchangeOptions);
  const boundPort = await bind(server, host, port).catch((error: unknown) => {
    running.stop();
    throw error;
  });
  const stopHeartbeat = startHeartbeat(socketOptions.sockets, limits);

  const stop = async (): Promise<void> => {
    stopping = true;
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of socketOptions.sockets) socket.close(1001, 'server is going away');
    const cutTimer = setTimeout(() => {
      server.closeAllConnections();
      for (const socket of socketOptions.sockets) socket.cut();
    }, stopMsMax);
    await closed;
    clearTimeout(cutTimer);
    stopHeartbeat();
    running.stop();
  };
  let stopped: Promise<void> | undefined;
  return { port: boundPort, close: () => (stopped ??= stop()) };
}

function createHttpServer(options: ExchangeOptions): Server {
  const requestMsMax = Math.ceil(options.limits.requestSeconds * 1000);
  const server = createServer({
    insecureHTTPParser: false,
    requireHostHeader: false, // HttpExchange requires it, with an answer of ours.
    joinDuplicateHeaders: true,
    noDelay: true,
    maxHeaderSize: headBytesMax,
    headersTimeout: requestMsMax,
    requestTimeout: requestMsMax,
    connectionsCheckingInterval: Math.min(1_000, requestMsMax / 2),
    keepAliveTimeout: idleMsMax,
  });
  server.on('request', (message, response) => new HttpExchange(message, response, options).serve());
  server.on('clientError', (error: NodeJS.ErrnoException, tcp: TcpSocket) => {
    if (error.code === TIMEOUT && isUploading(tcp, options)) return;
    if (!tcp.writable || error.code === 'ECONNRESET' || isOwed(tcp, options)) tcp.destroy();
    else tcp.end(rawAnswer(options.handlers.refuse(refusedStatus(error))), () => tcp.destroy());
  });
  server.setTimeout(idleMsMax, (tcp) => {
    if (!isOwed(tcp, options) && !isUploading(tcp, options)) tcp.destroy();
  });
  return server;
}

/** An answer of ours is awaited: neither the silence is the client's, nor may another answer overtake it. */
function isOwed(tcp: TcpSocket, { exchanges }: ExchangeOptions): boolean {
  for (const exchange of exchanges) if (exchange.isOwedTo(tcp)) return true;
  return false;
}

/** node:http tells of a late request once, and leaves its end to us: this one has a time of its own. */
function isUploading(tcp: TcpSocket, { exchanges }: ExchangeOptions): boolean {
  for (const exchange of exchanges) if (exchange.isUploadFrom(tcp)) return true;
  return false;
}

function refusedStatus({ code }: NodeJS.ErrnoException): RefusedStatus {
  if (code === 'HPE_HEADER_OVERFLOW') return 431;
  return code === TIMEOUT ? 408 : 400;
}

/** An answer to what never became a request: the parser has given it up. */
function rawAnswer({ status, headers, body }: HttpAnswer): Buffer {
  const lines = [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, 'Connection: close'];
  lines.push(`Content-Length: ${Buffer.byteLength(body)}`);
  for (const [name, value] of headers) lines.push(`${name}: ${value}`);
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), Buffer.from(body)]);
}

/** The port that was bound. */
function bind(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, exclusive: true }, () => {
      server.off('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}
