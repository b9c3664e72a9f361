// Bindings. What a line has of what it is about: the names of the request and of the order, by which the lines of one
// payment are found. A list of what is taken, so that what an order gets in the future does not get into the log by itself.
//
// B1. No amounts, no destinations, no texts of people. B2. What is empty is left out.

import type { Context } from '../domain/context.ts';
import type { Order } from '../domain/orders/order.ts';
import type { AboutOrder, AboutPeer, More } from './log-line.ts';
import { masked } from './masking.ts';

export type Bindings = Readonly<Record<string, unknown>>;

export function requestBindings(context: Context): Bindings {
  const { merchant, origin, requestId, traceId, by, shadow, business } = context;
  return filled({
    request_id: masked(requestId),
    trace_id: traceId,
    merchant,
    origin,
    key: by,
    shadow: shadow ? true : '',
    ...(business && {
      order_type: business.orderType,
      product: business.product,
      rule_version: business.ruleVersion,
      trade_id: business.tradeId,
      out_trade_no: masked(business.outTradeNo),
      payer: masked(business.payer),
      payee: masked(business.payee),
      currency: masked(business.currency),
      pay_org: masked(business.payOrg),
    }),
  });
}

export function orderBindings({ context, orders }: AboutOrder): Bindings {
  // The first one is what the line is about: its own state, not that of the orders above it.
  const names = orders.toReversed().map(namesOf);
  return Object.assign({}, requestBindings(context), ...names, { order: orders[0].id, status: orders[0].status });
}

export function peerBindings(about: AboutPeer): Bindings {
  if ('channel' in about) return { channel: about.channel };
  if ('check' in about) return { check: about.check };
  return { endpoint: about.endpoint, merchant: about.merchant };
}

export function moreFields(more: More): Bindings {
  const { error, reason, channel, endpoint, delivery, event, eventType, action, signal, seq, offset, attempts } = more;
  const { order, account, breach } = more;
  return {
    ...filled({
      reason: masked(reason ?? ''),
      channel: masked(channel ?? ''),
      endpoint: endpoint ?? '',
      delivery: delivery ?? '',
      event: event ?? '',
      event_type: eventType ?? '',
      action: action ?? '',
      signal: signal ?? '',
      seq: seq ?? '',
      offset: offset ?? '',
      attempts: attempts ?? '',
      order: order ?? '',
      account: masked(account ?? ''),
      breach: breach ?? '',
    }),
    // Made into words by the serializer of the log, which knows what may be told of an error.
    ...(error === undefined ? {} : { err: error }),
  };
}

function namesOf(order: Order): Bindings {
  switch (order.kind) {
    case 'trade':
      return { trade_id: order.id };
    case 'payment':
      return { trade_id: order.trade, payment_id: order.id };
    case 'refund':
      return { trade_id: order.trade, payment_id: order.payment, refund_id: order.id };
    case 'withdrawal':
      return { withdrawal_id: order.id };
    case 'channel_order':
      return filled({
        ...parentOf(order.parent),
        channel: order.channel,
        verb: order.verb,
        instruction: order.instruction,
        channel_order_no: order.id,
        channel_trade_no: masked(order.channelTradeNo),
        channel_failure: masked(order.failure),
      });
    case 'external_voucher':
      return { payment_id: order.payment, external_voucher_id: order.id, channel: order.channel };
    case 'case':
      return { case_id: order.id, case_type: order.type };
  }
}

/** What an id says by itself: the order may not be at hand. */
function parentOf(id: string): Bindings {
  if (id.startsWith('pay_')) return { payment_id: id };
  if (id.startsWith('ext_')) return { external_voucher_id: id };
  if (id.startsWith('rfd_')) return { refund_id: id };
  return id.startsWith('wdr_') ? { withdrawal_id: id } : {};
}

function filled(values: Readonly<Record<string, unknown>>): Bindings {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''));
}
