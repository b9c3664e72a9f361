// Refund vouchers. What is booked when a refund is accepted, when it does not succeed, and when money goes back that came
// twice, too late, or not as agreed.

import { channelAccount, houseAccount } from '../house-accounts.ts';
import type { FactPosition } from '../ids.ts';
import type { Refund } from './refund.ts';
import type { VoucherDraft } from './voucher-draft.ts';

/** RF1 for each account that gives the money: it waits in the refund's transit. */
export function accepted({ id, currency, sources }: Refund): readonly VoucherDraft[] {
  return sources.map(({ account, amount }, place) => ({
    code: 'RF1',
    segment: 1,
    occurrence: place + 1,
    order: id,
    currency,
    parties: { origin: account, refund_transit: houseAccount('refund_transit', currency) },
    shares: { total: amount },
  }));
}

/** The refund came to nothing: what `accepted` booked is taken back. `posted`: where those vouchers stand. */
export function acceptedBack(refund: Refund, posted: readonly FactPosition[]): readonly VoucherDraft[] {
  return accepted(refund).map((draft, place) => ({ ...draft, ...reversing(posted[place]) }));
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
