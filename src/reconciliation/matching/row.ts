// Rows. What is matched: lines of a bill or a statement on one side, orders or vouchers of ours on the other, both in the
// same compact shape.

export type Side = 'channel' | 'local';

export type MatchRow = {
  /** Names the row on its side, the same at every run: the id of a bill's line, of an order. */
  readonly id: string;
  /** One for each key of the rules, in their order; '' where the row has none of it. */
  readonly keys: readonly string[];
  /** Minor units with their sign: above zero is what came to us. 0 where it is not known. */
  readonly amount: number;
  readonly currency: string;
  /** What the channel keeps, minor units. */
  readonly fee: number;
  /** Compared as it is: both sides use the same words. */
  readonly status: string;
  /** Days since 1970. */
  readonly day: number;
  /** Why the line could not be understood, for people; '' for one that was. */
  readonly unparsed: string;
};

/** An order of rows by what they say, and by their ids only where they say the same. */
export function compareRows(a: MatchRow, b: MatchRow): number {
  return compareContent(a, b) || a.day - b.day || compareText(a.id, b.id);
}

/** 0 for rows that agree in everything that is compared, but for their days. */
export function compareContent(a: MatchRow, b: MatchRow): number {
  return compareText(a.currency, b.currency) || a.amount - b.amount || a.fee - b.fee || compareText(a.status, b.status);
}

/** By code units: the same everywhere, whatever the locale. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
