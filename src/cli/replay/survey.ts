// Survey: the first pass over the file. Owns what must be known before the first transfer is sent: which accounts there
// are, how many rows, and how far below zero the bank let each customer go. Memory grows with accounts, not with rows.

import type { Movement } from './movements.ts';

export type Customer = {
  /** Σ of the signed amounts so far, in haléř. */
  sum: number;
  /** The lowest that the running sum ever was, in haléř; 0 for a customer who never went below. */
  lowest: number;
};

export type Survey = {
  readonly transactions: number;
  readonly customers: ReadonlyMap<string, Customer>;
  readonly otherSides: ReadonlySet<string>;
};

/**
 * Reads all movements once. Order within a day is arbitrary in the source, so a customer's lowest point is that of the
 * file's own order, which is the order the replay sends in: the credit limit follows from it, not from the bank's column.
 */
export async function survey(movements: AsyncIterable<Movement>): Promise<Survey> {
  const customers = new Map<string, Customer>();
  const otherSides = new Set<string>();
  let transactions = 0;
  for await (const { customer, otherSide, sign, amount } of movements) {
    transactions += 1;
    otherSides.add(otherSide);
    const seen = customers.get(customer) ?? { sum: 0, lowest: 0 };
    seen.sum += sign * amount;
    seen.lowest = Math.min(seen.lowest, seen.sum);
    customers.set(customer, seen);
  }
  return { transactions, customers, otherSides };
}
