// Trade vouchers. What is booked when a payment is complete, when its money reaches the payees, and when it goes back.

import { houseAccount, pendingAccount } from '../house-accounts.ts';
import type { Payment } from './payment.ts';
import { spread } from './spread.ts';
import type { Settlement } from './trade-amounts.ts';
import type { Payee, Trade } from './trade.ts';
import type { VoucherDraft } from './voucher-draft.ts';

/** PY4: what `payment` brings has come in; it is the payees' (instant) or the escrow's. `amount`: minor units. */
export function completion(trade: Trade, payment: string, amount: number): readonly VoucherDraft[] {
  const { currency } = trade;
  const transit = houseAccount('payment_transit', currency);
  const receivers =
    trade.type === 'escrow' ? [{ account: houseAccount('escrow', currency), amount }] : pendings(trade, amount);
  return receivers.map((receiver, place) => ({
    code: 'PY4',
    segment: 1,
    occurrence: place + 1,
    order: payment,
    currency,
    parties: { payment_transit: transit, receiver: receiver.account },
    shares: { total: receiver.amount },
  }));
}

/** RC1: a top-up goes from the channel to the account at once; it has no transit. */
export function toppedUp({ currency, payees: [payee] }: Trade, payment: Payment, channel: string): VoucherDraft {
  if (!payee) throw new Error('a top-up is for one account');
  return {
    code: 'RC1',
    segment: 1,
    occurrence: 1,
    order: payment.id,
    currency,
    parties: { channel, user: payee.account },
    shares: { total: payment.amount },
  };
}

/** GC1: the buyer has confirmed; each payee's part is pending. `nth`: which confirmation of the trade, from 1. */
export function confirmation({ id, currency }: Trade, parts: readonly Settlement[], nth: number): VoucherDraft {
  return {
    code: 'GC1',
    segment: 1,
    occurrence: nth,
    order: id,
    currency,
    parties: { escrow: houseAccount('escrow', currency) },
    shares: { total: parts.reduce((sum, { net, fee }) => sum + net + fee, 0) },
    parts: parts.map(({ payee, net, fee }) => ({ account: pendingAccount(payee), amount: net + fee })),
  };
}

/** ST1 for each payee: what is pending is theirs to spend, less the fee. `nth`: which settlement of the trade, from 1. */
export function settlement(
  { id, currency }: Trade,
  parts: readonly Settlement[],
  nth: number,
): readonly VoucherDraft[] {
  return parts.map(({ payee, net, fee }, place) => ({
    code: 'ST1',
    segment: 1,
    occurrence: nth * 100 + place,
    order: id,
    currency,
    parties: { pending: pendingAccount(payee), merchant: payee, fee: houseAccount('fee', currency) },
    shares: { total: net + fee, net, fee },
  }));
}

/** Spread as a settlement spreads it, so that what is pending is what is settled. */
function pendings({ payees }: Trade, amount: number): readonly Payee[] {
  const parts = spread(
    amount,
    payees.map((payee) => payee.amount),
  );
  return payees
    .map(({ account }, place) => ({ account: pendingAccount(account), amount: parts[place] ?? 0 }))
    .filter((part) => part.amount > 0);
}
