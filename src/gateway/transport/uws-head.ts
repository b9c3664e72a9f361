// Head of a request over uWebSockets.js. Owns reading all of it at once: the native request is dead after its handler.

import type { HttpRequest } from './transport.ts';
import type { NativeRequest } from './uws-native.ts';

export type Head = Omit<HttpRequest, 'body'> & {
  /** One length, in digits, and no transfer coding beside it. The library lets doubled ones pass. */
  readonly framed: boolean;
  readonly chunked: boolean;
  /** The announced length of the body; 0 when there is none. */
  readonly bodyBytes: number;
};

/** The library lower-cases methods. */
const methods = new Map(
  ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'].map((name) => [name.toLowerCase(), name]),
);

/** Names and values in turn; one collector for all requests, so that a request costs no closure for it. */
let collected: string[] = [];
const collect = (name: string, value: string): void => {
  collected.push(name, value);
};

/** Everything of `native` that outlives its handler. */
export function readHead(native: NativeRequest): Head {
  collected = [];
  native.forEach(collect);
  const headers = collected;
  const lengths = valuesOf(headers, 'content-length');
  const codings = valuesOf(headers, 'transfer-encoding');
  const method = native.getMethod();
  return {
    method: methods.get(method) ?? method.toUpperCase(),
    path: native.getUrl(),
    query: native.getQuery() ?? '',
    header: (name) => joined(valuesOf(headers, name)),
    framed: areFramed(lengths, codings),
    chunked: codings.length > 0,
    bodyBytes: Number(lengths[0] ?? 0),
  };
}

/** The request of `head` with its body. */
export function requestOf({ method, path, query, header }: Head, body: Uint8Array): HttpRequest {
  return { method, path, query, header, body };
}

const none: readonly string[] = [];

function valuesOf(headers: readonly string[], name: string): readonly string[] {
  let values: string[] | undefined;
  for (let index = 0; index < headers.length; index += 2) {
    if (headers[index] === name) (values ??= []).push(headers[index + 1] ?? '');
  }
  return values ?? none;
}

function joined(values: readonly string[]): string | undefined {
  return values.length < 2 ? values[0] : values.join(', ');
}

function areFramed(lengths: readonly string[], codings: readonly string[]): boolean {
  const [length] = lengths;
  if (length === undefined)
    return codings.length === 0 || (codings.length === 1 && codings[0]?.toLowerCase() === 'chunked');
  return lengths.length === 1 && codings.length === 0 && /^\d{1,15}$/.test(length);
}
