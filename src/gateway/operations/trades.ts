// Trade operations. Agreeing on a trade, paying it, confirming, closing and refunding it.

import {
  CloseTrade,
  ConfirmTrade,
  CreateTrade,
  PayTrade,
  RefundTrade,
  type OrderCommand,
} from '../../../actors/orders/order-commands.ts';
import type { Currencies } from '../../domain/currencies.ts';
import type { Instruments } from '../../domain/instruments/instruments.ts';
import type { Payee } from '../../domain/orders/trade.ts';
import { numberOf, REFUSALS } from '../../domain/refusals.ts';
import * as fields from '../fields.ts';
import { needKey } from '../idempotency.ts';
import { operation, type Operation, type Tell } from '../operation.ts';
import * as orderFields from '../order-fields.ts';
import type { FrameTime } from '../order-resources/shown-step.ts';
import type { FieldError } from '../problem.ts';
import { orderReading, orderTo } from './order-replies.ts';

const BODY_INVALID = numberOf('body_invalid');

/** The merchant's order number is the key: the same again gets the first answer for ever. */
export function createTrade(currencies: Currencies, frameTime: FrameTime): Operation {
  return operation('trades.create', {
    scope: 'payments:write',
    status: 201,
    fields: {
      out_trade_no: fields.id,
      product: fields.word,
      payer: fields.optional(fields.id),
      payees: orderFields.payees,
      amount: fields.amount,
      currency: fields.currency(currencies),
      expires_at: fields.optional(fields.time),
    },
    judge: judgePayees,
    command: (values, context, keyed, tell) => {
      const { out_trade_no: outTradeNo = '', product = '', payer = '', payees = [], amount = 0 } = values;
      const { currency = '', expires_at: expiresAtMs = 0 } = values;
      const request = { outTradeNo, product, payer, payees, amount, currency, expiresAtMs };
      return new CreateTrade(context, request, keyed, tradeTo(tell, frameTime));
    },
  });
}

/** The engine alone knows what time it is, and whether the trade has been agreed on long ago. */
function tradeTo(tell: Tell, frameTime: FrameTime): (command: OrderCommand) => void {
  const told = orderTo(tell, frameTime);
  const detail = 'expires_at has to be in the future, and at most a year away.';
  return (command) => {
    if (command.verdict !== BODY_INVALID) told(command);
    else tell({ ok: false, refused: { code: 'body_invalid', param: 'expires_at', detail } });
  };
}

/** What is not readable is refused for that. */
function judgePayees({
  payees,
  amount,
}: {
  readonly payees?: readonly Payee[] | undefined;
  readonly amount?: number | undefined;
}): FieldError[] {
  // prettier-ignore
  if (payees === undefined || amount === undefined) return [];
  const sum = payees.reduce((total, payee) => total + payee.amount, 0);
  const isRight = sum === amount && new Set(payees.map(({ account }) => account)).size === payees.length;
  return isRight ? [] : [{ param: 'payees', code: 'payees_invalid', detail: REFUSALS.payees_invalid.meaning }];
}

export function getTrade(frameTime: FrameTime): Operation {
  return operation('trades.get', {
    scope: 'payments:read',
    status: 200,
    fields: { id: fields.id },
    command: ({ id = '' }, context, _keyed, tell) => orderReading('trade', id, frameTime)(context, tell),
  });
}

export function payTrade(instruments: Instruments, frameTime: FrameTime): Operation {
  return operation('trades.pay', {
    scope: 'payments:write',
    status: 201,
    fields: {
      id: fields.id,
      instruments: orderFields.instruments(instruments),
      capture: fields.optional(orderFields.capture),
    },
    judge: (_values, key) => needKey(key),
    command: ({ id = '', instruments: asked = [], capture = 'automatic' }, context, keyed, tell) =>
      new PayTrade(context, id, { instruments: asked, capture }, keyed, orderTo(tell, frameTime)),
  });
}

export function confirmTrade(frameTime: FrameTime): Operation {
  return operation('trades.confirm', {
    scope: 'payments:write',
    status: 200,
    fields: { id: fields.id },
    judge: (_values, key) => needKey(key),
    command: ({ id = '' }, context, keyed, tell) =>
      new ConfirmTrade(context, { kind: 'trade', id }, keyed, orderTo(tell, frameTime)),
  });
}

/** Moves no money, and asked twice it is closed once: a key is welcome and not needed. */
export function closeTrade(frameTime: FrameTime): Operation {
  return operation('trades.close', {
    scope: 'payments:write',
    status: 200,
    fields: { id: fields.id },
    command: ({ id = '' }, context, keyed, tell) =>
      new CloseTrade(context, { kind: 'trade', id }, keyed, orderTo(tell, frameTime)),
  });
}

/** Without an amount all that can still go back does. */
export function refundTrade(frameTime: FrameTime): Operation {
  return operation('trades.refund', {
    scope: 'refunds:write',
    status: 201,
    fields: { id: fields.id, amount: fields.optional(fields.amount), reason: fields.optional(fields.reason) },
    judge: (_values, key) => needKey(key),
    command: ({ id = '', amount = 0, reason = '' }, context, keyed, tell) =>
      new RefundTrade(context, id, { amount, reason }, keyed, orderTo(tell, frameTime)),
  });
}
