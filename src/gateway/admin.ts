// Admin. What operators ask on the listener of operations: the cases that wait for people, and what the files *-admin.ts answer. Two different keys with the scope ops decide a case; whoever proposed does not agree.

import { DecideCase, ListCases, ReadOrder, type OrderCommand } from '../../actors/orders/order-commands.ts';
import { isId } from '../domain/ids.ts';
import { ALLOWED, refusalOf } from '../domain/refusals.ts';
import { OPS_BODY_BYTES_MAX, type Admin, type OpsRequest } from '../ops/ops-server.ts';
import type { Caller } from './callers.ts';
import { BOOKS_PATH, booksAdmin } from './books-admin.ts';
import { CONFIG_PATH, listConfig, type OptionRow } from './config-admin.ts';
import { DEPENDENCIES_PATH, listDependencies, type Circuits } from './dependency-admin.ts';
import { answerJson, answerProblem, type Exchange } from './exchange.ts';
import { authorise, type Gateway } from './gateway.ts';
import { judgeKey, keyedRequest } from './idempotency.ts';
import { readJson } from './json-body.ts';
import { FIND_PATH, findActor } from './find-admin.ts';
import * as fields from './fields.ts';
import { operatorFrom } from './operator.ts';
import * as orderFields from './order-fields.ts';
import { caseResource } from './order-resources/case-resource.ts';
import type { Refused } from './problem.ts';
import { invalid, isRefused, readChoice, readPage, readQuery, type Query } from './query.ts';
import { administerRuns, RUNS_PATH } from './reconciliation-admin.ts';
import { makeContext, requestIdOf, traceIdOf } from './request-context.ts';
import { readBody } from './shape.ts';
import { administerSwitches, SWITCHES_PATH } from './switch-admin.ts';

const CASES = '/admin/cases';

/** A path about one case: its id, and what is to be done with it. */
const ONE_CASE = /^\/admin\/cases\/([^/]+)(?:\/(decide|agree))?$/;

/** Cases that are not resolved: only these can be listed. */
const STATUSES = ['', 'open', 'proposed'] as const;

/** A request of somebody who may. */
type Asked = { readonly gateway: Gateway; readonly exchange: Exchange; readonly caller: Caller; readonly query: Query };

/**
 * `local`: only this machine reaches the listener; from others nobody is believed without a key. `options`: of the
 * configuration, as they may be shown.
 */
export function makeAdmin(gateway: Gateway, local: boolean, circuits: Circuits, options: readonly OptionRow[]): Admin {
  const answerBooks = booksAdmin(gateway);
  const session = gateway.engine.openSession();
  return (request, answer) => {
    const [, id, verb = ''] = ONE_CASE.exec(request.path) ?? [];
    const requestId = requestIdOf(request.header('x-request-id'));
    const exchange: Exchange = {
      request: { ...request, headers: () => ({}) },
      requestId,
      id,
      session,
      caller: operatorFrom(gateway.callers, local, request.header('authorization')),
      refused: gateway.metrics.refused,
      answer,
    };
    if (request.path === DEPENDENCIES_PATH) return listDependencies(gateway, exchange, circuits);
    if (request.path.startsWith(SWITCHES_PATH)) return administerSwitches(gateway, exchange);
    if (request.path.startsWith(RUNS_PATH)) return administerRuns(gateway, exchange);
    if (request.path === BOOKS_PATH) return answerBooks(exchange);
    if (request.path === FIND_PATH) return findActor(gateway, exchange);
    if (request.path === CONFIG_PATH) return listConfig(gateway, exchange, options);
    if (request.path !== CASES && id === undefined) return answerProblem(exchange, { code: 'route_not_found' });
    const method = verb === '' ? 'GET' : 'POST';
    if (request.method !== method) return answerProblem(exchange, { code: 'method_not_allowed' }, [['Allow', method]]);
    const asked = permit(gateway, exchange, request);
    if (!asked) return;
    try {
      if (id === undefined) listCases(asked);
      else if (verb === '') readCase(asked, id);
      else decideCase(asked, id, verb);
    } catch (error) {
      gateway.log.request('request_failed', contextOf(exchange, asked.caller, ''), { error, action: 'cases' });
      answerProblem(exchange, { code: 'internal_error' });
    }
  };
}

/** null: the request has been answered. */
function permit(gateway: Gateway, exchange: Exchange, { query: text }: OpsRequest): Asked | null {
  const parameters = exchange.id === undefined ? ['status', 'limit', 'starting_after', 'ending_before'] : ['merchant'];
  const query = readQuery(text, parameters);
  const wrong = exchange.id === undefined || isId(exchange.id) ? null : ({ code: 'id_invalid', param: 'id' } as const);
  const caller = wrong ?? (isRefused(query) ? query : authorise(gateway, exchange.caller, 'ops'));
  if (!('code' in caller) && !isRefused(query)) return { gateway, exchange, caller, query };
  answerProblem(exchange, caller as Refused);
  return null;
}

function listCases({ exchange, caller, query }: Asked): void {
  const page = readPage(query);
  const status = readChoice(query, 'status', STATUSES);
  if (isRefused(page)) return answerProblem(exchange, page);
  if (isRefused(status)) return answerProblem(exchange, invalid('status', 'status is open or proposed.'));
  const context = contextOf(exchange, caller, caller.merchant);
  const command = new ListCases(context, status, page, ({ verdict, cases, hasMore }) => {
    if (verdict === ALLOWED) answerJson(exchange, 200, { data: cases.map(caseResource), has_more: hasMore });
    else answerProblem(exchange, { code: refusalOf(verdict) });
  });
  exchange.session.submit(command);
}

function readCase(asked: Asked, id: string): void {
  const { exchange, caller } = asked;
  const merchant = merchantOf(asked, id);
  const context = contextOf(exchange, caller, merchant);
  const keyed = keyedRequest('', '', {});
  exchange.session.submit(new ReadOrder(context, { kind: 'case', id }, keyed, answerCase(exchange, merchant)));
}

function decideCase(asked: Asked, id: string, verb: string): void {
  const { exchange, caller } = asked;
  const json = readJson(exchange, OPS_BODY_BYTES_MAX);
  const key = exchange.request.header('idempotency-key') ?? '';
  const shape = verb === 'decide' ? { id: fields.id, decision: orderFields.decision } : { id: fields.id };
  const read = json.ok ? readBody(shape, json.body, () => judgeKey(key)) : json;
  if (!read.ok) return answerProblem(exchange, read.refused);
  const { decision = '' } = read.values as { readonly decision?: string };
  const merchant = merchantOf(asked, id);
  const keyed = keyedRequest(key, `cases.${verb}`, read.values);
  const context = contextOf(exchange, caller, merchant);
  exchange.session.submit(new DecideCase(context, id, decision, keyed, answerCase(exchange, merchant)));
}

/** An open case says itself whose it is; a resolved one has to be asked for by its merchant, the key's own unless said. */
function merchantOf({ gateway, caller, query }: Asked, id: string): string {
  return gateway.engine.merchantOfCase(id) ?? query.get('merchant') ?? caller.merchant;
}

function answerCase(exchange: Exchange, merchant: string): (command: OrderCommand) => void {
  return ({ verdict, shown }) => {
    if (verdict === ALLOWED && shown) answerJson(exchange, 200, caseResource({ merchant, shown }));
    else answerProblem(exchange, { code: refusalOf(verdict) });
  };
}

function contextOf({ request, requestId }: Exchange, caller: Caller, merchant: string) {
  return makeContext({ ...caller, merchant }, 'operator', requestId, traceIdOf(request.header('traceparent')));
}
