// WebSocket client for tests, which keeps what it gets.

import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { ClientOptions } from 'ws';
import { webSocketPath } from './transport-fixture.ts';

export type Client = {
  readonly socket: WebSocket;
  readonly messages: (string | Buffer)[];
  /** Code and reason, when it closed. */
  readonly closed: Promise<readonly [number, string]>;
};

const clients: Client[] = [];

function dial(port: number, path = webSocketPath, protocols: string[] = [], options: ClientOptions = {}): Client {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, protocols, options);
  const messages: (string | Buffer)[] = [];
  socket.on('message', (data, binary) => {
    if (Buffer.isBuffer(data)) messages.push(binary ? data : data.toString());
  });
  socket.on('error', () => undefined);
  const closed = new Promise<readonly [number, string]>((resolve) => {
    socket.on('close', (code, reason) => resolve([code, reason.toString()]));
  });
  const client = { socket, messages, closed };
  clients.push(client);
  return client;
}

/** Connects to the listener on `port`. */
export async function open(...parameters: Parameters<typeof dial>): Promise<Client> {
  const client = dial(...parameters);
  await once(client.socket, 'open');
  return client;
}

/** Ends every client; for afterEach. */
export function hangUp(): void {
  for (const { socket } of clients.splice(0)) socket.terminate();
}
