// Day share. Whose day an order counts for, and with how much.
//
// D1. Money of an account counts for that account; what a channel, a coupon or another account of the house pays counts for
// the payer that the trade names, and where it names none, for the merchant alone. D2. Under way it counts with all legs that may
// still take something; at an end with what it took, which is nothing when it failed or was canceled.

import { isHouse } from '../house-accounts.ts';
import type { Instruction } from './instruction.ts';
import type { Order } from './order.ts';
import { isTerminalPayment } from './payment-machine.ts';
import type { Payment } from './payment.ts';
import { isGone } from './short-payment.ts';
import { isTerminalWithdrawal, type Withdrawal } from './withdrawal.ts';

/** What days are limited for. */
export type Counted = Payment | Withdrawal;

/** As much of such an order as says whose money it asks for. */
export type Asking = Pick<Payment, 'kind' | 'payer' | 'instructions'> | Pick<Withdrawal, 'kind' | 'account' | 'amount'>;

/** Minor units by account, the merchant's own, under '', last. */
export type DayShares = ReadonlyMap<string, number>;

/** Stands for the merchant among the accounts. */
export const OF_MERCHANT = '';

export function isCounted(order: Order): order is Counted {
  return order.kind === 'payment' || order.kind === 'withdrawal';
}

/** True when what it counts with does not change any more. */
export function isCountedOut(order: Counted): boolean {
  return order.kind === 'payment' ? isTerminalPayment(order.status) : isTerminalWithdrawal(order.status);
}

/** With what it counts while it is under way. */
export function askedShares(order: Asking): DayShares {
  if (order.kind === 'withdrawal') return withdrawn(order.account, order.amount);
  return paid(order, (leg) => (isGone(leg) ? 0 : leg.amount));
}

/** With what it counts as it is now. */
export function dayShares(order: Counted): DayShares {
  if (!isCountedOut(order)) return askedShares(order);
  if (order.status === 'failed' || order.status === 'canceled') return new Map();
  return order.kind === 'withdrawal' ? askedShares(order) : paid(order, ({ captured }) => captured);
}

function withdrawn(account: string, amount: number): DayShares {
  return new Map([
    [account, amount],
    [OF_MERCHANT, amount],
  ]);
}

function paid(
  { payer, instructions }: Pick<Payment, 'payer' | 'instructions'>,
  amountOf: (leg: Instruction) => number,
): DayShares {
  const shares = new Map<string, number>();
  let all = 0;
  for (const leg of instructions) {
    const account = isHouse(leg.account) ? payer : leg.account;
    const amount = amountOf(leg);
    all += amount;
    if (account !== '' && amount > 0) shares.set(account, (shares.get(account) ?? 0) + amount);
  }
  return shares.set(OF_MERCHANT, all);
}
