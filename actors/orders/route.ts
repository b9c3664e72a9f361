// Route. Which channel an order is sent to: the one that was named, or the best by the rules.

import type { Ruleset } from '../../src/domain/orders/ruleset.ts';
import { numberOf, type Verdict } from '../../src/domain/refusals.ts';
import type { Desk } from '../desk.ts';

const SWITCHED_OFF = numberOf('switched_off');

type Routed = {
  readonly merchant: string;
  readonly product: string;
  readonly currency: string;
  readonly amount: number;
};

/** `named`: the payer's own choice; '' leaves it to the routing. */
export function channelFor(desk: Desk, rules: Ruleset, routed: Routed, named: string): string | Verdict {
  const offered = desk.outside.names.filter((name) => named === '' || name === named);
  const candidates = offered.filter((name) => !desk.switches.isSet(`channel:${name}`));
  if (offered.length > 0 && candidates.length === 0) return SWITCHED_OFF;
  const route = rules.route({ ...routed, candidates, nowMs: desk.commit.timeMs }, desk.outside.health());
  return 'refused' in route ? numberOf(route.refused) : route.channels[0];
}

/** Whether money of this product may not leave now: an operator, or a rule that found a breach, has said so. */
export function isOutflowOff(desk: Desk, product: string): boolean {
  return desk.switches.isSet(`outflow:${product}`);
}
