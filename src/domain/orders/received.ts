// Received. What a channel says has come, and whether that is what was asked for.

import type { ChannelOrder } from './channel-order.ts';

/** Minor units and currency that have come; a channel that names none has taken what was asked for. */
export function received({ amount, currency, reportedAmount, reportedCurrency }: ChannelOrder): {
  readonly amount: number;
  readonly currency: string;
} {
  return { amount: reportedAmount || amount, currency: reportedCurrency || currency };
}

/** All that was asked for has come; perhaps more. */
export function isEnough(channelOrder: ChannelOrder): boolean {
  const came = received(channelOrder);
  return came.amount >= channelOrder.amount && came.currency === channelOrder.currency;
}
