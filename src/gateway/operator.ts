// Operator. Who asks on the listener of operations, and whether that is somebody who may.

import type { Caller, Callers } from './callers.ts';
import { authorise } from './gateway.ts';
import type { Refused } from './problem.ts';

/** `local`: only this machine reaches the listener; from others nobody is believed without a key. null: nobody known. */
export function operatorFrom(callers: Callers, local: boolean, authorization: string | undefined): Caller | null {
  const caller = callers.fromHeader(authorization);
  return local || (caller && caller.keyId !== null) ? caller : null;
}

/** The operator, or why not. */
export function judgeOperator(callers: Callers, local: boolean, authorization: string | undefined): Caller | Refused {
  return authorise({ isShadow: false }, operatorFrom(callers, local, authorization), 'ops');
}
