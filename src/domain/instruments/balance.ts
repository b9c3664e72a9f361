// Balance. Pays from an account of the payer: held when the payment begins, taken when it is complete.

import { houseAccount } from '../house-accounts.ts';
import type { VoucherDraft } from '../orders/voucher-draft.ts';
import type { Instrument, Leg } from './instrument.ts';
import { returned } from './returned.ts';

export const balance: Instrument = {
  name: 'balance',
  external: false,
  subject: 2001,
  source: ({ account, payer }) => (account === '' ? payer || null : account),
  reserve: (leg) => [held(leg, 'HD1', leg.instruction.amount, 1)],
  complete: (leg, amount, occurrence) => [held(leg, 'PY2', amount, occurrence)],
  undo: (leg) => {
    const left = leg.instruction.amount - leg.instruction.captured;
    return left === 0 ? [] : [held(leg, 'HD3', left, 1)];
  },
  refund: (leg, refund) => [returned(leg, refund)],
};

function held(
  { payment, place, instruction }: Leg,
  code: 'HD1' | 'PY2' | 'HD3',
  total: number,
  nth: number,
): VoucherDraft {
  const { currency } = payment;
  const account = instruction.account;
  return {
    code,
    segment: 1,
    // Places are below 100, so that captures of two legs never share a number.
    occurrence: nth * 100 + place,
    order: payment.id,
    currency,
    parties: { payer: account, user: account, payment_transit: houseAccount('payment_transit', currency) },
    shares: { total },
  };
}
