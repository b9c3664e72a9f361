// Tree resource. Everything that belongs together with an order, as one document: the trade, its payments, what was asked
// of channels for each instruction, its refunds, the vouchers of all of them.

import type { OrderTree, ShownOrder } from '../../../actors/orders/order-commands.ts';
import type { ChannelOrder } from '../../domain/orders/channel-order.ts';
import { orderResource } from './order-resource.ts';
import { paymentResource, type InstrumentResource, type PaymentResource } from './payment-resource.ts';
import { refundResource, type RefundPartResource, type RefundResource } from './refund-resource.ts';
import { orNull, stepResource, type FrameTime } from './shown-step.ts';
import type { TradeResource } from './trade-resource.ts';
import type { WithdrawalResource } from './withdrawal-resource.ts';

/** All that a merchant is told of a channel's side. */
export type ChannelOrderResource = {
  readonly id: string;
  readonly channel: string;
  readonly status: ChannelOrder['status'];
  readonly channel_trade_no: string | null;
};

type Asked<R> = Omit<R, 'channel_order'> & { readonly channel_order: ChannelOrderResource | null };

export type TreeResource = {
  /** null for a withdrawal, which is no part of a trade. */
  readonly trade:
    | (Omit<TradeResource, 'payments' | 'refunds'> & {
        readonly payments: readonly (Omit<PaymentResource, 'instruments'> & {
          readonly instructions: readonly Asked<InstrumentResource>[];
        })[];
        readonly refunds: readonly (Omit<RefundResource, 'parts'> & {
          readonly parts: readonly Asked<RefundPartResource>[];
        })[];
      })
    | null;
  readonly withdrawal: Asked<WithdrawalResource> | null;
  /** Of what is shown here. */
  readonly vouchers: readonly string[];
  /** Payments, and after them refunds, are in pages: there are more of them in this direction. */
  readonly has_more: boolean;
};

export function treeResource(tree: OrderTree, frameTime: FrameTime): TreeResource {
  const channelOrder = (id: string | null): ChannelOrderResource | null => channelOrderIn(tree, id);
  const asked = <R extends { readonly channel_order: string | null }>(resource: R): Asked<R> => ({
    ...resource,
    channel_order: channelOrder(resource.channel_order),
  });
  const root = orderResource(tree.root, frameTime);
  const payments = tree.payments.flatMap((step) => paymentIn(step, frameTime, asked));
  const refunds = tree.refunds.flatMap((step) => refundIn(step, frameTime, asked));
  return {
    trade: root?.object === 'trade' ? { ...root, payments, refunds } : null,
    withdrawal: root?.object === 'withdrawal' ? asked(root) : null,
    vouchers: vouchersOf(tree, frameTime),
    has_more: tree.hasMore,
  };
}

type Ask = <R extends { readonly channel_order: string | null }>(resource: R) => Asked<R>;

function paymentIn({ order, ...step }: ShownOrder, frameTime: FrameTime, asked: Ask) {
  if (order.kind !== 'payment') return [];
  const { instruments, ...rest } = paymentResource({ order, ...step }, frameTime);
  return [{ ...rest, instructions: instruments.map((one) => asked(one)) }];
}

function refundIn({ order, ...step }: ShownOrder, frameTime: FrameTime, asked: Ask) {
  if (order.kind !== 'refund') return [];
  const { parts, ...rest } = refundResource({ order, ...step }, frameTime);
  return [{ ...rest, parts: parts.map((one) => asked(one)) }];
}

function channelOrderIn({ channelOrders }: OrderTree, id: string | null): ChannelOrderResource | null {
  const order = channelOrders.find((one) => one.order.id === id)?.order;
  if (order?.kind !== 'channel_order') return null;
  const { channel, status, channelTradeNo } = order;
  return { id: order.id, channel, status, channel_trade_no: orNull(channelTradeNo) };
}

/** Ids begin with the time and then the place, so they are in the order of booking. */
function vouchersOf({ root, payments, refunds }: OrderTree, frameTime: FrameTime): readonly string[] {
  const all = [root, ...payments, ...refunds].flatMap((step) => stepResource(step, frameTime).vouchers);
  return [...new Set(all)].toSorted();
}
