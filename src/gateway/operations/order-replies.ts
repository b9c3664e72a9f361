// Order replies. What a command about an order came to, as it is shown: the resource, where it is read again, and whether
// it goes on by itself.

import { NO_KEY, type Command, type Page } from '../../../actors/commands.ts';
import {
  ReadOrder,
  ReadTree,
  type OrderCommand,
  type OrderTree,
  type ShownOrder,
} from '../../../actors/orders/order-commands.ts';
import type { Context } from '../../domain/context.ts';
import type { OrderKind } from '../../domain/orders/order.ts';
import { isUnderWay, orderResource } from '../order-resources/order-resource.ts';
import type { FrameTime } from '../order-resources/shown-step.ts';
import { topUpResource } from '../order-resources/topup-resource.ts';
import { outcome, type Prepared, type Reply, type Shown, type Tell } from '../operation.ts';

/** Where the orders of a kind are read; '' for those that merchants do not read. */
const PATHS = {
  trade: '/v1/trades',
  payment: '/v1/payments',
  refund: '/v1/refunds',
  withdrawal: '/v1/withdrawals',
  channel_order: '',
  case: '',
} as const satisfies Record<OrderKind, string>;

export function orderTo(tell: Tell, frameTime: FrameTime): (command: OrderCommand) => void {
  return (command) => tell(outcome(command, command.shown, (shown) => shownOrder(shown, frameTime)));
}

/** Reads an order of this kind. */
export function orderReading(kind: OrderKind, id: string, frameTime: FrameTime): Prepared {
  return (context, tell) => new ReadOrder(context, { kind, id }, NO_KEY, orderTo(tell, frameTime));
}

function shownOrder(shown: ShownOrder, frameTime: FrameTime): Shown {
  const { order } = shown;
  const body = orderResource(shown, frameTime);
  if (!body) throw new Error(`a ${order.kind} is not shown to merchants`);
  const again = orderReading(order.kind, order.id, frameTime);
  const location = `${PATHS[order.kind]}/${order.id}`;
  return { body, location, open: isUnderWay(order) ? { id: order.id, again } : null };
}

export function topUpTo(tell: Tell, frameTime: FrameTime): (command: OrderCommand) => void {
  return (command) => tell(outcome(command, command.shown, (shown) => shownTopUp(shown, frameTime)));
}

/** `id`: of the trade that it is, or of its payment. */
export function topUpReading(id: string, frameTime: FrameTime): Prepared {
  return (context, tell) => new ReadTree(context, id, NOTHING_MORE, (command) => tell(topUpReply(command, frameTime)));
}

/** A top-up is its latest attempt, which every page has. */
const NOTHING_MORE: Page = { after: '', before: '', limit: 1 };

function topUpReply(command: ReadTree, frameTime: FrameTime): Reply {
  const payment = command.tree ? paymentOfTopUp(command.tree) : null;
  if (!payment) return { ok: false, refused: { code: 'trade_not_found' } };
  return outcome(command, payment, (shown) => shownTopUp(shown, frameTime));
}

function paymentOfTopUp({ root, attempt }: OrderTree): ShownOrder | null {
  return root.order.kind === 'trade' && root.order.type === 'topup' ? attempt : null;
}

/** A top-up is told by its payment. @throws Error for another order */
function shownTopUp({ order, ...step }: ShownOrder, frameTime: FrameTime): Shown {
  if (order.kind !== 'payment') throw new Error(`a ${order.kind} is no payment of a top-up`);
  const body = topUpResource({ order, ...step }, frameTime);
  const again = (context: Context, tell: Tell): Command => topUpReading(body.id, frameTime)(context, tell);
  return { body, location: `/v1/topups/${body.id}`, open: isUnderWay(order) ? { id: order.id, again } : null };
}
