// Reconciliation resources. Runs and differences as operators see them.

import type { FoundInRun, Run, RunTotals } from '../reconciliation/runs/run.ts';
import type { CsvRow } from '../csv.ts';
import { timeText } from './time-text.ts';

/** What a run is to whoever asks. */
export type RunResource = {
  readonly id: string;
  readonly object: 'reconciliation_run';
  readonly kind: Run['kind'];
  /** processing until all of its cases are open. */
  readonly status: 'processing' | 'succeeded' | 'failed';
  readonly channel: string;
  readonly date: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly lines_read: number;
  readonly lines: number;
  readonly orders: number;
  readonly matched: number;
  /** Lines and orders that wait for a later bill. */
  readonly waiting: number;
  readonly differences: number;
  readonly cases: number;
  readonly by_kind: Readonly<Record<string, number>>;
  /** By currency, minor units: what both sides sum up to, and what the difference is made of. */
  readonly totals: readonly RunTotals[];
  /** Settled by a bank statement. */
  readonly settled: readonly { readonly run: string; readonly currency: string }[];
  /** Of those: parts that cannot be booked at the moment, and why. Each has a case. */
  readonly refused: readonly { readonly run: string; readonly currency: string; readonly merchant: string; readonly code: string }[]; // prettier-ignore
  readonly warnings: readonly string[];
  readonly failure: string | null;
  readonly created_at: string;
  readonly ended_at: string | null;
};

export function runResource(run: Run, linesRead: number): RunResource {
  const { counts } = run;
  const kinds = Object.entries(counts?.differences ?? {}).filter(([, count]) => count > 0);
  return {
    id: run.id,
    object: 'reconciliation_run',
    kind: run.kind,
    status: run.status === 'done' ? 'succeeded' : run.status === 'failed' ? 'failed' : 'processing',
    channel: run.channel,
    date: run.date,
    sha256: run.sha256,
    bytes: run.bytes,
    lines_read: counts?.channelRows ?? linesRead,
    lines: counts?.channelRows ?? 0,
    orders: counts?.localRows ?? 0,
    matched: counts?.matches ?? 0,
    waiting: (counts?.waitingChannelRows ?? 0) + (counts?.waitingLocalRows ?? 0),
    differences: run.differences,
    cases: run.cases,
    by_kind: Object.fromEntries(kinds),
    totals: run.totals,
    settled: run.settled.map(({ bill, currency }) => ({ run: bill, currency })),
    refused: run.refused.map(({ bill, currency, merchant, refusal }) => ({
      run: bill,
      currency,
      merchant,
      code: refusal,
    })),
    warnings: run.warnings,
    failure: run.failure === '' ? null : run.failure,
    created_at: timeText(run.createdAtMs),
    ended_at: run.endedAtMs === 0 ? null : timeText(run.endedAtMs),
  };
}

export function differenceResource(one: FoundInRun): object {
  return {
    id: one.id,
    object: 'reconciliation_difference',
    run: one.run,
    kind: one.kind,
    also: one.also,
    channel: one.channel,
    date: one.date,
    key: one.key,
    lines: one.lines,
    orders: one.local,
    order: one.order === '' ? null : one.order,
    merchant: one.merchant,
    // Channel − ours.
    deltas: one.deltas,
    amount: one.amount,
    currency: one.currency,
    case: one.caseId === '' ? null : one.caseId,
  };
}

// prettier-ignore
export const DIFFERENCE_COLUMNS = [
  'id', 'kind', 'channel', 'date', 'key', 'lines', 'order', 'merchant', 'amount', 'currency', 'fee', 'case',
] as const;

export function differenceRow(one: FoundInRun): CsvRow<(typeof DIFFERENCE_COLUMNS)[number]> {
  const { id, kind, channel, date, key, lines, order, merchant, amount, currency, deltas, caseId } = one;
  const fee = deltas[0]?.fee ?? 0;
  return { id, kind, channel, date, key, lines: lines.join(' '), order, merchant, amount, currency, fee, case: caseId };
}
