// Statement listing. The entries of an account and what it had at a time, read from the books.

import { ReadAccount } from '../../actors/commands.ts';
import type { Account } from '../domain/accounts.ts';
import type { Context } from '../domain/context.ts';
import { isId } from '../domain/ids.ts';
import { ALLOWED, refusalOf } from '../domain/refusals.ts';
import { ENTRY_TYPES, movesMoney, type EntryType } from '../ledger/entry-block.ts';
import type { Statement, StatementQuery } from '../ledger/statement.ts';
import type { Books } from '../../workers/books.ts';
import type { Spread } from '../../workers/books-reader.ts';
import { bookedPlaces, isNotFound } from './booked-places.ts';
import { answerFromBooks, type BooksReading, type Csv } from './books-reading.ts';
import { csvOf } from '../csv.ts';
import { answerProblem, type Exchange } from './exchange.ts';
import type { Gateway } from './gateway.ts';
import { contextOf, permitted } from './listing.ts';
import type { Refused } from './problem.ts';
import {
  backwards,
  invalid,
  isRefused,
  readChoice,
  readPage,
  readQuery,
  readTime,
  readWord,
  type Query,
} from './query.ts';
import { entryResource, type EntryResource } from './entry-resource.ts';
import { timeText } from './time-text.ts';

const ID_INVALID: Refused = { code: 'id_invalid', param: 'id' };

const PARAMETERS = ['limit', 'starting_after', 'ending_before', 'order', 'type', 'transfer', 'from', 'to', 'format'];

/** Of an entry, in the order in which CSV has them. */
const COLUMNS = ['id', 'version', 'at', 'type', 'side', 'transfer', 'counterparty', 'amount', 'change', 'available', 'voucher'] as const satisfies readonly (keyof EntryResource)[]; // prettier-ignore

/** Rows of a CSV page: people export more at once than programs page. */
const CSV_LIMIT_MAX = 10_000;

/** Entries of an export that are written at once: about three milliseconds of the engine's thread. */
const CSV_PIECE = 500;

const MONEY_TYPES: readonly EntryType[] = ENTRY_TYPES.filter(movesMoney);

type Range = Omit<StatementQuery, 'merchant' | 'account' | 'places'> & {
  /** Of which transfer or order; '' for all. */
  readonly transfer: string;
  readonly csv: boolean;
};

export function listEntries(gateway: Gateway, exchange: Exchange): void {
  const query = readQuery(exchange.request.query, PARAMETERS);
  const range = isRefused(query) ? query : readRange(query);
  withAccount(
    gateway,
    exchange,
    range,
    async (account, { csv, transfer, ...asked }, { books, completeTo }, context) => {
      const { merchant, id } = account;
      const found = transfer === '' ? null : await bookedPlaces(gateway, exchange, context, transfer);
      if (isRefused(found) && !isNotFound(found)) return found;
      // What is not there has no entries.
      const places = isRefused(found) ? [] : (found?.filter(({ seq }) => seq <= completeTo) ?? null);
      const query = { merchant, account: id, places, ...asked, ...spreadOf(account, completeTo) };
      const ask = async (piece: StatementQuery): Promise<Statement> =>
        booked(await books.ask('statement', piece), account);
      return csv ? exportEntries(gateway, query, ask) : statementOf(account, await ask(query), completeTo);
    },
  );
}

/** In pieces, so that a long export takes the engine's thread for a short time only, again and again. */
async function exportEntries(
  { nonCore: { pacer } }: Gateway,
  query: StatementQuery,
  ask: (piece: StatementQuery) => Promise<Statement>,
): Promise<Csv> {
  const { newestFirst, limit } = query;
  // What is read backwards from a bound is found from there, and comes as a whole.
  const isWhole = newestFirst ? query.after > 0 : query.before > 0;
  const pieces: string[] = [];
  for (let piece = query, left = limit; ;) {
    // oxlint-disable no-await-in-loop -- one piece after the other is what it is for
    const { entries, hasMore } = await ask({ ...piece, limit: isWhole ? limit : Math.min(left, CSV_PIECE) });
    pieces.push(await pacer.run(() => csvOf(COLUMNS, entries.map(entryResource), pieces.length === 0)));
    // oxlint-enable no-await-in-loop
    left -= entries.length;
    const last = entries.at(-1);
    if (isWhole || !hasMore || !last || left <= 0) return { csv: pieces.join(''), hasMore };
    piece = { ...query, [newestFirst ? 'before' : 'after']: last.after.version };
  }
}

/** `at` in the future is now: nobody knows more. */
export function readBalance(gateway: Gateway, exchange: Exchange): void {
  const query = readQuery(exchange.request.query, ['at']);
  const time = isRefused(query) ? query : readTime(query, 'at');
  withAccount(gateway, exchange, time, async (account, { timeMs }, { books, completeTo }) => {
    const { merchant, id, currency } = account;
    const nowMs = gateway.now();
    // Frames are never dated back, so after a step of the clock the latest of them can be later than now.
    const atMs = timeMs < nowMs ? timeMs : Infinity;
    const ask = { merchant, account: id, atMs, ...spreadOf(account, completeTo) };
    const balances = booked(await books.ask('balances', ask), account);
    const { available, held, version } = balances;
    const pending = balances.pending + (await onTheWayAt(account, atMs, books));
    const at = timeText(Math.min(timeMs, nowMs));
    return { account: id, currency, at, available, held, pending, version, complete_to: completeTo };
  });
}

/** What the books need to know of an account that has, or had, sub-accounts. */
function spreadOf({ crediting }: Account, upTo: number): { readonly spread?: Spread } {
  const subAccounts = crediting?.subAccounts ?? [];
  return subAccounts.length === 0 ? {} : { spread: { subAccounts, upTo } };
}

/** What was on its way to the account at that time. */
async function onTheWayAt({ merchant, crediting }: Account, atMs: number, books: Books): Promise<number> {
  if (!crediting) return 0;
  const ways = [crediting.buffer, crediting.transit];
  const found = await Promise.all(ways.map((account) => books.ask('balances', { merchant, account, atMs })));
  return found.reduce((sum, balances) => sum + (balances?.available ?? 0), 0);
}

type Read<Asked> = (
  account: Account,
  asked: Asked,
  reading: BooksReading,
  context: Context,
) => Promise<Csv | object | Refused>;

/** Reads about an account that there is, once the books have everything about it that was acknowledged. */
function withAccount<Asked extends object>(
  gateway: Gateway,
  exchange: Exchange,
  asked: Asked | Refused,
  read: Read<Asked>,
): void {
  const { id = '', session } = exchange;
  const caller = permitted(gateway, exchange, isId(id) ? asked : ID_INVALID, 'accounts:read');
  if (!caller || isRefused(asked)) return;
  const { merchant } = caller;
  const context = contextOf(exchange, caller);
  const command = new ReadAccount(context, id, ({ verdict, account, position }) => {
    if (verdict !== ALLOWED || !account) return answerProblem(exchange, { code: refusalOf(verdict) });
    // What is on its way to an account is in other shards, and newer than its own latest entry.
    const [seq, of] = account.crediting ? [position, undefined] : [account.lastSeq, { merchant, account: id }];
    answerFromBooks(gateway, exchange, seq, of, (books) => read(account, asked, books, context));
  });
  session.submit(command);
}

/** @throws Error when the books lack an account although they have the frame that opened it */
function booked<Found>(found: Found | null, { id }: Account): Found {
  if (found === null) throw new Error(`the books have no account ${id}`);
  return found;
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
  const type = readWord(query, 'type', isMoneyType, `one of ${MONEY_TYPES.join(', ')}`);
  const transfer = readWord(query, 'transfer', isId, 'an id');
  const from = readTime(query, 'from', -Infinity);
  const to = readTime(query, 'to');
  if (isRefused(order)) return order;
  if (isRefused(type)) return type;
  if (isRefused(transfer)) return transfer;
  if (isRefused(from)) return from;
  if (isRefused(to)) return to;
  const newestFirst = order === 'newest';
  // Bounds are versions. In the newest-first order what comes after an entry is older.
  const [before, after] = newestFirst ? [page.after, page.before] : [page.before, page.after];
  const range = {
    before: Number(before),
    after: Number(after),
    limit: page.limit,
    newestFirst,
    type: type as EntryType | '',
    transfer,
    fromMs: from.timeMs,
    toMs: to.timeMs,
    csv,
  };
  return backwards(range.fromMs, range.toMs) ?? range;
}

function isMoneyType(text: string): boolean {
  return MONEY_TYPES.some((type) => type === text);
}

/** Counts from 1; '' where no entry is named. */
function isVersion(text: string): boolean {
  return /^([1-9][0-9]{0,15})?$/.test(text);
}
