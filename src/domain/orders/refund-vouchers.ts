// Refund vouchers. What is booked when a refund is accepted, when it does not succeed, and when money goes back that came
// twice, too late, or not as agreed.

import { channelAccount, houseAccount } from '../house-accounts.ts';
import type { FactPosition } from '../ids.ts';
import type { Refund } from './refund.ts';
import type { VoucherDraft } from './voucher-draft.ts';

/**
 * RF1 for each account that gives the money: it waits in the refund's transit. Before that RF3 for each payee that has the
 * fee of it again, so that what a sale has brought is enough to refund it.
 */
export function accepted(refund: Refund): readonly VoucherDraft[] {
  const { id, currency, sources } = refund;
  const given = sources.map(({ account, amount }, place): VoucherDraft => ({
    code: 'RF1',
    segment: 1,
    occurrence: place + 1,
    order: id,
    currency,
    parties: { origin: account, refund_transit: houseAccount('refund_transit', currency) },
    shares: { total: amount },
  }));
  return [...feesBack(refund), ...given];
}

function feesBack({ id, currency, fees = [] }: Refund): readonly VoucherDraft[] {
  return fees.map(({ account, amount }, place) => ({
    code: 'RF3',
    segment: 1,
    occurrence: place + 1,
    order: id,
    currency,
    parties: { fee: houseAccount('fee', currency), merchant: account },
    shares: { total: amount },
  }));
}

/**
 * The refund came to nothing: what `accepted` booked is taken back, the last of it first, so that the payees have their
 * money again before the fee is taken of it. `vouchers`: the refund's.
 */
export function acceptedBack(refund: Refund, vouchers: readonly FactPosition[]): readonly VoucherDraft[] {
  return accepted(refund)
    .map((draft, place) => ({ ...draft, ...reversing(vouchers[place]) }))
    .toReversed();
}

/** RF4, first step: a success that nobody may have leaves its own transit. */
export function setAside({ id, currency, amount }: Refund): VoucherDraft {
  return {
    code: 'RF4',
    segment: 1,
    occurrence: 1,
    order: id,
    currency,
    parties: {
      payment_transit: houseAccount('payment_transit', currency),
      refund_transit: houseAccount('refund_transit', currency),
    },
    shares: { total: amount },
  };
}

/** RF4, second step: the channel has it again. */
export function setAsideReturned({ id, currency, amount }: Refund, channel: string): VoucherDraft {
  return {
    code: 'RF4',
    segment: 2,
    occurrence: 1,
    order: id,
    currency,
    parties: { refund_transit: houseAccount('refund_transit', currency), channel: channelAccount(channel, currency) },
    shares: { total: amount },
  };
}

/** RE1: the channel has money of ours that fits no order; it waits until somebody knows whose it is. */
export function foundAtChannel(
  order: string,
  channel: string,
  currency: string,
  amount: number,
  nth: number,
): VoucherDraft {
  return {
    code: 'RE1',
    segment: 1,
    occurrence: nth,
    order,
    currency,
    parties: { channel: channelAccount(channel, currency), suspense: houseAccount('suspense', currency) },
    shares: { total: amount },
  };
}

/** RE2, first step: `at`, a channel or the bank, has less of ours than it should have, and somebody looks for it. */
export function goneAtChannel(order: string, at: string, currency: string, amount: number, nth: number): VoucherDraft {
  return {
    code: 'RE2',
    segment: 1,
    occurrence: nth,
    order,
    currency,
    parties: { suspense_short: houseAccount('suspense_short', currency), channel: at },
    shares: { total: amount },
  };
}

/** RF2 the other way round than the money came: to an account of the payer's. */
export function returnedElsewhere(
  { id, currency }: Refund,
  account: string,
  amount: number,
  occurrence: number,
): VoucherDraft {
  return {
    code: 'RF2',
    segment: 1,
    occurrence,
    order: id,
    currency,
    parties: { refund_transit: houseAccount('refund_transit', currency), target: account },
    shares: { total: amount },
  };
}

function reversing(reverses: FactPosition | undefined): { readonly reverses: FactPosition } {
  if (!reverses) throw new Error('nothing was booked that could be taken back');
  return { reverses };
}
