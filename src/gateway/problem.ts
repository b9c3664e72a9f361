// Problem documents (RFC 9457). Every refusal and fault, on HTTP and WebSocket, is told in this one shape; nothing from
// inside (a stack, a path, a message) is ever part of it.

import { REFUSALS, type Refusal, type RefusalRow } from '../domain/refusals.ts';
import type { HttpAnswer } from './transport/transport.ts';

export type FieldError = { readonly param: string; readonly code: Refusal; readonly detail: string };

export type Refused = {
  readonly code: Refusal;
  /** What is wrong here, for people. */
  readonly detail?: string;
  /** The field or parameter at fault. */
  readonly param?: string;
  /** All fields at fault, when there are several. */
  readonly errors?: readonly FieldError[];
};

export type Problem = {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly instance: string;
  readonly code: Refusal;
  readonly param?: string;
  readonly errors?: readonly FieldError[];
  /** `none`: nothing has happened. `unknown`: send the same request again. */
  readonly outcome: 'none' | 'unknown';
  readonly retryable: boolean;
  readonly request_id: string;
};

/** Seconds after which a client that was turned away for load may come again. */
const RETRY_AFTER_SECONDS = '1';

/** Refusals that are no reason to slow payments down. */
const PAYMENTS_GO_ON: ReadonlySet<Refusal> = new Set(['books_unavailable', 'postponed']);

/** `instance`: what was asked, a path or an operation. */
export function problemOf(refused: Refused, instance: string, requestId: string): Problem {
  const row: RefusalRow = REFUSALS[refused.code];
  return {
    type: `/v1/refusals#${refused.code}`,
    title: row.meaning,
    status: row.status,
    detail: refused.detail ?? row.meaning,
    instance,
    code: refused.code,
    ...(refused.param === undefined ? {} : { param: refused.param }),
    ...(refused.errors === undefined ? {} : { errors: refused.errors }),
    outcome: row.outcome ?? 'none',
    retryable: row.retryable ?? false,
    request_id: requestId,
  };
}

/** The problem as an HTTP answer. */
export function problemAnswer(problem: Problem): HttpAnswer {
  const headers: [string, string][] = [
    ['Content-Type', 'application/problem+json'],
    ['X-Request-Id', problem.request_id],
  ];
  if (problem.status === 401) headers.push(['WWW-Authenticate', 'Bearer realm="florin"']);
  if (problem.status === 429 || problem.status === 503) {
    headers.push(['Retry-After', RETRY_AFTER_SECONDS]);
  }
  if (problem.status === 429 || (problem.status === 503 && !PAYMENTS_GO_ON.has(problem.code))) {
    headers.push(['RateLimit-Policy', '"in-flight";q=1;qu="concurrent-requests"']);
    headers.push(['RateLimit', `"in-flight";r=0;t=${RETRY_AFTER_SECONDS}`]);
  }
  return { status: problem.status, headers, body: JSON.stringify(problem) };
}

/** The documented list: what `GET /v1/refusals` answers. */
export function refusalList(): { data: object[]; has_more: boolean } {
  const codes = Object.keys(REFUSALS) as Refusal[];
  return {
    data: codes.map((code) => {
      const row: RefusalRow = REFUSALS[code];
      return {
        code,
        number: row.number,
        status: row.status,
        meaning: row.meaning,
        retryable: row.retryable ?? false,
        outcome: row.outcome ?? 'none',
      };
    }),
    has_more: false,
  };
}
