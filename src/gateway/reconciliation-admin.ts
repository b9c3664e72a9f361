// Reconciliation administration: runs, the newest first, and what each has come to. The same as the API shows of one run, for
// whoever looks after the machine.

import { answerJson, answerProblem, type Exchange } from './exchange.ts';
import { authorise, type Gateway } from './gateway.ts';
import type { Refused } from './problem.ts';
import { isRefused, readLimit, readQuery } from './query.ts';
import { listDifferences, readRun } from './reconciliation-differences.ts';
import type { ReconciliationPort } from './reconciliation-port.ts';
import { runResource } from './reconciliation-resources.ts';

export const RUNS_PATH = '/admin/reconciliation/runs';

const ONE_RUN = /^\/admin\/reconciliation\/runs\/([^/]+)(\/differences)?$/;

/** Answers what is asked below `/admin/reconciliation/runs`. */
export function administerRuns(gateway: Gateway, exchange: Exchange): void {
  const { method, path } = exchange.request;
  const [, id, differences] = ONE_RUN.exec(path) ?? [];
  if (path !== RUNS_PATH && id === undefined) return answerProblem(exchange, { code: 'route_not_found' });
  if (method !== 'GET') return answerProblem(exchange, { code: 'method_not_allowed' }, [['Allow', 'GET']]);
  if (id === undefined) listRuns(gateway, exchange);
  else if (differences === undefined) readRun(gateway, { ...exchange, id }, permit);
  else listDifferences(gateway, { ...exchange, id }, permit);
}

function permit(gateway: Gateway, exchange: Exchange): { readonly port: ReconciliationPort } | Refused {
  const caller = authorise(gateway, exchange.caller, 'ops');
  if ('code' in caller) return caller;
  const { reconciliation: port } = gateway;
  return port ? { port } : { code: 'reconciliation_off' };
}

function listRuns(gateway: Gateway, exchange: Exchange): void {
  const query = readQuery(exchange.request.query, ['limit']);
  const limit = isRefused(query) ? query : readLimit(query);
  if (typeof limit !== 'number') return answerProblem(exchange, limit);
  const permitted = permit(gateway, exchange);
  if ('code' in permitted) return answerProblem(exchange, permitted);
  const { port } = permitted;
  const runs = port.runs(limit + 1);
  const data = runs.slice(0, limit).map((run) => runResource(run, port.linesRead(run.id)));
  answerJson(exchange, 200, { data, has_more: runs.length > limit });
}
