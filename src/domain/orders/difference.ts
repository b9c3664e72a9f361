// Difference. What a bill or a bank statement says otherwise than we do, as a case: what two people may decide of it, and what
// that books. Nothing that was booked is changed: what they decide is a fact of its own.
//
// D1. Money that only the channel has waits in long suspense (RE1). Money that only we have is set aside in short suspense
// (RE2), and what becomes of it is a case of its own: found again, or written off. D2. A success that a bill proves goes to the
// order that it is about, which does what it does with late money.

import { channelAccount, houseAccount } from '../house-accounts.ts';
import type { FactPosition } from '../ids.ts';
import type { Refusal } from '../refusals.ts';
import type { Case, CaseType } from './case.ts';
import { isTerminalChannelOrder, type ChannelOrder } from './channel-order.ts';
import { foundAtChannel, goneAtChannel } from './refund-vouchers.ts';
import type { VoucherDraft } from './voucher-draft.ts';

export const DIFFERENCE_TYPES = [
  'channel_only',
  'local_only',
  'amount_diff',
  'status_diff',
  'fee_diff',
  'currency_diff',
  'duplicate_line',
  'late_line',
  'unparsed_line',
] as const satisfies readonly CaseType[];

export type DifferenceType = (typeof DIFFERENCE_TYPES)[number];

/** What a difference is about beside its case. */
export type AboutDifference = {
  /** '' where it is about none. */
  readonly channel: string;
  /** The channel order that it is about; null for none. */
  readonly order: ChannelOrder | null;
  /** The case that has set money aside, where this one is about that money; null otherwise. */
  readonly before: Case | null;
  /** Its money was booked before under the same reference: by a callback, or by another case. */
  readonly isBooked: boolean;
};

/** Books nothing; what follows the colon is why. */
export const IGNORE = /^ignore: ?\S/;

export function isDifference(type: CaseType): type is DifferenceType {
  return (DIFFERENCE_TYPES as readonly CaseType[]).includes(type);
}

/** Why this cannot be decided of it; null when it can. `book`, `late_success`, `failed`, `found`, `write_off`, `ignore: why`. */
export function judgeDecision(one: Case, about: AboutDifference, decision: string): Refusal | null {
  return mayDecide(one, about, decision) ? null : 'decision_not_possible';
}

/** What the decision books: nothing for what only an order is told. `before`: voucher that set money aside. */
export function decisionDrafts(one: Case, about: AboutDifference): readonly VoucherDraft[] {
  const { id, amount, currency, decision } = one;
  const at = placeOf(about, currency);
  const gone = goneAtChannel(id, at, currency, Math.abs(amount), 1);
  switch (decision) {
    case 'book':
      return amount > 0 ? [foundAtChannel(id, about.channel, currency, amount, 1)] : [gone];
    case 'found':
      return [{ ...gone, reverses: setAside(about) }];
    case 'write_off':
      return [writtenOff(one)];
    default:
      return [];
  }
}

/** Money was set aside: people have to say what becomes of it. */
export function setsAside({ amount, decision }: Case): boolean {
  return decision === 'book' && amount < 0;
}

/** The order is told of the decision. */
export function isTold({ decision }: Case): boolean {
  return decision === 'late_success' || decision === 'failed';
}

function mayDecide({ amount, currency }: Case, about: AboutDifference, decision: string): boolean {
  const { order, before, channel, isBooked } = about;
  if (IGNORE.test(decision)) return true;
  if (decision === 'book' && isBooked) return false;
  switch (decision) {
    case 'book':
      // What a bank has that no payout of ours sent is no money of a channel.
      return before === null && currency !== '' && channel !== '' && amount !== 0 && !(amount > 0 && isPayout(order));
    case 'found':
    case 'write_off':
      return before !== null;
    case 'late_success':
      return before === null && order !== null && order.status !== 'succeeded' && order.status !== 'late_succeeded';
    case 'failed':
      return before === null && amount === 0 && order !== null && !isTerminalChannelOrder(order.status);
    default:
      return false;
  }
}

function placeOf({ channel, order }: AboutDifference, currency: string): string {
  return isPayout(order) ? houseAccount('bank', currency) : channelAccount(channel, currency);
}

function isPayout(order: ChannelOrder | null): boolean {
  return order?.verb === 'payout';
}

function setAside({ before }: AboutDifference): FactPosition {
  const voucher = before?.vouchers[0];
  if (!voucher) throw new Error('nothing was set aside that could be found again');
  return voucher;
}

/** RE2, second step: nobody found it. */
function writtenOff({ id, amount, currency }: Case): VoucherDraft {
  return {
    code: 'RE2',
    segment: 2,
    occurrence: 1,
    order: id,
    currency,
    parties: { loss: houseAccount('loss', currency), suspense_short: houseAccount('suspense_short', currency) },
    shares: { total: Math.abs(amount) },
  };
}
