// The voucher of a fact about money on its way: a step of a transfer by way of transit, or a sum of gathered credits. Each
// step is a segment of one template that balances by itself.
//
// W1. Every such fact has exactly one voucher, found by the fact's place in the journal.

import type { TransitStep } from '../accounts.ts';
import { FACT_KIND, movedLegs, type CreditsApplied, type TransferRouted } from '../facts.ts';
import type { FactPosition } from '../ids.ts';
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
};

/**
 * `kinds`: of the accounts that give and take (`movedLegs`). `position` and `timeMs` are the fact's in the journal,
 * `accountingDate` (YYYY-MM-DD) the day that was open there. The order is the transfer, or the sum.
 * @throws Error for a fact that no template takes: the engine has never stated one.
 */
export function voucherOfTransit(
  fact: TransferRouted | CreditsApplied,
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
  fact: TransferRouted | CreditsApplied,
  kinds: { readonly from: string; readonly to: string },
): Omit<BookedEvent, 'id' | 'accountingDate'> {
  const { currency, step, amount: total } = fact;
  const { code, segment } = MOVEMENTS[step];
  const { from, to } = movedLegs(fact);
  const roles = ROLES[step];
  const gives: Party = { account: from.account, kind: kinds.from, currency };
  const takes: Party = { account: to.account, kind: kinds.to, currency };
  const isTransfer = fact.kind === FACT_KIND.transferRouted;
  return {
    event: code,
    occurrence: isTransfer ? fact.version : 1,
    order: isTransfer ? fact.transfer : fact.id,
    segment,
    currency,
    merchant: fact.context.merchant,
    parties: { [roles.from]: gives, [roles.to]: takes },
    // Out and back carry the fee as well, which is a transfer of its own here.
    shares: segment === 1 || segment === 3 ? { total, net: total, fee: 0 } : { total },
  };
}
