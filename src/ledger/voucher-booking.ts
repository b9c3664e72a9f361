// Voucher booking. A voucher of an order in the books: one entry a line, in the shard of its account.
//
// V1. It is judged by its template first, as far as its accounts are in shards of this worker; whoever keeps the others
// judges those. V2. What it does to an account is the step of its line, booked as that of a transfer is.

import { refuseVoucher } from '../domain/books/posted-voucher.ts';
import type { TemplateCode } from '../domain/books/template-table.ts';
import type { VoucherLine, VoucherPosted } from '../domain/order-facts.ts';
import { EFFECTS } from '../domain/posting-lines.ts';
import type { Booking } from './booking.ts';
import { ENTRY_TYPES, type EntryType } from './entry-block.ts';

/** What an account's statement calls the event; one that only transfers have is a post. */
const TYPES: Readonly<Record<TemplateCode, EntryType>> = {
  RC1: 'topped_up',
  RC2: 'cleared',
  PY1: 'paid',
  PY2: 'paid',
  PY3: 'paid',
  PY4: 'paid',
  GC1: 'confirmed',
  ST1: 'settled',
  RF1: 'refunded',
  RF2: 'refunded',
  RF3: 'refunded',
  RF4: 'refunded',
  RF5: 'refunded',
  WD1: 'withdrawn',
  WD2: 'withdrawn',
  WD3: 'withdrawal_returned',
  WD4: 'withdrawal_returned',
  WD5: 'withdrawal_returned',
  TR1: 'posted',
  TR2: 'posted',
  SA1: 'posted',
  HD1: 'held',
  HD2: 'captured',
  HD3: 'voided',
  RE1: 'adjusted',
  RE2: 'adjusted',
};

/** @throws LedgerContradiction for a voucher that is not what its template books, or that does not follow */
export function bookVoucher(booking: Booking, fact: VoucherPosted): void {
  const { merchant } = fact.context;
  const { code, order, currency, lines } = fact;
  const known = lines.map(({ account }) => booking.find(merchant, account));
  const refused = refuseVoucher(fact, (account) => booking.find(merchant, account)?.account.kind);
  if (refused) throw booking.contradiction(`voucher ${code} of ${order} is not what its template books: ${refused}`);
  const shard = known[0]?.shard;
  const sameShard = known.every((one) => one?.shard === shard);
  const { posting } = booking;
  posting.transfer = order;
  lines.forEach((line, place) => {
    const own = known[place];
    if (!own) return;
    const { step, side } = EFFECTS[line.action];
    posting.type = ENTRY_TYPES.indexOf(typeOf(fact, line));
    posting.amount = line.amount;
    booking.side(own, step, currency, side, line, counterparty(lines, line), sameShard);
  });
}

/** What is kept back or promised is called as in a transfer, for so it is applied. */
function typeOf({ code, reverses }: VoucherPosted, { action }: VoucherLine): EntryType {
  const { step } = EFFECTS[action];
  if (step !== 'posted') return step as EntryType;
  return reverses ? 'undone' : TYPES[code];
}

/** The first account on the other side: of several payees one, whose voucher names all. */
function counterparty(lines: readonly VoucherLine[], { action }: VoucherLine): string {
  const { side } = EFFECTS[action];
  return lines.find((other) => EFFECTS[other.action].side !== side)?.account ?? '';
}
