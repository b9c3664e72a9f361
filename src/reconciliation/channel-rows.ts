// Channel rows. What channels owe us or we them, order by order, as a bill of a day will have it: by channel, day and number.
//
// C1. An order is in one place: among those that are open, or on the accounting date at which it ended last; a late success
// takes it to another one. What a channel sent back later is a row beside it (returns.ts).

import type { ChannelOrder, ChannelOrderStatus, ChannelVerb } from '../domain/orders/channel-order.ts';

export type ExpectedOrder = {
  /** Ours: the channel order's id. */
  readonly number: string;
  readonly channel: string;
  /** Accounting date at which it ended, YYYY-MM-DD; OPEN_DATE while it has not. */
  readonly date: string;
  readonly verb: ChannelVerb;
  readonly status: ChannelOrderStatus;
  /** Asked for, minor units. */
  readonly amount: number;
  readonly currency: string;
  /** What the channel says has moved, minor units; 0 and '' where it did not say. */
  readonly reportedAmount: number;
  readonly reportedCurrency: string;
  /** The channel's own number; '' until it said one. */
  readonly channelTradeNo: string;
  readonly merchant: string;
  /** The payment, refund or withdrawal that it is for. */
  readonly parent: string;
};

/** Places in them lie in the store: they grow at the end. */
const VERBS: readonly ChannelVerb[] = ['pay', 'refund', 'payout'];
// prettier-ignore
const STATUSES: readonly ChannelOrderStatus[] = [
  'created', 'sent', 'accepted', 'requires_action', 'succeeded', 'failed', 'closed', 'unknown', 'late_succeeded',
];

/** Where orders are that have not ended: before every date. */
export const OPEN_DATE = '';

/** `date`: the accounting date of its latest fact. */
export function expectedOf(order: ChannelOrder, merchant: string, date: string): ExpectedOrder {
  const { id: number, channel, verb, status, amount, currency, parent } = order;
  const { reportedAmount, reportedCurrency, channelTradeNo } = order;
  const at = hasEnded(status) ? date : OPEN_DATE;
  // prettier-ignore
  return { number, channel, date: at, verb, status, amount, currency, reportedAmount, reportedCurrency, channelTradeNo, merchant, parent };
}

/**
 * As it lies in the store, without what its key says of it: one text of lines, because that is what is read back fastest, a
 * million a second. A line break within a channel's own number becomes a space.
 */
export function expectedRow(order: ExpectedOrder): string {
  const { number, verb, status, amount, currency, reportedAmount, reportedCurrency, merchant, parent } = order;
  const channelTradeNo = order.channelTradeNo.replaceAll('\n', ' ');
  const [verbNo, statusNo] = [VERBS.indexOf(verb), STATUSES.indexOf(status)];
  // prettier-ignore
  return [number, verbNo, statusNo, amount, currency, reportedAmount, reportedCurrency, channelTradeNo, merchant, parent].join('\n');
}

export function readExpected(channel: string, date: string, row: string): ExpectedOrder {
  const fields = row.split('\n');
  return {
    number: fields[0] as string,
    channel,
    date,
    verb: VERBS[Number(fields[1])] as ChannelVerb,
    status: STATUSES[Number(fields[2])] as ChannelOrderStatus,
    amount: Number(fields[3]),
    currency: fields[4] as string,
    reportedAmount: Number(fields[5]),
    reportedCurrency: fields[6] as string,
    channelTradeNo: fields[7] as string,
    merchant: fields[8] as string,
    parent: fields[9] as string,
  };
}

/** Key of an order in the store. Channels and numbers have no byte below the space. */
export function expectedKey({ channel, date, number }: Pick<ExpectedOrder, 'channel' | 'date' | 'number'>): Buffer {
  return Buffer.from(`${channel}\n${date}\n${number}`, 'latin1');
}

/** The channel has moved its money. */
export function hasSucceeded({ status }: Pick<ExpectedOrder, 'status'>): boolean {
  return status === 'succeeded' || status === 'late_succeeded';
}

function hasEnded(status: ChannelOrderStatus): boolean {
  switch (status) {
    case 'succeeded':
    case 'failed':
    case 'closed':
    case 'late_succeeded':
      return true;
    case 'created':
    case 'sent':
    case 'accepted':
    case 'requires_action':
    case 'unknown':
      return false;
  }
}
