// Operations server. Health and metrics on a listener of their own, so that a busy or closed API can still be asked.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Metrics } from './metrics.ts';

export type OpsParts = {
  readonly metrics: Metrics;
  /** What keeps the server from taking requests; null when it does. */
  readonly notReady: () => string | null;
};

export type OpsServer = { readonly port: number; readonly close: () => Promise<void> };

/** Rejects with the operating system's error (EADDRINUSE, …). */
export async function startOps(host: string, port: number, parts: OpsParts): Promise<OpsServer> {
  const server = createServer((request, response) => answer(request, response, parts));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, exclusive: true }, resolve);
  });
  return { port: (server.address() as AddressInfo).port, close: () => close(server) };
}

function answer(request: IncomingMessage, response: ServerResponse, { metrics, notReady }: OpsParts): void {
  const path = request.url?.split('?')[0];
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    send(response, 405, 'only GET\n');
  } else if (path === '/livez') {
    send(response, 200, 'ok\n');
  } else if (path === '/readyz') {
    const reason = notReady();
    send(response, reason === null ? 200 : 503, `${reason ?? 'ok'}\n`);
  } else if (path === '/metrics') {
    send(response, 200, metrics.render(), 'text/plain; version=0.0.4; charset=utf-8');
  } else {
    send(response, 404, '/livez /readyz /metrics\n');
  }
}

function send(response: ServerResponse, status: number, body: string, type = 'text/plain; charset=utf-8'): void {
  response.writeHead(status, {
    'Content-Type': type,
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
  });
  response.end(body);
}

async function close(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  // After the listener: whoever asks for health all the time would be back at once, and be waited for.
  server.closeAllConnections();
  await closed;
}
