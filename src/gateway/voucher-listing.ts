// Voucher listing. A voucher by its id, and the vouchers of an order. A voucher's id is the place of its fact in the
// journal, and the templates make it again from the fact as they did when it was booked.

import type { Dated } from '../../actors/commands.ts';
import { SUBJECTS } from '../domain/books/subjects.ts';
import { voucherOfPosted } from '../domain/books/posted-voucher.ts';
import { voucherOfFact } from '../domain/books/transfer-voucher.ts';
import { voucherOfTransit } from '../domain/books/transit-voucher.ts';
import { readVoucherId, type Voucher } from '../domain/books/voucher.ts';
import type { Context } from '../domain/context.ts';
import { FACT_KIND, isTransfer, type DirectFact, type Fact, type IndirectFact } from '../domain/facts.ts';
import { isId, type FactPosition } from '../domain/ids.ts';
import { movedLegs } from '../domain/legs.ts';
import type { VoucherPosted } from '../domain/order-facts.ts';
import type { Books } from '../../workers/books.ts';
import { bookedPlaces } from './booked-places.ts';
import { answerFromBooks } from './books-reading.ts';
import type { Caller } from './callers.ts';
import { answerProblem, type Exchange } from './exchange.ts';
import type { Gateway } from './gateway.ts';
import { contextOf, permitted } from './listing.ts';
import type { Refused } from './problem.ts';
import { invalid, isRefused, readPage, readQuery, type Query } from './query.ts';
import { timeText } from './time-text.ts';

/** What has a voucher. */
type BookedFact = DirectFact | IndirectFact | VoucherPosted;
type Booked = Dated<BookedFact>;

const ID_INVALID: Refused = { code: 'id_invalid', param: 'id' };

export function getVoucher(gateway: Gateway, exchange: Exchange): void {
  const { id = '' } = exchange;
  const query = readQuery(exchange.request.query, []);
  const caller = permitted(gateway, exchange, isId(id) ? query : ID_INVALID, 'ledger:read');
  if (!caller) return;
  const moved = factOf(gateway, caller, id);
  if (!moved) return answerProblem(exchange, { code: 'voucher_not_found' });
  answerFromBooks(gateway, exchange, moved.seq, undefined, async ({ books, completeTo }) => ({
    ...(await voucherResource(gateway, books, moved)),
    complete_to: completeTo,
  }));
}

/** `order`: any id under which something is booked (booked-places.ts). The oldest first. */
export function listVouchers(gateway: Gateway, exchange: Exchange): void {
  const query = readQuery(exchange.request.query, ['order', 'limit', 'starting_after', 'ending_before']);
  const asked = isRefused(query) ? query : readAsked(query);
  const caller = permitted(gateway, exchange, asked, 'ledger:read');
  if (!caller || isRefused(asked)) return;
  const context = contextOf(exchange, caller);
  answerVouchers(gateway, exchange, context, asked).catch((error: unknown) => {
    gateway.log.request('books_failed', context, { error });
    answerProblem(exchange, { code: 'books_unavailable' });
  });
}

async function answerVouchers(gateway: Gateway, exchange: Exchange, context: Context, asked: Asked): Promise<void> {
  const places = await bookedPlaces(gateway, exchange, context, asked.order);
  if (isRefused(places)) return answerProblem(exchange, places);
  const { page, hasMore } = pageOf(places, asked);
  answerFromBooks(gateway, exchange, places.at(-1)?.seq ?? 0, undefined, async ({ books, completeTo }) => {
    const booked = page.map((place) => bookedAt(gateway, place));
    const data = await Promise.all(booked.map((moved) => voucherResource(gateway, books, moved)));
    return { data, has_more: hasMore, complete_to: completeTo };
  });
}

type Asked = {
  readonly order: string;
  readonly limit: number;
  readonly after: FactPosition | null;
  readonly before: FactPosition | null;
};

function readAsked(query: Query): Asked | Refused {
  const order = query.get('order');
  if (order === undefined || !isId(order))
    return invalid('order', 'order is the id of a transfer, of an order or of a sum.');
  const page = readPage(query);
  if (isRefused(page)) return page;
  const [after, before] = [readVoucherId(page.after), readVoucherId(page.before)];
  if (page.after !== '' && !after) return invalid('starting_after', 'starting_after is not the id of a voucher.');
  if (page.before !== '' && !before) return invalid('ending_before', 'ending_before is not the id of a voucher.');
  return { order, limit: page.limit, after, before };
}

/** The page next to the voucher that is named, in the order of the journal either way. */
function pageOf(
  places: readonly FactPosition[],
  { limit, after, before }: Asked,
): { page: FactPosition[]; hasMore: boolean } {
  const within = places.filter(
    (place) => (!after || isBefore(after, place)) && (!before || isBefore(place, before)), //
  );
  return { page: before ? within.slice(-limit) : within.slice(0, limit), hasMore: within.length > limit };
}

function isBefore(one: FactPosition, other: FactPosition): boolean {
  return one.seq < other.seq || (one.seq === other.seq && one.index < other.index);
}

/** @throws Error when nothing was booked there */
function bookedAt({ engine }: Gateway, { seq, index }: FactPosition): Booked {
  const frame = engine.frame(seq);
  const fact = frame?.facts[index];
  if (!frame || !fact || !isBooked(fact)) throw new Error(`nothing was booked at ${seq}.${index}`);
  return { fact, timeMs: frame.timeMs, seq, index };
}

/** The fact behind a voucher's id; null when there is none of this merchant. */
function factOf({ engine }: Gateway, { merchant }: Caller, id: string): Booked | null {
  const place = readVoucherId(id);
  const frame = place ? engine.frame(place.seq) : null;
  const fact = place && frame ? frame.facts[place.index] : undefined;
  if (
    !place ||
    !frame ||
    !fact ||
    !isBooked(fact) ||
    fact.context.merchant !== merchant ||
    frame.timeMs !== place.timeMs
  )
    return null;
  return { fact, timeMs: frame.timeMs, seq: place.seq, index: place.index };
}

function isBooked(fact: Fact): fact is BookedFact {
  const { kind } = fact;
  const isIndirect = kind === FACT_KIND.creditsApplied || kind === FACT_KIND.subAccountGathered;
  return isTransfer(fact) || isIndirect || kind === FACT_KIND.voucherPosted;
}

async function voucherResource(gateway: Gateway, books: Books, booked: Booked): Promise<object> {
  const { fact, seq, index, timeMs } = booked;
  const { merchant } = fact.context;
  const accounts = accountsOf(fact);
  // A day that begins in the middle of a frame is not that of what stands before it.
  const { date, kinds } = await books.ask('voucherData', { seq: seq - 1, merchant, accounts });
  const day = dayStatedBefore(gateway, seq, index) ?? date;
  if (day === '' || kinds.includes('')) throw new Error(`the books lack what frame ${seq} is about`);
  return shown(voucherFrom(gateway, booked, day, kinds), timeMs);
}

function accountsOf(fact: BookedFact): readonly string[] {
  if (fact.kind === FACT_KIND.voucherPosted) return fact.lines.map(({ account }) => account);
  const { from, to } = movedLegs(fact);
  return [from.account, to.account];
}

/** `kinds`: of its accounts, in the order of `accountsOf`. */
function voucherFrom({ engine }: Gateway, booked: Booked, day: string, kinds: readonly string[]): Voucher {
  const { fact, seq, index, timeMs } = booked;
  const [from = '', to = ''] = kinds;
  switch (fact.kind) {
    case FACT_KIND.transferMoved:
    case FACT_KIND.transferReversed:
      return voucherOfFact(fact, { seq, index }, timeMs, day, { debit: from, credit: to });
    case FACT_KIND.transferRouted:
    case FACT_KIND.creditsApplied:
    case FACT_KIND.subAccountGathered:
      return voucherOfTransit(fact, { seq, index }, timeMs, day, { from, to });
    case FACT_KIND.voucherPosted: {
      const accounts = accountsOf(fact);
      const reversedMs = fact.reverses ? (engine.frame(fact.reverses.seq)?.timeMs ?? 0) : 0;
      const kindOf = (account: string): string => kinds[accounts.indexOf(account)] ?? '';
      return voucherOfPosted({ fact, reversedMs }, { seq, index }, timeMs, day, kindOf);
    }
  }
}

/** The date of the last day that the same frame opened before the fact; null when it opened none. */
function dayStatedBefore({ engine }: Gateway, seq: number, index: number): string | null {
  const facts = engine.frame(seq)?.facts ?? [];
  for (let before = index - 1; before >= 0; before--) {
    const fact = facts[before];
    if (fact?.kind === FACT_KIND.dayOpened) return fact.date;
  }
  return null;
}

function shown(voucher: Voucher, timeMs: number): object {
  const { id, event, order, segment, key, accountingDate, currency, legs, reverses } = voucher;
  return {
    id,
    event,
    order,
    segment,
    key,
    accounting_date: accountingDate,
    created_at: timeText(timeMs),
    currency,
    legs: legs.map(({ account, subject, side, amount }) => ({
      account,
      subject,
      name: SUBJECTS[subject].name,
      side,
      amount,
    })),
    reverses,
  };
}
