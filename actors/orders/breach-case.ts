// Breach case. Whoever watches from outside has found what must never be: it becomes a case, once, however often it is
// reported (its key), and nothing else. What people decide of it is told to no order.

import type { Business } from '../../src/domain/context.ts';
import type { Desk } from '../desk.ts';
import { newCase } from './case-cell.ts';
import type { OpenBreach } from './order-commands.ts';

export function openBreach(desk: Desk, command: OpenBreach): void {
  const { context, keyed, breach } = command;
  const { business, ...found } = breach;
  const { merchant, traceId } = context;
  const about = { desk, merchant, traceId, business: business ?? nobodys(found.currency) };
  const cell = newCase(about, { type: 'books_breach', ...found });
  cell.state(context, keyed);
  cell.answer(command);
}

/** The identity of what belongs to no order. */
function nobodys(currency: string): Business {
  return {
    orderType: 'breach',
    product: '',
    ruleVersion: '',
    tradeId: '',
    outTradeNo: '',
    payer: '',
    payee: '',
    currency,
    payOrg: 'florin',
  };
}
