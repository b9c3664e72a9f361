// Day listing. The accounting days that were opened, the newest first: which is open, which are closed, and where in the
// journal each begins and ends.

import { dayState, type OpenedDay } from '../ledger/accounting-days.ts';
import type { Page } from '../../actors/commands.ts';
import { answerFromBooks } from './books-reading.ts';
import type { Exchange } from './exchange.ts';
import type { Gateway } from './gateway.ts';
import { permitted } from './listing.ts';
import type { Refused } from './problem.ts';
import { invalid, isDate, isRefused, readPage, readQuery, type Query } from './query.ts';
import { timeText } from './time-text.ts';

/** Days are named by their date. They are those of the server: every merchant has the same. */
export function listDays(gateway: Gateway, exchange: Exchange): void {
  const query = readQuery(exchange.request.query, ['limit', 'starting_after', 'ending_before']);
  const page = isRefused(query) ? query : readDays(query);
  const caller = permitted(gateway, exchange, page, 'ledger:read');
  if (!caller || isRefused(page)) return;
  answerFromBooks(gateway, exchange, gateway.engine.position, undefined, async ({ books, completeTo }) => {
    const days = await books.ask('accountingDays', null);
    const { shown, hasMore } = pageOf(days, page);
    return { data: shown.map((day) => dayResource(gateway, days, day)), has_more: hasMore, complete_to: completeTo };
  });
}

function readDays(query: Query): Page | Refused {
  const page = readPage(query);
  if (isRefused(page)) return page;
  if (page.after !== '' && !isDate(page.after)) return invalid('starting_after', 'A day is named by its date.');
  if (page.before !== '' && !isDate(page.before)) return invalid('ending_before', 'A day is named by its date.');
  return page;
}

/** The page next to the day that is named, the newest first either way. */
function pageOf(days: readonly OpenedDay[], { limit, after, before }: Page): { shown: OpenedDay[]; hasMore: boolean } {
  const within = days.filter(({ date }) => (after === '' || date < after) && date > before).toReversed();
  return { shown: before === '' ? within.slice(0, limit) : within.slice(-limit), hasMore: within.length > limit };
}

function dayResource(gateway: Gateway, days: readonly OpenedDay[], { date, seq }: OpenedDay): object {
  const { status, finalTo } = dayState(days, date);
  return {
    date,
    status,
    opened_at: timeOf(gateway, seq),
    opened_in: seq,
    closed_at: finalTo === null ? null : timeOf(gateway, finalTo),
    final_to: finalTo,
  };
}

function timeOf({ engine }: Gateway, seq: number): string {
  const frame = engine.frame(seq);
  if (!frame) throw new Error(`journal has no frame ${seq}`);
  return timeText(frame.timeMs);
}
