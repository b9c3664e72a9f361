// Event listing. The events of a merchant after a cursor, a page at a time.

import { eventId, type FactPosition } from '../domain/ids.ts';
import { answerJson, answerProblem, faultContext, type Exchange } from './exchange.ts';
import { placeOf, readEvents, sourceOf, type EventPage, type Wanted } from './feed.ts';
import type { Gateway } from './gateway.ts';
import { permitted } from './listing.ts';
import type { Refused } from './problem.ts';
import { invalid, isRefused, readLimit, readQuery, type Query } from './query.ts';

/** Reads of the journal for one page: what is rare is looked for in several pages. */
const READS_MAX = 10;

export function listEvents(gateway: Gateway, exchange: Exchange): void {
  const query = readQuery(exchange.request.query, ['after', 'limit', 'type']);
  const read = isRefused(query) ? query : readEventsQuery(query, gateway.engine.position);
  const caller = permitted(gateway, exchange, read, 'payments:read');
  if (!caller || isRefused(read)) return;
  const { place, limit, type } = read;
  const wanted = { merchant: caller.merchant, topic: 'events', type };
  answerPage(gateway, exchange, wanted, place, limit).catch((error: unknown) => {
    gateway.log.request('request_failed', faultContext(exchange), { error, action: 'events.list' });
    answerProblem(exchange, { code: 'internal_error' });
  });
}

async function answerPage(
  gateway: Gateway,
  exchange: Exchange,
  wanted: Wanted,
  place: FactPosition,
  limit: number,
): Promise<void> {
  // One more than the page has tells whether there is another page.
  const { events, next, atEnd } = await readSlices(gateway, wanted, place, limit + 1);
  const data = events.slice(0, limit);
  const last = events.length > limit ? data.at(-1) : undefined;
  answerJson(exchange, 200, { data, has_more: !atEnd, cursor: last?.id ?? eventId(gateway.now(), next) });
}

/** Reads until the page is full, or has been looked for long enough; others have their turn between two reads. */
async function readSlices(gateway: Gateway, wanted: Wanted, after: FactPosition, limit: number): Promise<EventPage> {
  const source = sourceOf(gateway.engine);
  let page = readEvents(source, wanted, after, limit);
  for (let reads = 1; reads < READS_MAX && !page.atEnd && page.events.length < limit; reads++) {
    const { events, next } = page;
    const left = limit - events.length;
    // oxlint-disable-next-line no-await-in-loop -- one after the other is what it is for
    const more = await gateway.nonCore.pacer.run(() => readEvents(source, wanted, next, left));
    page = { ...more, events: [...events, ...more.events] };
  }
  return page;
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
