// Upgrades. Owns a request to become a WebSocket, until it is refused or handed to the engine.

import { ServerResponse } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import type { Socket as TcpSocket } from 'node:net';
import { HttpExchange } from './http-exchange.ts';
import type { ExchangeOptions } from './http-exchange.ts';
import type { RunningEngine } from './web-socket-engine.ts';

/** Takes WebSockets on `webSocketPath` of `server`. Any other upgrade is ignored, as RFC 9110 §7.8 allows. */
export function takeUpgrades(
  server: Server,
  webSocketPath: string,
  engine: RunningEngine,
  options: ExchangeOptions,
): void {
  server.on('upgrade', (message: IncomingMessage, tcp: TcpSocket, rest: Buffer) => {
    if (options.isStopping()) return tcp.destroy();
    if (!isOurs(message, webSocketPath)) return serveWithout(server, message, tcp, rest);
    // node:http has let go of the connection, with its error handler.
    tcp.on('error', () => tcp.destroy());
    const response = new ServerResponse(message);
    response.shouldKeepAlive = false;
    response.assignSocket(tcp);
    response.on('finish', () => tcp.destroySoon());
    const exchange = new HttpExchange(message, response, options);
    if (!isSound(message)) return exchange.refuse(400);
    const decision = exchange.decide();
    if ('refuse' in decision) return exchange.answer(decision.refuse);
    exchange.handOver(() => {
      response.detachSocket(tcp);
      engine.adopt({ message, tcp, rest, protocol: decision.protocol, session: decision.session });
    });
  });
}

function isOurs({ method, url = '', headers }: IncomingMessage, webSocketPath: string): boolean {
  const [path] = url.split('?', 1);
  const key = headers['sec-websocket-key'] ?? '';
  return (
    method === 'GET' && path === webSocketPath && headers.upgrade?.toLowerCase() === 'websocket' && key.length === 24
  );
}

function isSound({ headers }: IncomingMessage): boolean {
  const bare = headers['transfer-encoding'] === undefined && Number(headers['content-length'] ?? 0) === 0;
  return bare && headers['sec-websocket-version'] === '13';
}

/** Gives the connection back to the server, its request without the Upgrade header and with the bytes behind it. */
function serveWithout(server: Server, message: IncomingMessage, tcp: TcpSocket, rest: Buffer): void {
  const { method = '', url = '', rawHeaders } = message;
  const lines = [`${method} ${url} HTTP/1.1`];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? '';
    if (name.toLowerCase() !== 'upgrade') lines.push(`${name}: ${rawHeaders[index + 1] ?? ''}`);
  }
  tcp.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), rest]));
  server.emit('connection', tcp);
}
