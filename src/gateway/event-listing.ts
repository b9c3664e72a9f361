// Event listing. The events of a merchant after a cursor, a page at a time.

import { eventId, type FactPosition } from '../domain/ids.ts';
import { answerJson, type Exchange } from './exchange.ts';
import { placeOf, readEvents, sourceOf } from './feed.ts';
import type { Gateway } from './gateway.ts';
import { permitted } from './listing.ts';
import type { Refused } from './problem.ts';
import { invalid, isRefused, readLimit, readQuery, type Query } from './query.ts';

export function listEvents(gateway: Gateway, exchange: Exchange): void {
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
