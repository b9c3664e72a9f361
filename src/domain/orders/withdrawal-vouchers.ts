// Withdrawal vouchers. Money leaves the account at once, waits in transit, and is gone when the bank has it.

import { houseAccount } from '../house-accounts.ts';
import type { VoucherDraft } from './voucher-draft.ts';
import type { Withdrawal } from './withdrawal.ts';

export function withdrawn(withdrawal: Withdrawal): VoucherDraft {
  return draft(withdrawal, 'WD1', { total: withdrawal.amount });
}

export function paidOut(withdrawal: Withdrawal): VoucherDraft {
  const { amount, fee } = withdrawal;
  return draft(withdrawal, 'WD2', { total: amount, net: amount - fee, fee });
}

export function givenBack(withdrawal: Withdrawal): VoucherDraft {
  return draft(withdrawal, 'WD3', { total: withdrawal.amount });
}

/** The bank had it once: what comes now is a return. */
export function wasPaidOut({ vouchers }: Withdrawal): boolean {
  return vouchers.length > 1;
}

/** The bank sent it back days later. */
export function returned(withdrawal: Withdrawal): VoucherDraft {
  const { amount, fee } = withdrawal;
  return draft(withdrawal, 'WD4', { total: amount, net: amount - fee, fee });
}

function draft(
  { id, account, currency }: Withdrawal,
  code: 'WD1' | 'WD2' | 'WD3' | 'WD4',
  shares: VoucherDraft['shares'],
): VoucherDraft {
  return {
    code,
    segment: 1,
    occurrence: 1,
    order: id,
    currency,
    parties: {
      owner: account,
      withdrawal_transit: houseAccount('withdrawal_transit', currency),
      bank: houseAccount('bank', currency),
      fee: houseAccount('withdrawal_fee', currency),
    },
    shares,
  };
}
