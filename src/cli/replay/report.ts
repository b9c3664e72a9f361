// Report of a replay. Owns what is said at the end, to people and as JSON, and when a replay counts as failed.

import { table } from '../terminal/table.ts';
import type { Comparison } from './expected.ts';
import type { Tally } from './send.ts';

export type Outcome = {
  readonly transactions: number;
  readonly tally: Tally;
  /** Refusal codes by number, to name what the tally counts. */
  readonly codes: ReadonlyMap<number, string>;
  readonly customers: number;
  readonly otherSides: number;
  /** The server's balances against the expected file; undefined where there is no such file. */
  readonly comparison: Comparison | undefined;
  /** Customer accounts that did not end at the sum of their rows in the transactions file. */
  readonly offOwnSum: readonly string[];
  /** Σ of the balances of all accounts of the replay, in haléř. */
  readonly sum: number;
  /** How often the connection was lost and found again. */
  readonly losses: number;
  /** Seconds from the first batch to the last answer. */
  readonly seconds: number;
};

/** Accounts named in a message; the rest is only counted. */
const NAMED_MAX = 5;

/** True where nothing was refused, every balance is what the file adds up to, and no money came from nowhere. */
export function succeeded({ tally, comparison, offOwnSum, sum }: Outcome): boolean {
  return tally.refused.size === 0 && (comparison?.wrong.length ?? 0) === 0 && offOwnSum.length === 0 && sum === 0;
}

/** The outcome as the lines of `--json`. */
export function reportJson(outcome: Outcome): string {
  const { tally, comparison } = outcome;
  const report = {
    ok: succeeded(outcome),
    transactions: outcome.transactions,
    posted: tally.posted,
    already_there: tally.alreadyThere,
    refused: Object.fromEntries(refusals(outcome)),
    customer_accounts: outcome.customers,
    other_accounts: outcome.otherSides,
    accounts_off_own_sum: outcome.offOwnSum,
    expected:
      comparison === undefined
        ? null
        : {
            accounts: comparison.accounts,
            at_signed_sum: comparison.atSignedSum,
            wrong: comparison.wrong,
            ...comparison.split,
            disagree_with_column: comparison.disagreeing,
          },
    sum_minor: outcome.sum,
    connection_losses: outcome.losses,
    seconds: Number(outcome.seconds.toFixed(3)),
    transactions_per_second: rate(outcome),
  };
  return JSON.stringify(report, null, 2);
}

/** The outcome as a table and, where something is amiss, sentences below it. */
export function reportText(outcome: Outcome): string {
  const { tally, comparison } = outcome;
  const refused = refusals(outcome).map(([code, count]) => `${grouped(count)} ${code}`);
  const rows = [
    ['transactions', grouped(outcome.transactions)],
    ['posted now', grouped(tally.posted)],
    ['already there', grouped(tally.alreadyThere)],
    ['refused', refused.join(', ') || '0'],
    ['customer accounts', grouped(outcome.customers)],
    ['other-side accounts', grouped(outcome.otherSides)],
    ...comparisonRows(comparison),
    ['sum of all accounts', `${grouped(outcome.sum)} haléř`],
    ['rate', `${grouped(rate(outcome))} transactions/s`],
  ];
  return [table(['replay', ''], rows), ...remarks(outcome)].join('\n');
}

function comparisonRows(comparison: Comparison | undefined): [string, string][] {
  if (comparison === undefined) return [];
  const { accounts, atSignedSum, split } = comparison;
  return [
    ['ended at signed sum', `${grouped(atSignedSum)} of ${grouped(accounts)}`],
    ['bank agrees exactly', grouped(split.exact)],
    ['within one koruna', grouped(split.within_1_koruna)],
    ['bank says otherwise', grouped(split.differs)],
  ];
}

function remarks({ tally, comparison, offOwnSum, losses, sum }: Outcome): string[] {
  const lines: string[] = [];
  if (comparison === undefined)
    lines.push('No file of expected balances: compared with the sums of the transactions only.');
  else if (comparison.wrong.length > 0) lines.push(`Not at the expected sum: ${named(comparison.wrong)}.`);
  else if (comparison.disagreeing.length > 0) {
    lines.push(`The file's own column judges differently: ${named(comparison.disagreeing)}.`);
  }
  if (offOwnSum.length > 0) lines.push(`Not at the sum of their transactions: ${named(offOwnSum)}.`);
  if (sum !== 0) lines.push('The accounts do not add up to zero.');
  if (losses > 0) {
    lines.push(`Lost connections: ${losses}; sent again for it and found there already: ${tally.resentAlreadyThere}.`);
  }
  return lines;
}

function refusals({ tally, codes }: Outcome): [string, number][] {
  const name = (reason: number | string): string =>
    typeof reason === 'string' ? reason : (codes.get(reason) ?? `number ${reason}`);
  return [...tally.refused].map(([reason, count]) => [name(reason), count]);
}

function named(accounts: readonly string[]): string {
  const shown = accounts.slice(0, NAMED_MAX).join(', ');
  return accounts.length > NAMED_MAX ? `${shown} and ${accounts.length - NAMED_MAX} more` : shown;
}

function rate({ transactions, seconds }: Outcome): number {
  return seconds > 0 ? Math.round(transactions / seconds) : 0;
}

function grouped(value: number): string {
  return value.toLocaleString('en-US');
}
