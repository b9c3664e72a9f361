// Fields of MT940 (SWIFT Standards, category 9): balance and statement line, each text to values or to what was expected.

import { dateOf, daysOf, fullYear, readShortDate } from './calendar.ts';

/** A field as its letters say it; the amount is decimal text with its comma. */
export type BalanceField = {
  readonly negative: boolean;
  readonly date: string;
  readonly currency: string;
  readonly amount: string;
};

export type LineField = {
  readonly valueDate: string;
  /** '' where the line has no entry date. */
  readonly bookingDate: string;
  /** The day as written, where no calendar has it; '' otherwise. */
  readonly adjustedFrom: string;
  readonly negative: boolean;
  readonly amount: string;
  readonly type: string;
  readonly customerReference: string;
  readonly bankReference: string;
};

/** Completes "… was expected". */
export type FieldFault = { readonly expected: string };

const BALANCE = /^([CD])([0-9]{6})([A-Z]{3})([0-9,]{1,15})$/;

/** :60F:, :62F: and the like: `C140829EUR147,64`. */
export function readBalanceField(text: string): BalanceField | FieldFault {
  const match = BALANCE.exec(text);
  if (!match) return { expected: 'C or D, YYMMDD, a currency and an amount with a comma' };
  const [, mark = '', day = '', currency = '', amount = ''] = match;
  const date = readShortDate(day);
  if (date === null) return { expected: 'a day of the calendar as YYMMDD' };
  return { negative: mark === 'D', date, currency, amount };
}

// Value date, entry date, mark, third letter of the currency, amount, type, reference for the owner // of the bank. The
// standard has 16 characters for each reference; banks write longer ones.
const LINE = /^([0-9]{6})([0-9]{4})?(R?[CD])([A-Z])?([0-9,]{1,15})([NFS][A-Z0-9]{3})(.*)$/;

/** First line of :61:, `1011010101DR800,00NSTONONREF//55555`. A mark RC takes back a credit, RD a debit. */
export function readLineField(text: string): LineField | FieldFault {
  const match = LINE.exec(text);
  if (!match)
    return { expected: 'YYMMDD, MMDD or nothing, C, D, RC or RD, an amount with a comma and a type like NTRF' };
  const [, day = '', entry = '', mark = '', , amount = '', type = '', references = ''] = match;
  const value = readValueDate(day);
  if (value === null) return { expected: 'a day of the calendar as YYMMDD' };
  const bookingDate = entry === '' ? '' : entryDate(value.date, entry);
  if (bookingDate === null) return { expected: 'a day of the calendar as MMDD' };
  const at = references.indexOf('//');
  return {
    valueDate: value.date,
    bookingDate,
    adjustedFrom: value.adjustedFrom,
    negative: mark === 'D' || mark === 'RC',
    amount,
    type,
    customerReference: referenceOf(at < 0 ? references : references.slice(0, at)),
    bankReference: at < 0 ? '' : references.slice(at + 2).trim(),
  };
}

/**
 * Banks that count 30 days to every month for interest write February 29 and 30 as value dates. The last day of that month
 * is meant; nothing else hangs on it, so such a line is read and said to have been.
 */
function readValueDate(text: string): { readonly date: string; readonly adjustedFrom: string } | null {
  const date = readShortDate(text);
  if (date !== null) return { date, adjustedFrom: '' };
  const year = fullYear(Number(text.slice(0, 2)));
  const last = text.slice(2, 4) === '02' && Number(text.slice(4)) <= 30 ? dateOf(year, 2, daysOf(year, 2)) : null;
  return last === null || text.endsWith('00') ? null : { date: last, adjustedFrom: text };
}

/** MMDD in the year that brings it nearest to the value date: around New Year they may differ. */
function entryDate(valueDate: string, entry: string): string | null {
  const year = Number(valueDate.slice(0, 4));
  const valueMonth = Number(valueDate.slice(5, 7));
  const month = Number(entry.slice(0, 2));
  const shift = month - valueMonth > 6 ? -1 : valueMonth - month > 6 ? 1 : 0;
  return dateOf(year + shift, month, Number(entry.slice(2)));
}

/** NONREF is how the standard says that there is none. */
function referenceOf(text: string): string {
  const reference = text.trim();
  return reference === 'NONREF' ? '' : reference;
}
