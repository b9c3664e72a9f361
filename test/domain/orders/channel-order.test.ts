import {
  isTerminalChannelOrder,
  nextChannelOrder,
  type ChannelOrderEvent,
  type ChannelOrderStatus,
} from '../../../src/domain/orders/channel-order.ts';
import { describeMachine } from './support/machine.ts';

describeMachine<ChannelOrderStatus, ChannelOrderEvent>({
  next: nextChannelOrder,
  isTerminal: isTerminalChannelOrder,
  states: {
    created: 'goes on',
    sent: 'goes on',
    accepted: 'goes on',
    requires_action: 'goes on',
    unknown: 'goes on',
    succeeded: 'end',
    failed: 'end',
    closed: 'end',
    late_succeeded: 'end',
  },
  events: {
    sent: 'asked',
    unsent: 'told',
    accepted: 'told',
    requires_action: 'told',
    succeeded: 'told',
    failed: 'told',
    closed: 'told',
    unknown: 'told',
  },
  grid: `
                     sent  unsent  accepted  requires_action  succeeded       failed  closed  unknown
    created          sent  failed  !         !                !               !       !       !
    sent             =     failed  accepted  requires_action  succeeded       failed  -       unknown
    accepted         =     !       =         =                succeeded       failed  closed  unknown
    requires_action  =     !       =         =                succeeded       failed  closed  unknown
    unknown          =     =       accepted  accepted         succeeded       failed  closed  =
    succeeded        =     !       =         =                =               !       !       =
    failed           -     =       =         =                late_succeeded  =       =       =
    closed           -     =       =         =                late_succeeded  =       =       =
    late_succeeded   -     !       =         =                =               !       !       =
  `,
});
