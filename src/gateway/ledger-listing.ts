// Ledger listing. The trial balance of a day and the general ledger by subject and day, of the caller's merchant.

import { isSubject, SUBJECTS, type Subject } from '../domain/books/subjects.ts';
import type { Turnover } from '../ledger/shard-store.ts';
import type { TrialRow } from '../ledger/trial-balance.ts';
import { answerFromBooks } from './books-reading.ts';
import { csvOf } from '../csv.ts';
import type { Exchange } from './exchange.ts';
import type { Gateway } from './gateway.ts';
import { permitted } from './listing.ts';
import type { Refused } from './problem.ts';
import { invalid, isRefused, readChoice, readQuery, type Query } from './query.ts';

/** The accounting dates that there can be. */
const DATE = { first: '0001-01-01', last: '9999-12-31' } as const;

export function trialBalance(gateway: Gateway, exchange: Exchange): void {
  const query = readQuery(exchange.request.query, ['date', 'format']);
  const date = isRefused(query) ? query : readDate(query, 'date', '');
  const format = isRefused(query) ? query : readChoice(query, 'format', ['json', 'csv']);
  const caller = permitted(gateway, exchange, isRefused(date) ? date : isRefused(format) ? format : {}, 'ledger:read');
  if (!caller || isRefused(date)) return;
  const { merchant } = caller;
  answerFromBooks(gateway, exchange, gateway.engine.position, undefined, async ({ books, completeTo }) => {
    const { date: shown, rows } = await books.ask('trialBalance', { merchant, date });
    const data = rows.map(rowResource);
    if (format === 'csv') return csvOf(data);
    return { date: shown, data, totals: totalsOf(rows), complete_to: completeTo() };
  });
}

export function generalLedger(gateway: Gateway, exchange: Exchange): void {
  const query = readQuery(exchange.request.query, ['from', 'to', 'subject', 'format']);
  const asked = isRefused(query) ? query : readPeriod(query);
  const caller = permitted(gateway, exchange, asked, 'ledger:read');
  if (!caller || isRefused(asked)) return;
  const { merchant } = caller;
  answerFromBooks(gateway, exchange, gateway.engine.position, undefined, async ({ books, completeTo }) => {
    const turnovers = await books.ask('generalLedger', { merchant, ...asked });
    const data = turnovers.map(turnoverResource);
    return asked.csv ? csvOf(data) : { data, complete_to: completeTo() };
  });
}

type Period = { readonly from: string; readonly to: string; readonly subject: Subject | null; readonly csv: boolean };

function readPeriod(query: Query): Period | Refused {
  const from = readDate(query, 'from', DATE.first);
  const to = readDate(query, 'to', DATE.last);
  const format = readChoice(query, 'format', ['json', 'csv']);
  if (isRefused(from)) return from;
  if (isRefused(to)) return to;
  if (isRefused(format)) return format;
  const text = query.get('subject');
  const subject = Number(text);
  if (text !== undefined && !(/^[0-9]{4}$/.test(text) && isSubject(subject))) {
    return invalid('subject', 'subject is not in the chart of accounts.');
  }
  return { from, to, subject: text === undefined ? null : (subject as Subject), csv: format === 'csv' };
}

/** A calendar date, YYYY-MM-DD. */
function readDate(query: Query, name: string, otherwise: string): string | Refused {
  const text = query.get(name);
  if (text === undefined) return otherwise;
  const isDate = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(text) && new Date(`${text}T00:00:00Z`).toJSON()?.startsWith(text);
  return isDate ? text : invalid(name, `${name} is not a date like 2026-01-31.`);
}

function rowResource({
  currency,
  subject,
  opening,
  debit,
  credit,
  closing,
}: TrialRow): Record<string, string | number> {
  const { name, class: kind, normal } = SUBJECTS[subject];
  return {
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

function turnoverResource({ date, currency, subject, debit, credit }: Turnover): Record<string, string | number> {
  const { name } = SUBJECTS[subject];
  return { date, currency, subject, name, debit: amountOf(debit), credit: amountOf(credit) };
}

/** Debits and credits of the day in each currency; they are equal, always. */
function totalsOf(rows: readonly TrialRow[]): object[] {
  const sums = new Map<string, { debit: bigint; credit: bigint }>();
  for (const { currency, debit, credit } of rows) {
    const sum = sums.get(currency) ?? { debit: 0n, credit: 0n };
    sums.set(currency, { debit: sum.debit + debit, credit: sum.credit + credit });
  }
  return [...sums].map(([currency, { debit, credit }]) => ({
    currency,
    debit: amountOf(debit),
    credit: amountOf(credit),
  }));
}

/** A number where JSON carries it exactly, a text of digits beyond. */
function amountOf(minorUnits: bigint): number | string {
  const number = Number(minorUnits);
  return Number.isSafeInteger(number) ? number : String(minorUnits);
}
