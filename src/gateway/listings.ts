// Listings. What only HTTP has: lists, the documented refusals, tickets.

import { ListAccounts, ReadEntries, type Command } from '../../actors/commands.ts';
import { legOf } from '../../actors/reading.ts';
import type { Context } from '../domain/context.ts';
import { eventId, isId } from '../domain/ids.ts';
import { ALLOWED, refusalOf } from '../domain/refusals.ts';
import { TICKET_SECONDS, type Caller } from './callers.ts';
import { latestCursor, placeOf, readEvents, sourceOf } from './feed.ts';
import { authorise, type Gateway } from './gateway.ts';
import { answerJson, answerProblem, type Exchange } from './exchange.ts';
import type { Scope } from './keys.ts';
import { refusalList, type Refused } from './problem.ts';
import { invalid, isRefused, readLimit, readPage, readQuery, type Query } from './query.ts';
import { makeContext, traceIdOf } from './request-context.ts';
import { accountResource, entryResource } from './resources.ts';

type Listing = (gateway: Gateway, exchange: Exchange) => void;

export const listings = {
  'accounts.list': listAccounts,
  'accounts.entries': listEntries,
  'events.list': listEvents,
  'refusals.list': listRefusals,
  'tickets.create': createTicket,
} satisfies Record<string, Listing>;

function listAccounts(gateway: Gateway, exchange: Exchange): void {
  const query = readQuery(exchange.request.query, ['limit', 'starting_after', 'ending_before']);
  const page = isRefused(query) ? query : readPage(query);
  const caller = permitted(gateway, exchange, page, 'accounts:read');
  if (!caller || isRefused(page)) return;
  const command = new ListAccounts(contextOf(exchange, caller), page, (done) =>
    answerList(exchange, done, () => ({ data: done.accounts.map(accountResource), has_more: done.hasMore })),
  );
  exchange.session.submit(command);
}

function listEntries(gateway: Gateway, exchange: Exchange): void {
  const query = readQuery(exchange.request.query, ['limit', 'starting_after', 'ending_before']);
  const range = isRefused(query) ? query : readRange(query);
  const shaped = isId(exchange.id) ? range : ({ code: 'id_invalid', param: 'id' } as const);
  const caller = permitted(gateway, exchange, shaped, 'accounts:read');
  if (!caller || isRefused(range)) return;
  const command = new ReadEntries(contextOf(exchange, caller), exchange.id ?? '', range, (done) =>
    answerList(exchange, done, () => statement(done)),
  );
  exchange.session.submit(command);
}

/** Newest first: the page's closing balance is its first entry's, the opening balance is what was before its last. */
function statement({ account, entries, hasMore, position }: ReadEntries): object {
  const [newest] = entries;
  const oldest = entries.at(-1);
  const data = entries.map(entryResource);
  const opening = oldest ? legOf(oldest).available - (data.at(-1)?.change ?? 0) : (account?.available ?? 0);
  return {
    data,
    has_more: hasMore,
    account: account?.id,
    currency: account?.currency,
    opening_available: opening,
    closing_available: newest ? legOf(newest).available : opening,
    complete_to: position,
  };
}

function readRange(query: Query): { before: number; after: number; limit: number } | Refused {
  const page = readPage(query);
  if (isRefused(page)) return page;
  for (const bound of [page.after, page.before]) {
    if (bound !== '' && !/^[1-9][0-9]{0,15}$/.test(bound))
      return invalid('starting_after', 'An entry is named by its version.');
  }
  // Newest first: after an entry come the older ones.
  return { before: Number(page.after), after: Number(page.before), limit: page.limit };
}

function listEvents(gateway: Gateway, exchange: Exchange): void {
  const query = readQuery(exchange.request.query, ['after', 'limit', 'type']);
  const limit = isRefused(query) ? query : readLimit(query);
  const after = isRefused(query) ? '' : (query.get('after') ?? '');
  const place = after === '' ? { seq: 0, index: 0 } : placeOf(after);
  const shaped = place === null ? invalid('after', 'after is not a cursor.') : limit;
  const caller = permitted(gateway, exchange, shaped, 'payments:read');
  if (!caller || isRefused(limit) || isRefused(query) || place === null) return;
  const wanted = { merchant: caller.merchant, topic: 'events', type: query.get('type') ?? '' };
  const { events, next, atEnd } = readEvents(sourceOf(gateway.engine), wanted, place, limit);
  const cursor =
    events.at(-1)?.id ??
    (next.seq === 0 ? latestCursor(sourceOf(gateway.engine), gateway.now()) : eventId(gateway.now(), next));
  answerJson(exchange, 200, { data: events, has_more: !atEnd, cursor });
}

function listRefusals(_gateway: Gateway, exchange: Exchange): void {
  answerJson(exchange, 200, refusalList());
}

function createTicket(gateway: Gateway, exchange: Exchange): void {
  const caller = gateway.callers.fromHeader(exchange.request.header('authorization'));
  if (!caller) answerProblem(exchange, { code: 'unauthenticated' });
  else answerJson(exchange, 201, { ticket: gateway.callers.issueTicket(caller), expires_in: TICKET_SECONDS });
}

/** The caller when the request's shape is right and it may; otherwise the request has been answered. */
function permitted(
  gateway: Gateway,
  exchange: Exchange,
  shaped: object | number | Refused,
  scope: Scope,
): Caller | null {
  const caller = isRefused(shaped)
    ? shaped
    : authorise(gateway.callers.fromHeader(exchange.request.header('authorization')), scope);
  if (!('code' in caller)) return caller;
  gateway.metrics.refused(caller.code);
  answerProblem(exchange, caller);
  return null;
}

function contextOf({ request, requestId }: Exchange, { merchant }: Caller): Context {
  return makeContext(merchant, 'http', requestId, traceIdOf(request.header('traceparent')));
}

function answerList(exchange: Exchange, command: Command, body: () => object): void {
  if (command.verdict === ALLOWED) answerJson(exchange, 200, body());
  else answerProblem(exchange, { code: refusalOf(command.verdict) });
}
