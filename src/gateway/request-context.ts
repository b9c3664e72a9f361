// Request context. Makes the context of a request at the edge: the request's own id and the trace that it continues.

import { randomBytes } from 'node:crypto';
import type { Context, Origin } from '../domain/context.ts';
import type { Caller } from './callers.ts';

const REQUEST_ID = /^[\x21-\x7e]{1,128}$/;
/** W3C Trace Context, version 00 and later: version, trace id, parent id, flags. */
const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(-.*)?$/;

const processPrefix = `req_${randomBytes(6).toString('hex')}`;
let counted = 0;

/** The client's X-Request-Id where it is 1-128 visible ASCII characters, else one of our own. */
export function requestIdOf(given: string | undefined): string {
  if (given !== undefined && REQUEST_ID.test(given)) return given;
  counted += 1;
  return `${processPrefix}${counted.toString(36)}`;
}

/** The trace id of a `traceparent`; '' where there is none or a malformed one, which the standard says to ignore. */
export function traceIdOf(traceparent: unknown): string {
  if (typeof traceparent !== 'string') return '';
  return TRACEPARENT.exec(traceparent)?.[1] ?? '';
}

export function makeContext(
  { merchant, keyId, shadow, person = '' }: Pick<Caller, 'merchant' | 'keyId' | 'shadow' | 'person'>,
  origin: Origin,
  requestId: string,
  traceId: string,
): Context {
  return { version: 1, merchant, origin, requestId, traceId, shadow, by: keyId ?? person, business: null };
}
