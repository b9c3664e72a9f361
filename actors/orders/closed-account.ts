// Closed account. What came home to an account that is closed waits in suspense until two people say whose it is now.
//
// C1. It leaves suspense once, by one case. C2. What that account does not take stays in suspense, and is a case again.

import type { Context } from '../../src/domain/context.ts';
import { accountIn } from '../../src/domain/orders/account-decision.ts';
import type { Case } from '../../src/domain/orders/case.ts';
import { broughtHome } from '../../src/domain/orders/withdrawal-vouchers.ts';
import type { Withdrawal } from '../../src/domain/orders/withdrawal.ts';
import { ALLOWED, refusalOf } from '../../src/domain/refusals.ts';
import { openCase } from './case-cell.ts';
import type { OrderCell } from './order-cell.ts';

/** What two people decided: it has been judged when they did (account-decision.ts). */
export function bringHome(cell: OrderCell<Withdrawal>, context: Context, { decision, amount }: Case): void {
  const account = accountIn(decision);
  if (account === '') return;
  cell.book(context, [broughtHome(cell.order, account, amount)], ({ verdict, posted }) => {
    if (verdict !== ALLOWED) return openClosed(cell, context, `${account} does not take it: ${refusalOf(verdict)}`);
    cell.change({ vouchers: [...cell.order.vouchers, ...posted] });
    cell.state(context);
  });
}

/** People have to find out whose money it is. `why`: it is still nobody's; '' at first. */
export function openClosed(cell: OrderCell<Withdrawal>, context: Context, why = ''): void {
  const { id: order, amount, currency, account } = cell.order;
  const still = why === '' ? '' : ` ${why}.`;
  const detail = `Account ${account} is closed: what ${order} took from it is in suspense.${still}`;
  openCase(cell, context, { type: 'account_closed', order, amount, currency, detail });
}
