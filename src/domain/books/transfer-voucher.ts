// The voucher of a fact: what a step of a transfer looks like in double entry, made for whoever asks to see it. What the
// workers book of the same fact is MOVEMENTS; a test holds the two together.
//
// W1. Every fact of a transfer has exactly one voucher, found by the fact's place in the journal. W2. The voucher of a
// reversal is that of the step that it takes back, reversed; money that came out of a hold does not go back into it.

import type { Step } from '../accounts.ts';
import { FACT_KIND, type DirectFact, type TransferMoved } from '../facts.ts';
import type { FactPosition } from '../ids.ts';
import { HELD, subjectsOfKind } from './subjects.ts';
import { MOVEMENTS, voucherOf, type BookedEvent } from './templates.ts';
import { reversalOf, voucherId, type Voucher } from './voucher.ts';

/** What the merchant calls the two accounts (`Account.kind`). */
export type Kinds = { readonly debit: string; readonly credit: string };

/**
 * `position` and `timeMs` are the fact's in the journal, `accountingDate` (YYYY-MM-DD) the day that was open there. The
 * transfer is the order, its version says which of its steps this is.
 * @throws Error for a fact that no template takes: the engine has never stated one.
 */
export function voucherOfFact(
  fact: DirectFact,
  position: FactPosition,
  timeMs: number,
  accountingDate: string,
  kinds: Kinds,
): Voucher {
  if (fact.kind === FACT_KIND.transferMoved) return voucherOfStep(fact, position, timeMs, accountingDate, kinds);
  const { takesBack } = fact;
  const { step, version } = takesBack;
  const original = voucherOfStep({ ...fact, step, version }, takesBack, takesBack.timeMs, accountingDate, kinds);
  return pastHold(reversalOf(original, voucherId(timeMs, position), accountingDate), kinds.debit);
}

/** What of a fact its voucher is made of. */
type Moving = Pick<
  TransferMoved,
  'context' | 'step' | 'version' | 'transfer' | 'debit' | 'credit' | 'currency' | 'moved'
>;

function voucherOfStep(
  fact: Moving,
  position: FactPosition,
  timeMs: number,
  accountingDate: string,
  kinds: Kinds,
): Voucher {
  const voucher = voucherOf({ ...eventOf(fact, kinds), id: voucherId(timeMs, position), accountingDate });
  if (!('refused' in voucher)) return voucher;
  throw new Error(`fact ${position.index} of frame ${position.seq} has no voucher: ${voucher.refused}`);
}

/** What would go back to a hold goes on to what its owner can spend: no hold is there any more that could keep it. */
function pastHold(reversal: Voucher, payerKind: string): Voucher {
  const { available } = subjectsOfKind(payerKind);
  const legs = reversal.legs.map((leg) => (leg.subject === HELD ? { ...leg, subject: available } : leg));
  return { ...reversal, legs };
}

function eventOf(fact: Moving, kinds: Kinds): Omit<BookedEvent, 'id' | 'accountingDate'> {
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
