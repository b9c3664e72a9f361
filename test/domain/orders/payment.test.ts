import { expect, test } from 'vitest';
import { isTerminalPayment, nextPayment, type PaymentEvent } from '../../../src/domain/orders/payment-machine.ts';
import { publicStatus, type PaymentStatus } from '../../../src/domain/orders/payment.ts';
import { describeMachine } from './support/machine.ts';

describeMachine<PaymentStatus, PaymentEvent>({
  next: nextPayment,
  isTerminal: isTerminalPayment,
  states: {
    created: 'goes on',
    processing: 'goes on',
    requires_action: 'goes on',
    authorized: 'goes on',
    reversing: 'goes on',
    in_review: 'goes on',
    canceling: 'goes on',
    succeeded: 'end',
    failed: 'end',
    canceled: 'end',
  },
  events: {
    start: 'asked',
    action_required: 'told',
    action_done: 'told',
    authorized: 'told',
    capture: 'asked',
    capture_refused: 'told',
    succeeded: 'told',
    failed: 'told',
    undo: 'asked',
    undone: 'told',
    mismatch: 'told',
    accept: 'asked',
    cancel: 'asked',
  },
  grid: `
                     start       action_required  action_done  authorized  capture     capture_refused  succeeded  failed  undo       undone    mismatch   accept     cancel
    created          processing  !                !            !           -           !                !          !       -          !         !          -          canceling
    processing       =           requires_action  =            authorized  -           authorized       succeeded  failed  reversing  !         in_review  -          -
    requires_action  =           =                processing   -           -           !                -          -       -          !         -          -          canceling
    authorized       =           =                =            =           processing  =                !          !       -          !         !          -          canceling
    reversing        =           =                =            !           -           =                !          =       =          failed    !          -          -
    in_review        processing  =                =            !           -           !                !          !       reversing  !         =          succeeded  -
    canceling        -           =                =            -           -           =                -          =       =          canceled  -          -          =
    succeeded        =           =                =            =           -           !                =          !       -          !         !          =          -
    failed           =           =                =            !           -           =                !          =       =          =         !          -          -
    canceled         -           =                =            !           -           =                !          =       =          =         !          -          =
  `,
});

test.each<[PaymentStatus, string]>([
  ['created', 'processing'],
  ['processing', 'processing'],
  ['requires_action', 'requires_action'],
  ['authorized', 'authorized'],
  ['reversing', 'processing'],
  ['in_review', 'in_review'],
  ['canceling', 'processing'],
  ['succeeded', 'succeeded'],
  ['failed', 'failed'],
  ['canceled', 'canceled'],
])('a payment that is %s is shown as %s', (status, shown) => {
  expect(publicStatus({ status })).toBe(shown);
});
