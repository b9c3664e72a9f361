// Voucher listing. A voucher by its id, and the vouchers of an order. A voucher's id is the place of its fact in the
// journal, and the templates make it again from the fact as they did when it was booked.

import { ReadTransfer, type Dated } from '../../actors/commands.ts';
import { SUBJECTS } from '../domain/books/subjects.ts';
import { voucherOfFact } from '../domain/books/transfer-voucher.ts';
import { readVoucherId, type Voucher } from '../domain/books/voucher.ts';
import { FACT_KIND, type Fact, type TransferMoved } from '../domain/facts.ts';
import { isId } from '../domain/ids.ts';
import { ALLOWED, refusalOf } from '../domain/refusals.ts';
import type { Books } from '../../workers/books.ts';
import { answerFromBooks } from './books-reading.ts';
import type { Caller } from './callers.ts';
import { answerProblem, type Exchange } from './exchange.ts';
import type { Gateway } from './gateway.ts';
import { contextOf, permitted } from './listing.ts';
import { invalid, isRefused, readQuery } from './query.ts';
import { timeText } from './resources.ts';

type Moved = Dated<TransferMoved>;

export function getVoucher(gateway: Gateway, exchange: Exchange): void {
  const query = readQuery(exchange.request.query, []);
  const caller = permitted(gateway, exchange, query, 'ledger:read');
  if (!caller) return;
  const moved = factOf(gateway, caller, exchange.id ?? '');
  if (!moved) return answerProblem(exchange, { code: 'voucher_not_found' });
  answerFromBooks(gateway, exchange, moved.seq, undefined, async ({ books, completeTo }) => ({
    ...(await voucherResource(books, moved)),
    complete_to: completeTo(),
  }));
}

/** `order`: a transfer, or a capture or void by its own id. The oldest first. */
export function listVouchers(gateway: Gateway, exchange: Exchange): void {
  const query = readQuery(exchange.request.query, ['order']);
  const order = isRefused(query) ? '' : (query.get('order') ?? '');
  const shaped = isRefused(query) || isId(order) ? query : invalid('order', 'order is the id of a transfer.');
  const caller = permitted(gateway, exchange, shaped, 'ledger:read');
  if (!caller) return;
  const command = new ReadTransfer(contextOf(exchange, caller), order, ({ verdict, transfer }) => {
    if (verdict !== ALLOWED || !transfer) return answerProblem(exchange, { code: refusalOf(verdict) });
    const steps = transfer.fact.transfer === order ? stepsTo(gateway, transfer) : [transfer];
    answerFromBooks(gateway, exchange, transfer.seq, undefined, async ({ books, completeTo }) => ({
      data: await Promise.all(steps.map((moved) => voucherResource(books, moved))),
      has_more: false,
      complete_to: completeTo(),
    }));
  });
  exchange.session.submit(command);
}

/** The fact behind a voucher's id; null when there is none of this merchant. */
function factOf({ engine }: Gateway, { merchant }: Caller, id: string): Moved | null {
  const place = readVoucherId(id);
  const frame = place ? engine.frame(place.seq) : null;
  const fact = place && frame ? frame.facts[place.index] : undefined;
  if (!place || !frame || !fact || !isMovedOf(fact, merchant) || frame.timeMs !== place.timeMs) return null;
  return { fact, timeMs: frame.timeMs, seq: place.seq, index: place.index };
}

function isMovedOf(fact: Fact, merchant: string): fact is TransferMoved {
  return fact.kind === FACT_KIND.transferMoved && fact.context.merchant === merchant;
}

/** All steps of a transfer up to its latest one: each names the frame of the one before it. */
function stepsTo({ engine }: Gateway, latest: Moved): Moved[] {
  const steps = [latest];
  for (let step = latest; step.fact.version > 1;) {
    const { previousSeq, transfer, version, context } = step.fact;
    const frame = engine.frame(previousSeq);
    const index = frame?.facts.findIndex(
      (fact) => isMovedOf(fact, context.merchant) && fact.transfer === transfer && fact.version === version - 1,
    );
    if (!frame || index === undefined || index < 0)
      throw new Error(`transfer ${transfer} has lost version ${version - 1}`);
    step = { fact: frame.facts[index] as TransferMoved, timeMs: frame.timeMs, seq: frame.seq, index };
    steps.unshift(step);
  }
  return steps;
}

async function voucherResource(books: Books, { fact, seq, index, timeMs }: Moved): Promise<object> {
  const { merchant } = fact.context;
  const accounts = [fact.debit.account, fact.credit.account];
  const { date, kinds } = await books.ask('voucherData', { seq, merchant, accounts });
  const [debit = '', credit = ''] = kinds;
  return shown(voucherOfFact(fact, { seq, index }, timeMs, date, { debit, credit }), timeMs);
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
