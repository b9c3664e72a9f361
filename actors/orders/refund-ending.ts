// How a refund ends that does not go back the way the money came: it comes to nothing, or goes to the payer's account.

import type { Context } from '../../src/domain/context.ts';
import { acceptedBack, returnedElsewhere } from '../../src/domain/orders/refund-vouchers.ts';
import type { Refund } from '../../src/domain/orders/refund.ts';
import { ALLOWED, refusalOf } from '../../src/domain/refusals.ts';
import { openCase } from './case-cell.ts';
import type { OrderCell } from './order-cell.ts';
import type { OrderCommand } from './order-commands.ts';
import { paymentOf, tellLegs, tellTrade } from './refund-parts.ts';

type RefundActor = OrderCell<Refund>;

/** A payee that does not take its money is asked again after this time, ms: a day; people may ask before. */
const AGAIN_MS = 86_400_000;

/** The payees have their money again. */
export function giveUp(
  cell: RefundActor,
  context: Context,
  status: 'failed' | 'canceled',
  command: OrderCommand | null = null,
): void {
  const { vouchers, parts } = cell.order;
  const back = vouchers.length > 0 ? acceptedBack(cell.order, vouchers) : [];
  cell.book(context, back, ({ verdict, posted }) => {
    if (verdict !== ALLOWED) return stuck(cell, context, refusalOf(verdict));
    cell.change({ status, vouchers: [...vouchers, ...posted], dueMs: 0 });
    cell.state(context, command?.keyed);
    tellLegs(cell, context, parts, 'failed');
    tellTrade(cell, context, ALLOWED);
    if (command) cell.answer(command);
  });
}

/** By decision of two people, what the channel does not return goes to the payer's account here. False where it cannot. */
export function goElsewhere(cell: RefundActor, context: Context): boolean {
  const { payer } = paymentOf(cell);
  const refused = cell.order.parts.filter(({ status }) => status === 'refused');
  if (cell.order.cause !== 'request' || payer === '' || refused.length === 0) return false;
  const drafts = refused.map(({ instruction, amount }) =>
    returnedElsewhere(cell.order, payer, amount, instruction + 1),
  );
  cell.book(context, drafts, ({ verdict, posted }) => {
    if (verdict !== ALLOWED) return stuck(cell, context, refusalOf(verdict));
    const parts = cell.order.parts.map((part) =>
      refused.includes(part) ? ({ ...part, status: 'done' } as const) : part,
    );
    const isOver = parts.every(({ status }) => status === 'done');
    cell.change({ parts, vouchers: [...cell.order.vouchers, ...posted] });
    if (isOver) cell.change({ status: 'succeeded', dueMs: 0 });
    cell.state(context);
    tellLegs(cell, context, refused, 'done');
    if (isOver) tellTrade(cell, context, ALLOWED);
  });
  return true;
}

/** Whoever should have the money does not take it at the moment. */
function stuck(cell: RefundActor, context: Context, why: string): void {
  const { id: order, amount, currency } = cell.order;
  cell.change({ status: 'needs_attention', dueMs: cell.afterMs(AGAIN_MS) });
  cell.state(context);
  const detail = `Refund ${order} was refused by its channel, and its money cannot go back either: ${why}.`;
  openCase(cell, context, { type: 'refund_needs_attention', order, amount, currency, detail });
}
