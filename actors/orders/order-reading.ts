// Reading of orders. A trade by the merchant's number, and all that belongs together: the trade, its payments, what was
// asked of channels, its refunds. Read within one turn, so that nothing in it is older or newer than the rest.

import { readVoucherId } from '../../src/domain/books/voucher.ts';
import { FACT_KIND } from '../../src/domain/facts.ts';
import { isPrepaid } from '../../src/domain/orders/channel-order.ts';
import type { Order } from '../../src/domain/orders/order.ts';
import { numberOf } from '../../src/domain/refusals.ts';
import type { Desk } from '../desk.ts';
import { shownStep } from './first-answer.ts';
import type { OrderCell } from './order-cell.ts';
import type { FindTrade, OrderTree, ReadTree, ShownOrder } from './order-commands.ts';

const TRADE_NOT_FOUND = numberOf('trade_not_found');
const ORDER_NOT_FOUND = numberOf('order_not_found');

/** Steps from any order up to its root: channel order, voucher, payment, trade. */
const DEPTH_MAX = 4;

export function findTrade(desk: Desk, command: FindTrade): void {
  const found = desk.names.findTradeNo(command.context.merchant, command.outTradeNo);
  if (found) command.shown = shownStep(found.fact, found.frame.timeMs);
  else command.verdict = TRADE_NOT_FOUND;
}

export function readTree(desk: Desk, command: ReadTree): void {
  const { merchant } = command.context;
  const root = rootOf(desk, merchant, orderOfVoucher(desk, merchant, command.id));
  if (root) command.tree = treeOf(desk, root);
  else command.verdict = ORDER_NOT_FOUND;
}

/** A voucher names its order; any other id stays what it is. */
function orderOfVoucher(desk: Desk, merchant: string, id: string): string {
  const place = readVoucherId(id);
  if (!place) return id;
  const frame = place.seq <= desk.commit.seq ? desk.history.frame(place.seq) : null;
  const fact = frame?.timeMs === place.timeMs ? frame.facts[place.index] : undefined;
  const isOwn = fact?.kind === FACT_KIND.voucherPosted && fact.context.merchant === merchant;
  return isOwn ? fact.order : '';
}

/** The trade or withdrawal at the top. Operators alone read cases: to a merchant they are not there. */
function rootOf(desk: Desk, merchant: string, id: string): OrderCell | null {
  let cell = desk.orders.find(merchant, id);
  for (let depth = 0; cell && depth < DEPTH_MAX; depth++) {
    const { order } = cell;
    if (order.kind === 'trade' || order.kind === 'withdrawal') return cell;
    if (order.kind === 'case') return null;
    cell = desk.orders.find(merchant, parentOf(order));
  }
  return null;
}

function parentOf(order: Exclude<Order, { readonly kind: 'trade' | 'withdrawal' | 'case' }>): string {
  switch (order.kind) {
    case 'channel_order':
      return order.parent;
    case 'external_voucher':
      return order.payment;
    case 'payment':
    case 'refund':
      return order.trade;
  }
}

function treeOf(desk: Desk, root: OrderCell): OrderTree {
  const shown = (id: string): ShownOrder[] => {
    const cell = id === '' ? null : desk.orders.find(root.merchant, id);
    return cell ? [cell.shown] : [];
  };
  const { order } = root;
  const payments = order.kind === 'trade' ? order.payments.flatMap(shown) : [];
  const refunds = order.kind === 'trade' ? order.refunds.flatMap(shown) : [];
  const askers = [root.shown, ...payments, ...refunds];
  const channelOrders = askers.flatMap(askedChannels).flatMap(shown);
  return {
    root: root.shown,
    payments,
    refunds,
    channelOrders,
    vouchers: channelOrders.flatMap(voucherOf).flatMap(shown),
  };
}

/** The id of the external voucher by which it was asked for. */
function voucherOf({ order }: ShownOrder): readonly string[] {
  return order.kind === 'channel_order' && isPrepaid(order) ? [order.parent] : [];
}

/** Ids of what was asked of channels for an order; '' where nothing was. */
function askedChannels({ order }: ShownOrder): readonly string[] {
  switch (order.kind) {
    case 'payment':
      return order.instructions.map(({ channelOrder }) => channelOrder);
    case 'refund':
      return order.parts.map(({ channelOrder }) => channelOrder);
    case 'withdrawal':
      return [order.channelOrder];
    case 'trade':
    case 'channel_order':
    case 'external_voucher':
    case 'case':
      return [];
  }
}
