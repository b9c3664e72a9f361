// Configuration administration: every option in effect and where it comes from. What is secret was masked before it came here.

import { answerJson, answerProblem, type Exchange } from './exchange.ts';
import { authorise, type Gateway } from './gateway.ts';

export const CONFIG_PATH = '/admin/config';

/** An option as it may be shown. */
export type OptionRow = {
  readonly name: string;
  readonly value: unknown;
  readonly source: string;
  readonly unit: string;
};

export function listConfig(gateway: Gateway, exchange: Exchange, options: readonly OptionRow[]): void {
  const caller = authorise(gateway, exchange.caller, 'ops');
  if ('code' in caller) return answerProblem(exchange, caller);
  if (exchange.request.method !== 'GET')
    return answerProblem(exchange, { code: 'method_not_allowed' }, [['Allow', 'GET']]);
  answerJson(exchange, 200, { data: options, has_more: false });
}
