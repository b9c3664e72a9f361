// External money operations. Top-ups bring money into an account through a channel, withdrawals take it out.

import { createHash } from 'node:crypto';
import { TopUp, Withdraw } from '../../../actors/orders/order-commands.ts';
import type { Currencies } from '../../domain/currencies.ts';
import type { CheckSaid } from '../../domain/orders/checks.ts';
import * as fields from '../fields.ts';
import { needKey } from '../idempotency.ts';
import { operation, type Operation, type Attempt } from '../operation.ts';
import * as orderFields from '../order-fields.ts';
import type { FrameTime } from '../order-resources/shown-step.ts';
import { orderTo, topUpReading, topUpTo, unlessUnchecked } from './order-replies.ts';

export function createTopUp(currencies: Currencies, frameTime: FrameTime): Operation {
  return operation('topups.create', {
    scope: 'payments:write',
    status: 201,
    fields: {
      account: fields.id,
      amount: fields.amount,
      currency: fields.currency(currencies),
      channel: fields.optional(fields.word),
      out_trade_no: fields.optional(fields.id),
    },
    judge: (_values, key) => needKey(key),
    command: (values, context, keyed, tell) => {
      const { account = '', amount = 0, currency = '', channel = '' } = values;
      const { out_trade_no: outTradeNo = orderNumberOf(keyed.key) } = values;
      const toppingUp = (checks: readonly CheckSaid[] = []): Attempt => {
        const request = { outTradeNo, account, amount, currency, channel, checks };
        return (by, to) => new TopUp(by, request, keyed, unlessUnchecked(toppingUp, to, topUpTo(to, frameTime)));
      };
      return toppingUp()(context, tell);
    },
  });
}

/** A merchant that numbers no top-ups tells them by their keys: 128 bits of it, in the alphabet of ids. */
function orderNumberOf(key: string): string {
  return `topup:${createHash('sha256').update(key).digest('base64url').slice(0, 22)}`;
}

export function getTopUp(frameTime: FrameTime): Operation {
  return operation('topups.get', {
    scope: 'payments:read',
    status: 200,
    fields: { id: fields.id },
    command: ({ id = '' }, context, _keyed, tell) => topUpReading(id, frameTime)(context, tell),
  });
}

export function createWithdrawal(currencies: Currencies, frameTime: FrameTime): Operation {
  return operation('withdrawals.create', {
    scope: 'payments:write',
    status: 201,
    fields: {
      account: fields.id,
      amount: fields.amount,
      currency: fields.currency(currencies),
      channel: fields.optional(fields.word),
      destination: orderFields.destination,
    },
    judge: (_values, key) => needKey(key),
    command: (values, context, keyed, tell) => {
      const { account = '', amount = 0, currency = '', channel = '', destination = '' } = values;
      return new Withdraw(
        context,
        { account, amount, currency, channel, destination },
        keyed,
        orderTo(tell, frameTime),
      );
    },
  });
}
