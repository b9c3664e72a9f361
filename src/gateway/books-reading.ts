// Books reading. What every request that reads the books has in common: it waits until the books have what was
// acknowledged before it came, reads, and says how far what it read goes.
//
// R1. What is answered has everything that was acknowledged before the request. Where the books trail too far for that,
// or have stopped, the answer is 503: a statement that lacks a payment would be believed.

import type { Books } from '../../workers/books.ts';
import { answerJson, answerProblem, faultContext, type Exchange } from './exchange.ts';
import type { Gateway } from './gateway.ts';
import type { Refused } from './problem.ts';
import { isRefused } from './query.ts';

export type BooksReading = {
  readonly books: Books;
  /** The journal frame up to which the answer is complete. */
  readonly completeTo: number;
};

/** What is answered: a table, or anything else as JSON. */
export type Csv = {
  readonly csv: string;
  readonly hasMore: boolean;
  /** What JSON says beside the rows. */
  readonly headers?: readonly (readonly [name: string, value: string])[];
};

/** Or why it is not answered after all. */
export type ReadBooks = (reading: BooksReading) => Promise<Csv | object | Refused>;

/** Whose entries are read; the whole books' without. */
type Of = { readonly merchant: string; readonly account: string };

const OFF: Refused = { code: 'books_unavailable', detail: 'The books are switched off on this server.' };
const UNREADABLE: Refused = { code: 'books_unavailable' };

/** Answers with what `read` gives. `seq`: the frame that must be in it. */
export function answerFromBooks(
  gateway: Gateway,
  exchange: Exchange,
  seq: number,
  of: Of | undefined,
  read: ReadBooks,
): void {
  const { books, log } = gateway;
  if (!books) return answerProblem(exchange, OFF);
  answer(gateway, books, exchange, seq, of, read).catch((error: unknown) => {
    log.request('books_failed', faultContext(exchange), { error });
    answerProblem(exchange, UNREADABLE);
  });
}

async function answer(
  { nonCore }: Gateway,
  books: Books,
  exchange: Exchange,
  seq: number,
  of: Of | undefined,
  read: ReadBooks,
): Promise<void> {
  await books.reach(seq, of);
  // Taken before the reading: what is read has at least this.
  const completeTo = of ? books.positionOf(of.merchant, of.account) : books.position;
  if (completeTo < seq) return answerProblem(exchange, trailing(completeTo, seq));
  const body = await read({ books, completeTo });
  await nonCore.pacer.run(() => {
    if (isRefused(body)) answerProblem(exchange, body);
    else if (isCsv(body)) answerCsv(exchange, body, completeTo);
    else answerJson(exchange, 200, body);
  });
}

function answerCsv(exchange: Exchange, { csv, hasMore, headers: more = [] }: Csv, completeTo: number): void {
  const headers: (readonly [string, string])[] = [
    ['Content-Type', 'text/csv; charset=utf-8; header=present'],
    ['X-Request-Id', exchange.requestId],
    ['X-Complete-To', String(completeTo)],
    ['X-Has-More', String(hasMore)],
    ...more,
  ];
  exchange.answer({ status: 200, headers, body: csv });
}

function isCsv(body: Csv | object): body is Csv {
  return 'csv' in body;
}

function trailing(booked: number, wanted: number): Refused {
  const detail = `The books are at frame ${booked} of the journal; what was asked for is in frame ${wanted}.`;
  return { code: 'books_unavailable', detail };
}
