// Payment resource. An attempt to pay a trade as its merchant sees it: its public status, its instruments, what the payer
// has to do next. Nothing of a channel but its name and the number under which it was asked.

import type { CheckSaid } from '../../domain/orders/checks.ts';
import type { Instruction } from '../../domain/orders/instruction.ts';
import { publicStatus, type Payment, type PublicPaymentStatus } from '../../domain/orders/payment.ts';
import { isWaiting, restOf } from '../../domain/orders/short-payment.ts';
import { timeText } from '../time-text.ts';
import { orNull, ownAccount, sinceText, stepResource, type FrameTime, type Step, type StepResource } from './shown-step.ts'; // prettier-ignore

/** What the payer does next: goes on at a page of the channel, or pays there with a token, as long as that is good. */
export type ActionResource =
  | { readonly type: 'redirect'; readonly url: string }
  | { readonly type: 'token'; readonly token: string; readonly expires_at: string };

/** `fell_back`: it did not answer, and its fallback counts. */
export type CheckResource = Omit<CheckSaid, 'fellBack' | 'reference'> & {
  readonly fell_back: boolean;
  readonly reference: string | null;
};

export type InstrumentResource = {
  readonly type: string;
  /** Whose money; null where it is no account of the merchant's. */
  readonly account: string | null;
  readonly channel: string | null;
  readonly status: Instruction['status'];
  /** Minor units, all of these. */
  readonly amount: number;
  readonly authorized: number;
  readonly captured: number;
  readonly refund_reserved: number;
  readonly refunded: number;
  readonly channel_order: string | null;
};

export type PaymentResource = StepResource & {
  readonly id: string;
  readonly object: 'payment';
  readonly trade: string;
  readonly out_trade_no: string;
  /** Which attempt of the trade, from 1. */
  readonly attempt: number;
  readonly payer: string | null;
  readonly status: PublicPaymentStatus;
  readonly capture: Payment['capture'];
  /** Minor units, all of these. */
  readonly amount: number;
  /** What is missing while a part of it is here and the rest is waited for (in_review); else 0. */
  readonly rest: number;
  readonly authorized: number;
  readonly captured: number;
  readonly refund_reserved: number;
  readonly refunded: number;
  readonly currency: string;
  readonly instruments: readonly InstrumentResource[];
  readonly next_action: ActionResource | null;
  /** What was asked about it before it began. */
  readonly checks: readonly CheckResource[];
  readonly failure: string | null;
  readonly unknown_since: string | null;
};

export function paymentResource(step: Step<Payment>, frameTime: FrameTime): PaymentResource {
  const { order: payment, outTradeNo } = step;
  const instruments = payment.instructions.map(instrumentResource);
  const sum = (of: (leg: Instruction) => number): number =>
    payment.instructions.reduce((total, leg) => total + of(leg), 0);
  return {
    id: payment.id,
    object: 'payment',
    trade: payment.trade,
    out_trade_no: outTradeNo,
    attempt: payment.attempt,
    payer: orNull(payment.payer),
    status: publicStatus(payment),
    capture: payment.capture,
    amount: payment.amount,
    rest: isWaiting(payment) ? restOf(payment) : 0,
    authorized: sum(({ authorized }) => authorized),
    captured: sum(({ captured }) => captured),
    refund_reserved: sum(({ refundReserved }) => refundReserved),
    refunded: sum(({ refunded }) => refunded),
    currency: payment.currency,
    instruments,
    next_action: actionResource(payment),
    checks: payment.checks.map(checkResource),
    failure: orNull(payment.failure),
    unknown_since: sinceText(payment.unknownSinceMs),
    ...stepResource(step, frameTime),
  };
}

export function actionResource(payment: Payment): ActionResource | null {
  const { status, actionUrl, token, tokenExpiresAtMs } = payment;
  if (status !== 'requires_action') return null;
  if (token !== '') return { type: 'token', token, expires_at: timeText(tokenExpiresAtMs) };
  return actionUrl === '' ? null : { type: 'redirect', url: actionUrl };
}

function checkResource({ name, answer, reference, fellBack }: CheckSaid): CheckResource {
  return { name, answer, reference: orNull(reference), fell_back: fellBack };
}

function instrumentResource(leg: Instruction): InstrumentResource {
  return {
    type: leg.instrument,
    account: ownAccount(leg.account),
    channel: orNull(leg.channel),
    status: leg.status,
    amount: leg.amount,
    authorized: leg.authorized,
    captured: leg.captured,
    refund_reserved: leg.refundReserved,
    refunded: leg.refunded,
    channel_order: orNull(leg.channelOrder),
  };
}
