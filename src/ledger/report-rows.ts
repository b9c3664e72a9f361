// Report rows. How the trial balance and the general ledger are shown, by the API and on paper: with the names of their
// subjects, amounts in minor units.

import { SUBJECTS } from '../domain/books/subjects.ts';
import type { DayState, OpenedDay } from './accounting-days.ts';
import type { Turnover } from './shard-store.ts';
import type { TrialRow } from './trial-balance.ts';

export const TRIAL_COLUMNS = [
  'date',
  'currency',
  'subject',
  'name',
  'class',
  'normal',
  'opening_balance',
  'debit',
  'credit',
  'closing_balance',
] as const;

export const LEDGER_COLUMNS = ['date', 'currency', 'subject', 'name', 'debit', 'credit'] as const;

export const DAY_COLUMNS = ['date', 'status', 'opened_in', 'final_to'] as const;

type Row<Columns extends readonly string[]> = Readonly<Record<Columns[number], string | number>>;

/** Balances stand on the subject's normal side. */
export function trialRow(date: string, row: TrialRow): Row<typeof TRIAL_COLUMNS> {
  const { currency, subject, opening, debit, credit, closing } = row;
  const { name, class: kind, normal } = SUBJECTS[subject];
  return {
    date,
    currency,
    subject,
    name,
    class: kind,
    normal,
    opening_balance: amountOf(opening),
    debit: amountOf(debit),
    credit: amountOf(credit),
    closing_balance: amountOf(closing),
  };
}

export function ledgerRow({ date, currency, subject, debit, credit }: Turnover): Row<typeof LEDGER_COLUMNS> {
  const { name } = SUBJECTS[subject];
  return { date, currency, subject, name, debit: amountOf(debit), credit: amountOf(credit) };
}

/** Journal frames: the one that opened the day and, once it is closed, the last that can have something of it. */
export function dayRow({ date, seq }: OpenedDay, { status, finalTo }: DayState): Row<typeof DAY_COLUMNS> {
  return { date, status, opened_in: seq, final_to: finalTo ?? '' };
}

/** A number where JSON carries it exactly, a text of digits beyond. */
export function amountOf(minorUnits: bigint): number | string {
  const number = Number(minorUnits);
  return Number.isSafeInteger(number) ? number : String(minorUnits);
}
