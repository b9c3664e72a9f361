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

/** Where what comes home is booked: on the account, or in suspense, because that is closed. The template's segments. */
export const HOME = { account: 1, suspense: 2 } as const;

export type Home = keyof typeof HOME;

export function givenBack(withdrawal: Withdrawal, home: Home): VoucherDraft {
  return draft(withdrawal, 'WD3', { total: withdrawal.amount }, HOME[home]);
}

/** The bank had it once: what comes now is a return. */
export function wasPaidOut({ vouchers }: Withdrawal): boolean {
  return vouchers.length > 1;
}

/** The bank sent it back days later. */
export function returned(withdrawal: Withdrawal, home: Home): VoucherDraft {
  const { amount, fee } = withdrawal;
  return draft(withdrawal, 'WD4', { total: amount, net: amount - fee, fee }, HOME[home]);
}

/** WD5: what waits in suspense because its account is closed goes to another one. `amount`: minor units, all of it. */
export function broughtHome({ id, currency }: Withdrawal, target: string, amount: number): VoucherDraft {
  return {
    code: 'WD5',
    segment: 1,
    occurrence: 1,
    order: id,
    currency,
    parties: { suspense: houseAccount('suspense', currency), target },
    shares: { total: amount },
  };
}

function draft(
  { id, account, currency }: Withdrawal,
  code: 'WD1' | 'WD2' | 'WD3' | 'WD4',
  shares: VoucherDraft['shares'],
  segment = 1,
): VoucherDraft {
  return {
    code,
    segment,
    occurrence: 1,
    order: id,
    currency,
    parties: {
      owner: account,
      withdrawal_transit: houseAccount('withdrawal_transit', currency),
      suspense: houseAccount('suspense', currency),
      bank: houseAccount('bank', currency),
      fee: houseAccount('withdrawal_fee', currency),
    },
    shares,
  };
}
