// Exchange. One HTTP request on its way to its answer.

import type { EngineSession } from '../../actors/engine.ts';
import { problemAnswer, problemOf, type Refused } from './problem.ts';
import type { Action } from './routes.ts';
import type { HttpAnswer, HttpRequest } from './transport.ts';

export type Exchange = {
  readonly request: HttpRequest;
  readonly requestId: string;
  /** 'none' where no route matches. */
  readonly action: Action | 'none';
  /** The id in the path. */
  readonly id: string | undefined;
  readonly session: EngineSession;
  readonly answer: (answer: HttpAnswer) => void;
};

type Headers = readonly (readonly [name: string, value: string])[];

export function answerJson(exchange: Exchange, status: number, body: unknown, headers: Headers = []): void {
  exchange.answer({
    status,
    headers: [['Content-Type', 'application/json'], ['X-Request-Id', exchange.requestId], ...headers],
    body: JSON.stringify(body),
  });
}

export function answerProblem(exchange: Exchange, refused: Refused, headers: Headers = []): void {
  const answer = problemAnswer(problemOf(refused, exchange.request.path, exchange.requestId));
  exchange.answer({ ...answer, headers: [...answer.headers, ...headers] });
}
