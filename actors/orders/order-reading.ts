// Reading of orders. A trade by the merchant's number, and all that belongs together: the trade, its payments, what was
// asked of channels, its refunds. Read within one turn, so that nothing in it is older or newer than the rest; and in
// pages, for nothing limits how often a trade is tried to be paid, or refunded by a little.

import { readVoucherId } from '../../src/domain/books/voucher.ts';
import { FACT_KIND } from '../../src/domain/facts.ts';
import { numberOf } from '../../src/domain/refusals.ts';
import type { Page } from '../commands.ts';
import type { Desk } from '../desk.ts';
import { shownStep } from './first-answer.ts';
import type { OrderCell } from './order-cell.ts';
import type { FindTrade, OrderTree, ReadTree, ShownOrder } from './order-commands.ts';

const TRADE_NOT_FOUND = numberOf('trade_not_found');
const ORDER_NOT_FOUND = numberOf('order_not_found');
const QUERY_INVALID = numberOf('query_invalid');

/** Steps from any order up to its root: channel order, refund, trade. */
const DEPTH_MAX = 4;

export function findTrade(desk: Desk, command: FindTrade): void {
  const found = desk.names.findTradeNo(command.context.merchant, command.outTradeNo);
  if (found) command.shown = shownStep(found.fact, found.frame.timeMs);
  else command.verdict = TRADE_NOT_FOUND;
}

export function readTree(desk: Desk, command: ReadTree): void {
  const { merchant } = command.context;
  const root = rootOf(desk, merchant, orderOfVoucher(desk, merchant, command.id));
  command.tree = root ? treeOf(desk, root, command.page) : null;
  if (!root) command.verdict = ORDER_NOT_FOUND;
  else if (!command.tree) command.verdict = QUERY_INVALID;
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
    cell = desk.orders.find(merchant, order.kind === 'channel_order' ? order.parent : order.trade);
  }
  return null;
}

/** null for a page that begins or ends at what is no payment and no refund of it. */
function treeOf(desk: Desk, root: OrderCell, page: Page): OrderTree | null {
  const { order } = root;
  const ids = order.kind === 'trade' ? [...order.payments, ...order.refunds] : [];
  const range = rangeOf(ids, page);
  if (!range) return null;
  const shown = (id: string): ShownOrder[] => {
    const cell = id === '' ? null : desk.orders.find(root.merchant, id);
    return cell ? [cell.shown] : [];
  };
  const listed = ids.slice(range.from, range.to).flatMap(shown);
  const payments = listed.filter(({ order: { kind } }) => kind === 'payment');
  const refunds = listed.filter(({ order: { kind } }) => kind === 'refund');
  const channelOrders = [root.shown, ...listed].flatMap(askedChannels).flatMap(shown);
  const [attempt = null] = order.kind === 'trade' ? order.payments.slice(-1).flatMap(shown) : [];
  return { root: root.shown, payments, refunds, channelOrders, attempt, hasMore: range.hasMore };
}

type Range = { readonly from: number; readonly to: number; readonly hasMore: boolean };

/** Places of a page; null when it names what is not there. */
function rangeOf(ids: readonly string[], { after, before, limit }: Page): Range | null {
  const at = ids.indexOf(after === '' ? before : after);
  if (before !== '') return at < 0 ? null : { from: Math.max(0, at - limit), to: at, hasMore: at > limit };
  if (after !== '' && at < 0) return null;
  const to = at + 1 + limit;
  return { from: at + 1, to, hasMore: to < ids.length };
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
    case 'case':
      return [];
  }
}
