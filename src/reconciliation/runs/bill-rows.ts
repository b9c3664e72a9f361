// Bill rows. A line of a channel's bill and an order of ours as rows that can be matched.
//
// B1. An order has moved on our side what we have booked: nothing, unless it has succeeded. So a line for one that has not is
// all of it a difference. B2. Amounts are signed as the clearing account sees them: payments and returns come,
// refunds and payouts go.

import { basisPointsOf } from '../../domain/money.ts';
import { timeOfId } from '../../domain/ids.ts';
import { hasSucceeded, OPEN_DATE, type ExpectedOrder } from '../channel-rows.ts';
import { isReturn, numberOf, RETURN_MARK } from '../returns.ts';
import type { StatementLine } from '../formats/statement.ts';
import type { MatchRow } from '../matching/row.ts';
import { dayOf, type ChannelRules, type ExpectedFee, type RowKey } from './run-rules.ts';

const DAY_MS = 86_400_000;

/** What every line of a bill says has happened. */
const SUCCEEDED = 'succeeded';

/** Lines of a bill that do not move the clearing account: a payout goes from the bank, and comes back there. */
const OF_THE_BANK: ReadonlySet<string> = new Set(['payout', 'return']);

/** A payout or refund that came back: another line about the same number. */
const RETURN = 'return';

/** Characters of a channel's own reference in a row's id. */
const REFERENCE_LENGTH_MAX = 80;

/** `bill`: names it among those of all channels and days. */
export function rowOfLine(line: StatementLine, bill: string, rules: ChannelRules): MatchRow {
  const { amount, currency, fee, bankReference, position } = line;
  const reference = bankReference === '' ? `line ${position.line}` : bankReference.slice(0, REFERENCE_LENGTH_MAX);
  return {
    id: `${bill} ${reference}`,
    keys: rules.keys.map((key) => keyOfLine(key, line)),
    amount,
    currency,
    fee: rules.fee === null ? 0 : fee,
    status: SUCCEEDED,
    day: dayOf(line.bookingDate),
    unparsed: '',
  };
}

export function rowOfOrder(order: ExpectedOrder, rules: ChannelRules): MatchRow {
  const { number, status, currency } = order;
  const came = hasSucceeded(order);
  const moved = came ? order.reportedAmount || order.amount : 0;
  return {
    id: number,
    keys: rules.keys.map((key) => keyOfOrder(key, order)),
    amount: order.verb === 'pay' || isReturn(order) ? moved : 0 - moved,
    currency: (came && order.reportedCurrency) || currency,
    fee: came && order.verb === 'pay' ? feeOf(moved, rules.fee) : 0,
    status: came ? SUCCEEDED : status,
    day: order.date === OPEN_DATE ? dayOfNumber(number) : dayOf(order.date),
    unparsed: '',
  };
}

/** True when a line moves what the channel has to settle. */
export function isOfClearing(line: StatementLine, order: Pick<ExpectedOrder, 'verb'> | null): boolean {
  return order ? order.verb !== 'payout' : !OF_THE_BANK.has(line.type);
}

/** When an order began: days since 1970. */
export function dayOfNumber(number: string): number {
  return Math.floor(timeOfId(number) / DAY_MS);
}

function keyOfOrder(key: RowKey, order: ExpectedOrder): string {
  const value = key === 'number' ? numberOf(order) : order.channelTradeNo;
  return isReturn(order) && value !== '' ? `${value}${RETURN_MARK}` : value;
}

function keyOfLine(key: RowKey, { ourReference, bankReference, type }: StatementLine): string {
  const value = key === 'number' ? ourReference : bankReference;
  return type === RETURN && value !== '' ? `${value}${RETURN_MARK}` : value;
}

function feeOf(amount: number, fee: ExpectedFee): number {
  return fee === null ? 0 : fee.fixed + basisPointsOf(amount, fee.basisPoints, 'half_up');
}
