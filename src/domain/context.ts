// Context. The business identity of one request; it travels in every message, every fact and every log line.
//
// X1. A context is made once, at the edge, and never changed. X2. A message or fact without one does not compile.

export type Origin = 'http' | 'ws' | 'timer' | 'operator';

export type Context = {
  /** Version of this layout. */
  readonly version: 1;
  /** Tenant; taken from the API key, never from the request. '' for what concerns no single one: a day opened. */
  readonly merchant: string;
  readonly origin: Origin;
  /** Names the request in logs and problem documents. */
  readonly requestId: string;
  /** W3C trace id (32 hex digits), '' when the client sent none. */
  readonly traceId: string;
  /** Stress traffic; set at the edge only. */
  readonly shadow: boolean;
};

export type ContextRow = [
  version: 1,
  merchant: string,
  origin: Origin,
  requestId: string,
  traceId: string,
  shadow: boolean,
];

export function contextRow(context: Context): ContextRow {
  return [1, context.merchant, context.origin, context.requestId, context.traceId, context.shadow];
}

/** @throws Error for a row of another layout: a journal written by a newer version. */
export function readContext(row: ContextRow): Context {
  const [version, merchant, origin, requestId, traceId, shadow] = row;
  if (version !== 1) throw new Error(`context of unknown version ${String(version)}`);
  return { version, merchant, origin, requestId, traceId, shadow };
}
