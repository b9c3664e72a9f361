// Transport over uWebSockets.js. Owns the native app: its routes, its WebSockets and its listen socket.
//
// What the library decides by itself: a head of more than 4 KiB that comes in pieces, HTTP/1.0, a missing Host and a
// Content-Length beside a Transfer-Encoding are cut (20.30) or answered with a bare 4xx or 505 (20.57); a connection
// without a whole head, or idle after an answer, is cut after 10 to 14 s; bytes outside of ASCII at the ends of a header
// value are taken off it like spaces, before anybody sees them: an Idempotency-Key "café" arrives as "caf".
//
// Pipelining. All requests that one read brings are parsed at once, and the library cuts the connection at a request
// whose predecessor has no whole answer yet. Answers given at once are therefore pipelined to any depth, and behind a
// late answer one request may wait (`UwsExchange`, X4). Of several that wait, or that came in one segment with a late
// one, the first is handed over and carried out; the others never are, and the client sees a cut, which takes answers
// given at once in the same read with it. So it is, too, for a request that comes while a slow reader still takes the
// answer before it. Nothing in the library's API stops its parser in the middle of a read, or ends a response without
// writing to it.

import { createServer } from 'node:net';
import { LiveSocket, startHeartbeat } from './live-socket.ts';
import type { LiveSocketOptions } from './live-socket.ts';
import type { Listener, Transport, TransportOptions } from './transport.ts';
import { stopMsMax } from './transport.ts';
import { UwsExchange } from './uws-exchange.ts';
import type { ExchangeOptions } from './uws-exchange.ts';
import type {
  NativeApi,
  NativeApp,
  NativeBehaviour,
  NativeRequest,
  NativeResponse,
  NativeUws,
  NativeWebSocket,
} from './uws-native.ts';
import { UwsWire } from './uws-wire.ts';
import type { UwsUserData } from './uws-wire.ts';

/** The library's bounds of its own idle timeout; it ends the process outside of them. */
const nativeIdleSecondsMin = 8;
const nativeIdleSecondsMax = 960;

export function uwsTransport({ api, version }: NativeUws): Transport {
  return { name: 'uws', version, listen: (options) => listen(api, options) };
}

async function listen(api: NativeApi, options: TransportOptions): Promise<Listener> {
  const { host, port, webSocketPath, limits, handlers } = options;
  let stopping = false;
  const isStopping = () => stopping;
  const exchangeOptions: ExchangeOptions = { handlers, limits, exchanges: new Set(), isStopping };
  const socketOptions: LiveSocketOptions = { handlers, limits, sockets: new Set() };
  const app = api
    .App()
    .ws(webSocketPath, behaviour(api, socketOptions, exchangeOptions))
    .any('/*', (response, request) => new UwsExchange(response, request, exchangeOptions).serve());
  const token = await bind(api, app, host, port);
  const stopWatch = startWatch(exchangeOptions);
  const stopHeartbeat = startHeartbeat(socketOptions.sockets, limits);

  const stop = async (): Promise<void> => {
    stopping = true;
    api.us_listen_socket_close(token);
    for (const socket of socketOptions.sockets) socket.close(1001, 'server is going away');
    await settle(() => exchangeOptions.exchanges.size === 0 && socketOptions.sockets.size === 0);
    stopWatch();
    stopHeartbeat();
    app.close();
  };
  let stopped: Promise<void> | undefined;
  return { port: api.us_socket_local_port(token), close: () => (stopped ??= stop()) };
}

/** Listens for this process alone; by default the library shares a taken port with its owner, silently. */
async function bind(api: NativeApi, app: NativeApp, host: string, port: number): Promise<object> {
  const options = api.LIBUS_LISTEN_EXCLUSIVE_PORT;
  const token = await new Promise<object | false>((resolve) => app.listen(host, port, options, resolve));
  if (token !== false) return token;
  await tryToListen(host, port);
  throw new Error(`cannot listen on ${host}:${port}`);
}

/** Rejects with the operating system's error, which the library keeps to itself. */
async function tryToListen(host: string, port: number): Promise<void> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once('error', reject);
    probe.listen({ host, port }, resolve);
  });
  await new Promise((resolve) => probe.close(resolve));
}

/** Waits until `isDone`, at most `stopMsMax`; never answers from inside a call of the library. */
async function settle(isDone: () => boolean): Promise<void> {
  const endMs = performance.now() + stopMsMax;
  do await new Promise((resolve) => setTimeout(resolve, 5));
  while (!isDone() && performance.now() < endMs);
}

/** Refuses bodies that are late; the answer stops it. */
function startWatch({ exchanges, limits }: ExchangeOptions): () => void {
  const everyMs = Math.min(1_000, limits.requestSeconds * 500);
  const timer = setInterval(() => {
    const nowMs = performance.now();
    for (const exchange of exchanges) exchange.checkTime(nowMs);
  }, everyMs);
  return () => clearInterval(timer);
}

function behaviour(
  { DISABLED }: NativeApi,
  socketOptions: LiveSocketOptions,
  exchangeOptions: ExchangeOptions,
): NativeBehaviour<UwsUserData> {
  const { messageBytesMax, backlogBytesMax, silenceSeconds } = socketOptions.limits;
  return {
    compression: DISABLED,
    // The library cuts without a close frame. Up to the double, LiveSocket answers 1009 to an honest mistake.
    maxPayloadLength: messageBytesMax * 2,
    maxBackpressure: backlogBytesMax,
    closeOnBackpressureLimit: true,
    // LiveSocket pings and cuts. This is for a peer that leaves its side of a closing handshake open.
    idleTimeout: Math.min(Math.max(Math.ceil(silenceSeconds), nativeIdleSecondsMin), nativeIdleSecondsMax),
    sendPingsAutomatically: false,
    upgrade: (response, request, context) => upgrade(response, request, context, exchangeOptions),
    open: (native) => open(native, socketOptions),
    message: (native, message, binary) => native.getUserData().live?.received(new Uint8Array(message), binary),
    ping: (native) => native.getUserData().live?.heard(),
    pong: (native) => native.getUserData().live?.heard(),
    drain: (native) => native.getUserData().wire?.drained(),
    close: (native, code, reason) => native.getUserData().live?.gone(closeCode(code, reason)),
  };
}

function open(native: NativeWebSocket<UwsUserData>, options: LiveSocketOptions): void {
  const userData = native.getUserData();
  userData.wire = new UwsWire(native);
  userData.live = new LiveSocket(userData.wire, userData.session, options);
  userData.live.opened();
}

/** Agrees on an upgrade to WebSocket, or refuses it; any other upgrade is ignored, as RFC 9110 §7.8 allows. */
function upgrade(response: NativeResponse, native: NativeRequest, context: object, options: ExchangeOptions): void {
  if (native.getHeader('upgrade').toLowerCase() !== 'websocket') {
    native.setYield(true);
    return;
  }
  const exchange = new UwsExchange(response, native, options);
  if (options.isStopping()) return exchange.cut();
  const { head } = exchange;
  const bare = head.framed && !head.chunked && head.bodyBytes === 0;
  if (!bare || head.header('sec-websocket-version') !== '13') return exchange.refuse(400);
  const decision = exchange.decide();
  if ('refuse' in decision) return exchange.answer(decision.refuse);
  const { session, protocol } = decision;
  const key = head.header('sec-websocket-key') ?? '';
  exchange.handOver(() => response.upgrade({ session }, key, protocol, '', context));
}

const closeCodes = new Map([
  ['Received too big message', 1009],
  ['Received invalid UTF-8', 1007],
]);

/** The code behind a cut of the library's own, which it tells in words. */
function closeCode(code: number, reason: ArrayBuffer): number {
  return code === 1006 ? (closeCodes.get(Buffer.from(reason).toString()) ?? code) : code;
}
