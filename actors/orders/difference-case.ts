// Difference case. A reconciliation has found that a channel and we do not say the same: it becomes a case, once, however
// often it is found (its key).

import type { Business } from '../../src/domain/context.ts';
import type { Desk } from '../desk.ts';
import { newCase } from './case-cell.ts';
import { logOrder } from './order-log.ts';
import type { OpenDifference } from './reconciliation-commands.ts';
import { isBooked } from './stranger.ts';

export function openDifference(desk: Desk, command: OpenDifference): void {
  const { context, keyed, found } = command;
  const { channel, number, ...said } = found;
  const { merchant, traceId } = context;
  const reference = said.order === '' ? number : '';
  // A callback was first, or another bill: that money is in suspense already, with a case of its own.
  const isHere = reference !== '' && isBooked(desk, merchant, channel, reference);
  const seen = isHere ? { amount: 0, detail: `${said.detail}. It is in suspense already` } : {};
  const about = said.order === '' ? null : desk.orders.find(merchant, said.order);
  const business = about?.origin.business ?? nobodys(said.currency, channel);
  const cell = newCase(
    { desk, merchant, traceId, business },
    { ...said, ...seen, reference, order: about ? said.order : '' },
  );
  cell.state(context, keyed);
  logOrder(cell, 'case_opened', context);
  cell.answer(command);
}

/** The identity of what belongs to no order: its channel is all that is known of it. */
function nobodys(currency: string, payOrg: string): Business {
  return {
    orderType: 'difference',
    product: '',
    ruleVersion: '',
    tradeId: '',
    outTradeNo: '',
    payer: '',
    payee: '',
    currency,
    payOrg,
  };
}
