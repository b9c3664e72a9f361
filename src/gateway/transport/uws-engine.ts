// WebSockets over uWebSockets.js. Owns the native app and the tunnels to it.
//
// The library cannot take over a connection, so it listens on a Unix socket of its own, and bytes are passed on between
// the client's connection and one to that socket; it costs no measurable throughput (loadtest/RESULTS.md). It does not
// serve HTTP here: its parser cuts a connection where requests are pipelined behind an answer that is given late, and
// every answer about money is late, as it waits for the disk.
//
// U1. Whoever connects to that socket without a pass of ours is cut. A pass is unguessable and good for one upgrade.

import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import type { Socket as TcpSocket } from 'node:net';
import { join, relative, resolve } from 'node:path';
import { closingMsMax, LiveSocket } from './live-socket.ts';
import type { LiveSocketOptions } from './live-socket.ts';
import type { NativeApi, NativeApp, NativeBehaviour, NativeUws, NativeWebSocket } from './uws-native.ts';
import { UwsWire } from './uws-wire.ts';
import type { UwsUserData } from './uws-wire.ts';
import type { AgreedUpgrade, RunningEngine, WebSocketEngine } from './web-socket-engine.ts';

/** Bytes of a Unix socket's path: 104 with the final zero on macOS, 108 on Linux. The library does not check. */
const pathBytesMax = 103;

/** The library's bounds of its own idle timeout; it ends the process outside of them. */
const nativeIdleSecondsMin = 8;
const nativeIdleSecondsMax = 960;

/** Upgrades on their way to the library, by their passes. */
type Passes = Map<string, AgreedUpgrade>;

export function uwsEngine({ api, version }: NativeUws): WebSocketEngine {
  return { name: 'uws', version, start: (options, folder) => start(api, options, folder) };
}

async function start(api: NativeApi, options: LiveSocketOptions, folder: string): Promise<RunningEngine> {
  const passes: Passes = new Map();
  const path = socketPath(folder);
  const app = api
    .App()
    .ws('/*', behaviour(api, passes, options))
    .any('/*', (response) => void response.close());
  const token = await listen(app, path);
  return {
    adopt: (upgrade) => tunnel(upgrade, path, passes),
    stop: () => {
      api.us_listen_socket_close(token);
      app.close();
      rmSync(path, { force: true });
    },
  };
}

function socketPath(folder: string): string {
  const absolute = resolve(join(folder, 'web-sockets.sock'));
  const path = [absolute, relative('.', absolute)].find((one) => Buffer.byteLength(one) <= pathBytesMax);
  if (path !== undefined) return path;
  throw new Error(
    `${absolute} is too long for the path of a socket (${pathBytesMax} bytes): take a shorter data folder, or the transport node`,
  );
}

/** A file that is left from a killed process is replaced. */
async function listen(app: NativeApp, path: string): Promise<object> {
  const token = await new Promise<object | false>((done) => app.listen_unix(done, path));
  if (token === false) throw new Error(`cannot listen on ${path}`);
  return token;
}

/** Passes bytes on, both ways, as fast as the slower side takes them; the library answers the handshake. */
function tunnel(upgrade: AgreedUpgrade, path: string, passes: Passes): void {
  const { message, tcp, rest } = upgrade;
  const pass = randomBytes(16).toString('hex');
  const inner = connect({ path, allowHalfOpen: true });
  passes.set(pass, upgrade);
  tcp.setTimeout(0);
  inner.write(handshakeOf(message, pass));
  inner.once('data', (answer) => {
    tcp.write(answer);
    inner.write(rest);
    tcp.pipe(inner).pipe(tcp, { end: false });
  });
  inner.on('error', () => inner.destroy());
  inner.on('end', () => endSoon(tcp));
  inner.on('close', () => {
    passes.delete(pass);
    endSoon(tcp);
  });
  tcp.on('close', () => inner.destroy());
}

/** Only what the library needs: everything else of the request was judged before. */
function handshakeOf({ headers }: IncomingMessage, pass: string): string {
  const key = headers['sec-websocket-key'] ?? '';
  const lines = [`GET /${pass} HTTP/1.1`, 'Host: florin', 'Upgrade: websocket', 'Connection: Upgrade'];
  lines.push('Sec-WebSocket-Version: 13', `Sec-WebSocket-Key: ${key}`);
  return `${lines.join('\r\n')}\r\n\r\n`;
}

/** Ends the connection; its client has some time to read the last bytes and to end its side. */
function endSoon(tcp: TcpSocket): void {
  if (tcp.writableEnded) return;
  tcp.end();
  const timer = setTimeout(() => tcp.destroy(), closingMsMax);
  tcp.on('close', () => clearTimeout(timer));
}

function behaviour({ DISABLED }: NativeApi, passes: Passes, options: LiveSocketOptions): NativeBehaviour<UwsUserData> {
  const { messageBytesMax, backlogBytesMax, silenceSeconds } = options.limits;
  return {
    compression: DISABLED,
    // The library cuts without a close frame. Up to the double, LiveSocket answers 1009 to an honest mistake.
    maxPayloadLength: messageBytesMax * 2,
    maxBackpressure: backlogBytesMax,
    closeOnBackpressureLimit: true,
    // LiveSocket pings and cuts. This is for a peer that leaves its side of a closing handshake open.
    idleTimeout: Math.min(Math.max(Math.ceil(silenceSeconds), nativeIdleSecondsMin), nativeIdleSecondsMax),
    sendPingsAutomatically: false,
    upgrade: (response, request, context) => {
      const pass = request.getUrl().slice(1);
      const upgrade = passes.get(pass);
      if (upgrade === undefined || !passes.delete(pass)) return void response.close();
      const { session, protocol, tcp } = upgrade;
      response.upgrade({ session, tcp }, request.getHeader('sec-websocket-key'), protocol, '', context);
    },
    open: (native) => open(native, options),
    message: (native, message, binary) => native.getUserData().live?.received(new Uint8Array(message), binary),
    ping: (native) => native.getUserData().live?.heard(),
    pong: (native) => native.getUserData().live?.heard(),
    drain: (native) => native.getUserData().wire?.drained(),
    close: (native, code, reason) => native.getUserData().live?.gone(closeCode(code, reason)),
  };
}

function open(native: NativeWebSocket<UwsUserData>, options: LiveSocketOptions): void {
  const userData = native.getUserData();
  userData.wire = new UwsWire(native, userData.tcp);
  userData.live = new LiveSocket(userData.wire, userData.session, options);
  userData.live.opened();
}

const closeCodes = new Map([
  ['Received too big message', 1009],
  ['Received invalid UTF-8', 1007],
]);

/** The code behind a cut of the library's own, which it tells in words. */
function closeCode(code: number, reason: ArrayBuffer): number {
  return code === 1006 ? (closeCodes.get(Buffer.from(reason).toString()) ?? code) : code;
}
