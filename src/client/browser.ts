// Browser. The client for pages: nothing of Node is in it.

import { FlorinClient } from './client.ts';
import type { ClientOptions } from './client-options.ts';

export * from './exported.ts';

/** Begins to connect; calls can be made at once. */
export function connect(options: ClientOptions): FlorinClient {
  return new FlorinClient(options, (url, protocols) => new globalThis.WebSocket(url, protocols));
}
