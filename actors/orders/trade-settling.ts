// Settling. The payees of a trade have their money: at once, when the buyer confirms or the time has passed, and once more
// when a refund that had kept a part of it back comes to nothing.
//
// S1. What a refund has reserved is left where it is. S2. The fee is that of all that was settled, however many steps it
// took. S3. What could not be settled is tried again, and then people look at it.

import type { Context } from '../../src/domain/context.ts';
import { settledBy, settlementOf, unsettled, type Settlement } from '../../src/domain/orders/trade-amounts.ts';
import { confirmation, settlement } from '../../src/domain/orders/trade-vouchers.ts';
import type { Trade } from '../../src/domain/orders/trade.ts';
import { ALLOWED, refusalOf, type Verdict } from '../../src/domain/refusals.ts';
import { openCase } from './case-cell.ts';
import { inHand } from './in-hand.ts';
import type { OrderCell } from './order-cell.ts';
import type { OrderCommand } from './order-commands.ts';

/** Attempts to settle before people look at it as well. */
const SETTLE_MAX = 6;

type TradeActor = OrderCell<Trade>;

/** Who gets what as soon as it is paid with `amount`; null where that is not yet, or nobody's to say. */
export function settlementAtOnce(cell: TradeActor, amount: number): readonly Settlement[] | null {
  if (cell.order.type !== 'instant') return null;
  return settlementOf({ ...cell.order, paid: amount }, feeOf(cell, amount));
}

/** When it settles by itself, ms since 1970: escrow when the buyer has had time to object, what was refused soon again. */
export function settleMs(cell: TradeActor): number {
  const { type, ruleVersion, product, settleTries } = cell.order;
  if (type === 'escrow') return cell.afterMs(cell.desk.rulebook.of(ruleVersion).autoConfirmMs(product));
  return cell.afterMs(cell.desk.rulebook.current.backoffMs(settleTries));
}

/** All that is in hand. Of what was settled before the fee is taken already. */
export function settle(cell: TradeActor, context: Context, command: OrderCommand | null = null): void {
  const { type, version, settled, fee } = cell.order;
  const left = Math.max(0, feeOf(cell, settled + unsettled(cell.order)) - fee);
  const parts = settlementOf(cell.order, left, inHand(cell));
  const escrow = type === 'escrow' && parts.length > 0 ? [confirmation(cell.order, parts, version)] : [];
  cell.book(context, [...escrow, ...settlement(cell.order, parts, version)], ({ verdict, posted }) => {
    if (verdict !== ALLOWED && command) return cell.refuse(command, verdict);
    if (verdict !== ALLOWED) return settleLater(cell, context, verdict);
    cell.change(settledBy(cell.order, parts));
    cell.change({ status: 'completed', settleTries: 0, vouchers: [...cell.order.vouchers, ...posted], dueMs: 0 });
    cell.state(context, command?.keyed);
    if (command) cell.answer(command);
  });
}

function feeOf({ order: { product, ruleVersion }, desk }: TradeActor, amount: number): number {
  return desk.rulebook.of(ruleVersion).fee(product, amount);
}

function settleLater(cell: TradeActor, context: Context, verdict: Verdict): void {
  const settleTries = cell.order.settleTries + 1;
  cell.change({ status: 'paid', settleTries, dueMs: cell.afterMs(cell.desk.rulebook.current.backoffMs(settleTries)) });
  cell.state(context);
  if (settleTries !== SETTLE_MAX) return;
  const { id: order, amount, currency } = cell.order;
  const detail = `The payees of trade ${order} do not take their money: ${refusalOf(verdict)}.`;
  openCase(cell, context, { type: 'settlement_refused', order, amount, currency, detail });
}
