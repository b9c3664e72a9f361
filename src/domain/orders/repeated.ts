// Repeated. Does a request say what a trade was made of? Then it is the same request again.

import type { Order } from './order.ts';
import type { Trade } from './trade.ts';

type Said = Pick<Trade, 'outTradeNo' | 'product' | 'payer' | 'payees' | 'amount' | 'currency'>;

/** `expiresAtMs` of the request: 0 where it left the time to the product, which then may have said anything. */
export function isRepeated(order: Order, request: Said & { readonly expiresAtMs: number }): boolean {
  if (order.kind !== 'trade') return false;
  const { payees } = order;
  return (
    order.product === request.product &&
    order.payer === request.payer &&
    order.amount === request.amount &&
    order.currency === request.currency &&
    (request.expiresAtMs === 0 || order.expiresAtMs === request.expiresAtMs) &&
    payees.length === request.payees.length &&
    payees.every(
      ({ account, amount }, at) => request.payees[at]?.account === account && request.payees[at]?.amount === amount,
    )
  );
}
