// Exchange. One HTTP request on its way to its answer.

import type { EngineSession } from '../../actors/engine.ts';
import type { Context } from '../domain/context.ts';
import type { Refusal } from '../domain/refusals.ts';
import type { Caller } from './callers.ts';
import { problemAnswer, problemOf, type Refused } from './problem.ts';
import { makeContext, traceIdOf } from './request-context.ts';
import type { HttpAnswer, HttpRequest } from './transport/transport.ts';

export type Exchange = {
  readonly request: HttpRequest;
  readonly requestId: string;
  /** The id in the path. */
  readonly id: string | undefined;
  readonly session: EngineSession;
  /** Who asks; null for nobody that is known. */
  readonly caller: Caller | null;
  readonly answer: (answer: HttpAnswer) => void;
  /** Counts a refusal that is told. */
  readonly refused: (code: Refusal) => void;
};

type Headers = readonly (readonly [name: string, value: string])[];

export function answerJson(exchange: Exchange, status: number, body: unknown, headers: Headers = []): void {
  exchange.answer({
    status,
    headers: [['Content-Type', 'application/json'], ['X-Request-Id', exchange.requestId], ...headers],
    body: JSON.stringify(body),
  });
}

/** For the log of a fault: whose request it was, as far as that is known. */
export function faultContext({ caller, request, requestId }: Exchange): Context {
  return makeContext(
    caller ?? { merchant: '', keyId: null, shadow: false },
    'http',
    requestId,
    traceIdOf(request.header('traceparent')),
  );
}

export function answerProblem(exchange: Exchange, refused: Refused, headers: Headers = []): void {
  exchange.refused(refused.code);
  const answer = problemAnswer(problemOf(refused, exchange.request.path, exchange.requestId));
  exchange.answer({ ...answer, headers: [...answer.headers, ...headers] });
}
