// Order sums. What the vouchers of an order have moved so far, and what that has to be by what the order says of itself.
//
// S1. Sums are exact: every one is a safe integer, or it is a breach. S2. What is taken back counts the other way.

import type { VoucherPosted } from '../../domain/order-facts.ts';
import type { Instruction } from '../../domain/orders/instruction.ts';
import type { Order } from '../../domain/orders/order.ts';
import type { Payment } from '../../domain/orders/payment.ts';
import type { Refund } from '../../domain/orders/refund.ts';
import type { Trade } from '../../domain/orders/trade.ts';
import type { Withdrawal } from '../../domain/orders/withdrawal.ts';
import { EFFECT, sortOfHouse } from './movements.ts';

/** Minor units. */
export type Sums = {
  /** Kept back of what payers have: HD1 less PY2 and HD3. */
  readonly held: number;
  /** Came from the instruments: PY1 to PY3. */
  readonly received: number;
  /** Went on to the payees, or into escrow, or up an account: PY4, RC1. */
  readonly completed: number;
  /** Left pending for the payees: ST1, and the fee in it. */
  readonly settled: number;
  readonly fee: number;
  /** Taken for a refund: RF1, and what of it the payees gave of their own; and given back: RF2. */
  readonly taken: number;
  readonly ofPayees: number;
  readonly returned: number;
  /** Came again of that: RF5, first step. */
  readonly bounced: number;
  /** Of what may not stay: RF4, first and second step. */
  readonly setAside: number;
  readonly sentBack: number;
  /** Of a withdrawal: WD1 less WD3; WD2, and the fee in it; WD4. */
  readonly withdrawn: number;
  readonly paidOut: number;
  readonly withdrawalFee: number;
  readonly bankReturned: number;
};

export const NO_SUMS: Sums = {
  held: 0,
  received: 0,
  completed: 0,
  settled: 0,
  fee: 0,
  taken: 0,
  ofPayees: 0,
  returned: 0,
  bounced: 0,
  setAside: 0,
  sentBack: 0,
  withdrawn: 0,
  paidOut: 0,
  withdrawalFee: 0,
  bankReturned: 0,
};

/** The sums with one more voucher. */
export function addVoucher(sums: Sums, { code, segment, lines, reverses }: VoucherPosted): Sums {
  const way = reverses ? -1 : 1;
  let [brought, toFee, toOwn] = [0, 0, 0];
  for (const { account, action, amount } of lines) {
    const sort = sortOfHouse(account);
    // What one side brings is what the other gives: one of them is enough.
    if (EFFECT[action].moved * way > 0) brought += way * amount;
    if (sort === 4001 || sort === 4002) toFee += way * amount;
    if (sort === 0) toOwn += way * amount;
  }
  const promised = lines[0]?.amount ?? 0;
  switch (code) {
    case 'HD1':
      return { ...sums, held: sums.held + promised };
    case 'HD3':
      return { ...sums, held: sums.held - promised };
    case 'PY2':
      return { ...sums, held: sums.held - (reverses ? 0 : brought), received: sums.received + brought };
    case 'PY1':
    case 'PY3':
      return { ...sums, received: sums.received + brought };
    case 'PY4':
    case 'RC1':
      return { ...sums, completed: sums.completed + brought };
    case 'ST1':
      return { ...sums, settled: sums.settled + brought, fee: sums.fee + toFee };
    case 'RF1':
      return { ...sums, taken: sums.taken + brought, ofPayees: sums.ofPayees + toOwn };
    case 'RF2':
      return { ...sums, returned: sums.returned + brought };
    case 'RF5':
      return segment === 1 ? { ...sums, bounced: sums.bounced + brought } : sums;
    case 'RF4':
      return segment === 1
        ? { ...sums, setAside: sums.setAside + brought }
        : { ...sums, sentBack: sums.sentBack + brought };
    case 'WD1':
      return { ...sums, withdrawn: sums.withdrawn + brought };
    case 'WD3':
      return { ...sums, withdrawn: sums.withdrawn - brought };
    case 'WD2':
      return { ...sums, paidOut: sums.paidOut + brought, withdrawalFee: sums.withdrawalFee + toFee };
    case 'WD4':
      return { ...sums, bankReturned: sums.bankReturned + brought };
    case 'RC2':
    case 'WD5':
    case 'GC1':
    case 'RF3':
    case 'TR1':
    case 'TR2':
    case 'SA1':
    case 'HD2':
    case 'RE1':
    case 'RE2':
      return sums;
  }
}

/** What a trade has to know of the payment that paid it; null where it is not known. */
export type SumsOf = (order: string) => Sums | null;

/** Why order and vouchers do not agree; null when they do. */
export function judgeSums(order: Order, sums: Sums, of: SumsOf): string | null {
  for (const [name, sum] of Object.entries(sums)) if (!Number.isSafeInteger(sum)) return `${name} cannot be counted`;
  switch (order.kind) {
    case 'trade':
      return judgeTrade(order, sums, of);
    case 'payment':
      return judgePayment(order, sums);
    case 'refund':
      return judgeRefund(order, sums);
    case 'withdrawal':
      return judgeWithdrawal(order, sums);
    case 'channel_order':
      return order.amount > 0 && order.reportedAmount >= 0 ? null : 'its amounts cannot be';
    case 'case':
    case 'external_voucher':
      return null;
  }
}

function judgeTrade(trade: Trade, { fee, settled }: Sums, of: SumsOf): string | null {
  const { amount, paid, paidBy, refunded, refundReserved, status, payees } = trade;
  const toPayees = payees.reduce((sum, payee) => sum + payee.amount, 0);
  if (toPayees !== amount) return `its payees have ${toPayees} of ${amount}`;
  if (refunded < 0 || refundReserved < 0 || refunded + refundReserved > paid)
    return `${refunded} refunded and ${refundReserved} on the way of ${paid} paid`;
  if (paid > amount) return `${paid} paid of ${amount}`;
  if (paidBy === '' && (paid !== 0 || status === 'paid' || status === 'completed'))
    return `${status} with ${paid} by nobody`;
  if (trade.fee < 0 || trade.fee > fee) return `it names a fee of ${trade.fee}, its vouchers took ${fee}`;
  if (settled > paid) return `its vouchers settled ${settled} of ${paid}`;
  const completed = paidBy === '' ? null : of(paidBy)?.completed;
  return completed === undefined || completed === null || completed === paid
    ? null
    : `${paid} paid, vouchers of ${paidBy} brought ${completed}`;
}

function judgePayment(payment: Payment, { held, received, completed }: Sums): string | null {
  const { amount, instructions, status } = payment;
  let [planned, captured] = [0, 0];
  for (const leg of instructions) {
    if (!isGone(leg)) planned += leg.amount;
    captured += leg.captured;
    const { authorized, refunded, refundReserved } = leg;
    const counted = refunded >= 0 && refundReserved >= 0 && refunded + refundReserved <= leg.captured;
    if (!counted || leg.captured > authorized || authorized > leg.amount)
      return `a leg of ${leg.amount} is ${authorized} authorized, ${leg.captured} captured, ${refunded} refunded`;
  }
  // Less where the rest is waited for.
  if (planned > amount) return `its legs are ${planned} of ${amount}`;
  if (held < 0) return `its vouchers took ${-held} more than they kept back`;
  switch (status) {
    case 'succeeded':
      if (held !== 0) return `${held} is still kept back`;
      if (captured !== completed) return `${captured} captured, its vouchers completed ${completed}`;
      // A top-up has no transit.
      return received === 0 || received === completed ? null : `${received} came and ${completed} went on`;
    case 'failed':
    case 'canceled':
      if (held !== 0) return `${held} is still kept back`;
      return captured === 0 && completed === 0 ? null : `${captured} captured, its vouchers completed ${completed}`;
    case 'created':
    case 'processing':
    case 'requires_action':
    case 'authorized':
    case 'reversing':
    case 'in_review':
    case 'canceling':
      return completed === 0 ? null : `its vouchers completed ${completed}`;
  }
}

function judgeRefund(refund: Refund, sums: Sums): string | null {
  const { amount, cause, parts, sources, status } = refund;
  const ofParts = parts.reduce((sum, part) => sum + part.amount, 0);
  if (ofParts !== amount) return `its parts are ${ofParts} of ${amount}`;
  if (cause === 'mismatch' || cause === 'bounced') return null;
  if (cause !== 'request') return judgeReturn(amount, status, sums);
  const ofSources = sources.reduce((sum, source) => sum + source.amount, 0);
  if (ofSources !== amount) return `its sources gave ${ofSources} of ${amount}`;
  const done = parts.reduce((sum, part) => (part.status === 'done' ? sum + part.amount : sum), 0);
  const { taken, returned, bounced } = sums;
  if (returned - bounced !== done)
    return `${done} is done, its vouchers returned ${returned}, ${bounced} of it came again`;
  switch (status) {
    case 'succeeded':
      return taken === amount && done === amount ? null : `of ${amount} ${taken} taken and ${done} returned`;
    case 'failed':
    case 'canceled':
      return taken === 0 && done === 0 ? null : `it came to nothing, and ${taken} was taken, ${done} returned`;
    case 'processing':
    case 'needs_attention':
    case 'created':
    case 'pending_approval':
    case 'bounced':
      return taken === 0 || taken === amount ? null : `${taken} was taken of ${amount}`;
  }
}

function judgeReturn(amount: number, status: Refund['status'], { setAside, sentBack }: Sums): string | null {
  if (setAside !== amount) return `${setAside} was set aside of ${amount}`;
  const due = status === 'succeeded' || status === 'bounced' ? amount : 0;
  return sentBack === due ? null : `${sentBack} was sent back of ${due}`;
}

function judgeWithdrawal(withdrawal: Withdrawal, sums: Sums): string | null {
  const { amount, fee, status } = withdrawal;
  const { withdrawn, paidOut, withdrawalFee, bankReturned } = sums;
  if (fee < 0 || fee > amount) return `a fee of ${fee} of ${amount}`;
  const isBack = status === 'failed' || status === 'canceled';
  const isOut = status === 'succeeded' || status === 'returned';
  if (withdrawn !== (isBack ? 0 : amount)) return `${status} with ${withdrawn} of ${amount} taken from the account`;
  // One that needs attention may have come as far as the bank.
  if (status === 'needs_attention') return null;
  if (paidOut !== (isOut ? amount : 0)) return `${status} with ${paidOut} of ${amount} paid out`;
  if (isOut && withdrawalFee !== fee) return `a fee of ${fee}, its vouchers took ${withdrawalFee}`;
  const due = status === 'returned' ? amount : 0;
  return bankReturned === due ? null : `${bankReturned} of ${due} came back from the bank`;
}

/** A leg that brings nothing any more. */
function isGone({ status }: Instruction): boolean {
  return status === 'refused' || status === 'reversed';
}
