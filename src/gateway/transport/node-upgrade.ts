// Upgrades over node:http. Owns the handshake of a WebSocket, from the upgrade request to the live socket.

import { ServerResponse } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import type { Socket as TcpSocket } from 'node:net';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import { LiveSocket } from './live-socket.ts';
import type { LiveSocketOptions } from './live-socket.ts';
import { NodeExchange } from './node-exchange.ts';
import type { NodeExchangeOptions } from './node-exchange.ts';
import { NodeWire } from './node-wire.ts';

/** What ws reports when it gave up on a peer, and the code it closed with. */
const closeCodes = new Map([
  ['WS_ERR_UNSUPPORTED_MESSAGE_LENGTH', 1009],
  ['WS_ERR_INVALID_UTF8', 1007],
]);

/** Takes WebSockets on `webSocketPath` of `server`. Any other upgrade is ignored, as RFC 9110 §7.8 allows. */
export function takeUpgrades(
  server: Server,
  webSocketPath: string,
  socketOptions: LiveSocketOptions,
  exchangeOptions: NodeExchangeOptions,
): void {
  let agreed = '';
  const handshake = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: socketOptions.limits.messageBytesMax,
    perMessageDeflate: false,
    skipUTF8Validation: false,
    handleProtocols: () => agreed,
  });

  server.on('upgrade', (message: IncomingMessage, tcp: TcpSocket, rest: Buffer) => {
    if (exchangeOptions.isStopping()) return tcp.destroy();
    if (!isOurs(message, webSocketPath)) return serveWithout(server, message, tcp, rest);
    // node:http has let go of the connection, with its error handler.
    tcp.on('error', () => tcp.destroy());
    const response = new ServerResponse(message);
    response.shouldKeepAlive = false;
    response.assignSocket(tcp);
    response.on('finish', () => tcp.destroySoon());
    const exchange = new NodeExchange(message, response, exchangeOptions);
    if (!isSound(message)) return exchange.refuse(400);
    const decision = exchange.decide();
    if ('refuse' in decision) return exchange.answer(decision.refuse);
    exchange.handOver(() => {
      response.detachSocket(tcp);
      agreed = decision.protocol;
      handshake.handleUpgrade(message, tcp, rest, (socket) => open(socket, tcp, decision.session, socketOptions));
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

function open(socket: WebSocket, tcp: TcpSocket, session: unknown, options: LiveSocketOptions): void {
  const live = new LiveSocket(new NodeWire(socket, tcp), session, options);
  socket.on('message', (message, binary) => {
    // A joined buffer is the library's default form of a message, whatever its fragments.
    if (Buffer.isBuffer(message)) live.received(message, binary);
  });
  socket.on('ping', () => live.heard());
  socket.on('pong', () => live.heard());
  socket.on('error', (error: NodeJS.ErrnoException) => {
    const code = closeCodes.get(error.code ?? '');
    if (code !== undefined) live.close(code, error.message);
  });
  socket.on('close', (code) => live.gone(code));
  live.opened();
}
