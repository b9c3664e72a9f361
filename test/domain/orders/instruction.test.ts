import {
  isTerminalInstruction,
  nextInstruction,
  type InstructionEvent,
  type InstructionStatus,
} from '../../../src/domain/orders/instruction.ts';
import { describeMachine } from './support/machine.ts';

describeMachine<InstructionStatus, InstructionEvent>({
  next: nextInstruction,
  isTerminal: isTerminalInstruction,
  states: {
    planned: 'goes on',
    executing: 'goes on',
    unknown: 'goes on',
    done: 'end',
    refused: 'end',
    reversing: 'goes on',
    reversed: 'end',
  },
  events: {
    execute: 'asked',
    done: 'told',
    refused: 'told',
    unknown: 'told',
    reverse: 'asked',
    reversed: 'told',
    reverse_failed: 'told',
  },
  grid: `
                execute    done  refused  unknown  reverse    reversed  reverse_failed
    planned     executing  !     !        !        =          !         !
    executing   =          done  refused  unknown  -          !         !
    unknown     -          done  refused  =        -          !         !
    done        =          =     !        =        reversing  !         !
    refused     -          !     =        =        =          !         !
    reversing   -          =     !        =        =          reversed  =
    reversed    -          =     !        =        =          =         !
  `,
});
