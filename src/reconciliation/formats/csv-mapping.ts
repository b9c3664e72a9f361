// CSV mappings. Which column of a file means what, and how its amounts and times are written; and those of the bills that
// are known by their first line.

import type { LineEncoding } from './line-cutter.ts';

/** Names of columns. What is left out is '' or 0 in the lines. */
export type CsvColumns = {
  readonly amount: string;
  readonly fee?: string;
  readonly currency?: string;
  readonly bookedAt: string;
  readonly valueDate?: string;
  readonly type?: string;
  readonly bankReference?: string;
  readonly ourReference?: string;
  readonly original?: string;
  readonly endToEndId?: string;
  readonly counterparty?: string;
  readonly text?: string;
};

/** How days are written: 2026-11-24, 24.11.2026 or 11/24/2026, a time of day after a blank or T if there is one (UTC unless it says). */
export type CsvDates = 'iso' | 'dmy.' | 'mdy/';

export type CsvMapping = {
  readonly separator: ',' | ';' | '\t' | '|';
  readonly encoding: LineEncoding;
  /** Integers in minor units, or decimal amounts with a point or a comma. */
  readonly amounts: 'minor' | 'point' | 'comma';
  readonly dates: CsvDates;
  readonly columns: CsvColumns;
  /** For amounts without a sign: which way each value of the column `type` moves money. A value that is not in it is refused. */
  readonly signs?: Readonly<Record<string, 1 | -1>>;
};

/** The simulator's bill: amounts without a sign, from the view of our account with the channel. */
export const SIMULATOR_BILL: CsvMapping = {
  separator: ',',
  encoding: 'utf-8',
  amounts: 'minor',
  dates: 'iso',
  columns: {
    amount: 'amount',
    fee: 'fee',
    currency: 'currency',
    bookedAt: 'booked_at',
    type: 'type',
    bankReference: 'trade_number',
    ourReference: 'number',
    original: 'original',
  },
  signs: { pay: 1, refund: -1, payout: -1, return: 1 },
};

/** The bill that our Stripe adapter makes of the balance transactions of a day: minor units with their sign. */
export const STRIPE_BILL: CsvMapping = {
  separator: ',',
  encoding: 'utf-8',
  amounts: 'minor',
  dates: 'iso',
  columns: {
    amount: 'amount',
    fee: 'fee',
    currency: 'currency',
    bookedAt: 'created',
    type: 'type',
    bankReference: 'id',
    ourReference: 'number',
    text: 'source',
  },
};

/**
 * Stripe's report `balance_change_from_activity.itemized`, made in UTC with the metadata column of our number: decimal amounts
 * with their sign.
 */
export const STRIPE_BALANCE_REPORT: CsvMapping = {
  separator: ',',
  encoding: 'utf-8',
  amounts: 'point',
  dates: 'iso',
  columns: {
    amount: 'gross',
    fee: 'fee',
    currency: 'currency',
    bookedAt: 'created_utc',
    type: 'reporting_category',
    bankReference: 'balance_transaction_id',
    ourReference: 'payment_metadata[florin_number]',
    endToEndId: 'source_id',
    text: 'description',
  },
};

const KNOWN: readonly CsvMapping[] = [SIMULATOR_BILL, STRIPE_BILL, STRIPE_BALANCE_REPORT];

/** The known bill that has all of these columns; null when it is none of them. */
export function knownMapping(names: readonly string[]): CsvMapping | null {
  return KNOWN.find(({ columns }) => Object.values(columns).every((name) => names.includes(name))) ?? null;
}
