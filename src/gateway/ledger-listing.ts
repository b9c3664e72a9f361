// Ledger listing. The trial balance of a day and the general ledger by subject and day, of the caller's merchant.

import type { DayState } from '../ledger/accounting-days.ts';
import { isSubject, type Subject } from '../domain/books/subjects.ts';
import { amountOf, LEDGER_COLUMNS, ledgerRow, TRIAL_COLUMNS, trialRow } from '../ledger/report-rows.ts';
import type { TrialRow } from '../ledger/trial-balance.ts';
import { csvOf } from '../csv.ts';
import { answerFromBooks } from './books-reading.ts';
import type { Exchange } from './exchange.ts';
import type { Gateway } from './gateway.ts';
import { permitted } from './listing.ts';
import type { Refused } from './problem.ts';
import { backwards, invalid, isDate, isRefused, readChoice, readQuery, readWord, type Query } from './query.ts';

/** The accounting dates that there can be. */
const DATE = { first: '0001-01-01', last: '9999-12-31' } as const;

export function trialBalance(gateway: Gateway, exchange: Exchange): void {
  const query = readQuery(exchange.request.query, ['date', 'format']);
  const asked = isRefused(query) ? query : readDay(query);
  const caller = permitted(gateway, exchange, asked, 'ledger:read');
  if (!caller || isRefused(asked)) return;
  const { merchant } = caller;
  answerFromBooks(gateway, exchange, gateway.engine.position, undefined, async ({ books, completeTo }) => {
    const { date, rows, state } = await books.ask('trialBalance', { merchant, date: asked.date });
    const data = rows.map((row) => trialRow(date, row));
    if (asked.csv) return { csv: csvOf(TRIAL_COLUMNS, data), hasMore: false, headers: stateHeaders(state) };
    return { date, ...shownState(state), data, has_more: false, totals: totalsOf(rows), complete_to: completeTo };
  });
}

export function generalLedger(gateway: Gateway, exchange: Exchange): void {
  const query = readQuery(exchange.request.query, ['from', 'to', 'subject', 'format']);
  const asked = isRefused(query) ? query : readPeriod(query);
  const caller = permitted(gateway, exchange, asked, 'ledger:read');
  if (!caller || isRefused(asked)) return;
  const { merchant } = caller;
  const { csv, ...period } = asked;
  answerFromBooks(gateway, exchange, gateway.engine.position, undefined, async ({ books, completeTo }) => {
    const { rows, state, closedThrough } = await books.ask('generalLedger', { merchant, ...period });
    const data = rows.map(ledgerRow);
    if (csv) return { csv: csvOf(LEDGER_COLUMNS, data), hasMore: false, headers: stateHeaders(state) };
    return { ...shownState(state), closed_through: closedThrough, data, has_more: false, complete_to: completeTo };
  });
}

/** Of the day, or of the last day of a period: only when that is closed nothing of the answer will ever change. */
function shownState({ status, finalTo }: DayState): object {
  return { status, final_to: finalTo };
}

function stateHeaders({ status, finalTo }: DayState): readonly [string, string][] {
  const headers: [string, string][] = [['X-Day-Status', status]];
  if (finalTo !== null) headers.push(['X-Final-To', String(finalTo)]);
  return headers;
}

/** `date` '': the one that is open. */
function readDay(query: Query): { readonly date: string; readonly csv: boolean } | Refused {
  const date = readDate(query, 'date');
  const format = readChoice(query, 'format', ['json', 'csv']);
  if (isRefused(date)) return date;
  return isRefused(format) ? format : { date, csv: format === 'csv' };
}

type Period = { readonly from: string; readonly to: string; readonly subject: Subject | null; readonly csv: boolean };

function readPeriod(query: Query): Period | Refused {
  const from = readDate(query, 'from');
  const to = readDate(query, 'to');
  const format = readChoice(query, 'format', ['json', 'csv']);
  if (isRefused(from)) return from;
  if (isRefused(to)) return to;
  if (isRefused(format)) return format;
  const period = { from: from || DATE.first, to: to || DATE.last };
  const text = query.get('subject');
  const subject = Number(text);
  if (text !== undefined && !(/^[0-9]{4}$/.test(text) && isSubject(subject))) {
    return invalid('subject', 'subject is not in the chart of accounts.');
  }
  return (
    backwards(period.from, period.to) ?? {
      ...period,
      subject: text === undefined ? null : (subject as Subject),
      csv: format === 'csv',
    }
  );
}

/** '' for none. */
function readDate(query: Query, name: string): string | Refused {
  return readWord(query, name, isDate, 'a date like 2026-01-31');
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
