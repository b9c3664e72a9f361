// Fees. What a payment costs whoever is paid: so much, and a share.

import { basisPointsOf, type Rounding } from '../money.ts';
import { choice, integer, money, object, type JsonReader } from './json-reader.ts';

export type FeeRule = {
  /** Minor units of the payment's currency. */
  readonly fixed: number;
  /** Hundredths of a percent of the amount, 0 … 10,000. */
  readonly basisPoints: number;
  readonly rounding: Rounding;
};

export const feeRule: JsonReader<FeeRule> = object<FeeRule>({
  fixed: money,
  basisPoints: integer(0, 10_000),
  rounding: choice('down', 'half_up', 'up'),
});

/** Fixed part and rounded share, minor units; never more than the amount, since nobody pays for being paid. */
export function feeOf(rule: FeeRule, amount: number): number {
  const share = basisPointsOf(amount, rule.basisPoints, rule.rounding);
  return rule.fixed > amount - share ? amount : rule.fixed + share;
}
