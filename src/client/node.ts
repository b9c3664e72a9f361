// Node. The client for Node: the WebSocket that Node has, or that of the package ws where it has none (before 22).

import { WebSocket as PackagedSocket } from 'ws';
import { FlorinClient } from './client.ts';
import type { ClientOptions } from './client-options.ts';
import type { MakeSocket } from './connection.ts';

export * from './exported.ts';

const makeSocket: MakeSocket = (url, protocols) => {
  if (typeof globalThis.WebSocket === 'function') return new globalThis.WebSocket(url, protocols);
  return new PackagedSocket(url, protocols, { perMessageDeflate: false });
};

/** Begins to connect; calls can be made at once. */
export function connect(options: ClientOptions): FlorinClient {
  return new FlorinClient(options, makeSocket);
}
