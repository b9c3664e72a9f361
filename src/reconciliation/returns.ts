// Returns. What a channel has again of what it had paid out: a withdrawal that the bank sent back, a refund that bounced. Its
// bill has a line of its own for it, on the day at which it came.

import type { Order } from '../domain/orders/order.ts';
import type { RefundPart } from '../domain/orders/refund.ts';
import { wasPaidOut } from '../domain/orders/withdrawal-vouchers.ts';
import type { ExpectedOrder } from './channel-rows.ts';

/** Behind the number of the order that came back; no number has a space in it. */
export const RETURN_MARK = ' return';

/** Channel orders of which this order says that their money is there again. */
export function returnedBy(order: Order): readonly string[] {
  switch (order.kind) {
    case 'withdrawal':
      return isBack(order) ? [order.channelOrder] : [];
    case 'refund':
      return order.parts.flatMap(({ status, channelOrder }) => (isBounced(status) ? [channelOrder] : []));
    case 'trade':
    case 'payment':
    case 'channel_order':
    case 'case':
    case 'external_voucher':
      return [];
  }
}

/** The line of it. `date`: the accounting date at which it came back. */
export function returnOf(order: ExpectedOrder, date: string): ExpectedOrder {
  return { ...order, number: `${order.number}${RETURN_MARK}`, date };
}

export function isReturn({ number }: Pick<ExpectedOrder, 'number'>): boolean {
  return number.endsWith(RETURN_MARK);
}

/** Of the order itself. */
export function numberOf({ number }: Pick<ExpectedOrder, 'number'>): string {
  return isReturn({ number }) ? number.slice(0, -RETURN_MARK.length) : number;
}

function isBounced(status: RefundPart['status']): boolean {
  return status === 'bounced' || status === 'given';
}

/** Also when its account does not take it at the moment. */
function isBack(order: Extract<Order, { readonly kind: 'withdrawal' }>): boolean {
  return order.status === 'returned' || (order.status === 'needs_attention' && wasPaidOut(order));
}
