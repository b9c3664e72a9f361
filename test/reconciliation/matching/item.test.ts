import { describe, expect, test } from 'vitest';
import {
  isTerminalItem,
  judgeReview,
  nextItem,
  type ItemEvent,
  type ItemStatus,
} from '../../../src/reconciliation/matching/item.ts';
import { describeMachine } from '../../domain/orders/support/machine.ts';

describeMachine<ItemStatus, ItemEvent>({
  next: nextItem,
  isTerminal: isTerminalItem,
  states: {
    expected: 'goes on',
    matched: 'end',
    UNPARSED: 'goes on',
    CHANNEL_ONLY: 'goes on',
    LOCAL_ONLY: 'goes on',
    DUPLICATE: 'goes on',
    CURRENCY_DIFF: 'goes on',
    STATUS_DIFF: 'goes on',
    AMOUNT_DIFF: 'goes on',
    FEE_DIFF: 'goes on',
    LATE: 'goes on',
    case: 'goes on',
    repair_proposed: 'goes on',
    write_off_proposed: 'goes on',
    repaired: 'end',
    written_off: 'end',
  },
  events: {
    match: 'told',
    UNPARSED: 'told',
    CHANNEL_ONLY: 'told',
    LOCAL_ONLY: 'told',
    DUPLICATE: 'told',
    CURRENCY_DIFF: 'told',
    STATUS_DIFF: 'told',
    AMOUNT_DIFF: 'told',
    FEE_DIFF: 'told',
    LATE: 'told',
    open_case: 'asked',
    propose_repair: 'asked',
    propose_write_off: 'asked',
    confirm: 'asked',
    reject: 'asked',
  },
  grid: `
                       match   UNPARSED CHANNEL_ONLY LOCAL_ONLY DUPLICATE CURRENCY_DIFF STATUS_DIFF AMOUNT_DIFF FEE_DIFF LATE open_case propose_repair  propose_write_off  confirm     reject
    expected           matched UNPARSED CHANNEL_ONLY LOCAL_ONLY DUPLICATE CURRENCY_DIFF STATUS_DIFF AMOUNT_DIFF FEE_DIFF LATE -         -               -                  -           -
    matched            =       !        !            !          !         !             !           !           !        !    -         -               -                  -           -
    UNPARSED           !       =        !            !          !         !             !           !           !        !    case      -               -                  -           -
    CHANNEL_ONLY       LATE    !        =            !          !         !             !           !           !        LATE case      -               -                  -           -
    LOCAL_ONLY         LATE    !        !            =          !         !             !           !           !        LATE case      -               -                  -           -
    DUPLICATE          !       !        !            !          =         !             !           !           !        !    case      -               -                  -           -
    CURRENCY_DIFF      !       !        !            !          !         =             !           !           !        !    case      -               -                  -           -
    STATUS_DIFF        !       !        !            !          !         !             =           !           !        !    case      -               -                  -           -
    AMOUNT_DIFF        !       !        !            !          !         !             !           =           !        !    case      -               -                  -           -
    FEE_DIFF           !       !        !            !          !         !             !           !           =        !    case      -               -                  -           -
    LATE               =       !        !            !          !         !             !           !           !        =    case      -               -                  -           -
    case               !       =        =            =          =         =             =           =           =        =    =         repair_proposed write_off_proposed -           -
    repair_proposed    !       =        =            =          =         =             =           =           =        =    -         -               -                  repaired    case
    write_off_proposed !       =        =            =          =         =             =           =           =        =    -         -               -                  written_off case
    repaired           =       !        !            !          !         !             !           !           !        !    -         -               -                  =           -
    written_off        !       =        =            =          =         =             =           =           =        =    -         -               -                  =           -
  `,
});

describe('a review', () => {
  test('is by another person', () => {
    expect(judgeReview('key_a', 'key_b')).toBeNull();
    expect(judgeReview('key_a', 'key_a')).toMatchObject({ refused: 'same_person_approval' });
    expect(judgeReview('key_a', '')).toMatchObject({ refused: 'same_person_approval' });
  });
});
