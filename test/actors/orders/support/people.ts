// People: what one of two says of a case, and what comes of it.

import { NO_KEY } from '../../../../actors/commands.ts';
import { DecideCase, type OrderCommand } from '../../../../actors/orders/order-commands.ts';
import { ALLOWED, refusalOf, type Refusal } from '../../../../src/domain/refusals.ts';
import { contextOf } from '../../../support/engine.ts';
import type { Shop } from './shop.ts';

/** One of them says what to do; null when that is possible. */
export function propose(shop: Shop, id: string, decision: string): Promise<Refusal | null> {
  return say(shop, 'ann', id, decision);
}

/** The other one agrees. */
export function agree(shop: Shop, id: string): Promise<Refusal | null> {
  return say(shop, 'ben', id, '');
}

async function say({ engine }: Shop, by: string, id: string, decision: string): Promise<Refusal | null> {
  const context = { ...contextOf(), by };
  const { verdict } = await engine.ask<OrderCommand>((reply) => new DecideCase(context, id, decision, NO_KEY, reply));
  return verdict === ALLOWED ? null : refusalOf(verdict);
}
