// Bouncing. What becomes of a refund whose money the channel has again after it had returned it.
//
// B1. It is booked once, however often the channel says so, and is a case with an owner until two people have decided.
// B2. A decision that cannot be carried out leaves the money where it is, and a case again. B3. What was decided on is not
// decided on again when another part bounces.

import type { Context } from '../../src/domain/context.ts';
import {
  bouncedBack,
  bouncedGiven,
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
import { RefundMoved } from './order-messages.ts';
import { paymentOf, setPart, tellLegs } from './refund-parts.ts';

type RefundActor = OrderCell<Refund>;

/** The refund was over, and the channel has the money of the part at `place` again. */
export function bounce(cell: RefundActor, context: Context, place: number, { channel, failure }: ChannelOrder): void {
  const { id, vouchers } = cell.order;
  const { amount } = partAt(cell, place);
  cell.book(context, [setAsideBounced(cell.order, channel, amount, vouchers.length)], ({ verdict, posted }) => {
    cell.must(verdict);
    setPart(cell, place, 'bounced');
    cell.change({ status: 'bounced', failure: failure || 'returned', vouchers: [...vouchers, ...posted] });
    cell.state(context);
    openBounced(cell, context, `${channel} has what refund ${id} returned again: ${cell.order.failure}.`);
  });
}

/**
 * The same while other parts of the refund are not done: it is as if the channel had refused the part. What `then` does comes
 * after its money is where it was.
 */
export function bounceEarly(
  cell: RefundActor,
  context: Context,
  place: number,
  channel: string,
  then: () => void,
): void {
  const { cause, vouchers } = cell.order;
  const part = partAt(cell, place);
  // What had bounced before is asked for out of suspense.
  const [aside, ...back] = bouncedBack(cell.order, channel, part.amount, vouchers.length);
  const drafts = [aside, ...(cause === 'bounced' ? [] : back)].filter((draft) => draft !== undefined);
  cell.book(context, drafts, ({ verdict, posted }) => {
    cell.must(verdict);
    cell.change({ vouchers: [...vouchers, ...posted] });
    tellLegs(cell, context, [part], 'bounced');
    tellLegs(cell, context, [part], 'reserved');
    then();
  });
}

function partAt({ order: { id, parts } }: RefundActor, place: number): Refund['parts'][number] {
  const part = parts[place];
  if (!part) throw new Error(`refund ${id} has no part ${place}`);
  return part;
}

/** Nothing of it waits in suspense any more: an earlier decision was about all of it. */
export function isDecided(cell: RefundActor): boolean {
  return bouncedSum(cell.order) === 0;
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
  const first = cell.order.vouchers.length;
  const drafts = targets.map(({ account, amount }, place): VoucherDraft =>
    takenFromSuspense(cell.order, account, amount, first + place),
  );
  cell.book(context, drafts, ({ verdict, posted }) => {
    if (verdict !== ALLOWED) return stayBounced(cell, context, refusalOf(verdict));
    const before = cell.order;
    cell.change({ parts: bouncedGiven(before), vouchers: [...before.vouchers, ...posted] });
    cell.state(context);
    if (!isUndone) return;
    const undone = before.parts.filter(({ status }) => status === 'bounced');
    tellLegs(cell, context, undone, 'bounced');
    cell.tell(before.trade, new RefundMoved(context, before, ALLOWED));
  });
}

function openBounced(cell: RefundActor, context: Context, detail: string): void {
  const { id: order, currency } = cell.order;
  openCase(cell, context, { type: 'refund_bounced', order, amount: bouncedSum(cell.order), currency, detail });
}
