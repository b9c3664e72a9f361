// Needed checks. What the rules of a trade want to have asked before a payment of it begins.

import { arePassed, type NeededChecks } from '../../src/domain/orders/checks.ts';
import type { Payment } from '../../src/domain/orders/payment.ts';
import { addAttempt } from '../../src/domain/orders/trade-amounts.ts';
import type { Trade } from '../../src/domain/orders/trade.ts';
import type { OrderCell } from './order-cell.ts';

/**
 * null when nothing has to be asked: there are no checks, they have all passed, or it will not begin anyway. `said`: what
 * they have said. `beside`: whether it may begin although another attempt is live.
 */
export function neededChecks(
  { order: trade, desk }: OrderCell<Trade>,
  instructions: Payment['instructions'],
  said: Payment['checks'],
  beside: boolean,
): NeededChecks | null {
  const checks = desk.rulebook.of(trade.ruleVersion).checks(trade.product);
  if (arePassed(checks, said)) return null;
  // A trade that cannot be paid says so itself, and nobody is bothered with it.
  if ('refused' in addAttempt(trade, '', desk.commit.timeMs, beside)) return null;
  const { outTradeNo, product, payer, payees, amount, currency } = trade;
  const instruments = instructions.map(({ instrument: type, channel, amount: share }) => {
    return { type, channel, amount: share };
  });
  // A trade without a fact, of a top-up, has another id when it is asked for again.
  const id = trade.version === 0 ? '' : trade.id;
  return { checks, about: { trade: id, outTradeNo, product, payer, payees, amount, currency, instruments } };
}
