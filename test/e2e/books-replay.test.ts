// A real bank's transactions through the real server, into the books: the statements meet the balances that the bank
// itself recorded wherever the order within a day, which is not in its data, allows to compare them.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ShardStore } from '../../src/ledger/shard-store.ts';
import { SHARDS, shardOf } from '../../src/ledger/shards.ts';
import { readStatement, type StatementQuery } from '../../src/ledger/statement.ts';
import type { BookedEntry } from '../../src/ledger/entry-block.ts';
import { contentsOf } from '../ledger/support/shard-contents.ts';
import { florin, PROJECT, startFlorin } from './support/program.ts';
import { newSite, startServer } from './support/server.ts';

const FOLDER = `${PROJECT}../shared/data/bank-replay/`;
const isThere = existsSync(FOLDER);
/** Accounts whose whole history meets the bank's own last balance. */
const EXACT_ACCOUNTS = 276;
/** Of their days, those that end with a balance that the bank recorded. */
const DAYS_MET = 5_521;
/** And those that miss one by this at most: the bank rounds interest to 0.10 CZK, in its balances not as in its amounts. */
const DAYS_ROUNDED = 1_304;
const ROUNDING = 20;
const REPLAY_MS_MAX = 120_000;

if (!isThere) console.warn(`Skipped, as ${FOLDER} is not there: the books of a bank's transactions.`);

type Row = Readonly<Record<string, string>>;

function rowsOf(file: string): Row[] {
  const [head = '', ...lines] = readFileSync(`${FOLDER}${file}`, 'utf8').trimEnd().split(/\r?\n/);
  const names = head.split(',');
  return lines.map((line) => {
    const values = line.split(',');
    return Object.fromEntries(names.map((name, at) => [name, values[at] ?? '']));
  });
}

const QUERY: Omit<StatementQuery, 'merchant' | 'account' | 'after'> = {
  before: 0,
  limit: 100,
  newestFirst: false,
  type: '',
  places: null,
  fromMs: 0,
  toMs: Infinity,
};

/** The whole statement of an account, page by page, oldest first; each page begins with what the one before ends with. */
function statementOf(store: ShardStore, merchant: string, account: string): BookedEntry[] {
  const entries: BookedEntry[] = [];
  for (let balance = 0; ;) {
    const page = readStatement(store, { ...QUERY, merchant, account, after: entries.at(-1)?.version ?? 0 });
    if (!page) throw new Error(`no account ${account}`);
    expect([account, page.opening]).toEqual([account, balance]);
    entries.push(...page.entries);
    balance = page.closing;
    if (!page.hasMore) return entries;
  }
}

/** For each day: by how much its last balance in the statement misses the nearest that the bank recorded on that day. */
function missesOf(entries: readonly BookedEntry[], rows: ReadonlyMap<string, Row>): number[] {
  const last = new Map<string, number>();
  const recorded = new Map<string, number[]>();
  for (const { transfer, after } of entries) {
    const row = rows.get(transfer);
    if (!row) throw new Error(`the bank has no ${transfer}`);
    const date = row['date'] ?? '';
    last.set(date, after.available);
    recorded.set(date, [...(recorded.get(date) ?? []), Number(row['balance_after_minor'])]);
  }
  return [...last].map(([date, balance]) =>
    Math.min(...(recorded.get(date) ?? []).map((other) => Math.abs(other - balance))),
  );
}

describe.skipIf(!isThere)(
  'the books of a bank (skipped where the shared data is not)',
  { timeout: REPLAY_MS_MAX },
  () => {
    test('statements meet the balances that the bank recorded; one worker and two book the same', async () => {
      const site = await newSite();
      const server = await startServer(site, { flags: ['--books-workers', '2'] });
      const file = `${FOLDER}transactions.csv`;
      const { code, err } = await startFlorin('replay', file, '--url', `http://127.0.0.1:${site.port}`, '--json').ran;
      expect([code, err]).toEqual([0, '']);
      expect(await server.stop()).toEqual({ code: 0, signal: null });

      const books = join(site.data, 'books');
      const byTwo = await contentsOf(books, SHARDS);
      const stores = Array.from({ length: SHARDS }, (_, shard) => new ShardStore(join(books, String(shard))));
      const [known] = [...(stores[0]?.accounts() ?? [])];
      const merchant = known?.merchant ?? '';
      const rows = new Map(rowsOf('transactions.csv').map((row) => [`bank:${row['trans_id']}`, row]));
      const exact = rowsOf('expected-balances.csv').filter((row) => row['exact'] === 'exact');
      expect(exact.length).toBe(EXACT_ACCOUNTS);
      let entries = 0;
      const misses: number[] = [];
      for (const { account_id: id = '', transactions, signed_sum_minor: sum } of exact) {
        const account = `cust:${id}`;
        const store = stores[shardOf(merchant, account, SHARDS)];
        if (!store) throw new Error('no such shard');
        const statement = statementOf(store, merchant, account);
        expect([account, statement.length, statement.at(-1)?.after.available]).toEqual([
          account,
          Number(transactions),
          Number(sum),
        ]);
        misses.push(...missesOf(statement, rows));
        entries += statement.length;
      }
      for (const store of stores) await store.close();
      const met = misses.filter((miss) => miss === 0).length;
      const rounded = misses.filter((miss) => miss > 0 && miss <= ROUNDING).length;
      console.info(
        `${exact.length} accounts, ${entries} entries, ${misses.length} days: ${met} met, ${rounded} rounded`,
      );
      expect([met, rounded, misses.length]).toEqual([DAYS_MET, DAYS_ROUNDED, DAYS_MET + DAYS_ROUNDED]);

      const rebuilt = await florin('rebuild', '--data', site.data, '--books-workers', '1', '--json');
      expect([rebuilt.code, rebuilt.err]).toEqual([0, '']);
      expect(await contentsOf(books, SHARDS)).toEqual(byTwo);
      expect((await florin('verify', '--data', site.data)).code).toBe(0);
    });
  },
);
