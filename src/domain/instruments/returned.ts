// Returned. How the money of a leg goes back to where it came from: the same for every instrument.

import { houseAccount } from '../house-accounts.ts';
import type { VoucherDraft } from '../orders/voucher-draft.ts';
import type { Leg, LegRefund } from './instrument.ts';

/** A part of a refund that has been carried out: out of the refund's transit, onto the account that the leg came from. */
export function returned(leg: Leg, { refund, occurrence, amount }: LegRefund): VoucherDraft {
  const { currency } = leg.payment;
  return {
    code: 'RF2',
    segment: 1,
    occurrence,
    order: refund,
    currency,
    parties: { refund_transit: houseAccount('refund_transit', currency), target: leg.instruction.account },
    shares: { total: amount },
  };
}
