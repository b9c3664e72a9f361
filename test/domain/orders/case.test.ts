import { isTerminalCase, nextCase, type CaseEvent, type CaseStatus } from '../../../src/domain/orders/case.ts';
import { describeMachine } from './support/machine.ts';

describeMachine<CaseStatus, CaseEvent>({
  next: nextCase,
  isTerminal: isTerminalCase,
  states: { open: 'goes on', proposed: 'goes on', resolved: 'end' },
  events: { propose: 'asked', confirm: 'asked', reject: 'asked' },
  grid: `
              propose   confirm   reject
    open      proposed  -         -
    proposed  -         resolved  open
    resolved  -         =         -
  `,
});
