import {
  isTerminalExternalVoucher,
  nextExternalVoucher,
  type ExternalVoucherEvent,
  type ExternalVoucherStatus,
} from '../../../src/domain/orders/external-voucher.ts';
import { describeMachine } from './support/machine.ts';

describeMachine<ExternalVoucherStatus, ExternalVoucherEvent>({
  next: nextExternalVoucher,
  isTerminal: isTerminalExternalVoucher,
  states: { issued: 'goes on', requesting: 'goes on', ready: 'goes on', failed: 'end', expired: 'end', closed: 'end' },
  events: { request: 'asked', ready: 'told', failed: 'told', expire: 'asked', close: 'asked' },
  grid: `
                request     ready  failed  expire   close
    issued      requesting  !      !       expired  closed
    requesting  =           ready  failed  expired  closed
    ready       =           =      !       expired  closed
    failed      -           !      =       =        =
    expired     -           =      =       =        =
    closed      -           =      =       =        =
  `,
});
