// Bouncing. What becomes of a refund whose money the channel has again after it had returned it.
//
// B1. It is booked once, however often the channel says so, and is a case with an owner until two people have decided.
// B2. A decision that cannot be carried out leaves the money where it is, and a case again.

import type { Context } from '../../src/domain/context.ts';
import {
  bouncedSources,
  bouncedSum,
  setAsideBounced,
  takenFromSuspense,
} from '../../src/domain/orders/bounced-refund.ts';
import type { ChannelOrder } from '../../src/domain/orders/channel-order.ts';
import type { Refund } from '../../src/domain/orders/refund.ts';
import type { VoucherDraft } from '../../src/domain/orders/voucher-draft.ts';
import { ALLOWED, refusalOf } from '../../src/domain/refusals.ts';
import { openCase } from './case-cell.ts';
import type { OrderCell } from './order-cell.ts';
import { paymentOf, setPart, tellLegs, tellTrade } from './refund-parts.ts';

type RefundActor = OrderCell<Refund>;

/** The channel has the money of the part at `place` again. */
export function bounce(cell: RefundActor, context: Context, place: number, { channel, failure }: ChannelOrder): void {
  const { id, vouchers, parts } = cell.order;
  const part = parts[place];
  if (!part) throw new Error(`refund ${id} has no part ${place}`);
  cell.book(context, [setAsideBounced(cell.order, channel, part.amount)], ({ verdict, posted }) => {
    cell.must(verdict);
    setPart(cell, place, 'refused');
    cell.change({ status: 'bounced', failure: failure || 'returned', vouchers: [...vouchers, ...posted] });
    cell.state(context);
    openBounced(cell, context, `${channel} has what refund ${id} returned again: ${cell.order.failure}.`);
  });
}

/** balance: to the payer's account. fail: to those who had given it, and it can be refunded again. False where it is neither. */
export function decideBounced(cell: RefundActor, context: Context, decision: string): boolean {
  const payer = decision === 'balance' ? payerOf(cell) : '';
  if (payer !== '') giveTo(cell, context, [{ account: payer, amount: bouncedSum(cell.order) }]);
  else if (decision === 'fail' && cell.order.cause === 'request')
    giveTo(cell, context, bouncedSources(cell.order), true);
  else return false;
  return true;
}

/** The payer's account; '' where there is none in the currency of the refund: a channel may have taken another one. */
function payerOf(cell: RefundActor): string {
  const { payer } = paymentOf(cell);
  const known = payer === '' ? null : cell.desk.accounts.find(cell.merchant, payer);
  return known?.account.currency === cell.order.currency ? payer : '';
}

/** What was decided cannot be. */
export function stayBounced(cell: RefundActor, context: Context, why: string): void {
  openBounced(cell, context, `Refund ${cell.order.id} has bounced and is in suspense still: ${why}.`);
}

/** `isUndone`: those who get it had given it, and nothing of it counts as refunded any more. */
function giveTo(cell: RefundActor, context: Context, targets: Refund['sources'], isUndone = false): void {
  const drafts = targets.map(({ account, amount }, place): VoucherDraft =>
    takenFromSuspense(cell.order, account, amount, place + 1),
  );
  cell.book(context, drafts, ({ verdict, posted }) => {
    if (verdict !== ALLOWED) return stayBounced(cell, context, refusalOf(verdict));
    cell.change({ vouchers: [...cell.order.vouchers, ...posted] });
    cell.state(context);
    if (!isUndone) return;
    tellLegs(
      cell,
      context,
      cell.order.parts.filter(({ status }) => status === 'refused'),
      'bounced',
    );
    tellTrade(cell, context, ALLOWED);
  });
}

function openBounced(cell: RefundActor, context: Context, detail: string): void {
  const { id: order, currency } = cell.order;
  openCase(cell, context, { type: 'refund_bounced', order, amount: bouncedSum(cell.order), currency, detail });
}
