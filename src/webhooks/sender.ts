// Sender. One attempt to bring an event to its receiver: signed, bounded in time and in what is read, never redirected.
//
// N1. Whatever goes wrong is an outcome, never an exception. N2. Nothing of the answer is kept but its status: it could
// be anything that the receiver's network shows.

import { randomBytes } from 'node:crypto';
import { Agent, request } from 'undici';
import type { Outcome } from '../domain/webhooks/retries.ts';
import type { AddressGuard } from './address-guard.ts';
import { signedHeaders } from './signature.ts';

export const LIMITS = {
  /** To connect, TLS included, ms. */
  connectMs: 5_000,
  /** A whole attempt, ms: a receiver takes an event and works on it later. */
  attemptMs: 15_000,
  /** How long a connection waits for the next event, ms. */
  idleMs: 4_000,
  /** Bytes of an answer that are read, and thrown away, so that its connection can be used again. */
  answerBytes: 4_096,
} as const;

export type SenderLimits = { readonly [Name in keyof typeof LIMITS]: number };

export type Letter = {
  readonly url: string;
  /** The event's. */
  readonly id: string;
  /** The event, as JSON. */
  readonly body: string;
  readonly secrets: readonly string[];
  /** W3C trace id of the request that caused it; '' for none. */
  readonly traceId: string;
  /** Wall clock, ms since 1970. */
  readonly nowMs: number;
};

export type Sender = {
  readonly send: (letter: Letter) => Promise<Outcome>;
  /** Breaks off what is on its way. */
  readonly close: () => Promise<void>;
};

export function makeSender(guard: AddressGuard, userAgent: string, limits: SenderLimits = LIMITS): Sender {
  const agent = new Agent({
    connect: { timeout: limits.connectMs, lookup: guard.lookup },
    // Two endpoints can share a host: how many are sent at once is bounded for each endpoint, not here.
    connections: null,
    pipelining: 1,
    headersTimeout: limits.attemptMs,
    bodyTimeout: limits.attemptMs,
    keepAliveTimeout: limits.idleMs,
    keepAliveMaxTimeout: limits.idleMs,
    maxHeaderSize: 16_384,
  });
  return {
    send: async (letter) => {
      // A host that is an address already is connected to without a look-up.
      const refusal = guard.refusalOfHost(new URL(letter.url).hostname);
      if (refusal !== null) return { kind: 'unreachable', reason: `address refused: ${refusal}` };
      return send(agent, limits, letter, headersOf(letter, userAgent));
    },
    close: () => agent.destroy(),
  };
}

type Headers = Readonly<Record<string, string>>;

async function send(
  agent: Agent,
  limits: SenderLimits,
  { url, body, nowMs }: Letter,
  headers: Headers,
): Promise<Outcome> {
  const timeout = new AbortController();
  const { signal } = timeout;
  const timer = setTimeout(() => timeout.abort(new Error('timeout')), limits.attemptMs);
  try {
    const answer = await request(url, { dispatcher: agent, method: 'POST', headers: { ...headers }, body, signal });
    // A body that does not end changes nothing: its receiver has said that it has the event.
    await answer.body.dump({ limit: limits.answerBytes, signal }).catch(() => null);
    const retryAfterMs = readRetryAfter(answer.headers['retry-after'], nowMs);
    return { kind: 'answered', status: answer.statusCode, retryAfterMs };
  } catch (error) {
    return { kind: 'unreachable', reason: reasonOf(error) };
  } finally {
    clearTimeout(timer);
  }
}

function headersOf({ id, body, secrets, traceId, nowMs }: Letter, userAgent: string): Headers {
  return {
    'content-type': 'application/json',
    'user-agent': userAgent,
    ...signedHeaders(id, body, secrets, nowMs),
    ...(traceId === '' ? {} : { traceparent: `00-${traceId}-${randomBytes(8).toString('hex')}-01` }),
  };
}

/** Seconds or an HTTP date (RFC 9110 §10.2.3), as ms from now; null where it is neither. */
export function readRetryAfter(value: string | string[] | undefined, nowMs: number): number | null {
  if (typeof value !== 'string') return null;
  if (/^[0-9]{1,9}$/.test(value)) return Number(value) * 1_000;
  const atMs = /^[A-Z][a-z]{2},/.test(value) ? Date.parse(value) : NaN;
  return Number.isNaN(atMs) ? null : Math.max(atMs - nowMs, 0);
}

/** Words of the library or the operating system for the log of deliveries; bounded. */
const REASON_LENGTH_MAX = 100;

function reasonOf(error: unknown): string {
  const { code, message } = error as { code?: unknown; message?: unknown };
  if (typeof message === 'string' && message.startsWith('address refused')) return message.slice(0, REASON_LENGTH_MAX);
  return String(code ?? message).slice(0, REASON_LENGTH_MAX);
}
