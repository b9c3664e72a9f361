// Settling. Which bills a payment of a channel to the bank is for. Pure.

import type { StatementLine } from '../formats/statement.ts';
import type { Run } from './run.ts';
import { dayOf } from './run-rules.ts';

/** What a channel owes for a bill in one currency. */
export type Due = { readonly run: string; readonly currency: string; readonly net: number; readonly day: number };

/** A line of the bank's. `id`: names it. */
export type Paid = { readonly line: StatementLine; readonly id: string };

export type Assigned = {
  readonly settled: readonly { readonly bill: Due; readonly by: string }[];
  /** Not paid, although it is this old. */
  readonly missing: readonly Due[];
};

/** Bills that no statement but `own` has settled, the oldest first. One that cannot be booked as paid is left to people. */
export function dueBills(bills: readonly Run[], statements: readonly Run[], own: string): Due[] {
  const settled = new Set(
    statements
      .filter(({ id }) => id !== own)
      .flatMap((one) => one.settled.map(({ bill, currency }) => `${bill} ${currency}`)),
  );
  const latest = new Map(bills.map((bill) => [bill.date, bill]));
  // Another file for a day that was settled does not make it due again.
  const days = new Set(bills.flatMap(({ id, date, clearing }) => clearing.filter(({ currency }) => settled.has(`${id} ${currency}`)).map(({ currency }) => `${date} ${currency}`))); // prettier-ignore
  return [...latest.values()]
    .flatMap(dueOf)
    .filter(({ date, currency }) => !days.has(`${date} ${currency}`))
    .map(({ run, currency, net, day }) => ({ run, currency, net, day }))
    .sort((one, other) => one.day - other.day);
}

/** Each line takes the oldest bill that it pays exactly, or else the oldest ones in a row. */
export function assignBills(paid: readonly Paid[], due: readonly Due[], missingBefore: number): Assigned {
  const settled: { bill: Due; by: string }[] = [];
  let rest = [...due];
  for (const { line, id } of paid) {
    const bills = rest.filter(({ currency }) => currency === line.currency);
    const found = exactly(bills, line.amount);
    for (const bill of found) settled.push({ bill, by: id });
    rest = rest.filter((bill) => !found.includes(bill));
  }
  return { settled, missing: rest.filter(({ day }) => day < missingBefore) };
}

function exactly(bills: readonly Due[], amount: number): readonly Due[] {
  const one = bills.find(({ net }) => net === amount);
  if (one) return [one];
  for (let first = 0; first < bills.length; first++) {
    let sum = 0;
    for (let last = first; last < bills.length && sum < amount; last++) {
      sum += (bills[last] as Due).net;
      if (sum === amount) return bills.slice(first, last + 1);
    }
  }
  return [];
}

function dueOf({ id, date, clearing }: Run): (Due & { readonly date: string })[] {
  const nets = new Map<string, number>();
  const unbookable = new Set<string>();
  for (const { currency, amount, fee } of clearing) {
    nets.set(currency, (nets.get(currency) ?? 0) + amount - fee);
    // A merchant whose refunds were more than its payments owes the channel: no settlement says how that was paid.
    if (amount <= 0 || fee < 0 || fee > amount) unbookable.add(currency);
  }
  return [...nets]
    .filter(([currency, net]) => net > 0 && !unbookable.has(currency))
    .map(([currency, net]) => ({ run: id, date, currency, net, day: dayOf(date) }));
}
