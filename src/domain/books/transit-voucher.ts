// The voucher of a fact about an account that only the engine uses: a step of a transfer by way of transit, a sum of gathered
// credits, a payment to a sub-account, or what comes from there. Each step is a segment of one template that balances by itself.
//
// W1. Every such fact has exactly one voucher, found by the fact's place in the journal.

import type { TransitStep } from '../accounts.ts';
import { FACT_KIND, type IndirectFact } from '../facts.ts';
import type { FactPosition } from '../ids.ts';
import { movedLegs } from '../legs.ts';
import type { Role } from './template-table.ts';
import { MOVEMENTS, voucherOf, type BookedEvent, type Party } from './templates.ts';
import { voucherId, type Voucher } from './voucher.ts';

/** Who gives and who takes in a step. */
const ROLES: Readonly<Record<TransitStep, { readonly from: Role; readonly to: Role }>> = {
  buffered: { from: 'payer', to: 'transfer_transit' },
  sent: { from: 'payer', to: 'transfer_transit' },
  applied: { from: 'transfer_transit', to: 'payee' },
  delivered: { from: 'transfer_transit', to: 'payee' },
  returned: { from: 'transfer_transit', to: 'payer' },
  parked: { from: 'transfer_transit', to: 'suspense' },
  spread: { from: 'payer', to: 'payee' },
  gathered: { from: 'sub_account', to: 'payee' },
};

/**
 * `kinds`: of the accounts that give and take (`movedLegs`). `position` and `timeMs` are the fact's in the journal,
 * `accountingDate` (YYYY-MM-DD) the day that was open there. The order is the transfer, the sum, or
 * the sub-account that gave, whose version tells its times apart.
 * @throws Error for a fact that no template takes: the engine has never stated one.
 */
export function voucherOfTransit(
  fact: IndirectFact,
  position: FactPosition,
  timeMs: number,
  accountingDate: string,
  kinds: { readonly from: string; readonly to: string },
): Voucher {
  const voucher = voucherOf({ ...eventOf(fact, kinds), id: voucherId(timeMs, position), accountingDate });
  if (!('refused' in voucher)) return voucher;
  throw new Error(`fact ${position.index} of frame ${position.seq} has no voucher: ${voucher.refused}`);
}

function eventOf(
  fact: IndirectFact,
  kinds: { readonly from: string; readonly to: string },
): Omit<BookedEvent, 'id' | 'accountingDate'> {
  const { currency, step, amount: total } = fact;
  const { code, segment } = MOVEMENTS[step];
  const { from, to } = movedLegs(fact);
  const roles = ROLES[step];
  const gives: Party = { account: from.account, kind: kinds.from, currency };
  const takes: Party = { account: to.account, kind: kinds.to, currency };
  return {
    event: code,
    ...orderOf(fact),
    segment,
    currency,
    merchant: fact.context.merchant,
    parties: { [roles.from]: gives, [roles.to]: takes },
    shares: hasFee(step) ? { total, net: total, fee: 0 } : { total },
  };
}

function orderOf(fact: IndirectFact): Pick<BookedEvent, 'occurrence' | 'order'> {
  switch (fact.kind) {
    case FACT_KIND.transferRouted:
      return { occurrence: fact.version, order: fact.transfer };
    case FACT_KIND.creditsApplied:
      return { occurrence: 1, order: fact.id };
    case FACT_KIND.subAccountGathered:
      return { occurrence: fact.via.version, order: fact.via.account };
  }
}

/** What leaves the payer, or goes back to it, carries the fee as well, which is a transfer of its own here. */
function hasFee(step: TransitStep): boolean {
  return step === 'buffered' || step === 'sent' || step === 'spread' || step === 'returned';
}
