// Amounts of an instruction. How what is kept back, taken and returned of one leg grows; every function gives a new leg.
//
// I1 holds after each of them; what would break it is an Error: whoever asked was judged before.

import type { Instruction } from './instruction.ts';

/** Minor units that are kept back and not yet taken. */
export function capturable(leg: Instruction): number {
  return leg.authorized - leg.captured;
}

/** Minor units that can still go back on this leg. */
export function legRefundable(leg: Instruction): number {
  return leg.captured - leg.refunded - leg.refundReserved;
}

/** All of it is kept back. */
export function authorizeLeg(leg: Instruction): Instruction {
  return valid({ ...leg, authorized: leg.amount });
}

/** So much of what is kept back is taken. */
export function captureLeg(leg: Instruction, amount: number): Instruction {
  return valid({ ...leg, captured: leg.captured + amount });
}

/** What is kept back and was not taken is given back. */
export function releaseLeg(leg: Instruction): Instruction {
  return valid({ ...leg, authorized: leg.captured });
}

/** So much is on its way back. */
export function reserveLegRefund(leg: Instruction, amount: number): Instruction {
  return valid({ ...leg, refundReserved: leg.refundReserved + amount });
}

/** What was on its way back has arrived. */
export function legRefundDone(leg: Instruction, amount: number): Instruction {
  return valid({ ...leg, refundReserved: leg.refundReserved - amount, refunded: leg.refunded + amount });
}

/** What was on its way back did not arrive. */
export function legRefundFailed(leg: Instruction, amount: number): Instruction {
  return valid({ ...leg, refundReserved: leg.refundReserved - amount });
}

/** What had arrived came again. */
export function legRefundBounced(leg: Instruction, amount: number): Instruction {
  return valid({ ...leg, refunded: leg.refunded - amount });
}

/** @throws RangeError when I1 does not hold. */
function valid(leg: Instruction): Instruction {
  const { amount, authorized, captured, refundReserved, refunded } = leg;
  const counted = refunded >= 0 && refundReserved >= 0 && refunded + refundReserved <= captured;
  if (counted && captured <= authorized && authorized <= amount) return leg;
  const amounts = `${amount} authorized ${authorized} captured ${captured} reserved ${refundReserved} back ${refunded}`;
  throw new RangeError(`a leg by ${leg.instrument} cannot be ${amounts}`);
}
