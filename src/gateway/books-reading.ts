// Books reading. What every request that reads the books has in common: it waits until the books have what was
// acknowledged before it came, reads, and says how far what it read goes.

import type { Books } from '../../workers/books.ts';
import { answerJson, answerProblem, type Exchange } from './exchange.ts';
import type { Gateway } from './gateway.ts';

export type BooksReading = {
  readonly books: Books;
  /** The journal frame up to which the answer is complete. */
  readonly completeTo: () => number;
};

/** Whose entries are read; the whole books' without. */
type Of = { readonly merchant: string; readonly account: string };

/** Answers with what `read` gives, as JSON, or as CSV where it is a text. `seq`: the frame that must be in it. */
export function answerFromBooks(
  { books }: Gateway,
  exchange: Exchange,
  seq: number,
  of: Of | undefined,
  read: (reading: BooksReading) => Promise<object | string>,
): void {
  if (!books) return answerProblem(exchange, { code: 'books_unavailable', detail: 'The books are switched off.' });
  const position = (): number => (of ? books.positionOf(of.merchant, of.account) : books.position);
  answer(books, exchange, seq, of, position, read).catch(() => answerProblem(exchange, { code: 'books_unavailable' }));
}

async function answer(
  books: Books,
  exchange: Exchange,
  seq: number,
  of: Of | undefined,
  position: () => number,
  read: (reading: BooksReading) => Promise<object | string>,
): Promise<void> {
  await books.reach(seq, of);
  // Taken before the reading: what is read has at least this.
  const completeTo = position();
  const body = await read({ books, completeTo: () => completeTo });
  if (typeof body !== 'string') return answerJson(exchange, 200, body);
  const headers: [string, string][] = [
    ['Content-Type', 'text/csv; charset=utf-8'],
    ['X-Request-Id', exchange.requestId],
    ['X-Complete-To', String(completeTo)],
  ];
  exchange.answer({ status: 200, headers, body });
}
