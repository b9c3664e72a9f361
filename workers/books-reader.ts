// Books reader: a thread that answers questions about the books, so that no statement, however long, takes the engine's
// time or that of the threads that book.

import { constants, setPriority } from 'node:os';
import { join } from 'node:path';
import { workerData } from 'piscina';
import type { Balances } from '../src/domain/accounts.ts';
import type { Subject } from '../src/domain/books/subjects.ts';
import {
  closedThrough,
  dayState,
  openDay,
  openedDays,
  type DayState,
  type OpenedDay,
} from '../src/ledger/accounting-days.ts';
import { ShardStore, type Turnover } from '../src/ledger/shard-store.ts';
import { shardOf } from '../src/ledger/shards.ts';
import { SpreadLines, type Strand } from '../src/ledger/spread-lines.ts';
import { balancesAt, pageOf, readStatement, type Statement, type StatementQuery } from '../src/ledger/statement.ts';
import { generalLedger, imbalances, trialBalance, type TrialRow } from '../src/ledger/trial-balance.ts';
import { timed } from './work-time.ts';

export type BooksReaderData = { readonly folder: string; readonly shards: number };

/** An account's sub-accounts, and the last frame that may be read of any of them: one that all shards have. */
export type Spread = { readonly subAccounts: readonly string[]; readonly upTo: number };

/** What can be asked, and what the answer is. null: the books have no such account (yet). */
export type BooksQuestions = {
  /** `spread`: where the account has sub-accounts; the answer is then over all of them. */
  readonly statement: {
    readonly ask: StatementQuery & { readonly spread?: Spread };
    readonly answer: Statement | null;
  };
  readonly balances: {
    readonly ask: {
      readonly merchant: string;
      readonly account: string;
      readonly atMs: number;
      readonly spread?: Spread;
    };
    readonly answer: Balances | null;
  };
  /** Days that have been opened, oldest first. */
  readonly accountingDays: { readonly ask: null; readonly answer: readonly OpenedDay[] };
  /** `date` '': the day that is open. */
  readonly trialBalance: {
    readonly ask: { readonly merchant: string; readonly date: string };
    readonly answer: { readonly date: string; readonly rows: readonly TrialRow[]; readonly state: DayState };
  };
  readonly generalLedger: {
    readonly ask: {
      readonly merchant: string;
      readonly from: string;
      readonly to: string;
      readonly subject: Subject | null;
    };
    readonly answer: {
      readonly rows: readonly Turnover[];
      /** Of the last day of the period. */
      readonly state: DayState;
      /** The last day that is closed; null when none is. */
      readonly closedThrough: string | null;
    };
  };
  /** The accounting date of a journal frame, and the kinds of accounts; '' for what the books do not have (yet). */
  readonly voucherData: {
    readonly ask: { readonly seq: number; readonly merchant: string; readonly accounts: readonly string[] };
    readonly answer: { readonly date: string; readonly kinds: readonly string[] };
  };
  readonly imbalances: { readonly ask: null; readonly answer: ReadonlyMap<string, bigint> };
};

/** Closes the shards until the next question. */
export type LetGo = 'letGo';

export type Question = keyof BooksQuestions;

type Answers = { readonly [Q in Question]: (ask: BooksQuestions[Q]['ask']) => BooksQuestions[Q]['answer'] };

// Whoever pays goes first on a machine whose cores are all busy. Elsewhere than on Linux it would be the whole process.
if (process.platform === 'linux') setPriority(constants.priority.PRIORITY_LOW);

let opened: readonly ShardStore[] | null = null;

/** The thread's one entry. */
export default timed(run);

async function run<Q extends Question>(
  task: { question: Q; ask: BooksQuestions[Q]['ask'] } | LetGo,
): Promise<BooksQuestions[Q]['answer'] | null> {
  if (task === 'letGo') return letGo();
  opened ??= await open(workerData as BooksReaderData);
  for (const store of opened) store.refresh();
  return answersFrom(opened)[task.question](task.ask);
}

/** A store whose disk failed is of no use until everybody in the process has closed it. */
async function letGo(): Promise<null> {
  const stores = opened ?? [];
  opened = null;
  for (const store of stores) await store.close();
  return null;
}

async function open({ folder, shards }: BooksReaderData): Promise<ShardStore[]> {
  const stores: ShardStore[] = [];
  try {
    for (let shard = 0; shard < shards; shard++) stores.push(new ShardStore(join(folder, String(shard))));
    return stores;
  } catch (error) {
    for (const store of stores) await store.close();
    throw error;
  }
}

function answersFrom(stores: readonly ShardStore[]): Answers {
  const storeOf = (merchant: string, account: string): ShardStore =>
    stores[shardOf(merchant, account, stores.length)] as ShardStore;
  const spreadLines = (merchant: string, account: string, { subAccounts, upTo }: Spread): SpreadLines | null => {
    const strands = [account, ...subAccounts].flatMap((id): Strand[] => {
      const store = storeOf(merchant, id);
      const known = store.account(merchant, id);
      return known ? [{ store, no: known.no }] : [];
    });
    // The account was opened before its sub-accounts were.
    return strands.length === 0 ? null : new SpreadLines(strands, upTo);
  };
  return {
    statement: (ask) => {
      if (!ask.spread) return readStatement(storeOf(ask.merchant, ask.account), ask);
      const lines = spreadLines(ask.merchant, ask.account, ask.spread);
      return lines && pageOf(lines, ask);
    },
    balances: ({ merchant, account, atMs, spread }) => {
      if (spread) return spreadLines(merchant, account, spread)?.at(atMs) ?? null;
      const store = storeOf(merchant, account);
      const known = store.account(merchant, account);
      return known ? balancesAt(store, known.no, atMs) : null;
    },
    trialBalance: ({ merchant, date: asked }) => {
      const days = openedDays(stores);
      const date = asked === '' ? openDay(days) : asked;
      return { date, rows: trialBalance(stores, merchant, date), state: dayState(days, date) };
    },
    generalLedger: ({ merchant, from, to, subject }) => {
      const days = openedDays(stores);
      const rows = generalLedger(stores, merchant, { from, to }, subject);
      return { rows, state: dayState(days, to), closedThrough: closedThrough(days) };
    },
    accountingDays: () => openedDays(stores),
    voucherData: ({ seq, merchant, accounts }) => ({
      date: dayOf(stores, seq),
      kinds: accounts.map((account) => storeOf(merchant, account).account(merchant, account)?.kind ?? ''),
    }),
    imbalances: () => imbalances(stores),
  };
}

function dayOf(stores: readonly ShardStore[], seq: number): string {
  let found = '';
  for (const { date, seq: from } of stores[0]?.days() ?? []) if (from <= seq) found = date;
  return found;
}
