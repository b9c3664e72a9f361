// Coupon. Pays from a budget of the platform: spent when the payment begins, given back when it fails.

import { houseAccount } from '../house-accounts.ts';
import type { VoucherDraft } from '../orders/voucher-draft.ts';
import type { Instrument, Leg } from './instrument.ts';
import { returned } from './returned.ts';

export const coupon: Instrument = {
  name: 'coupon',
  external: false,
  source: ({ account, currency }) => (account === '' ? houseAccount('marketing', currency) : account),
  reserve: (leg) => [spent(leg)],
  complete: () => [],
  undo: (leg, [reserved]) => (reserved ? [{ ...spent(leg), reverses: reserved }] : []),
  refund: (leg, refund) => [returned(leg, refund)],
};

function spent({ payment: { id, currency }, place, instruction }: Leg): VoucherDraft {
  return {
    code: 'PY3',
    segment: 1,
    occurrence: 100 + place,
    order: id,
    currency,
    parties: { marketing: instruction.account, payment_transit: houseAccount('payment_transit', currency) },
    shares: { total: instruction.amount },
  };
}
