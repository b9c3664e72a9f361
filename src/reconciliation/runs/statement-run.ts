// Statement run. Matches what a bank says that a channel has paid with what the channel's bills say that it owes.
//
// S1. A line settles a bill, or several in a row, when it is all of it: payments less refunds less the channel's fees, to the
// last minor unit. Anything else is a difference. S2. A bill is settled once. S3. Of two files for one day the later one is
// the bill.

import { createReadStream } from 'node:fs';
import { readStatements } from '../formats/read-statements.ts';
import type { StatementLine } from '../formats/statement.ts';
import { matchSides } from '../matching/matcher.ts';
import type { MatchRow } from '../matching/row.ts';
import type { FileRun } from './bill-run.ts';
import { Findings, totalsOf } from './findings.ts';
import type { RunResult } from './run-store.ts';
import { dayOf, matchingRules } from './run-rules.ts';
import { assignBills, dueBills, type Due, type Paid } from './settling.ts';

/** Days from a bill to the bank's line; a channel that pays later is a difference. */
const SETTLEMENT_DAYS_MAX = 14;

/** Lines of a channel on one statement, which are in memory together: a channel pays once a day. */
const LINES_MAX = 100_000;

const WARNINGS_MAX = 20;

/** @throws FormatError for a file that is not what its format says; RangeError and Error as the matcher does */
export async function runStatement(parts: FileRun): Promise<RunResult> {
  const { run, rules, owner, store, spill } = parts;
  const warnings: string[] = [];
  const paid = await paidBy(parts, warnings);
  const asOfDay = dayOf(run.date);
  const due = dueBills(
    store.matched(run.channel, 'channel_bill'),
    store.matched(run.channel, 'bank_statement'),
    run.id,
  );
  const { settled, missing } = assignBills(paid, due, asOfDay - SETTLEMENT_DAYS_MAX);
  const findings = new Findings(run, () => ({ merchant: owner, order: '', currency: '' }));
  const { counts, totals } = await matchSides({
    spillFolder: spill,
    channel: [paid.map(({ line, id }) => rowOf(id, line.amount, line.currency, dayOf(line.bookingDate), id))],
    local: [
      settled.map(({ bill, by }) => rowOf(nameOf(bill), bill.net, bill.currency, bill.day, by)),
      missing.map((bill) => rowOf(nameOf(bill), bill.net, bill.currency, bill.day, nameOf(bill))),
    ],
    rules: {
      ...matchingRules(rules, run.date),
      keys: ['line'],
      cardinality: '1:N',
      amountTolerance: 0,
      windowDays: SETTLEMENT_DAYS_MAX,
      waitDays: 0,
    },
    onDifference: (difference) => findings.add(difference),
    onWaiting: () => {},
  });
  const { found } = findings;
  const late = new Set(found.flatMap(({ local }) => local));
  const booked = settled.map(({ bill }) => bill).filter((bill) => !late.has(nameOf(bill)));
  return {
    run: {
      ...run,
      status: 'matched',
      counts,
      totals: totalsOf(totals),
      settled: booked.map(({ run: bill, currency }) => ({ bill, currency })),
      warnings,
      differences: found.length,
    },
    differences: found,
    waiting: [],
    spokenFor: [],
  };
}

/** Lines of the statement that are the channel's. */
async function paidBy({ run, path, rules, currencies, read }: FileRun, warnings: string[]): Promise<Paid[]> {
  const paid: Paid[] = [];
  const known = (rules.settlementText || run.channel).toLowerCase();
  let lines = 0;
  const options = { file: run.id, currencies, ...(run.format === '' ? {} : { format: run.format }) };
  for await (const items of readStatements(createReadStream(path), options)) {
    for (const item of items) {
      if (item.kind === 'warning' && warnings.length < WARNINGS_MAX) warnings.push(item.warning.detail);
      if (item.kind !== 'line') continue;
      lines += 1;
      if (!item.line.booked || !textOf(item.line).includes(known)) continue;
      if (paid.length >= LINES_MAX) throw new RangeError(`more than ${LINES_MAX} lines of ${run.channel}`);
      paid.push({ line: item.line, id: `${run.date} line ${item.line.position.line}` });
    }
    read(lines);
  }
  return paid;
}

function textOf({ counterparty, text, endToEndId, ownerReference, bankReference }: StatementLine): string {
  return [counterparty, text, endToEndId, ownerReference, bankReference].join('\n').toLowerCase();
}

function nameOf({ run, currency }: Due): string {
  return `${run} ${currency}`;
}

function rowOf(id: string, amount: number, currency: string, day: number, key: string): MatchRow {
  return { id, keys: [key], amount, currency, fee: 0, status: '', day, unparsed: '' };
}
