// Approval operations. Refunds and withdrawals are read, agreed to by a second person, and given up, in the same way.

import { Approve, Cancel } from '../../../actors/orders/order-commands.ts';
import * as fields from '../fields.ts';
import { needKey } from '../idempotency.ts';
import type { Scope } from '../keys.ts';
import { operation, type Operation } from '../operation.ts';
import type { FrameTime } from '../order-resources/shown-step.ts';
import { orderReading, orderTo } from './order-replies.ts';

type Approved = 'refund' | 'withdrawal';

/** What moves them needs the scope of those who make them. */
const WRITE: Readonly<Record<Approved, Scope>> = { refund: 'refunds:write', withdrawal: 'payments:write' };

export function getApproved(kind: Approved, frameTime: FrameTime): Operation {
  return operation(`${kind}s.get`, {
    scope: 'payments:read',
    status: 200,
    fields: { id: fields.id },
    command: ({ id = '' }, context, _keyed, tell) => orderReading(kind, id, frameTime)(context, tell),
  });
}

/** Somebody else than who asked for it, told by the API key. */
export function approve(kind: Approved, frameTime: FrameTime): Operation {
  return operation(`${kind}s.approve`, {
    scope: WRITE[kind],
    status: 200,
    fields: { id: fields.id },
    judge: (_values, key) => needKey(key),
    command: ({ id = '' }, context, keyed, tell) => new Approve(context, { kind, id }, keyed, orderTo(tell, frameTime)),
  });
}

export function cancel(kind: Approved, frameTime: FrameTime): Operation {
  return operation(`${kind}s.cancel`, {
    scope: WRITE[kind],
    status: 200,
    fields: { id: fields.id },
    judge: (_values, key) => needKey(key),
    command: ({ id = '' }, context, keyed, tell) => new Cancel(context, { kind, id }, keyed, orderTo(tell, frameTime)),
  });
}
