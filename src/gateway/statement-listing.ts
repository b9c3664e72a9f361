// Statement listing. The entries of an account and what it had at a time, read from the books.

import { ReadAccount } from '../../actors/commands.ts';
import type { Account } from '../domain/accounts.ts';
import { isId } from '../domain/ids.ts';
import { ALLOWED, refusalOf } from '../domain/refusals.ts';
import { ENTRY_TYPES, movesMoney, type EntryType } from '../ledger/entry-block.ts';
import type { Statement, StatementQuery } from '../ledger/statement.ts';
import { answerFromBooks, type BooksReading } from './books-reading.ts';
import { csvOf } from '../csv.ts';
import { answerProblem, type Exchange } from './exchange.ts';
import type { Gateway } from './gateway.ts';
import { contextOf, permitted } from './listing.ts';
import type { Refused } from './problem.ts';
import { invalid, isRefused, readChoice, readPage, readQuery, readTime, type Query } from './query.ts';
import { entryResource, timeText, type EntryResource } from './resources.ts';

const ID_INVALID: Refused = { code: 'id_invalid', param: 'id' };

const PARAMETERS = ['limit', 'starting_after', 'ending_before', 'order', 'type', 'transfer', 'from', 'to', 'format'];

/** Rows of a CSV page: people export more at once than programs page. */
const CSV_LIMIT_MAX = 10_000;

const MONEY_TYPES: readonly EntryType[] = ENTRY_TYPES.filter(movesMoney);

type Range = Omit<StatementQuery, 'merchant' | 'account'> & { readonly csv: boolean };

export function listEntries(gateway: Gateway, exchange: Exchange): void {
  const query = readQuery(exchange.request.query, PARAMETERS);
  const range = isRefused(query) ? query : readRange(query);
  if (isRefused(range)) return void permitted(gateway, exchange, range, 'accounts:read');
  withAccount(gateway, exchange, async (account, { books, completeTo }) => {
    const { merchant, id } = account;
    const statement = await books.ask('statement', { merchant, account: id, ...range });
    const shown = statement ?? { entries: [], hasMore: false, opening: 0, closing: 0 };
    return range.csv ? csvOf(shown.entries.map(entryResource)) : statementOf(account, shown, completeTo());
  });
}

/** `at` in the future is now: nobody knows more. */
export function readBalance(gateway: Gateway, exchange: Exchange): void {
  const query = readQuery(exchange.request.query, ['at']);
  const asked = isRefused(query) ? query : readTime(query, 'at');
  if (isRefused(asked)) return void permitted(gateway, exchange, asked, 'accounts:read');
  const atMs = Math.min(asked.timeMs, gateway.now());
  withAccount(gateway, exchange, async ({ merchant, id, currency }, { books, completeTo }) => {
    const balances = await books.ask('balances', { merchant, account: id, atMs });
    const { available, held, pending, version } = balances ?? { available: 0, held: 0, pending: 0, version: 0 };
    return { account: id, currency, at: timeText(atMs), available, held, pending, version, complete_to: completeTo() };
  });
}

type Read = (account: Account, reading: BooksReading) => Promise<object | string>;

/** Reads about an account that there is, once the books have everything about it that was acknowledged. */
function withAccount(gateway: Gateway, exchange: Exchange, read: Read): void {
  const { id = '', session } = exchange;
  const caller = permitted(gateway, exchange, isId(id) ? {} : ID_INVALID, 'accounts:read');
  if (!caller) return;
  const { merchant } = caller;
  const command = new ReadAccount(contextOf(exchange, caller), id, ({ verdict, account }) => {
    if (verdict !== ALLOWED || !account) answerProblem(exchange, { code: refusalOf(verdict) });
    else
      answerFromBooks(gateway, exchange, account.lastSeq, { merchant, account: id }, (books) => read(account, books));
  });
  session.submit(command);
}

function statementOf(account: Account, statement: Statement, completeTo: number): object {
  return {
    data: statement.entries.map(entryResource) satisfies EntryResource[],
    has_more: statement.hasMore,
    account: account.id,
    currency: account.currency,
    opening_balance: statement.opening,
    closing_balance: statement.closing,
    complete_to: completeTo,
  };
}

function readRange(query: Query): Range | Refused {
  const format = readChoice(query, 'format', ['json', 'csv']);
  if (isRefused(format)) return format;
  const csv = format === 'csv';
  const page = readPage(query, csv ? CSV_LIMIT_MAX : undefined);
  if (isRefused(page)) return page;
  if (!isVersion(page.after)) return invalid('starting_after', 'An entry is named by its version.');
  if (!isVersion(page.before)) return invalid('ending_before', 'An entry is named by its version.');
  const order = readChoice(query, 'order', ['newest', 'oldest']);
  const type = readChoice(query, 'type', ['', ...MONEY_TYPES]);
  const from = readTime(query, 'from', -Infinity);
  const to = readTime(query, 'to');
  const wrong = [order, type, from, to].find(isRefused);
  if (wrong) return wrong;
  const transfer = query.get('transfer') ?? '';
  if (transfer !== '' && !isId(transfer)) return invalid('transfer', 'transfer is not an id.');
  const newestFirst = order === 'newest';
  // Bounds are versions. In the newest-first order what comes after an entry is older.
  const [before, after] = newestFirst ? [page.after, page.before] : [page.before, page.after];
  return {
    before: Number(before),
    after: Number(after),
    limit: page.limit,
    newestFirst,
    type: type as EntryType | '',
    transfer,
    fromMs: (from as { timeMs: number }).timeMs,
    toMs: (to as { timeMs: number }).timeMs,
    csv,
  };
}

/** Counts from 1; '' where no entry is named. */
function isVersion(text: string): boolean {
  return /^([1-9][0-9]{0,15})?$/.test(text);
}
