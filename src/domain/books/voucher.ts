// Vouchers. One event in double entry: who is debited, who is credited, and under which subjects.
//
// V1. Debits and credits of a voucher are the same sum; a voucher is one segment, so each segment balances by itself.
// V2. One currency and one merchant. V3. A voucher is never changed: it is reversed, on the day of the reversal.
// V4. A key is booked once for each merchant.

import { placeId, readPlaceId, type FactPosition } from '../ids.ts';
import { isAmount, isBalance } from '../money.ts';
import { isSubject, type Subject } from './subjects.ts';

export type Side = 'debit' | 'credit';

export type VoucherLeg = {
  /** The engine's account; '' for none (between shards). */
  readonly account: string;
  readonly subject: Subject;
  readonly side: Side;
  /** Minor units, 1 … 2^53 − 1. */
  readonly amount: number;
};

export type Voucher = {
  /** vch_…: its place in the journal. */
  readonly id: string;
  /** Code of the template. */
  readonly event: string;
  /** Id of the business order: the transfer, the payment, the refund, … */
  readonly order: string;
  /** Which segment of the template, from 1. */
  readonly segment: number;
  /** See voucherKey. */
  readonly key: string;
  /** YYYY-MM-DD, the day that was open where the fact stands in the journal. */
  readonly accountingDate: string;
  readonly currency: string;
  readonly merchant: string;
  readonly legs: readonly VoucherLeg[];
  /** The voucher that this one takes back; null for none. */
  readonly reverses: string | null;
};

/** What is wrong with a voucher, in the order in which it is judged: the legs one by one, then their sums. */
export type Judgement =
  'ok' | 'no_legs' | 'amount_invalid' | 'subject_unknown' | 'currency_mismatch' | 'sum_overflow' | 'unbalanced';

/** Currency of an account; undefined when it is not known, which is a mismatch too. */
export type CurrencyOf = (account: string) => string | undefined;

/** May it be booked? Where the accounts are at hand, `currencyOf` compares theirs; without it V2 is the caller's. */
export function judgeVoucher(voucher: Voucher, currencyOf?: CurrencyOf): Judgement {
  return judgeLegs(voucher.legs, (account) => !currencyOf || currencyOf(account) === voucher.currency);
}

/** Are these the legs of a voucher? `isIn`: whether an account is in the voucher's currency. */
export function judgeLegs(legs: readonly VoucherLeg[], isIn: (account: string) => boolean = () => true): Judgement {
  if (legs.length === 0) return 'no_legs';
  let debits = 0;
  let credits = 0;
  for (const { amount, subject, account, side } of legs) {
    if (!isAmount(amount)) return 'amount_invalid';
    if (!isSubject(subject)) return 'subject_unknown';
    if (account !== '' && !isIn(account)) return 'currency_mismatch';
    // Only positive amounts are added, so a sum that left the safe integers once never comes back into them.
    if (side === 'debit') debits += amount;
    else credits += amount;
  }
  if (!isBalance(debits) || !isBalance(credits)) return 'sum_overflow';
  return debits === credits ? 'ok' : 'unbalanced';
}

/**
 * What takes a voucher back: the same legs with their sides swapped. `id` and `accountingDate` are the reversal's own: a
 * day that is over stays as it was (V3). The key has 'RV-' before that of what it takes back, so nothing is taken back
 * twice (V4); a reversal taken back is 'RV-RV-…', with the legs of the first.
 */
export function reversalOf(voucher: Voucher, id: string, accountingDate: string): Voucher {
  const legs = voucher.legs.map((leg): VoucherLeg => ({ ...leg, side: leg.side === 'debit' ? 'credit' : 'debit' }));
  return { ...voucher, id, accountingDate, key: `RV-${voucher.key}`, legs, reverses: voucher.id };
}

/**
 * The idempotency key of a voucher, `event:order:segment`. The event carries its occurrence, because one order can have
 * an event several times: the third step of hold h1, a capture, is `HD2.3:h1:1`. Orders may contain ':'; the event and
 * the segment never do, so two vouchers never share a key.
 */
export function voucherKey(event: string, occurrence: number, order: string, segment: number): string {
  return `${event}.${occurrence}:${order}:${segment}`;
}

/** `timeMs`: of the frame, ms since 1970; the place is that of the fact in the journal. */
export function voucherId(timeMs: number, position: FactPosition): string {
  return placeId('vch', timeMs, position);
}

/** Reads a voucher's id back; null for anything that is not one. */
export function readVoucherId(id: string): (FactPosition & { readonly timeMs: number }) | null {
  return readPlaceId('vch', id);
}
