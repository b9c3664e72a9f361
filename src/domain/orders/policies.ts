// Policies. What is done about time, about money that comes in part or too late, and about the fee of what goes back, by
// product.

import { choice, integer, object, optional, type JsonReader } from './json-reader.ts';

export type PolicyRule = {
  /** Some legs succeeded and one did not: wait for the rest until the trade expires, or undo them at once. */
  readonly partial: 'wait' | 'reverse';
  /** Money for a trade that is closing: it goes back, or the trade is paid after all. What is closed stays closed. */
  readonly lateMoney: 'refund' | 'accept';
  /** How long a trade can be paid where it does not say so itself. */
  readonly expiresAfterSeconds: number;
  /** After how long escrow is confirmed when the buyer says nothing; 0 never. */
  readonly confirmAfterSeconds: number;
  /** A refund of what is settled: the house keeps its fee, or gives it back in proportion. Kept where it is not said. */
  readonly feeOnRefund: 'keep' | 'return';
};

/** A year: no shop keeps an offer, and no escrow its money, for longer. */
const SECONDS_MAX = 31_536_000;

/** Can a trade that is made now be open until then? Not when that is over already, nor for longer than a product's can. */
export function mayExpireAt(expiresAtMs: number, nowMs: number): boolean {
  return expiresAtMs > nowMs && expiresAtMs <= nowMs + SECONDS_MAX * 1_000;
}

export const policyRule: JsonReader<PolicyRule> = object<PolicyRule>({
  partial: choice('wait', 'reverse'),
  lateMoney: choice('refund', 'accept'),
  expiresAfterSeconds: integer(1, SECONDS_MAX),
  confirmAfterSeconds: integer(0, SECONDS_MAX),
  feeOnRefund: optional(choice('keep', 'return'), 'keep'),
});
