// Route. Which channel an order is sent to: the one that was named, or the best by the rules.

import type { Ruleset } from '../../src/domain/orders/ruleset.ts';
import { numberOf, type Verdict } from '../../src/domain/refusals.ts';
import type { Desk } from '../desk.ts';

type Routed = {
  readonly merchant: string;
  readonly product: string;
  readonly currency: string;
  readonly amount: number;
};

/** `named`: the payer's own choice; '' leaves it to the routing. */
export function channelFor(desk: Desk, rules: Ruleset, routed: Routed, named: string): string | Verdict {
  const candidates = desk.outside.names.filter((name) => named === '' || name === named);
  const route = rules.route({ ...routed, candidates, nowMs: desk.commit.timeMs }, desk.outside.health());
  return 'refused' in route ? numberOf(route.refused) : route.channels[0];
}
