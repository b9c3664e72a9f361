// Order events. What a subscriber hears of a step of an order: which order it is and where it stands now.

import type { OrderStepped } from '../domain/order-facts.ts';
import type { Order } from '../domain/orders/order.ts';

export type OrderNotice = {
  readonly id: string;
  readonly object: Order['kind'];
  readonly status: Order['status'];
  /** Steps so far. */
  readonly version: number;
  /** Minor units. */
  readonly amount: number;
  readonly currency: string;
  /** The trade that it is part of; null for none. */
  readonly trade: string | null;
};

export function orderNotice(fact: OrderStepped): OrderNotice {
  const { id, kind, status, version, amount, currency } = fact.order;
  return { id, object: kind, status, version, amount, currency, trade: tradeOf(fact) };
}

/** 'trade.paid', 'payment.succeeded', … */
export function orderEventType({ order }: OrderStepped): string {
  return `${order.kind}.${order.status}`;
}

/** Does whoever follows this topic hear of it? */
export function concernsTopic(fact: OrderStepped, topic: string): boolean {
  if (topic === 'payments') return fact.order.kind === 'payment';
  return topic.startsWith('trades:') && tradeOf(fact) === topic.slice('trades:'.length);
}

function tradeOf({ order, context }: OrderStepped): string | null {
  switch (order.kind) {
    case 'trade':
      return order.id;
    case 'payment':
    case 'refund':
      return order.trade;
    case 'channel_order':
    case 'withdrawal':
    case 'case':
      return context.business === null || context.business.tradeId === '' ? null : context.business.tradeId;
  }
}
