// WebSockets over the package ws, which works wherever Node does.

import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import { LiveSocket } from './live-socket.ts';
import type { LiveSocketOptions } from './live-socket.ts';
import type { AgreedUpgrade, RunningEngine, WebSocketEngine } from './web-socket-engine.ts';
import { WsWire } from './ws-wire.ts';

/** What ws reports when it gave up on a peer, and the code it closed with. */
const closeCodes = new Map([
  ['WS_ERR_UNSUPPORTED_MESSAGE_LENGTH', 1009],
  ['WS_ERR_INVALID_UTF8', 1007],
]);

export const wsEngine: WebSocketEngine = {
  name: 'node',
  version: process.versions.node,
  start: (options) => Promise.resolve(start(options)),
};

function start(options: LiveSocketOptions): RunningEngine {
  let agreed = '';
  const handshake = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: options.limits.messageBytesMax,
    perMessageDeflate: false,
    skipUTF8Validation: false,
    handleProtocols: () => agreed,
  });
  return {
    adopt: (upgrade) => {
      agreed = upgrade.protocol;
      handshake.handleUpgrade(upgrade.message, upgrade.tcp, upgrade.rest, (socket) => open(socket, upgrade, options));
    },
    stop: () => handshake.close(),
  };
}

function open(socket: WebSocket, { tcp, session }: AgreedUpgrade, options: LiveSocketOptions): void {
  const live = new LiveSocket(new WsWire(socket, tcp), session, options);
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
