// Order. Any of the orders, for whoever keeps, finds or shows them.

import type { Case } from './case.ts';
import type { ChannelOrder } from './channel-order.ts';
import type { ExternalVoucher } from './external-voucher.ts';
import type { Payment } from './payment.ts';
import type { Refund } from './refund.ts';
import type { Trade } from './trade.ts';
import type { Withdrawal } from './withdrawal.ts';

export type Order = Trade | Payment | ChannelOrder | Refund | Withdrawal | Case | ExternalVoucher;

export type OrderKind = Order['kind'];
