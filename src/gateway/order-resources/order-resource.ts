// Order resource. Any order that merchants see, as they see it; and what it is called when it takes a step.

import type { ShownOrder } from '../../../actors/orders/order-commands.ts';
import type { Order } from '../../domain/orders/order.ts';
import { publicStatus } from '../../domain/orders/payment.ts';
import { paymentResource, type PaymentResource } from './payment-resource.ts';
import { publicRefundStatus, refundResource, type RefundResource } from './refund-resource.ts';
import type { FrameTime } from './shown-step.ts';
import { tradeResource, type TradeResource } from './trade-resource.ts';
import { publicWithdrawalStatus, withdrawalResource, type WithdrawalResource } from './withdrawal-resource.ts';

export type OrderResource = TradeResource | PaymentResource | RefundResource | WithdrawalResource;

/** null for what only operators see: channel orders, the vouchers by which they are asked for, and cases. */
export function orderResource({ order, ...step }: ShownOrder, frameTime: FrameTime): OrderResource | null {
  switch (order.kind) {
    case 'trade':
      return tradeResource({ order, ...step }, frameTime);
    case 'payment':
      return paymentResource({ order, ...step }, frameTime);
    case 'refund':
      return refundResource({ order, ...step }, frameTime);
    case 'withdrawal':
      return withdrawalResource({ order, ...step }, frameTime);
    case 'channel_order':
    case 'external_voucher':
    case 'case':
      return null;
  }
}

/** The status that merchants are told; for what only operators see, its own. */
export function publicOrderStatus(order: Order): string {
  switch (order.kind) {
    case 'payment':
      return publicStatus(order);
    case 'refund':
      return publicRefundStatus(order);
    case 'withdrawal':
      return publicWithdrawalStatus(order);
    case 'trade':
    case 'channel_order':
    case 'external_voucher':
    case 'case':
      return order.status;
  }
}

/** True while it goes on by itself: then an answer about it can be waited for. Who waits for a person waits for ever. */
export function isUnderWay(order: Order): boolean {
  return order.kind !== 'trade' && publicOrderStatus(order) === 'processing';
}
