// `florin export`: a trial balance or the general ledger as CSV, read from the data folder; a running server is not
// disturbed.

import { join } from 'node:path';
import { Option, type Command } from 'commander';
import { SUBJECTS } from '../domain/books/subjects.ts';
import { addConfigFlags } from '../config.ts';
import { csvOf } from '../csv.ts';
import type { ShardStore } from '../ledger/shard-store.ts';
import { generalLedger, latestDay, trialBalance } from '../ledger/trial-balance.ts';
import { openShards } from '../ledger/verification.ts';
import { readConfig } from './config.ts';
import { outputOf } from './terminal/output.ts';

type Flags = { readonly date?: string; readonly merchant: string };

type Row = Readonly<Record<string, string | number>>;

const REPORTS: Readonly<Record<string, (stores: readonly ShardStore[], flags: Flags) => Row[]>> = {
  'trial-balance': (stores, { merchant, date = latestDay(stores) }) =>
    trialBalance(stores, merchant, date).map(({ currency, subject, opening, debit, credit, closing }) => ({
      date,
      currency,
      subject,
      name: SUBJECTS[subject].name,
      opening: String(opening),
      debit: String(debit),
      credit: String(credit),
      closing: String(closing),
    })),
  'general-ledger': (stores, { merchant, date }) =>
    generalLedger(stores, merchant, { from: date ?? '', to: date ?? '9999-12-31' }, null).map(
      ({ date: day, currency, subject, debit, credit }) => ({
        date: day,
        currency,
        subject,
        name: SUBJECTS[subject].name,
        debit: String(debit),
        credit: String(credit),
      }),
    ),
};

export function registerExport(program: Command): void {
  const command = program
    .command('export')
    .description('print a report of the books as CSV, amounts in minor units')
    .argument('<report>', Object.keys(REPORTS).join(' or '))
    .addOption(new Option('--date <date>', 'accounting date, YYYY-MM-DD (default: the latest; all for the ledger)'))
    .option('--merchant <name>', 'one merchant (default: all)', '');
  addConfigFlags(command);
  command.action(async (name: string, flags: Flags, self: Command) => {
    const loaded = readConfig(self);
    const { out, err } = outputOf(self);
    const report = REPORTS[name];
    const stores = loaded ? openShards(join(loaded.config.data, 'books')) : null;
    if (report && stores) out(csvOf(report(stores, flags)).trimEnd());
    else err(`florin export: ${report ? 'there are no books in this folder' : `there is no report ${name}`}`);
    if (!report || !stores) process.exitCode = 1;
    for (const store of stores ?? []) await store.close();
  });
}
