// Breach. Something that must never be, as the watch has found it: which rule, whose money, and what it says to people.
//
// B1. The same finding has the same id, whoever finds it again and whenever. B2. About one subject there is one breach until
// people have resolved it: what follows from it is not told again and again.

import type { Business } from '../../domain/context.ts';

/** Labels of the metric, and what each says. */
export const INVARIANTS = {
  voucher_template: 'A voucher is not what its template says: accounts, sides, or currency.',
  voucher_balance: 'A voucher does not bring as much as it moves, or promises other than it keeps back.',
  voucher_once: 'A voucher of an order was booked twice: the same code, segment and occurrence.',
  account_follows: 'A line of a voucher does not follow from what its account had before (I4).',
  frame_sum: 'The moves of a frame are not 0 in a currency (I1).',
  order_step: 'An order made a step that its machine does not have, or changed what was agreed.',
  order_sums: 'The vouchers of an order do not add up to what it says.',
  transit_zero: 'Nothing of a trade is open, and a transit account still has some of its money (I11).',
  books_entry: 'A line of a voucher is not in the books, or is there as something else.',
  books_balance: 'An account has another balance in the books than its last voucher says.',
  books_late: 'A shard of the books has not booked within the window what happened before it.',
  engine_balance: 'The engine has another balance of an account than facts and books.',
} as const;

export type Invariant = keyof typeof INVARIANTS;

/** Where the money belongs that it is about: null for what belongs to no order. */
export type About = { readonly merchant: string; readonly business: Business | null };

export type Breach = About & {
  /** Says the same of the same finding (B1): rule, subject and place. */
  readonly content: string;
  readonly invariant: Invariant;
  /** What it is about: of each there is one breach at a time (B2). */
  readonly subjects: readonly string[];
  /** What it would follow from: while that is in breach it is not told; absent where it follows from nothing. */
  readonly follows?: readonly string[];
  /** The order, and the account, that it was found at; '' for none. */
  readonly order: string;
  readonly account: string;
  /** Minor units in question; 0 where none can be named. */
  readonly amount: number;
  readonly currency: string;
  /** For people. */
  readonly detail: string;
};

/** One fact of the journal. */
export function factSubject(seq: number, index: number): string {
  return `fact ${seq} ${index}`;
}

/** A block of an account's entries in the books. */
export function blockSubject(merchant: string, account: string, firstVersion: number): string {
  return `block ${merchant} ${account} ${firstVersion}`;
}

/** Everything of one trade, or of one order that belongs to none. */
export function businessSubject(merchant: string, business: string): string {
  return `business ${merchant} ${business}`;
}

/** What belongs together: the trade, or the order itself. */
export function businessOf(business: Business | null, order: string): string {
  return business?.tradeId || order;
}
