// Top-up resource. Money that comes into an account from outside: a trade for the account itself and the one payment of
// it, shown as one thing under the trade's id.

import { publicStatus, type Payment, type PublicPaymentStatus } from '../../domain/orders/payment.ts';
import { actionResource, type ActionResource } from './payment-resource.ts';
import { orNull, sinceText, stepResource, type FrameTime, type Step, type StepResource } from './shown-step.ts';

export type TopUpResource = StepResource & {
  readonly id: string;
  readonly object: 'topup';
  readonly payment: string;
  readonly out_trade_no: string;
  readonly account: string;
  readonly channel: string | null;
  readonly channel_order: string | null;
  readonly status: PublicPaymentStatus;
  /** Minor units. */
  readonly amount: number;
  readonly currency: string;
  readonly next_action: ActionResource | null;
  readonly failure: string | null;
  readonly unknown_since: string | null;
};

/** `step`: of its payment. */
export function topUpResource(step: Step<Payment>, frameTime: FrameTime): TopUpResource {
  const { order: payment, outTradeNo } = step;
  const [leg] = payment.instructions;
  return {
    id: payment.trade,
    object: 'topup',
    payment: payment.id,
    out_trade_no: outTradeNo,
    account: payment.payer,
    channel: orNull(leg?.channel ?? ''),
    channel_order: orNull(leg?.channelOrder ?? ''),
    status: publicStatus(payment),
    amount: payment.amount,
    currency: payment.currency,
    next_action: actionResource(payment),
    failure: orNull(payment.failure),
    unknown_since: sinceText(payment.unknownSinceMs),
    ...stepResource(step, frameTime),
  };
}
