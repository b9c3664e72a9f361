// Listing. What every request that only reads has in common: who may, for whom it reads, and how it is answered.

import type { Command } from '../../actors/commands.ts';
import type { Context } from '../domain/context.ts';
import { ALLOWED, refusalOf } from '../domain/refusals.ts';
import type { Caller } from './callers.ts';
import { answerJson, answerProblem, type Exchange } from './exchange.ts';
import { authorise, type Gateway } from './gateway.ts';
import type { Scope } from './keys.ts';
import type { Refused } from './problem.ts';
import { isRefused } from './query.ts';
import { makeContext, traceIdOf } from './request-context.ts';

/** Answers the exchange. */
export type Listing = (gateway: Gateway, exchange: Exchange) => void;

/** The caller when the request's shape is right and it may; otherwise the request has been answered. */
export function permitted(
  gateway: Gateway,
  exchange: Exchange,
  shaped: object | number | Refused,
  scope: Scope,
): Caller | null {
  const caller = isRefused(shaped) ? shaped : authorise(gateway, exchange.caller, scope);
  if (!('code' in caller)) return caller;
  answerProblem(exchange, caller);
  return null;
}

export function contextOf({ request, requestId }: Exchange, caller: Caller): Context {
  return makeContext(caller, 'http', requestId, traceIdOf(request.header('traceparent')));
}

/** `body` is made only when the command was not refused; `param` is what it would have been refused for. */
export function answerList(exchange: Exchange, command: Command, body: () => object, param?: string): void {
  if (command.verdict === ALLOWED) answerJson(exchange, 200, body());
  else answerProblem(exchange, { code: refusalOf(command.verdict), ...(param === undefined ? {} : { param }) });
}
