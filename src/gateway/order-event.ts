// Order events. What a subscriber hears of a step of an order: what it is called, and the order as it is shown after it.

import { shownStep } from '../../actors/orders/first-answer.ts';
import { FACT_KIND, isEvent, type EventFact, type Fact } from '../domain/facts.ts';
import type { OrderStepped } from '../domain/order-facts.ts';
import { orderResource, publicOrderStatus, type OrderResource } from './order-resources/order-resource.ts';
import type { FrameTime } from './order-resources/shown-step.ts';

/** Does its merchant hear of it? What was asked of channels, by vouchers too, and cases, are the operators' business. */
export function isTold(fact: Fact): fact is EventFact {
  if (fact.kind !== FACT_KIND.orderStepped) return isEvent(fact);
  const { kind } = fact.order;
  return kind !== 'channel_order' && kind !== 'external_voucher' && kind !== 'case';
}

/** @throws Error for a step that nobody is told of */
export function orderEvent(fact: OrderStepped, timeMs: number, frameTime: FrameTime): OrderResource {
  const resource = orderResource(shownStep(fact, timeMs), frameTime);
  if (!resource) throw new Error(`no merchant is told of a ${fact.order.kind}`);
  return resource;
}

/** 'trade.paid', 'payment.succeeded', … */
export function orderEventType({ order }: OrderStepped): string {
  return `${order.kind}.${publicOrderStatus(order)}`;
}

/** Does whoever follows this topic hear of it? */
export function concernsTopic({ order, context }: OrderStepped, topic: string): boolean {
  if (topic === 'payments') return order.kind === 'payment';
  const trade = order.kind === 'trade' ? order.id : (context.business?.tradeId ?? '');
  return topic.startsWith('trades:') && trade !== '' && trade === topic.slice('trades:'.length);
}
