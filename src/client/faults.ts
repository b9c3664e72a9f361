// Faults. How a call ends that does not end with what was asked for: the server refused it, or nobody knows.
//
// F1. A call rejects with one of these two and nothing else. `outcome` says whether it can have happened.

import type { Refusal } from '../domain/refusals.ts';

/** A code of `GET /v1/refusals`; a newer server may have more of them. */
export type RefusalCode = Refusal | (string & {});

export type FieldProblem = { readonly param: string; readonly code: RefusalCode; readonly detail: string };

/** A problem document (RFC 9457) as the server tells it. */
export type Problem = {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly instance: string;
  readonly code: RefusalCode;
  readonly param?: string;
  readonly errors?: readonly FieldProblem[];
  readonly outcome: Outcome;
  readonly retryable: boolean;
  readonly request_id: string;
};

/** none: nothing has happened. unknown: it may have happened; the same call with the same id or key tells. */
export type Outcome = 'none' | 'unknown';

/** The server answered, and the answer is no. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
  readonly code: RefusalCode;
  /** The same call may succeed later without being changed. */
  readonly retryable: boolean;
  readonly outcome: Outcome;
  readonly problem: Problem;

  /** `outcome`: an earlier attempt of the same call may have happened although this one was refused. */
  constructor(problem: Problem, outcome: Outcome = problem.outcome) {
    super(`${problem.code}: ${problem.detail}`);
    this.code = problem.code;
    this.retryable = problem.retryable;
    this.outcome = outcome;
    this.problem = problem;
  }
}

/**
 * - `timeout`: no answer that settles it within the time of the call.
 * - `closed`: the client was closed before.
 * - `full`: the client has as many calls pending as it takes; this one was not begun.
 * - `lost`: the connection broke, and the call cannot be sent again without doing it twice.
 */
export type Unanswered = 'timeout' | 'closed' | 'full' | 'lost';

/** There is no answer. */
export class UnansweredError extends Error {
  override readonly name = 'UnansweredError';
  readonly reason: Unanswered;
  readonly outcome: Outcome;
  /** What the call was sent under: the same again asks for the same thing. '' where it has none. */
  readonly key: string;

  constructor(reason: Unanswered, outcome: Outcome, key: string, cause?: unknown) {
    super(`${reason}: no answer, outcome ${outcome}`, { cause });
    this.reason = reason;
    this.outcome = outcome;
    this.key = key;
  }
}

/** True for what is a problem document. */
export function isProblem(value: unknown): value is Problem {
  return typeof value === 'object' && value !== null && 'code' in value && 'outcome' in value;
}

/** Refusals that say nothing about the request: there is too much of everything, or the server is not there yet. */
const LATER: ReadonlySet<string> = new Set<Refusal>([
  'too_many_requests',
  'overloaded',
  'shutting_down',
  'recovering',
  'outcome_unknown',
  'internal_error',
  'idempotency_key_in_use',
  'books_unavailable',
  'postponed',
  'request_timeout',
]);

/** True where the client itself sends the same again until the time of the call is over. */
export function isForLater({ code }: Problem): boolean {
  return LATER.has(code);
}

/** True for what is judged before the server looks whether it has done the same request already. */
export function isBeforeRepeats({ code, status }: Problem): boolean {
  return status === 401 || status === 403 || code === 'switched_off';
}
