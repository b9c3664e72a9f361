// Steps of an order: its facts in the journal, each of which knows the frame of the one before it.

import { FACT_KIND, type Fact } from '../../src/domain/facts.ts';
import type { OrderStepped } from '../../src/domain/order-facts.ts';
import type { Desk } from '../desk.ts';

export function isStepOf(fact: Fact, merchant: string, id: string): fact is OrderStepped {
  return fact.kind === FACT_KIND.orderStepped && fact.context.merchant === merchant && fact.order.id === id;
}

/** All of them, those of the latest frame first. */
export function* stepsOf(desk: Desk, merchant: string, id: string): Iterable<OrderStepped> {
  let frame = desk.names.findOrder(merchant, id)?.frame ?? null;
  while (frame) {
    const steps = frame.facts.filter((fact) => isStepOf(fact, merchant, id));
    yield* steps;
    const [first] = steps;
    frame = first && first.order.version > 1 ? desk.history.frame(first.previousSeq) : null;
  }
}
