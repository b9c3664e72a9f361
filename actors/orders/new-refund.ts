// New refunds. What a refund begins as: which legs it undoes, and whose money it is.

import { houseAccount, pendingAccount } from '../../src/domain/house-accounts.ts';
import type { Context } from '../../src/domain/context.ts';
import { makeId, type FactPosition } from '../../src/domain/ids.ts';
import type { ChannelOrder } from '../../src/domain/orders/channel-order.ts';
import { spreadRefund } from '../../src/domain/orders/payment-amounts.ts';
import { received } from '../../src/domain/orders/received.ts';
import type { Refund, RefundPart } from '../../src/domain/orders/refund.ts';
import { spread } from '../../src/domain/orders/spread.ts';
import type { Trade } from '../../src/domain/orders/trade.ts';
import { numberOf, type Verdict } from '../../src/domain/refusals.ts';
import type { OrderCell } from './order-cell.ts';
import type { RefundTrade } from './order-commands.ts';
import type { Payment } from '../../src/domain/orders/payment.ts';
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
  const planned = parts.map((part): RefundPart => ({ ...part, status: 'planned', channelOrder: '' }));
  const { currency } = order;
  return begun(trade, {
    cause: 'request',
    reason,
    amount,
    currency,
    payment: paid.id,
    parts: planned,
    sources: sourcesOf(order, amount),
  });
}

/** A refund of what `channelOrder` brought and may not stay. `suspended`: the vouchers by which it is in suspense. */
export function returnReceived(
  payment: OrderCell<Payment>,
  context: Context,
  {
    cause,
    channelOrder,
    suspended,
  }: {
    readonly cause: Exclude<Refund['cause'], 'request'>;
    readonly channelOrder: ChannelOrder;
    readonly suspended: readonly FactPosition[];
  },
): void {
  const came = received(channelOrder);
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
}

type Begun = Pick<Refund, 'cause' | 'reason' | 'amount' | 'currency' | 'payment' | 'parts' | 'sources'> &
  Partial<Refund>;

function begun(about: OrderCell, what: Begun): RefundCell {
  const { desk, merchant, business } = about.origin;
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
  return new RefundCell(desk, { order: refund, business, merchant, seq: 0 });
}

/** Whose money it is now: in escrow, pending, or the payees' own; of several in proportion. */
function sourcesOf({ type, status, currency, payees }: Trade, amount: number): Refund['sources'] {
  if (type === 'escrow' && status === 'paid') return [{ account: houseAccount('escrow', currency), amount }];
  const parts = spread(
    amount,
    payees.map((payee) => payee.amount),
  );
  return payees
    .map(({ account }, place) => ({
      account: status === 'paid' ? pendingAccount(account) : account,
      amount: parts[place] ?? 0,
    }))
    .filter((source) => source.amount > 0);
}
