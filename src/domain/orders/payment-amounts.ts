// Amounts of a payment. What its legs add up to, which of them are undone, and how a capture or a refund is spread over
// them.
//
// A1. A refund goes back the way the money came, over all legs in proportion to what each still holds: if the card came
// first, a coupon could be turned into cash by paying with both and taking half back. The last refund takes all that is
// left, to the unit. A2. The parts of a refund begin with the last leg, the external one: it alone can fail, and then
// nothing else has moved. A3. A capture of a part is spread in the same way, so that capturing 60 of 100 and refunding 40
// of 100 leave the same behind.

import { capturable, legRefundable } from './instruction-amounts.ts';
import type { Instruction } from './instruction.ts';
import { refuse, type Refused } from './order-base.ts';
import type { Payment } from './payment.ts';
import { spread } from './spread.ts';

/** So much of one instruction, by its place in the payment. */
export type Part = { readonly instruction: number; readonly amount: number };

/** Places of legs: those to undo, the last first; or those whose outcome has to be known before anything is undone. */
export type Undoing = { readonly undo: readonly number[] } | { readonly waitFor: readonly number[] };

/** Minor units of the legs that are done, taken or only kept back. */
export function succeededSum(payment: Payment): number {
  return sum(payment, (leg) => (leg.status === 'done' ? leg.amount : 0));
}

/** Minor units that were taken. */
export function capturedSum(payment: Payment): number {
  return sum(payment, (leg) => leg.captured);
}

/** Minor units that are kept back and can be captured. */
export function capturableSum(payment: Payment): number {
  return sum(payment, capturable);
}

/** Minor units that can still go back. */
export function refundableSum(payment: Payment): number {
  return sum(payment, legRefundable);
}

/** True when all of its legs are done and nothing is missing of its amount (P3). */
export function isComplete(payment: Payment): boolean {
  return payment.instructions.every(({ status }) => status === 'done') && succeededSum(payment) === payment.amount;
}

/** What has to be undone of it. While a leg runs or is unknown nothing is (P2). One that is being undone is tried again. */
export function legsToUndo(payment: Payment): Undoing {
  const waitFor = places(payment, ({ status }) => status === 'executing' || status === 'unknown');
  if (waitFor.length > 0) return { waitFor };
  return { undo: places(payment, ({ status }) => status === 'done' || status === 'reversing').toReversed() };
}

/** The parts of a refund of `amount`, the last leg first; none of them is 0. */
export function spreadRefund(payment: Payment, amount: number): readonly Part[] | Refused {
  const rest = refundableSum(payment);
  if (amount > rest) return refuse('refund_exceeds_paid', `${rest} can go back`);
  return parts(amount, payment.instructions.map(legRefundable)).toReversed();
}

/** The parts of a capture of `amount`, in the order of the plan; none of them is 0. */
export function spreadCapture(payment: Payment, amount: number): readonly Part[] | Refused {
  const rest = capturableSum(payment);
  if (rest === 0) return refuse('payment_not_capturable');
  if (amount > rest) return refuse('capture_exceeds_authorized', `${rest} can be captured`);
  return parts(amount, payment.instructions.map(capturable));
}

/** The payment after the same change of each leg that a part names, such as `captureLeg` or `reserveLegRefund`. */
export function changeLegs(
  payment: Payment,
  changed: readonly Part[],
  change: (leg: Instruction, amount: number) => Instruction,
): Payment {
  const instructions = [...payment.instructions];
  for (const { instruction, amount } of changed) {
    const leg = instructions[instruction];
    if (!leg) throw new RangeError(`payment ${payment.id} has no instruction ${instruction}`);
    instructions[instruction] = change(leg, amount);
  }
  return { ...payment, instructions };
}

function parts(amount: number, weights: readonly number[]): Part[] {
  return spread(amount, weights)
    .map((part, instruction) => ({ instruction, amount: part }))
    .filter((part) => part.amount > 0);
}

function places(payment: Payment, wanted: (leg: Instruction) => boolean): number[] {
  return payment.instructions.flatMap((leg, place) => (wanted(leg) ? [place] : []));
}

function sum(payment: Payment, of: (leg: Instruction) => number): number {
  return payment.instructions.reduce((total, leg) => total + of(leg), 0);
}
