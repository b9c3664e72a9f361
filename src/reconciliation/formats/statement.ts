// Statement. What every format of bank statements and channel bills is read into.
//
// F1. Amounts are signed safe integers in minor units: above zero is what came to the account. F2. A file is whole only when
// the reading of it has ended without an error: lines given out before an error are to be thrown away. F3. Text that a file
// does not have is ''.

/** Where something begins in its file: line and column count from 1, the column in characters. */
export type Position = { readonly line: number; readonly column: number };

/** What the account had, as the file says; `date` is YYYY-MM-DD, '' where the file says none. */
export type Balance = {
  readonly amount: number;
  readonly currency: string;
  readonly date: string;
  /** Of a page of a statement and not of the statement. */
  readonly intermediate: boolean;
};

/** What a file says of a statement before its lines. */
export type StatementHeader = {
  /** The account as the file writes it: an IBAN, or bank code and number. */
  readonly account: string;
  /** Of the account, ISO 4217. */
  readonly currency: string;
  /** The bank's own name of the statement. */
  readonly reference: string;
  readonly opening: Balance | null;
  readonly position: Position;
};

/** One movement of the account. */
export type StatementLine = {
  readonly account: string;
  readonly amount: number;
  readonly currency: string;
  /** What a channel keeps of it, minor units of the same currency; 0 where the format knows none. */
  readonly fee: number;
  /** YYYY-MM-DD: when it counts for interest, and when the account's keeper booked it. */
  readonly valueDate: string;
  readonly bookingDate: string;
  /** ms since 1970 where the file has a time of day; NaN otherwise. */
  readonly bookedAtMs: number;
  /** The format's own code of what it is: NTRF, 409, PMNT/RCDT/BOOK, refund. */
  readonly type: string;
  /** False for what is only announced: it is in no balance. */
  readonly booked: boolean;
  readonly bankReference: string;
  /** Our number of the order: that of a column, or one that was found in what the payer or the bank wrote. */
  readonly ourReference: string;
  /** What the account's owner is known to the bank to have given, whatever it means: :61: of MT940, a customer reference. */
  readonly ownerReference: string;
  /** Of a refund, our number of what is refunded. */
  readonly original: string;
  readonly endToEndId: string;
  readonly counterparty: string;
  readonly text: string;
  readonly position: Position;
};

export type StatementWarning = {
  readonly code: WarningCode;
  readonly position: Position;
  /** For people. */
  readonly detail: string;
};

/**
 * balance_mismatch: opening + lines ≠ closing. balance_incomplete: one of the two only. balance_currency: a balance or a
 * line is not in the account's currency, so nothing was compared. control_total: a sum or count of the file's own is not
 * met. date_adjusted: a day that no calendar has was read as the last of its month. not_final: the file says that it is a
 * correction, a deletion or a test. details_not_split: the parts of a collective entry do not add up, it is one line.
 */
export type WarningCode =
  | 'balance_mismatch'
  | 'balance_incomplete'
  | 'balance_currency'
  | 'control_total'
  | 'date_adjusted'
  | 'not_final'
  | 'details_not_split';

/** What a file says of a statement after its lines. */
export type StatementSummary = {
  readonly account: string;
  readonly currency: string;
  readonly opening: Balance | null;
  readonly closing: Balance | null;
  readonly lines: number;
};

/** In this order for each statement: opened, its lines and warnings, closed. */
export type StatementItem =
  | { readonly kind: 'opened'; readonly header: StatementHeader }
  | { readonly kind: 'line'; readonly line: StatementLine }
  | { readonly kind: 'warning'; readonly warning: StatementWarning }
  | { readonly kind: 'closed'; readonly summary: StatementSummary };

/** A reader of one format. Its state is bounded, whatever it is fed. */
export type FormatReader = {
  /** @throws FormatError */
  readonly feed: (bytes: Uint8Array, out: StatementItem[]) => void;
  /** The file is at its end. @throws FormatError when it may not end here */
  readonly end: (out: StatementItem[]) => void;
};
