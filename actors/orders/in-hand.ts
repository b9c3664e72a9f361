// In hand. What each payee has of a trade that is paid and not settled: pending for it, and in the books to the unit.
//
// H1. Before a refund it is in proportion to what the payees agreed on. After one it is what is left of that, which no
// proportion gives to the unit: then it is read from the vouchers themselves.

import { FACT_KIND } from '../../src/domain/facts.ts';
import { pendingAccount } from '../../src/domain/house-accounts.ts';
import type { FactPosition } from '../../src/domain/ids.ts';
import { spread } from '../../src/domain/orders/spread.ts';
import { unsettled } from '../../src/domain/orders/trade-amounts.ts';
import type { Trade } from '../../src/domain/orders/trade.ts';
import { EFFECTS } from '../../src/domain/posting-lines.ts';
import type { OrderCell } from './order-cell.ts';

/**
 * Minor units by payee, in their order; of escrow, which is nobody's yet, the shares that they agreed on.
 * @throws Error when the books have something else than the trade says: nobody is paid out of that
 */
export function inHand(cell: OrderCell<Trade>): readonly number[] {
  const { id, type, payees, refunds } = cell.order;
  const rest = unsettled(cell.order);
  if (type !== 'instant' || payees.length === 1 || refunds.length === 0) {
    return spread(
      rest,
      payees.map(({ amount }) => amount),
    );
  }
  const pending = new Map(payees.map(({ account }) => [pendingAccount(account), 0]));
  for (const place of vouchersOf(cell)) addLines(cell, place, pending);
  const shares = [...pending.values()];
  const sum = shares.reduce((total, share) => total + share, 0);
  if (sum === rest && shares.every((share) => share >= 0)) return shares;
  throw new Error(`of trade ${id} ${rest} is in hand, and ${shares.join(' + ')} in the books`);
}

/** Those of the trade, of what paid it, and of its refunds. */
function vouchersOf({ order, desk, merchant }: OrderCell<Trade>): readonly FactPosition[] {
  const others = [order.paidBy, ...order.refunds].map((id) => desk.orders.find(merchant, id)?.order);
  return [order, ...others].flatMap((one) => one?.vouchers ?? []);
}

function addLines({ desk }: OrderCell<Trade>, { seq, index }: FactPosition, pending: Map<string, number>): void {
  const fact = desk.history.frame(seq)?.facts[index];
  if (fact?.kind !== FACT_KIND.voucherPosted) throw new Error(`there is no voucher at ${seq}, ${index}`);
  for (const { account, action, amount } of fact.lines) {
    const before = pending.get(account);
    if (before !== undefined) pending.set(account, before + EFFECTS[action].posted * amount);
  }
}
