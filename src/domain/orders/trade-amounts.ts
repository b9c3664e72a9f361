// Amounts of a trade. How what was paid, refunded and settled of it grows; every function gives a new trade.
//
// T1, T3 of the trade hold after each of them. A1. A refusal is for what somebody asked; what the engine does to itself
// wrongly is an Error.

import { refuse, type Refused } from './order-base.ts';
import { feeReturned, fromPayees, type Refund } from './refund.ts';
import { spread } from './spread.ts';
import type { Trade } from './trade.ts';

/** What one payee receives of a settlement, minor units, and the fee that was taken of it. */
export type Settlement = { readonly payee: string; readonly net: number; readonly fee: number };

/** Minor units that can still be refunded. */
export function refundable(trade: Trade): number {
  return trade.paid - trade.refunded - trade.refundReserved;
}

/** Another attempt, live from now on (T2). The trade's own state says whether it can be paid at all. */
export function addAttempt(trade: Trade, payment: string, nowMs: number): Trade | Refused {
  switch (trade.status) {
    case 'closing':
    case 'closed':
      return refuse('trade_closed');
    case 'paid':
    case 'completed':
      return refuse('trade_already_paid');
    case 'open':
      if (nowMs >= trade.expiresAtMs) return refuse('trade_expired');
      if (trade.livePayment !== '') return refuse('attempt_in_progress', trade.livePayment);
      return { ...trade, payments: [...trade.payments, payment], livePayment: payment };
  }
}

/** The attempt is over; of one that is not the live one nothing changes. */
export function attemptEnded(trade: Trade, payment: string): Trade {
  return trade.livePayment === payment ? { ...trade, livePayment: '' } : trade;
}

/**
 * The attempt that pays it (T1). Said again of the same one nothing changes; another one is refused: its money goes back.
 * @throws RangeError when `amount` is not 1 … the trade's amount.
 */
export function paidBy(trade: Trade, payment: string, amount: number): Trade | Refused {
  if (trade.paidBy === payment) return trade;
  if (trade.paidBy !== '') return refuse('trade_already_paid', trade.paidBy);
  if (amount < 1 || amount > trade.amount) throw new RangeError(`trade ${trade.id} cannot be paid by ${amount}`);
  return { ...attemptEnded(trade, payment), paidBy: payment, paid: amount };
}

/** Keeps `amount` back for a refund (T3, R1). */
export function reserveRefund(trade: Trade, amount: number, refund: string): Trade | Refused {
  if (trade.paidBy === '') return refuse('trade_not_paid');
  const rest = refundable(trade);
  if (amount > rest) return refuse('refund_exceeds_paid', `${rest} can be refunded`);
  return { ...trade, refundReserved: trade.refundReserved + amount, refunds: [...trade.refunds, refund] };
}

/** What was reserved has gone back. @throws RangeError when less is reserved. */
export function refundDone(trade: Trade, amount: number): Trade {
  return { ...refundFailed(trade, amount), refunded: trade.refunded + amount };
}

/** What was reserved did not go back, and can be refunded again. @throws RangeError when less is reserved. */
export function refundFailed(trade: Trade, amount: number): Trade {
  if (amount > trade.refundReserved) throw new RangeError(`trade ${trade.id} has less than ${amount} reserved`);
  return { ...trade, refundReserved: trade.refundReserved - amount };
}

/** What had gone back came again, and can be refunded again. @throws RangeError when less was refunded. */
export function refundBounced(trade: Trade, amount: number): Trade {
  if (amount > trade.refunded) throw new RangeError(`trade ${trade.id} has less than ${amount} refunded`);
  return { ...trade, refunded: trade.refunded - amount };
}

/** Minor units that are neither settled, refunded nor on their way back. */
export function unsettled(trade: Trade): number {
  return Math.max(0, refundable(trade) - trade.settled);
}

/**
 * Who receives what of all that is not settled, refunded or on its way back: Σ net + fee = that rest, in proportion to
 * the payees' amounts. The fee is split in proportion to what each receives, and never more than the rest. A payee that
 * receives nothing is left out.
 * @param fee minor units, 0 … 2^53 − 1.
 */
export function settlementOf(trade: Trade, fee: number): Settlement[] {
  const rest = unsettled(trade);
  const weights = trade.payees.map(({ amount }) => amount);
  const shares = spread(rest, weights);
  const fees = spread(Math.min(fee, rest), shares);
  return trade.payees
    .map(({ account }, place) => {
      const ofIt = fees[place] ?? 0;
      return { payee: account, net: (shares[place] ?? 0) - ofIt, fee: ofIt };
    })
    .filter(({ net, fee: taken }) => net + taken > 0);
}

/**
 * What goes back of the fee with `amount` of what the payees have: in proportion, rounded down, so that the house never
 * gives more than it took; and with the last of it all that is left of the fee. Minor units.
 * @param amount 0 … what is settled.
 */
export function feeBack({ fee, settled }: Pick<Trade, 'fee' | 'settled'>, amount: number): number {
  return amount === 0 ? 0 : Number((BigInt(fee) * BigInt(amount)) / BigInt(settled));
}

/** A refund takes of what the payees have, and the house gives back of the fee. */
export function tookFromPayees(trade: Trade, refund: Refund): Trade {
  return { ...trade, settled: trade.settled - fromPayees(refund), fee: trade.fee - feeReturned(refund) };
}

/** It came to nothing: both have it again. */
export function leftToPayees(trade: Trade, refund: Refund): Trade {
  return { ...trade, settled: trade.settled + fromPayees(refund), fee: trade.fee + feeReturned(refund) };
}

/** What a settlement took. */
export function settledBy(trade: Trade, settlement: readonly Settlement[]): Trade {
  const fee = settlement.reduce((sum, share) => sum + share.fee, 0);
  const net = settlement.reduce((sum, share) => sum + share.net, 0);
  return { ...trade, settled: trade.settled + net + fee, fee: trade.fee + fee };
}
