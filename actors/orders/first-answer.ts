// First answers. What was asked before, under the merchant's own number or another key, is answered as it was then.

import { FACT_KIND } from '../../src/domain/facts.ts';
import type { OrderStepped } from '../../src/domain/order-facts.ts';
import type { Order } from '../../src/domain/orders/order.ts';
import type { Desk } from '../desk.ts';
import type { Found, FoundOrder } from '../names.ts';
import { isStepOf } from './order-steps.ts';
import { TopUp, type CreateTrade, type OrderCommand, type ShownOrder } from './order-commands.ts';

/** The order as this fact says it. `timeMs`: of the fact. */
export function shownStep({ order, context }: OrderStepped, timeMs: number): ShownOrder {
  return { order, timeMs, outTradeNo: context.business?.outTradeNo ?? '' };
}

/**
 * A trade that was there before: it gets the answer that its first request got, and a new key means that answer from now
 * on. False for a top-up whose number names a trade that was never asked of a channel.
 */
export function answerFirst(desk: Desk, command: CreateTrade | TopUp, trade: Order): boolean {
  const { merchant } = command.context;
  const asked = command instanceof TopUp ? (trade.kind === 'trade' ? trade.payments[0] : undefined) : trade.id;
  const first = asked === undefined ? null : firstStep(desk, merchant, asked);
  if (!first) return false;
  const { fact, frame } = first;
  command.replayed = true;
  command.position = frame.seq;
  command.shown = shownStep(fact, frame.timeMs);
  rememberKey(desk, command, first);
  desk.commit.after(command);
  return true;
}

/** The request's key means this answer from now on. */
export function rememberKey(desk: Desk, { context, keyed }: OrderCommand, { frame, index: answerIndex }: Found): void {
  if (keyed.key === '') return;
  desk.emit({ kind: FACT_KIND.keyRemembered, context, ...keyed, answerSeq: frame.seq, answerIndex });
}

/** The first step of an order: each step knows the frame of the one before it. */
function firstStep(desk: Desk, merchant: string, id: string): FoundOrder | null {
  let frame = desk.names.findOrder(merchant, id)?.frame ?? null;
  while (frame) {
    const index = frame.facts.findIndex((fact) => isStepOf(fact, merchant, id));
    const fact = frame.facts[index];
    if (fact?.kind !== FACT_KIND.orderStepped) return null;
    if (fact.order.version === 1) return { fact, frame, index };
    frame = desk.history.frame(fact.previousSeq);
  }
  return null;
}
