// Cell of an order. Which actor owns an order, by its kind.

import type { Order } from '../../src/domain/orders/order.ts';
import type { Desk } from '../desk.ts';
import { CaseCell } from './case-cell.ts';
import { ChannelOrderCell } from './channel-order-cell.ts';
import { ExternalVoucherCell } from './external-voucher-cell.ts';
import type { Kept, OrderCell } from './order-cell.ts';
import { PaymentCell } from './payment-cell.ts';
import { RefundCell } from './refund-cell.ts';
import { TradeCell } from './trade-cell.ts';
import { WithdrawalCell } from './withdrawal-cell.ts';

export function cellOf(desk: Desk, kept: Kept<Order>): OrderCell {
  const { order } = kept;
  switch (order.kind) {
    case 'trade':
      return new TradeCell(desk, { ...kept, order });
    case 'payment':
      return new PaymentCell(desk, { ...kept, order });
    case 'channel_order':
      return new ChannelOrderCell(desk, { ...kept, order });
    case 'refund':
      return new RefundCell(desk, { ...kept, order });
    case 'withdrawal':
      return new WithdrawalCell(desk, { ...kept, order });
    case 'external_voucher':
      return new ExternalVoucherCell(desk, { ...kept, order });
    case 'case':
      return new CaseCell(desk, { ...kept, order });
  }
}
