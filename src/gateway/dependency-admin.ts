// Dependency administration: the table of what this server needs, what it does without, and which breakers are open.

import { DEPENDENCIES, type DependencyName } from '../ops/dependencies.ts';
import { answerJson, answerProblem, type Exchange } from './exchange.ts';
import { authorise, type Gateway } from './gateway.ts';

export const DEPENDENCIES_PATH = '/admin/dependencies';

/** The breaker of one of a dependency's instances: a channel, a check. */
export type Circuit = { readonly name: string; readonly state: 'closed' | 'open' | 'half_open' };

/** As they are now, of the dependencies that have breakers. */
export type Circuits = () => Readonly<Partial<Record<DependencyName, readonly Circuit[]>>>;

export function listDependencies(gateway: Gateway, exchange: Exchange, circuits: Circuits): void {
  const caller = authorise(gateway, exchange.caller, 'ops');
  if ('code' in caller) return answerProblem(exchange, caller);
  if (exchange.request.method !== 'GET')
    return answerProblem(exchange, { code: 'method_not_allowed' }, [['Allow', 'GET']]);
  const now = circuits();
  const names = Object.keys(DEPENDENCIES) as DependencyName[];
  const data = names.map((name) => {
    const { timeoutMs, recoveryMs, ...row } = DEPENDENCIES[name];
    return { name, ...row, timeout_ms: timeoutMs, recovery_ms: recoveryMs, circuits: now[name] ?? [] };
  });
  answerJson(exchange, 200, { data, has_more: false });
}
