import { isTerminalTrade, nextTrade, type TradeEvent, type TradeStatus } from '../../../src/domain/orders/trade.ts';
import { describeMachine } from './support/machine.ts';

describeMachine<TradeStatus, TradeEvent>({
  next: nextTrade,
  isTerminal: isTerminalTrade,
  states: { open: 'goes on', paid: 'goes on', completed: 'end', closing: 'goes on', closed: 'end' },
  events: {
    paid: 'told',
    settled: 'told',
    close: 'asked',
    close_live: 'asked',
    attempt_ended: 'told',
    late_money: 'told',
  },
  grid: `
                paid    settled    close   close_live  attempt_ended  late_money
    open        paid    !          closed  closing     =              =
    paid        =       completed  -       -           =              =
    completed   =       =          -       -           =              =
    closing     paid    !          closed  =           closed         =
    closed      !       !          =       =           =              =
  `,
});
