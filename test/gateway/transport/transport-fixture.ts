// What the transport tests share: the transports under test, and a listener that records what its handlers see.

import { loadNativeUws } from '../../../src/gateway/transport/uws-native.ts';
import { httpTransport } from '../../../src/gateway/transport/http-transport.ts';
import { uwsEngine } from '../../../src/gateway/transport/uws-engine.ts';
import { wsEngine } from '../../../src/gateway/transport/ws-engine.ts';
import type {
  Handlers,
  HttpAnswer,
  Listener,
  Socket,
  Transport,
  TransportLimits,
} from '../../../src/gateway/transport/transport.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { RawSocket } from './raw-socket.ts';

const native = loadNativeUws();
if ('reasons' in native) console.warn(`uws is NOT tested here: ${native.reasons.join('; ')}`);

/** WebSockets over ws always, over uWebSockets.js where a native build loads. */
export const transports: readonly (readonly [name: string, transport: Transport])[] =
  'api' in native
    ? [
        ['uws', httpTransport(uwsEngine(native))],
        ['node', httpTransport(wsEngine)],
      ]
    : [['node', httpTransport(wsEngine)]];

/** For what no WebSocket takes part in. */
export const transport = httpTransport(wsEngine);

export const webSocketPath = '/v1/ws';

export const limits: TransportLimits = {
  bodyBytesMax: 10_000,
  messageBytesMax: 100_000,
  backlogBytesMax: 1_000_000,
  pingSeconds: 20,
  silenceSeconds: 60,
  requestSeconds: 10,
};

export type Closing = { readonly socket: Socket; readonly code: number; readonly slow: boolean };

export type Started = {
  readonly listener: Listener;
  readonly port: number;
  readonly sockets: Socket[];
  readonly closings: Closing[];
  readonly faults: unknown[];
  readonly connect: () => Promise<RawSocket>;
};

export type Overrides = { readonly limits?: Partial<TransportLimits>; readonly port?: number } & Partial<Handlers>;

export const text = (status: number, body: string): HttpAnswer => ({
  status,
  headers: [['content-type', 'text/plain']],
  body,
});

const started: { listener: Listener; clients: RawSocket[] }[] = [];

/** Listens on a free port. By default every request is answered with "method path", every message echoed. */
export async function start(transport: Transport, { limits: some, port = 0, ...handlers }: Overrides = {}) {
  const sockets: Socket[] = [];
  const closings: Closing[] = [];
  const faults: unknown[] = [];
  const clients: RawSocket[] = [];
  const listener = await transport.listen({
    host: '127.0.0.1',
    port,
    folder: temporaryFolder(),
    webSocketPath,
    limits: { ...limits, ...some },
    handlers: {
      request: ({ method, path }, answer) => answer(text(200, `${method} ${path}`)),
      upgrade: () => ({ protocol: '', session: undefined }),
      message: (socket, message, binary) => socket.send(binary ? message : Buffer.from(message).toString()),
      refuse: (status) => text(status, `refused ${status}`),
      ...handlers,
      open: (socket) => {
        sockets.push(socket);
        handlers.open?.(socket);
      },
      close: (socket, code, slow) => {
        closings.push({ socket, code, slow });
        handlers.close?.(socket, code, slow);
      },
      fault: (error) => faults.push(error),
    },
  });
  const connect = async () => {
    const client = await RawSocket.connect(listener.port);
    clients.push(client);
    return client;
  };
  started.push({ listener, clients });
  return { listener, port: listener.port, sockets, closings, faults, connect } satisfies Started;
}

/** For afterEach. */
export async function stopAll(): Promise<void> {
  for (const { listener, clients } of started.splice(0)) {
    for (const client of clients) client.destroy();
    await listener.close();
  }
}

/** A request as it goes over the wire. */
export function raw(method: string, path: string, headers: readonly string[] = [], body = ''): string {
  return `${[`${method} ${path} HTTP/1.1`, 'Host: test', ...headers].join('\r\n')}\r\n\r\n${body}`;
}

export function rawPost(path: string, body: string): string {
  return raw('POST', path, [`Content-Length: ${Buffer.byteLength(body)}`], body);
}

/** Headers of an upgrade that lack the version alone. */
export const handshake = ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='];

export const rawUpgrade = raw('GET', webSocketPath, [...handshake, 'Sec-WebSocket-Version: 13']);
