// Coupon. Pays from a budget of the platform: spent when the payment begins, given back when it fails.

import { houseAccount } from '../house-accounts.ts';
import type { VoucherDraft } from '../orders/voucher-draft.ts';
import type { Instrument, Leg } from './instrument.ts';
import { returned } from './returned.ts';

export const coupon: Instrument = {
  name: 'coupon',
  external: false,
  subject: 5002,
  source: ({ account, currency }) => (account === '' ? houseAccount('marketing', currency) : account),
  reserve: (leg) => [spent(leg, leg.instruction.amount, 1)],
  complete: () => [],
  undo: (leg, [reserved]) => {
    const { amount, captured } = leg.instruction;
    if (!reserved || captured === amount) return [];
    const back = { ...spent(leg, amount, 1), reverses: reserved };
    return captured === 0 ? [back] : [back, spent(leg, captured, 2)];
  },
  refund: (leg, refund) => [returned(leg, refund)],
};

/** `nth`: whole at first; again what stays of it when only a part was captured. */
function spent({ payment: { id, currency }, place, instruction }: Leg, total: number, nth: number): VoucherDraft {
  return {
    code: 'PY3',
    segment: 1,
    occurrence: nth * 100 + place,
    order: id,
    currency,
    parties: { marketing: instruction.account, payment_transit: houseAccount('payment_transit', currency) },
    shares: { total },
  };
}
