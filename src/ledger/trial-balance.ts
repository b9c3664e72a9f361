// Trial balance. Sums the turnovers of all shards by currency and subject: what was there before a day, what it turned
// over, what it left.
//
// L1. Debits and credits are equal in each currency at every instant, although shards may be at different places in the
// journal: each segment balances by itself. L2. "Between shards" is 0 once all shards are at the same place.

import { SUBJECTS, type Subject } from '../domain/books/subjects.ts';
import type { ShardStore, Turnover } from './shard-store.ts';

/** One subject in one currency; minor units, exact at any size. Balances stand on the subject's normal side. */
export type TrialRow = {
  readonly currency: string;
  readonly subject: Subject;
  readonly opening: bigint;
  readonly debit: bigint;
  readonly credit: bigint;
  readonly closing: bigint;
};

/** Before the first day that can be. */
const FIRST_DATE = '';

/** Of one merchant, or of all with ''. `date`: YYYY-MM-DD. Rows by currency and subject. */
export function trialBalance(stores: readonly ShardStore[], merchant: string, date: string): TrialRow[] {
  const rows = new Map<string, { currency: string; subject: Subject; before: bigint; debit: bigint; credit: bigint }>();
  for (const turnover of turnoversOf(stores, merchant, FIRST_DATE, date)) {
    const { currency, subject, debit, credit } = turnover;
    const key = `${currency} ${subject}`;
    const row = rows.get(key) ?? { currency, subject, before: 0n, debit: 0n, credit: 0n };
    rows.set(key, row);
    if (turnover.date < date) {
      row.before += debit - credit;
    } else {
      row.debit += debit;
      row.credit += credit;
    }
  }
  return [...rows.values()].map(rowOf).toSorted(byCurrencyAndSubject);
}

/** Turnover of each subject on each day of a period, both ends included; of one subject or, with null, of all. */
export function generalLedger(
  stores: readonly ShardStore[],
  merchant: string,
  period: { readonly from: string; readonly to: string },
  subject: Subject | null,
): Turnover[] {
  const days = new Map<string, Turnover>();
  for (const turnover of turnoversOf(stores, merchant, period.from, period.to)) {
    if (subject !== null && turnover.subject !== subject) continue;
    const key = `${turnover.date} ${turnover.currency} ${turnover.subject}`;
    const { debit = 0n, credit = 0n } = days.get(key) ?? {};
    days.set(key, { ...turnover, debit: debit + turnover.debit, credit: credit + turnover.credit });
  }
  return [...days.entries()].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, turnover]) => turnover);
}

/** By how much debits and credits differ in a currency, over all merchants and days: 0n each, or something is lost. */
export function imbalances(stores: readonly ShardStore[]): Map<string, bigint> {
  const sums = new Map<string, bigint>();
  for (const { currency, debit, credit } of turnoversOf(stores, '', FIRST_DATE, '9999-12-31')) {
    sums.set(currency, (sums.get(currency) ?? 0n) + debit - credit);
  }
  return sums;
}

function* turnoversOf(stores: readonly ShardStore[], merchant: string, from: string, to: string): Iterable<Turnover> {
  for (const store of stores) {
    for (const turnover of store.turnovers(from, to)) {
      if (merchant === '' || turnover.merchant === merchant) yield turnover;
    }
  }
}

function rowOf(row: { currency: string; subject: Subject; before: bigint; debit: bigint; credit: bigint }): TrialRow {
  const { currency, subject, before, debit, credit } = row;
  const sign = SUBJECTS[subject].normal === 'debit' ? 1n : -1n;
  return { currency, subject, opening: sign * before, debit, credit, closing: sign * (before + debit - credit) };
}

function byCurrencyAndSubject(one: TrialRow, other: TrialRow): number {
  if (one.currency !== other.currency) return one.currency < other.currency ? -1 : 1;
  return one.subject - other.subject;
}
