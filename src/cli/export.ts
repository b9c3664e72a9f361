// `florin export`: a trial balance, the general ledger or the accounting days as CSV, read from the data folder; a running server is not
// disturbed.

import { join } from 'node:path';
import { Option, type Command } from 'commander';
import { addConfigFlags } from '../config.ts';
import { csvOf } from '../csv.ts';
import { isDate } from '../gateway/query.ts';
import { DAY_COLUMNS, dayRow, LEDGER_COLUMNS, ledgerRow, TRIAL_COLUMNS, trialRow } from '../ledger/report-rows.ts';
import type { ShardStore } from '../ledger/shard-store.ts';
import { dayState, openDay, openedDays } from '../ledger/accounting-days.ts';
import { generalLedger, trialBalance } from '../ledger/trial-balance.ts';
import { openShards } from '../ledger/verification.ts';
import { readConfig } from './config.ts';
import { outputOf } from './terminal/output.ts';

type Flags = { readonly date?: string; readonly merchant: string };

type Report = (stores: readonly ShardStore[], flags: Flags) => string;

const REPORTS: ReadonlyMap<string, Report> = new Map<string, Report>([
  [
    'trial-balance',
    (stores, { merchant, date = openDay(openedDays(stores)) }) => {
      const rows = trialBalance(stores, merchant, date).map((row) => trialRow(date, row));
      return csvOf(TRIAL_COLUMNS, rows);
    },
  ],
  [
    'general-ledger',
    (stores, { merchant, date }) => {
      const period = { from: date ?? '', to: date ?? '9999-12-31' };
      return csvOf(LEDGER_COLUMNS, generalLedger(stores, merchant, period, null).map(ledgerRow));
    },
  ],
  [
    'accounting-days',
    (stores, { date }) => {
      const days = openedDays(stores);
      const shown = days.filter((day) => date === undefined || day.date === date);
      return csvOf(
        DAY_COLUMNS,
        shown.map((day) => dayRow(day, dayState(days, day.date))),
      );
    },
  ],
]);

export function registerExport(program: Command): void {
  const names = [...REPORTS.keys()].join(' or ');
  const command = program
    .command('export')
    .description('print a report of the books as CSV, amounts in minor units')
    .argument('<report>', names)
    .addOption(
      new Option(
        '--date <date>',
        'accounting date, YYYY-MM-DD (default: the open one; all for the ledger and the days)',
      ),
    )
    .option('--merchant <name>', 'one merchant (default: all)', '');
  addConfigFlags(command);
  command.action(async (name: string, flags: Flags, self: Command) => {
    const loaded = readConfig(self);
    if (!loaded) return;
    const { out, err } = outputOf(self);
    try {
      const report = REPORTS.get(name);
      if (!report) throw new Error(`there is no report ${name}; there is ${names}`);
      if (flags.date !== undefined && !isDate(flags.date))
        throw new Error(`${flags.date} is not a date like 2026-01-31`);
      const csv = await read(join(loaded.config.data, 'books'), report, flags);
      // Every line of a CSV ends alike; `out` adds the last line feed.
      out(csv.slice(0, -1));
    } catch (error) {
      err(`florin export: ${(error as Error).message}`);
      process.exitCode = 1;
    }
  });
}

/** @throws Error for a folder without books, or with only a part of them */
async function read(folder: string, report: Report, flags: Flags): Promise<string> {
  const stores = openShards(folder);
  if (!stores) throw new Error(`there are no books in ${folder}`);
  try {
    return report(stores, flags);
  } finally {
    for (const store of stores) await store.close();
  }
}
