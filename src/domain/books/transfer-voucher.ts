// The voucher of a fact: what a step of a transfer looks like in double entry, made for whoever asks to see it. What the
// workers book of the same fact is MOVEMENTS; a test holds the two together.
//
// W1. Every fact of a transfer has exactly one voucher, found by the fact's place in the journal.

import type { Step } from '../accounts.ts';
import type { TransferMoved } from '../facts.ts';
import type { FactPosition } from '../ids.ts';
import { MOVEMENTS, voucherOf, type BookedEvent } from './templates.ts';
import { voucherId, type Voucher } from './voucher.ts';

/** What the merchant calls the two accounts (`Account.kind`). */
export type Kinds = { readonly debit: string; readonly credit: string };

/**
 * `position` and `timeMs` are the fact's in the journal, `accountingDate` (YYYY-MM-DD) the day that was open there. The
 * transfer is the order, its version says which of its steps this is.
 * @throws Error for a fact that no template takes: the engine has never stated one.
 */
export function voucherOfFact(
  fact: TransferMoved,
  position: FactPosition,
  timeMs: number,
  accountingDate: string,
  kinds: Kinds,
): Voucher {
  const voucher = voucherOf({ ...eventOf(fact, kinds), id: voucherId(timeMs, position), accountingDate });
  if (!('refused' in voucher)) return voucher;
  throw new Error(`fact ${position.index} of frame ${position.seq} has no voucher: ${voucher.refused}`);
}

function eventOf(fact: TransferMoved, kinds: Kinds): Omit<BookedEvent, 'id' | 'accountingDate'> {
  const { currency } = fact;
  return {
    event: MOVEMENTS[fact.step].code,
    occurrence: fact.version,
    order: fact.transfer,
    segment: MOVEMENTS[fact.step].segment,
    currency,
    merchant: fact.context.merchant,
    parties: {
      payer: { account: fact.debit.account, kind: kinds.debit, currency },
      payee: { account: fact.credit.account, kind: kinds.credit, currency },
    },
    shares: sharesOf(fact.step, fact.moved),
  };
}

/** The engine moves one amount; a fee is a transfer of its own. */
function sharesOf(step: Step, moved: number): BookedEvent['shares'] {
  return step === 'posted' ? { total: moved, net: moved, fee: 0 } : { total: moved };
}
