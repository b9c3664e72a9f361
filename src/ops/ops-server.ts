// Operations server. Health and metrics on a listener of their own, so that a busy or closed API can still be asked; what
// operators ask under /admin; and the console, which also shows how far a recovery is.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Metrics, MetricsFormat } from './metrics.ts';

/** A request of an operator, with its whole body. */
export type OpsRequest = {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  /** A header by its lower-case name. */
  readonly header: (name: string) => string | undefined;
  /** Whole up to OPS_BODY_BYTES_MAX; longer than that, it was longer. */
  readonly body: Uint8Array;
};

export type OpsAnswer = {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string | Uint8Array;
};

/** Answers once. */
export type Admin = (request: OpsRequest, answer: (answer: OpsAnswer) => void) => void;

/** Somebody who reads what comes until one of both sides ends it. */
export type Follower = {
  readonly write: (text: string) => void;
  /** Bytes written and not taken. */
  readonly unread: () => number;
  readonly end: () => void;
};

/** What follows of asking for a stream: an answer instead, or what is to be done when the follower has gone. */
export type Following = { readonly refused: OpsAnswer } | { readonly gone: () => void };

export type OpsConsole = {
  /** A file of the page; null when there is none. */
  readonly page: (path: string) => OpsAnswer | null;
  readonly follow: (request: OpsRequest, follower: Follower) => Following;
};

/** Where the stream is. */
const STREAM_PATH = '/admin/stream';

const STREAM_HEADERS = { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' } as const;

/** Bytes of what an operator says: a sentence or two. Of a longer body one byte more is handed on, and no more. */
export const OPS_BODY_BYTES_MAX = 16_384;

export type OpsParts = {
  readonly metrics: Metrics;
  /** What keeps the server from taking requests; null when it does. */
  readonly notReady: () => string | null;
  /** null until the engine is ready. */
  readonly admin: () => Admin | null;
  readonly console: OpsConsole;
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

function answer(request: IncomingMessage, response: ServerResponse, parts: OpsParts): void {
  const { metrics, notReady, admin, console: pages } = parts;
  const path = request.url?.split('?')[0] ?? '';
  if (path === STREAM_PATH && request.method === 'GET') {
    stream(request, response, pages);
  } else if (path.startsWith('/admin/')) {
    const asked = admin();
    if (asked) administer(request, response, asked);
    else send(response, 503, `${notReady() ?? 'starting'}\n`);
  } else if (request.method !== 'GET' && request.method !== 'HEAD') {
    send(response, 405, 'only GET\n');
  } else if (path === '/livez') {
    send(response, 200, 'ok\n');
  } else if (path === '/readyz') {
    const reason = notReady();
    send(response, reason === null ? 200 : 503, `${reason ?? 'ok'}\n`);
  } else if (path === '/metrics') {
    const format = asksOpenMetrics(request) ? 'openmetrics' : 'text';
    send(response, 200, metrics.render(format), METRICS_TYPE[format]);
  } else {
    const page = pages.page(path);
    if (page) tell(response, page);
    else send(response, 404, '/livez /readyz /metrics /admin /console\n');
  }
}

const METRICS_TYPE = {
  text: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
} as const satisfies Record<MetricsFormat, string>;

/** Prometheus names it first where it can read it; only a weight of 0 refuses it. */
function asksOpenMetrics({ headers }: IncomingMessage): boolean {
  const named = headers.accept?.split(',').find((type) => type.trim().startsWith('application/openmetrics-text'));
  return named !== undefined && !/;\s*q=0(\.0*)?\s*(;|$)/.test(named);
}

/** Server-sent events: the headers leave with the first of them. */
function stream(request: IncomingMessage, response: ServerResponse, { follow }: OpsConsole): void {
  const following = follow(asOpsRequest(request, new Uint8Array()), {
    write: (text) => {
      if (!response.headersSent) response.writeHead(200, STREAM_HEADERS);
      response.write(text);
    },
    unread: () => response.writableLength,
    end: () => void response.destroy(),
  });
  if ('refused' in following) return tell(response, following.refused);
  response.once('close', following.gone);
}

function administer(request: IncomingMessage, response: ServerResponse, admin: Admin): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    const room = OPS_BODY_BYTES_MAX + 1 - bytes;
    if (room > 0) chunks.push(chunk.subarray(0, room));
    bytes += chunk.length;
  });
  request.on('end', () => {
    admin(asOpsRequest(request, Buffer.concat(chunks)), (told) => tell(response, told));
  });
}

function asOpsRequest(request: IncomingMessage, body: Uint8Array): OpsRequest {
  const [path = '', query = ''] = (request.url ?? '').split('?', 2);
  const header = (name: string): string | undefined => {
    const value = request.headers[name];
    return Array.isArray(value) ? value.join(', ') : value;
  };
  return { method: request.method ?? '', path, query, header, body };
}

function tell(response: ServerResponse, { status, headers, body }: OpsAnswer): void {
  response.writeHead(status, Object.fromEntries([...headers, ['Content-Length', String(Buffer.byteLength(body))]]));
  response.end(body);
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
