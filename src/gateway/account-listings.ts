// Account listings. The accounts of a merchant, the statement of one, and what it had at a time.

import { ListAccounts, ReadBalance, ReadEntries } from '../../actors/commands.ts';
import { legOf } from '../../actors/reading.ts';
import { isId } from '../domain/ids.ts';
import type { Exchange } from './exchange.ts';
import type { Gateway } from './gateway.ts';
import { answerList, contextOf, permitted } from './listing.ts';
import type { Refused } from './problem.ts';
import { invalid, isRefused, readPage, readQuery, readTime, type Query } from './query.ts';
import { accountResource, entryResource, timeText } from './resources.ts';

const ID_INVALID: Refused = { code: 'id_invalid', param: 'id' };

export function listAccounts(gateway: Gateway, exchange: Exchange): void {
  const query = readQuery(exchange.request.query, ['limit', 'starting_after', 'ending_before']);
  const page = isRefused(query) ? query : readPage(query);
  const caller = permitted(gateway, exchange, page, 'accounts:read');
  if (!caller || isRefused(page)) return;
  const bound = page.after === '' ? 'ending_before' : 'starting_after';
  const command = new ListAccounts(contextOf(exchange, caller), page, (done) =>
    answerList(exchange, done, () => ({ data: done.accounts.map(accountResource), has_more: done.hasMore }), bound),
  );
  exchange.session.submit(command);
}

export function listEntries(gateway: Gateway, exchange: Exchange): void {
  const { id, request, session } = exchange;
  const query = readQuery(request.query, ['limit', 'starting_after', 'ending_before']);
  const range = isRefused(query) ? query : readRange(query);
  const caller = permitted(gateway, exchange, isId(id) ? range : ID_INVALID, 'accounts:read');
  if (!caller || isRefused(range)) return;
  const command = new ReadEntries(contextOf(exchange, caller), id ?? '', range, (done) =>
    answerList(exchange, done, () => statement(done)),
  );
  session.submit(command);
}

/**
 * Newest first: the page's closing balance is its first entry's, the opening balance is what was before its last. Both
 * are what was available.
 */
function statement({ account, entries, hasMore, position, before }: ReadEntries): object {
  const [newest] = entries;
  const oldest = entries.at(-1);
  const data = entries.map(entryResource);
  // Nothing is older than an account's first entry, and it began with nothing.
  const ofEmptyPage = before > 0 ? 0 : (account?.available ?? 0);
  const opening = oldest ? legOf(oldest).available - (data.at(-1)?.change ?? 0) : ofEmptyPage;
  return {
    data,
    has_more: hasMore,
    account: account?.id,
    currency: account?.currency,
    opening_balance: opening,
    closing_balance: newest ? legOf(newest).available : opening,
    complete_to: position,
  };
}

function readRange(query: Query): { before: number; after: number; limit: number } | Refused {
  const page = readPage(query);
  if (isRefused(page)) return page;
  if (!isVersion(page.after)) return invalid('starting_after', 'An entry is named by its version.');
  if (!isVersion(page.before)) return invalid('ending_before', 'An entry is named by its version.');
  // Newest first: after an entry come the older ones.
  return { before: Number(page.after), after: Number(page.before), limit: page.limit };
}

/** Counts from 1; '' where no entry is named. */
function isVersion(text: string): boolean {
  return /^([1-9][0-9]{0,15})?$/.test(text);
}

/** `at` in the future is now: nobody knows more. */
export function readBalance(gateway: Gateway, exchange: Exchange): void {
  const { id, request, session } = exchange;
  const query = readQuery(request.query, ['at']);
  const asked = isRefused(query) ? query : readTime(query, 'at');
  const caller = permitted(gateway, exchange, isId(id) ? asked : ID_INVALID, 'accounts:read');
  if (!caller || isRefused(asked)) return;
  const atMs = Math.min(asked.timeMs, gateway.now());
  const command = new ReadBalance(contextOf(exchange, caller), id ?? '', atMs, (done) =>
    answerList(exchange, done, () => balanceOf(done)),
  );
  session.submit(command);
}

function balanceOf({ account, atMs }: ReadBalance): object {
  if (!account) throw new Error('a balance has no account');
  const { id, currency, available, held, pending, version } = account;
  return { account: id, currency, at: timeText(atMs), available, held, pending, version };
}
