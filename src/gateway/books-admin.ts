// Books administration: whether debits and credits are equal, over all merchants and days.
//
// A1. The thread that reads the books is asked at most every few seconds, however many pages look.

import { answerJson, answerProblem, type Exchange } from './exchange.ts';
import { authorise, type Gateway } from './gateway.ts';
import { timeText } from './time-text.ts';

export const BOOKS_PATH = '/admin/books';

/** How long an answer serves everybody who asks, ms: it walks over the turnovers of all days. */
const KEPT_MS = 5_000;

export type BooksResource = {
  /** Every difference is 0, and no thread has found a contradiction. */
  readonly balanced: boolean;
  /** By currency, minor units: debits less credits. */
  readonly differences: readonly { readonly currency: string; readonly difference: string }[];
  /** Threads that have found a contradiction and book no further. */
  readonly stopped: number;
  /** Frames of the journal that are in it, of those that were durable. */
  readonly complete_to: number;
  readonly position: number;
  readonly checked_at: string;
};

/** Answers `/admin/books`. */
export function booksAdmin(gateway: Gateway): (exchange: Exchange) => void {
  let kept: { readonly untilMs: number; readonly answer: Promise<BooksResource> } | null = null;
  const look = (): Promise<BooksResource> => {
    if (!kept || kept.untilMs < gateway.monotonic())
      kept = { untilMs: gateway.monotonic() + KEPT_MS, answer: readBooks(gateway) };
    return kept.answer;
  };
  return (exchange) => {
    const caller = authorise(gateway, exchange.caller, 'ops');
    if ('code' in caller) return answerProblem(exchange, caller);
    if (exchange.request.method !== 'GET')
      return answerProblem(exchange, { code: 'method_not_allowed' }, [['Allow', 'GET']]);
    look().then(
      (books) => answerJson(exchange, 200, books),
      () => answerProblem(exchange, { code: 'books_unavailable' }),
    );
  };
}

/** @throws when the books are off or their reader does not answer */
async function readBooks({ books, engine, now }: Gateway): Promise<BooksResource> {
  if (!books) throw new Error('the books are off');
  const { position } = books;
  const differences = [...(await books.ask('imbalances', null))].map(([currency, difference]) => ({
    currency,
    difference: String(difference),
  }));
  const stopped = books.lanes.filter((lane) => lane.stopped).length;
  const balanced = stopped === 0 && differences.every(({ difference }) => difference === '0');
  // prettier-ignore
  return { balanced, differences, stopped, complete_to: position, position: engine.position, checked_at: timeText(now()) };
}
