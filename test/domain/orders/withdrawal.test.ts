import {
  isTerminalWithdrawal,
  nextWithdrawal,
  type WithdrawalEvent,
  type WithdrawalStatus,
} from '../../../src/domain/orders/withdrawal.ts';
import { describeMachine } from './support/machine.ts';

describeMachine<WithdrawalStatus, WithdrawalEvent>({
  next: nextWithdrawal,
  isTerminal: isTerminalWithdrawal,
  states: {
    created: 'goes on',
    pending_approval: 'goes on',
    approved: 'goes on',
    processing: 'goes on',
    needs_attention: 'goes on',
    succeeded: 'end',
    failed: 'end',
    canceled: 'end',
    returned: 'end',
  },
  events: {
    ask_approval: 'asked',
    approve: 'asked',
    cancel: 'asked',
    send: 'asked',
    resume: 'asked',
    needs_attention: 'told',
    succeeded: 'told',
    failed: 'told',
    returned: 'told',
  },
  grid: `
                      ask_approval      approve   cancel    send        resume      needs_attention  succeeded  failed  returned
    created           pending_approval  approved  canceled  -           -           !                !          !       !
    pending_approval  =                 approved  canceled  -           -           !                !          !       !
    approved          -                 =         canceled  processing  -           !                !          !       !
    processing        -                 -         -         =           =           needs_attention  succeeded  failed  -
    needs_attention   -                 -         -         -           processing  =                succeeded  failed  -
    succeeded         -                 -         -         =           -           =                =          !       returned
    failed            -                 -         -         -           -           =                !          =       !
    canceled          -                 -         =         -           -           !                !          !       !
    returned          -                 -         -         -           -           =                =          =       =
  `,
});
