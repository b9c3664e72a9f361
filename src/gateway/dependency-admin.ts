// Dependency administration: the table of what this server needs, and what it does without.

import { DEPENDENCIES } from '../ops/dependencies.ts';
import { answerJson, answerProblem, type Exchange } from './exchange.ts';
import { authorise, type Gateway } from './gateway.ts';

export const DEPENDENCIES_PATH = '/admin/dependencies';

export function listDependencies(gateway: Gateway, exchange: Exchange): void {
  const caller = authorise(gateway, exchange.caller, 'ops');
  if ('code' in caller) return answerProblem(exchange, caller);
  if (exchange.request.method !== 'GET')
    return answerProblem(exchange, { code: 'method_not_allowed' }, [['Allow', 'GET']]);
  const data = Object.entries(DEPENDENCIES).map(([name, { timeoutMs, recoveryMs, ...row }]) => ({
    name,
    ...row,
    timeout_ms: timeoutMs,
    recovery_ms: recoveryMs,
  }));
  answerJson(exchange, 200, { data, has_more: false });
}
