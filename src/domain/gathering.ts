// Gathering. What a debit lacks on an account that has money on sub-accounts too, and from which of them it comes.
//
// G1. No more is gathered than what is lacking. G2. The richest sub-account gives first: where a single one can give all, it
// does, and otherwise as few as possible; each that gives is a fact, a voucher and two versions.

import type { Account } from './accounts.ts';

/** What one sub-account gives, minor units. */
export type Gathering = { readonly subAccount: string; readonly amount: number };

/** Minor units that the account's own money and credit limit lack for this debit; 0 or less for none. */
export function lackingFor(
  { available, creditLimit }: Pick<Account, 'available' | 'creditLimit'>,
  amount: number,
): number {
  // In this order every difference is exact: a debit is at most what can be counted, and so is the limit.
  return amount - creditLimit - available;
}

/** What brings `lacking` minor units together. Of equals the first gives first. @throws Error when less than that is there */
export function gatheringsOf(
  subAccounts: readonly Pick<Account, 'id' | 'available'>[],
  lacking: number,
): readonly Gathering[] {
  const gatherings: Gathering[] = [];
  let rest = lacking;
  for (const { id, available } of subAccounts.toSorted((one, other) => other.available - one.available)) {
    const amount = Math.min(rest, available);
    if (amount <= 0) break;
    gatherings.push({ subAccount: id, amount });
    rest -= amount;
  }
  if (rest > 0) throw new Error(`${lacking} are to be gathered, ${rest} of them are not there`);
  return gatherings;
}
