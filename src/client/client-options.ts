// Client options. What a client can be told, and what holds where it is not.

import type { EncodingName } from './encodings.ts';

export type ClientOptions = {
  /** Of the server, without a path: http://127.0.0.1:8080 */
  readonly url: string;
  /** An API key, fk_<id>_<secret>. None in dev mode, or in a browser with `ticket`. */
  readonly key?: string;
  /** Asked for each connection: a WebSocket ticket that somebody with a key has got, for pages that must not have one. */
  readonly ticket?: () => Promise<string>;
  /** Where operations go; lists, files and waiting are HTTP always. */
  readonly transport?: 'websocket' | 'http';
  readonly encoding?: EncodingName;
  /** How long a call is tried, ms. */
  readonly timeoutMs?: number;
  /** Calls without an answer, single transfers counted one by one; above it calls are refused at once. */
  readonly pendingMax?: number;
  /** Transfers that are gathered into a batch; the server's own bound counts as well. */
  readonly batchMax?: number;
  /** HTTP requests at once. */
  readonly connectionsMax?: number;
};

/** Of one call. */
export type CallOptions = {
  /** Idempotency key; made by the client where it is not given. */
  readonly key?: string;
  /** Seconds, up to 30, that the server may wait for the end of what was asked. */
  readonly wait?: number;
};

export type FullOptions = Required<Omit<ClientOptions, 'key' | 'ticket'>> &
  Pick<ClientOptions, 'ticket'> & { readonly key: string };

const DEFAULTS = {
  transport: 'websocket',
  encoding: 'msgpack',
  timeoutMs: 30_000,
  pendingMax: 100_000,
  batchMax: 10_000,
  // As many as browsers open to one server over HTTP/1.1 would be 6; servers of this API take many more.
  connectionsMax: 32,
} as const;

/** @throws Error for a URL that is none. */
export function fullOptions({ url, key = '', ...rest }: ClientOptions): FullOptions {
  return { ...DEFAULTS, ...rest, url: new URL(url).origin, key };
}

/** How often deadlines are looked at, ms: often enough for the time that calls have. */
export function lookMsOf({ timeoutMs }: FullOptions): number {
  return Math.min(250, Math.max(10, timeoutMs / 10));
}
