// Reconciliation differences. What a run has come to, and what two people decide of a difference: one key proposes, another one
// agrees, and the case does it.

import { Type } from 'typebox';
import { DecideCase } from '../../actors/orders/order-commands.ts';
import { csvOf } from '../csv.ts';
import { isId } from '../domain/ids.ts';
import { ALLOWED, refusalOf } from '../domain/refusals.ts';
import { DIFFERENCE_KINDS } from '../reconciliation/matching/difference.ts';
import { answerJson, answerProblem, type Exchange } from './exchange.ts';
import { id as idField, optional, plain, text, type Field } from './fields.ts';
import type { Gateway } from './gateway.ts';
import { judgeKey, keyedRequest, needKey } from './idempotency.ts';
import { readJson } from './json-body.ts';
import { caseResource } from './order-resources/case-resource.ts';
import type { Refused } from './problem.ts';
import { isRefused, readChoice, readPage, readQuery } from './query.ts';
import { operatorOf } from './reconciliation-files.ts';
import type { ReconciliationPort } from './reconciliation-port.ts';
import { DIFFERENCE_COLUMNS, differenceResource, differenceRow, runResource } from './reconciliation-resources.ts';
import { makeContext, traceIdOf } from './request-context.ts';
import { readBody } from './shape.ts';

/** Differences in a table: what a person opens in a spreadsheet in one go. */
const CSV_ROWS_MAX = 10_000;

const DECISIONS = ['book', 'late_success', 'failed', 'found', 'write_off', 'ignore'] as const;

/** Characters: it is in the decision of the case. */
const REASON_LENGTH_MAX = 200;

const decision: Field<string> = plain(Type.Union(DECISIONS.map((one) => Type.Literal(one))), 'body_invalid');

const reason: Field<string> = text(REASON_LENGTH_MAX, 'Why a difference is ignored.');

/** Who may read runs; the API's own judgement unless said. */
type Permit = (gateway: Gateway, exchange: Exchange) => { readonly port: ReconciliationPort } | Refused;

export function readRun(gateway: Gateway, exchange: Exchange, permit: Permit = operatorOf): void {
  const { id = '', request } = exchange;
  const query = readQuery(request.query, []);
  if (isRefused(query)) return answerProblem(exchange, query);
  if (!isId(id)) return answerProblem(exchange, { code: 'id_invalid', param: 'id' });
  const operator = permit(gateway, exchange);
  if ('code' in operator) return answerProblem(exchange, operator);
  const run = operator.port.run(id);
  if (!run) return answerProblem(exchange, { code: 'run_not_found' });
  answerJson(exchange, 200, runResource(run, operator.port.linesRead(id)));
}

/** A page of them, the next ones after `starting_after`; all of them, up to a bound, as a table. */
export function listDifferences(gateway: Gateway, exchange: Exchange, permit: Permit = operatorOf): void {
  const { id = '', request } = exchange;
  const query = readQuery(request.query, ['kind', 'limit', 'starting_after', 'format']);
  if (isRefused(query)) return answerProblem(exchange, query);
  const kind = readChoice(query, 'kind', ['', ...DIFFERENCE_KINDS]);
  const format = readChoice(query, 'format', ['json', 'csv']);
  const isCsv = format === 'csv';
  const page = readPage(query, isCsv ? CSV_ROWS_MAX : undefined);
  for (const one of [kind, format, page]) if (isRefused(one)) return answerProblem(exchange, one);
  if (!isId(id)) return answerProblem(exchange, { code: 'id_invalid', param: 'id' });
  const operator = permit(gateway, exchange);
  if ('code' in operator) return answerProblem(exchange, operator);
  const { port } = operator;
  if (!port.run(id)) return answerProblem(exchange, { code: 'run_not_found' });
  const { limit, after } = page as { readonly limit: number; readonly after: string };
  const before = after === '' ? null : port.difference(after);
  if (after !== '' && before?.run !== id) return answerProblem(exchange, { code: 'difference_not_found' });
  const rows = isCsv && !query.has('limit') ? CSV_ROWS_MAX : limit;
  const found = port.differences(id, before ? before.place + 1 : 0, rows + 1, kind as string);
  const data = found.slice(0, rows);
  const hasMore = found.length > rows;
  if (!isCsv) return answerJson(exchange, 200, { data: data.map(differenceResource), has_more: hasMore });
  const headers: [string, string][] = [
    ['Content-Type', 'text/csv; charset=utf-8; header=present'],
    ['X-Request-Id', exchange.requestId],
    ['X-Has-More', String(hasMore)],
  ];
  exchange.answer({ status: 200, headers, body: csvOf(DIFFERENCE_COLUMNS, data.map(differenceRow)) });
}

/** With a decision one key proposes; without one another key agrees. */
export function resolveDifference(gateway: Gateway, exchange: Exchange): void {
  const { request, requestId, session } = exchange;
  const query = readQuery(request.query, []);
  if (isRefused(query)) return answerProblem(exchange, query);
  const json = readJson(exchange, gateway.limits.bodyBytesMax);
  const key = request.header('idempotency-key') ?? '';
  const shape = { id: idField, decision: optional(decision), reason: optional(reason) };
  const judge = ({ decision: said, reason: why }: { decision?: string | undefined; reason?: string | undefined }) => [
    ...judgeKey(key),
    ...needKey(key),
    ...((said === 'ignore') === (why !== undefined) ? [] : [REASON_WRONG]),
  ];
  const read = json.ok ? readBody(shape, json.body, judge) : json;
  if (!read.ok) return answerProblem(exchange, read.refused);
  const operator = operatorOf(gateway, exchange);
  if ('code' in operator) return answerProblem(exchange, operator);
  const { caller, port } = operator;
  const { id = '', decision: said = '', reason: why } = read.values;
  const found = port.difference(id);
  if (!found) return answerProblem(exchange, { code: 'difference_not_found' });
  if (found.caseId === '') return answerProblem(exchange, { code: 'difference_without_case' });
  const { merchant, caseId } = found;
  const keyed = keyedRequest(key, 'reconciliation.resolve', read.values);
  const traceId = traceIdOf(request.header('traceparent'));
  const context = makeContext({ ...caller, merchant }, 'operator', requestId, traceId);
  const proposed = why === undefined ? said : `${said}: ${why}`;
  const command = new DecideCase(context, caseId, proposed, keyed, ({ verdict, shown, replayed }) => {
    if (verdict !== ALLOWED || !shown) return answerProblem(exchange, { code: refusalOf(verdict) });
    const headers: [string, string][] = replayed ? [['Idempotent-Replayed', 'true']] : [];
    const body = { ...differenceResource(found), resolution: caseResource({ merchant, shown }) };
    answerJson(exchange, 200, body, headers);
  });
  session.submit(command);
}

const REASON_WRONG = {
  param: 'reason',
  code: 'body_invalid',
  detail: 'A reason belongs to the decision ignore, and only to that.',
} as const;
