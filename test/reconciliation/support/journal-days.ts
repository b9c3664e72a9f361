// The days of a journal, and which channel orders ended last on each, or came back: read with the domain's own reader.

import type { Order } from '../../../src/domain/orders/order.ts';
import type { ChannelOrder } from '../../../src/domain/orders/channel-order.ts';
import { isTerminalChannelOrder } from '../../../src/domain/orders/channel-order.ts';
import { readFrame } from '../../../src/journal/frame.ts';
import { decodeFacts } from '../../../src/journal/payload.ts';

/** `byDay`: '' for those that have not ended. */
export function journalFactsOf(frames: readonly Uint8Array[]): {
  readonly byDay: ReadonlyMap<string, readonly ChannelOrder[]>;
  readonly lastDate: string;
} {
  const latest = new Map<string, { readonly order: ChannelOrder; readonly date: string }>();
  let date = '';
  for (const frame of frames) {
    for (const fact of decodeFacts(readFrame(frame).payload)) {
      if (fact.kind === 6) date = fact.date;
      if (fact.kind === 20 && fact.order.kind === 'channel_order')
        latest.set(fact.order.id, { order: fact.order, date: isTerminalChannelOrder(fact.order.status) ? date : '' });
      for (const id of fact.kind === 20 ? cameBack(fact.order) : []) {
        const paid = latest.get(id)?.order;
        const name = `${id} return`;
        if (paid && paid.status.endsWith('succeeded') && !latest.has(name))
          latest.set(name, { order: { ...paid, id: name }, date });
      }
    }
  }
  const byDay = new Map<string, ChannelOrder[]>();
  for (const { order, date: day } of latest.values()) byDay.set(day, [...(byDay.get(day) ?? []), order]);
  return { byDay, lastDate: date };
}

/** A payout needs attention either before it was sent, or with a second voucher: the bank had it. */
function cameBack(order: Order): readonly string[] {
  if (order.kind === 'refund')
    return order.parts
      .filter(({ status }) => status === 'bounced' || status === 'given')
      .map(({ channelOrder }) => channelOrder);
  if (order.kind !== 'withdrawal') return [];
  const { status, vouchers, channelOrder } = order;
  return status === 'returned' || (status === 'needs_attention' && vouchers.length === 2) ? [channelOrder] : [];
}
