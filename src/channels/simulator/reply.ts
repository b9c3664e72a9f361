// Reply. What goes back over the connection, or what is done to the connection instead.

import type { ErrorAnswer } from '../simulator-protocol.ts';

export type Reply =
  | { readonly status: number; readonly type: string; readonly body: string }
  /** The socket is closed without a byte, or reset. */
  | { readonly status: 0; readonly cut: 'closed' | 'reset' };

const STATUSES = {
  invalid_request: 400,
  signature_missing: 401,
  timestamp_out_of_range: 401,
  signature_wrong: 401,
  nonce_reused: 401,
  secret_wrong: 401,
  loopback_only: 403,
  not_found: 404,
  method_not_allowed: 405,
  number_reused: 409,
  wrong_status: 409,
  body_too_large: 413,
  internal: 500,
  busy: 503,
  books_full: 503,
} as const satisfies Record<ErrorAnswer['error'], number>;

/** 200 with JSON. */
export function json(value: object): Reply {
  return { status: 200, type: 'application/json', body: JSON.stringify(value) };
}

/** An ErrorAnswer with the status that belongs to it, or another one. */
export function failure(error: ErrorAnswer['error'], detail: string, status: number = STATUSES[error]): Reply {
  const answer: ErrorAnswer = { error, detail };
  return { status, type: 'application/json', body: JSON.stringify(answer) };
}
