// Case resource. What two people have to decide, as operators see it.

import type { ListedCase } from '../../../actors/orders/order-commands.ts';
import type { Case } from '../../domain/orders/case.ts';
import { timeText } from '../time-text.ts';
import { orNull } from './shown-step.ts';

export type CaseResource = {
  readonly id: string;
  readonly object: 'case';
  readonly merchant: string;
  readonly type: Case['type'];
  readonly status: Case['status'];
  readonly order: string | null;
  /** Minor units. */
  readonly amount: number;
  readonly currency: string;
  readonly detail: string;
  readonly owner: string;
  readonly decision: string | null;
  /** Ids of API keys. */
  readonly proposed_by: string | null;
  readonly decided_by: string | null;
  readonly version: number;
  readonly created_at: string;
  readonly updated_at: string;
};

/** @throws Error for an order that is no case */
export function caseResource({ merchant, shown: { order, timeMs } }: ListedCase): CaseResource {
  if (order.kind !== 'case') throw new Error(`${order.id} is no case`);
  return {
    id: order.id,
    object: 'case',
    merchant,
    type: order.type,
    status: order.status,
    order: orNull(order.order),
    amount: order.amount,
    currency: order.currency,
    detail: order.detail,
    owner: order.owner,
    decision: orNull(order.decision),
    proposed_by: orNull(order.proposedBy),
    decided_by: orNull(order.decidedBy),
    version: order.version,
    created_at: timeText(order.createdAtMs),
    updated_at: timeText(timeMs),
  };
}
