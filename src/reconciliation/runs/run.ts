// Run. One file of somebody else's, matched with what we know of that day; and a difference that it has found.
//
// R1. The same file for the same day is the same run. R2. A run ends with all of its differences or with none: what is not
// `waiting` any more has them all in the store.

import type { DifferenceType } from '../../domain/orders/difference.ts';
import type { Refusal } from '../../domain/refusals.ts';
import type { FormatName } from '../formats/read-options.ts';
import type { Difference, DifferenceKind } from '../matching/difference.ts';
import type { MatchCounts } from '../matching/totals.ts';

/** channel_bill: of a channel, against its orders. bank_statement: of a bank, against what channels have to settle. */
export const RUN_KINDS = ['channel_bill', 'bank_statement'] as const;

export type RunKind = (typeof RUN_KINDS)[number];

/** waiting: to be read and matched. matched: its differences are stored, their cases are being opened. */
export type RunStatus = 'waiting' | 'matched' | 'done' | 'failed';

/** Minor units; digits where they are more than a number holds. */
export type Sum = number | string;

export type RunTotals = {
  readonly currency: string;
  readonly channel: { readonly amount: Sum; readonly fee: Sum };
  readonly local: { readonly amount: Sum; readonly fee: Sum };
  /** Channel − ours, by what it comes from. */
  readonly explained: Readonly<Record<string, { readonly amount: Sum; readonly fee: Sum }>>;
};

/** What a channel has to settle with a merchant for a bill: payments less refunds, and what the channel keeps of it. */
export type Clearing = {
  readonly merchant: string;
  readonly currency: string;
  readonly amount: number;
  readonly fee: number;
};

/** All of a bill in one currency. */
export type Settled = { readonly bill: string; readonly currency: string };

/** A merchant's part of a bill that was paid and cannot be booked, and why. */
export type RefusedSettlement = Settled & { readonly merchant: string; readonly refusal: Refusal };

export type Run = {
  readonly id: string;
  readonly kind: RunKind;
  readonly channel: string;
  /** YYYY-MM-DD that the file is about. */
  readonly date: string;
  /** Of the file, hexadecimal. */
  readonly sha256: string;
  readonly bytes: number;
  /** '' where its first bytes say it. */
  readonly format: FormatName | '';
  /** Key that has brought it. */
  readonly by: string;
  /** The last frame of the journal when it came: what was known by then is in it. */
  readonly seq: number;
  readonly createdAtMs: number;
  readonly endedAtMs: number;
  readonly status: RunStatus;
  /** Why it failed, for people; '' otherwise. */
  readonly failure: string;
  readonly counts: MatchCounts | null;
  readonly totals: readonly RunTotals[];
  /** Of a bill. */
  readonly clearing: readonly Clearing[];
  /** Of a bank statement: the bills that it has settled. */
  readonly settled: readonly Settled[];
  /** Of those: what was refused. It is tried again after each run and at each start, and has a case. */
  readonly refused: readonly RefusedSettlement[];
  /** What the file's author got wrong, in words; the first of them. */
  readonly warnings: readonly string[];
  readonly differences: number;
  /** Cases of them that are open or were. */
  readonly cases: number;
};

export type FoundInRun = Omit<Difference, 'channel'> & {
  /** Ids of rows of the file. */
  readonly lines: readonly string[];
  readonly run: string;
  /** Place among those of its run, from 0. */
  readonly place: number;
  readonly type: DifferenceType;
  readonly channel: string;
  readonly date: string;
  /** Whose it is, and the channel order that it is about; '' for none. */
  readonly merchant: string;
  readonly order: string;
  /** Channel − ours, minor units, of what its case is about. */
  readonly amount: number;
  readonly currency: string;
  /** Its case; '' until that is open. */
  readonly caseId: string;
};

/** What makes two files one run (R1). */
export function runName({ kind, channel, date, sha256 }: Pick<Run, 'kind' | 'channel' | 'date' | 'sha256'>): string {
  return [kind, channel, date, sha256].join('\n');
}

export function typeOf(kind: DifferenceKind): DifferenceType {
  switch (kind) {
    case 'UNPARSED':
      return 'unparsed_line';
    case 'CHANNEL_ONLY':
      return 'channel_only';
    case 'LOCAL_ONLY':
      return 'local_only';
    case 'DUPLICATE':
      return 'duplicate_line';
    case 'CURRENCY_DIFF':
      return 'currency_diff';
    case 'STATUS_DIFF':
      return 'status_diff';
    case 'AMOUNT_DIFF':
      return 'amount_diff';
    case 'FEE_DIFF':
      return 'fee_diff';
    case 'LATE':
      return 'late_line';
  }
}
