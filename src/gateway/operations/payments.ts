// Payment operations. Reading an attempt to pay, taking what it has kept back, and giving it up.

import { CancelPayment, CapturePayment } from '../../../actors/orders/order-commands.ts';
import * as fields from '../fields.ts';
import { needKey } from '../idempotency.ts';
import { operation, type Operation } from '../operation.ts';
import type { FrameTime } from '../order-resources/shown-step.ts';
import { orderReading, orderTo } from './order-replies.ts';

export function getPayment(frameTime: FrameTime): Operation {
  return operation('payments.get', {
    scope: 'payments:read',
    status: 200,
    fields: { id: fields.id },
    command: ({ id = '' }, context, _keyed, tell) => orderReading('payment', id, frameTime)(context, tell),
  });
}

/** Without an amount all that remains of it is taken. */
export function capturePayment(frameTime: FrameTime): Operation {
  return operation('payments.capture', {
    scope: 'payments:write',
    status: 200,
    fields: { id: fields.id, amount: fields.optional(fields.amount) },
    judge: (_values, key) => needKey(key),
    command: ({ id = '', amount = 0 }, context, keyed, tell) =>
      new CapturePayment(context, id, amount, keyed, orderTo(tell, frameTime)),
  });
}

export function cancelPayment(frameTime: FrameTime): Operation {
  return operation('payments.cancel', {
    scope: 'payments:write',
    status: 200,
    fields: { id: fields.id },
    judge: (_values, key) => needKey(key),
    command: ({ id = '' }, context, keyed, tell) =>
      new CancelPayment(context, { kind: 'payment', id }, keyed, orderTo(tell, frameTime)),
  });
}
