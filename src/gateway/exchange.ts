// Exchange. One HTTP request on its way to its answer.

import type { EngineSession } from '../../actors/engine.ts';
import type { Context } from '../domain/context.ts';
import type { Refusal } from '../domain/refusals.ts';
import type { Gateway } from './gateway.ts';
import { problemAnswer, problemOf, type Refused } from './problem.ts';
import { makeContext, traceIdOf } from './request-context.ts';
import type { HttpAnswer, HttpRequest } from './transport/transport.ts';

export type Exchange = {
  readonly request: HttpRequest;
  readonly requestId: string;
  /** The id in the path. */
  readonly id: string | undefined;
  readonly session: EngineSession;
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
export function faultContext({ callers }: Pick<Gateway, 'callers'>, { request, requestId }: Exchange): Context {
  const caller = callers.fromHeader(request.header('authorization')) ?? { merchant: '', keyId: null };
  return makeContext(caller, 'http', requestId, traceIdOf(request.header('traceparent')));
}

export function answerProblem(exchange: Exchange, refused: Refused, headers: Headers = []): void {
  exchange.refused(refused.code);
  const answer = problemAnswer(problemOf(refused, exchange.request.path, exchange.requestId));
  exchange.answer({ ...answer, headers: [...answer.headers, ...headers] });
}
