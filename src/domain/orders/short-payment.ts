// Short payment. A part of what is to be paid is here and the rest is not: a leg was refused, or a channel brought less than
// it was asked for. By the rules of its product the payment waits for the rest until its trade expires.
//
// S1. A leg is what it brought: what is missing of it becomes legs of its own. S2. What a channel brought short was no
// success: it is in suspense until the rest is here, and then pays with it.

import type { FactPosition } from '../ids.ts';
import type { Instruction } from './instruction.ts';
import type { Payment } from './payment.ts';

/** Vouchers that an instrument books when a leg of it begins. */
export type ReservesOf = (instruction: Instruction, place: number) => number;

/** A leg that is in suspense, and the voucher by which it is. */
export type SuspendedLeg = {
  readonly place: number;
  readonly instruction: Instruction;
  readonly at: FactPosition;
};

/** True for a leg that brings nothing any more. */
export function isGone({ status }: Instruction): boolean {
  return status === 'refused' || status === 'reversed';
}

/** True for a leg that is no part of what pays: it is gone, or what came of it too late is on its way back. */
export function paysNothing(leg: Instruction): boolean {
  return isGone(leg) || leg.status === 'reversing';
}

/** True for what a channel brought short (S2). */
export function isSuspended({ status, channel, captured }: Instruction): boolean {
  return channel !== '' && status === 'done' && captured === 0;
}

/** Minor units that no leg brings. */
export function restOf({ amount, instructions }: Payment): number {
  return instructions.reduce((rest, leg) => (isGone(leg) ? rest : rest - leg.amount), amount);
}

/** True when a part is here, or kept back, and the rest is waited for. */
export function isWaiting(payment: Payment): boolean {
  const { status, instructions } = payment;
  return status === 'in_review' && restOf(payment) > 0 && instructions.some((leg) => !isGone(leg));
}

/** What its channel brought of it is all that it is; `came`: minor units. */
export function shortened(leg: Instruction, came: number): Instruction {
  return { ...leg, status: 'done', amount: came, authorized: came };
}

/**
 * The legs that are in suspense. Each pay request keeps back what it can and asks its channel last, so the vouchers of a
 * payment are those of its legs in their order, until it goes back.
 */
export function suspendedLegs({ instructions, vouchers }: Payment, reservesOf: ReservesOf): readonly SuspendedLeg[] {
  const suspended: SuspendedLeg[] = [];
  let next = 0;
  for (const [place, instruction] of instructions.entries()) {
    next += reservesOf(instruction, place);
    if (!isSuspended(instruction)) continue;
    const at = vouchers[next];
    if (!at) throw new RangeError(`leg ${place} has no voucher by which it is in suspense`);
    suspended.push({ place, instruction, at });
    next += 1;
  }
  return suspended;
}
