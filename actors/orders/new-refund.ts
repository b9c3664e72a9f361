// New refunds. What a refund begins as: which legs it undoes, and whose money it is.

import { houseAccount, pendingAccount } from '../../src/domain/house-accounts.ts';
import type { Context } from '../../src/domain/context.ts';
import { makeId, type FactPosition } from '../../src/domain/ids.ts';
import type { ChannelOrder } from '../../src/domain/orders/channel-order.ts';
import { spreadRefund } from '../../src/domain/orders/payment-amounts.ts';
import { fromPayees, type Refund, type RefundPart } from '../../src/domain/orders/refund.ts';
import { spread } from '../../src/domain/orders/spread.ts';
import { feeBack, unsettled } from '../../src/domain/orders/trade-amounts.ts';
import type { Trade } from '../../src/domain/orders/trade.ts';
import { ALLOWED, numberOf, type Verdict } from '../../src/domain/refusals.ts';
import { inHand } from './in-hand.ts';
import type { OrderCell } from './order-cell.ts';
import type { RefundTrade } from './order-commands.ts';
import type { Payment } from '../../src/domain/orders/payment.ts';
import { RefundJoined } from './order-messages.ts';
import { RefundCell } from './refund-cell.ts';

const NOT_PAID = numberOf('trade_not_paid');

/** A refund that somebody asks for, or why there cannot be one. `amount`: minor units. */
export function newRefund(trade: OrderCell<Trade>, { reason }: RefundTrade, amount: number): RefundCell | Verdict {
  const { desk, merchant, order } = { ...trade.origin, order: trade.order };
  const paid = order.paidBy === '' ? null : desk.orders.find(merchant, order.paidBy)?.order;
  // A top-up is money of the account: it goes out by a withdrawal.
  if (paid?.kind !== 'payment' || order.type === 'topup') return NOT_PAID;
  const parts = spreadRefund(paid, amount);
  if ('refused' in parts) return numberOf(parts.refused);
  const stopped = desk.orders.outflow.refuse(merchant, order.product);
  if (stopped !== ALLOWED) return stopped;
  const planned = parts.map((part): RefundPart => ({ ...part, status: 'planned', channelOrder: '' }));
  const { currency } = order;
  const sources = sourcesOf(trade, amount);
  return begun(trade, {
    cause: 'request',
    reason,
    amount,
    currency,
    payment: paid.id,
    parts: planned,
    sources,
    ...feesOf(trade, fromPayees({ sources })),
  });
}

/** A refund of what `channelOrder` brought and may not stay, `came`. `suspended`: the vouchers by which it is in suspense. */
export function returnReceived(
  payment: OrderCell<Payment>,
  context: Context,
  {
    cause,
    channelOrder,
    came,
    suspended,
  }: {
    readonly cause: Exclude<Refund['cause'], 'request'>;
    readonly channelOrder: ChannelOrder;
    readonly came: { readonly amount: number; readonly currency: string };
    readonly suspended: readonly FactPosition[];
  },
): void {
  const parts: RefundPart[] = [
    { instruction: channelOrder.instruction, amount: came.amount, status: 'planned', channelOrder: '' },
  ];
  const refund = begun(payment, {
    cause,
    reason: '',
    ...came,
    payment: payment.order.id,
    parts,
    sources: [],
    vouchers: suspended,
  });
  refund.returnAll(context, payment.order);
  payment.tell(payment.order.trade, new RefundJoined(context, refund.order.id));
}

type Begun = Pick<Refund, 'cause' | 'reason' | 'amount' | 'currency' | 'payment' | 'parts' | 'sources'> &
  Partial<Refund>;

function begun(about: OrderCell, what: Begun): RefundCell {
  const { desk, merchant, business, traceId } = about.origin;
  const { timeMs } = desk.commit;
  const refund: Refund = {
    kind: 'refund',
    id: makeId('rfd', timeMs, desk.entropy()),
    createdAtMs: timeMs,
    version: 0,
    dueMs: 0,
    vouchers: [],
    trade: business.tradeId,
    status: 'created',
    failure: '',
    requestedBy: '',
    approvedBy: '',
    ...what,
  };
  return new RefundCell(desk, { order: refund, business, merchant, traceId, seq: 0 });
}

/** Whose money it is now: what is in hand first, in escrow or pending, then the payees' own. */
function sourcesOf(trade: OrderCell<Trade>, amount: number): Refund['sources'] {
  const { type, currency, payees } = trade.order;
  const ofHand = Math.min(amount, unsettled(trade.order));
  const escrow = [{ account: houseAccount('escrow', currency), amount: ofHand }];
  const hand = type === 'escrow' ? escrow : named(pendingAccount, trade.order, spread(ofHand, inHand(trade)));
  const weights = payees.map((payee) => payee.amount);
  const own = named((account) => account, trade.order, spread(amount - ofHand, weights));
  return [...hand, ...own].filter((source) => source.amount > 0);
}

/** What the house gives back of its fee when the payees give `own` of theirs, where the rules of the trade say so. */
function feesOf({ order, desk }: OrderCell<Trade>, own: number): Pick<Refund, 'fees'> {
  const { feeOnRefund } = desk.rulebook.of(order.ruleVersion).policy(order.product);
  const fee = feeOnRefund === 'return' ? feeBack(order, own) : 0;
  if (fee === 0) return {};
  const weights = order.payees.map((payee) => payee.amount);
  const owns = spread(own, weights);
  const parts = taken(fee, order.fee, weights);
  // Of what it gives itself, so that it can be taken of that again should the refund fail.
  const fits = parts.every((part, place) => part <= (owns[place] ?? 0));
  const fees = named((account) => account, order, fits ? parts : spread(fee, owns));
  return { fees: fees.filter(({ amount }) => amount > 0) };
}

/** So that what remains is spread as a settlement will spread it; where that cannot be, in proportion. */
function taken(amount: number, of: number, weights: readonly number[]): readonly number[] {
  const after = spread(of - amount, weights);
  const parts = spread(of, weights).map((part, place) => part - (after[place] ?? 0));
  return parts.every((part) => part >= 0) ? parts : spread(amount, weights);
}

function named(accountOf: (payee: string) => string, { payees }: Trade, amounts: readonly number[]): Refund['sources'] {
  return payees.map(({ account }, place) => ({ account: accountOf(account), amount: amounts[place] ?? 0 }));
}
