import {
  isTerminalRefund,
  nextRefund,
  type RefundEvent,
  type RefundStatus,
} from '../../../src/domain/orders/refund.ts';
import { describeMachine } from './support/machine.ts';

describeMachine<RefundStatus, RefundEvent>({
  next: nextRefund,
  isTerminal: isTerminalRefund,
  states: {
    created: 'goes on',
    pending_approval: 'goes on',
    processing: 'goes on',
    needs_attention: 'goes on',
    succeeded: 'end',
    failed: 'end',
    canceled: 'end',
    bounced: 'end',
  },
  events: {
    ask_approval: 'asked',
    start: 'asked',
    approve: 'asked',
    cancel: 'asked',
    reroute: 'asked',
    needs_attention: 'told',
    succeeded: 'told',
    failed: 'told',
    canceled: 'told',
    bounced: 'told',
  },
  grid: `
                      ask_approval      start       approve     cancel    reroute     needs_attention  succeeded  failed  canceled  bounced
    created           pending_approval  processing  -           canceled  -           !                !          !       !         !
    pending_approval  =                 -           processing  canceled  -           !                !          !       !         !
    processing        -                 =           -           -         -           needs_attention  succeeded  failed  canceled  !
    needs_attention   -                 -           -           canceled  processing  =                !          =       =         !
    succeeded         -                 =           -           -         -           !                =          !       !         bounced
    failed            -                 =           -           -         -           =                !          =       =         !
    canceled          -                 -           -           =         -           =                !          =       =         !
    bounced           -                 =           -           -         -           =                =          =       !         =
  `,
});
