// Check port. Who asks the checks that a payment needs before it begins; the engine never waits for them.

import type { Context } from '../domain/context.ts';
import type { CheckSaid, NeededChecks } from '../domain/orders/checks.ts';
import type { Refused } from '../domain/orders/order-base.ts';

export type CheckPort = {
  /** What they said, or why the payment does not begin. Never rejects. */
  readonly ask: (needed: NeededChecks, context: Context) => Promise<readonly CheckSaid[] | Refused>;
};
