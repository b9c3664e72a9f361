// Listings. What only HTTP has: lists, the documented refusals, tickets.

import { ListAccounts, ReadEntries, type Command } from '../../actors/commands.ts';
import { legOf } from '../../actors/reading.ts';
import type { Context } from '../domain/context.ts';
import { eventId, isId, type FactPosition } from '../domain/ids.ts';
import { ALLOWED, refusalOf } from '../domain/refusals.ts';
import { TICKET_SECONDS, type Caller } from './callers.ts';
import { placeOf, readEvents, sourceOf } from './feed.ts';
import { authorise, type Gateway } from './gateway.ts';
import { answerJson, answerProblem, type Exchange } from './exchange.ts';
import { readJson } from './json-body.ts';
import type { Scope } from './keys.ts';
import { refusalList, type Refused } from './problem.ts';
import { invalid, isRefused, readLimit, readPage, readQuery, type Query } from './query.ts';
import { makeContext, traceIdOf } from './request-context.ts';
import { accountResource, entryResource } from './resources.ts';
import { readBody } from './shape.ts';

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

function listEvents(gateway: Gateway, exchange: Exchange): void {
  const query = readQuery(exchange.request.query, ['after', 'limit', 'type']);
  const read = isRefused(query) ? query : readEventsQuery(query, gateway.engine.position);
  const caller = permitted(gateway, exchange, read, 'payments:read');
  if (!caller || isRefused(read)) return;
  const { place, limit, type } = read;
  const source = sourceOf(gateway.engine);
  const wanted = { merchant: caller.merchant, topic: 'events', type };
  // One more than the page has tells whether there is another page.
  const { events, next, atEnd } = readEvents(source, wanted, place, limit + 1);
  const data = events.slice(0, limit);
  const last = events.length > limit ? data.at(-1) : undefined;
  answerJson(exchange, 200, { data, has_more: !atEnd, cursor: last?.id ?? eventId(gateway.now(), next) });
}

type EventsQuery = { readonly place: FactPosition; readonly limit: number; readonly type: string };

function readEventsQuery(query: Query, position: number): EventsQuery | Refused {
  const limit = readLimit(query);
  if (typeof limit !== 'number') return limit;
  const after = query.get('after') ?? '';
  const place = after === '' ? { seq: 0, index: 0 } : placeOf(after, position);
  if (!place) return invalid('after', 'after is not a cursor of this server.');
  return { place, limit, type: query.get('type') ?? '' };
}

function listRefusals(_gateway: Gateway, exchange: Exchange): void {
  answerJson(exchange, 200, refusalList());
}

function createTicket(gateway: Gateway, exchange: Exchange): void {
  const body = readJson(exchange, gateway.limits.bodyBytesMax);
  const shaped = body.ok ? readBody({}, body.body) : body;
  const caller = gateway.callers.fromHeader(exchange.request.header('authorization'));
  if (!shaped.ok) answerProblem(exchange, shaped.refused);
  else if (!caller) answerProblem(exchange, { code: 'unauthenticated' });
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
