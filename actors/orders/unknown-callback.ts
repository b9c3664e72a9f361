// Unknown callback. A channel reports something under a number that no order has: it is journalled, and money that it says
// has come waits in suspense until people know whose it is.
//
// U1. The same number is booked once, however often the channel calls, and not at all when people have booked it already.

import type { Business } from '../../src/domain/context.ts';
import { FACT_KIND } from '../../src/domain/facts.ts';
import { isAmount } from '../../src/domain/money.ts';
import { foundAtChannel } from '../../src/domain/orders/refund-vouchers.ts';
import type { Desk } from '../desk.ts';
import { newCase } from './case-cell.ts';
import { Logged, logOrder } from './order-log.ts';
import type { CallbackArrived } from './outside.ts';
import { isBooked, rememberBooked, strangerKey } from './stranger.ts';

export function unknownCallback(desk: Desk, command: CallbackArrived): void {
  const { context, channel, raw, report, target } = command;
  desk.emit({ kind: FACT_KIND.callbackReceived, context, channel, raw, key: '', fingerprint: '' });
  desk.commit.after(command);
  desk.commit.after(
    new Logged(() => desk.log.request('callback_unmatched', context, { channel, reason: report.class })),
  );
  const { channelTradeNo } = report;
  const keyed = { key: strangerKey(channel, target), fingerprint: '' };
  if (report.class !== 'succeeded' || desk.names.findKey(context.merchant, keyed.key)) return;
  if (channelTradeNo !== '' && isBooked(desk, context.merchant, channel, channelTradeNo)) return;
  const amount = isAmount(report.amount) ? report.amount : 0;
  const currency = report.currency ?? '';
  const detail = `${channel} says that ${amount} ${currency} came for ${target}, which no order is called.`;
  const { merchant, traceId } = context;
  const about = { desk, merchant, business: strangers(currency, channel), traceId };
  const found = newCase(about, { type: 'unknown_callback', order: '', amount, currency, detail });
  const drafts = amount > 0 && currency !== '' ? [foundAtChannel(found.order.id, channel, currency, amount, 1)] : [];
  found.book(context, drafts, ({ verdict, posted }) => {
    found.must(verdict);
    found.change({ vouchers: posted });
    found.state(context, keyed);
    logOrder(found, 'case_opened', context);
    const [voucher] = posted;
    if (!voucher || channelTradeNo === '' || channelTradeNo === target) return;
    rememberBooked(desk, found.contextOf(context), channel, channelTradeNo, voucher);
  });
}

/** The identity of what belongs to no order. */
function strangers(currency: string, payOrg: string): Business {
  return {
    orderType: 'unknown',
    product: '',
    ruleVersion: '',
    tradeId: '',
    outTradeNo: '',
    payer: '',
    payee: '',
    currency,
    payOrg,
  };
}
