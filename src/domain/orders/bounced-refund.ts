// Bounced refund. A channel had returned money and has it again: a card that was closed, a bank that sent it back.
//
// B1. What bounced of a refund that was over waits in suspense: it is the payer's until two people say otherwise. B2. It
// leaves suspense once, whichever part it is of: to the channel again (by a refund of its own), to the payer's account, or to
// those who had given it. B3. Of a refund that is not over yet a part that bounces is one that the channel has refused: its
// money is on its way again.

import { channelAccount, houseAccount, isHouse } from '../house-accounts.ts';
import type { Refund, RefundPart } from './refund.ts';
import { spread } from './spread.ts';
import type { VoucherDraft } from './voucher-draft.ts';

/** Minor units that are in suspense: of its parts those that bounced and that nobody has decided on. */
export function bouncedSum({ parts }: Pick<Refund, 'parts'>): number {
  return parts.reduce((sum, { status, amount }) => (status === 'bounced' ? sum + amount : sum), 0);
}

/** The parts when what bounced has gone where two people said. */
export function bouncedGiven({ parts }: Pick<Refund, 'parts'>): readonly RefundPart[] {
  return parts.map((part) => (part.status === 'bounced' ? { ...part, status: 'given' } : part));
}

/** RF5, first step: the channel has `amount` again. `nth`: which of several times, from 1. */
export function setAsideBounced({ id, currency }: Refund, channel: string, amount: number, nth: number): VoucherDraft {
  return {
    code: 'RF5',
    segment: 1,
    occurrence: nth,
    order: id,
    currency,
    parties: { channel: channelAccount(channel, currency), suspense: houseAccount('suspense', currency) },
    shares: { total: amount },
  };
}

/** RF5, second step: `amount` of it leaves suspense for `target`. `nth`: which of several targets, from 1. */
export function takenFromSuspense({ id, currency }: Refund, target: string, amount: number, nth = 1): VoucherDraft {
  return {
    code: 'RF5',
    segment: 2,
    occurrence: nth,
    order: id,
    currency,
    parties: { suspense: houseAccount('suspense', currency), target },
    shares: { total: amount },
  };
}

/** Both steps for a refund that is not over (B3): the money is in its transit again, as before it had gone. */
export function bouncedBack(refund: Refund, channel: string, amount: number, nth: number): readonly VoucherDraft[] {
  const transit = houseAccount('refund_transit', refund.currency);
  return [setAsideBounced(refund, channel, amount, nth), takenFromSuspense(refund, transit, amount, nth)];
}

/** What of it each of those had given who gave the refund; minor units by account. */
export function bouncedSources(refund: Refund): Refund['sources'] {
  const amounts = spread(
    bouncedSum(refund),
    refund.sources.map(({ amount }) => amount),
  );
  return refund.sources
    .map(({ account }, place) => ({ account, amount: amounts[place] ?? 0 }))
    .filter(({ amount }) => amount > 0);
}

/** Minor units that the payees get again of their own when it is given back to those who had given it. */
export function bouncedFromPayees(refund: Refund): number {
  return bouncedSources(refund).reduce((sum, { account, amount }) => (isHouse(account) ? sum : sum + amount), 0);
}

/** The refund by which what bounced is sent again the same way. `timeMs`: when it begins. */
export function sentAgain({ fees: _given, ...bounced }: Refund, id: string, timeMs: number): Refund {
  const parts = bounced.parts
    .filter(({ status }) => status === 'bounced')
    .map(({ instruction, amount }) => ({ instruction, amount, status: 'planned', channelOrder: '' }) as const);
  return {
    ...bounced,
    id,
    createdAtMs: timeMs,
    version: 0,
    dueMs: 0,
    vouchers: [],
    cause: 'bounced',
    amount: bouncedSum(bounced),
    status: 'created',
    parts,
    sources: [],
    failure: '',
    requestedBy: '',
    approvedBy: '',
  };
}
