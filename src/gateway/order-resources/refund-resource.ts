// Refund resource. Money on its way back as its merchant sees it.

import { feeReturned, type Refund, type RefundPart } from '../../domain/orders/refund.ts';
import { orNull, stepResource, type FrameTime, type Step, type StepResource } from './shown-step.ts';

export type PublicRefundStatus =
  'pending_approval' | 'processing' | 'in_review' | 'succeeded' | 'failed' | 'canceled' | 'bounced';

export type RefundResource = StepResource & {
  readonly id: string;
  readonly object: 'refund';
  readonly trade: string;
  readonly payment: string;
  readonly out_trade_no: string;
  readonly status: PublicRefundStatus;
  /** Minor units; what the payees have again of the fee, too. */
  readonly amount: number;
  readonly fee_returned: number;
  readonly currency: string;
  /** request: somebody asked. Everything else goes back by itself. */
  readonly cause: Refund['cause'];
  readonly reason: string | null;
  readonly parts: readonly RefundPartResource[];
  readonly failure: string | null;
  /** Ids of API keys. */
  readonly requested_by: string | null;
  readonly approved_by: string | null;
};

/** How much goes back to which instrument of the payment, by its place from 0. */
export type RefundPartResource = {
  readonly instrument: number;
  readonly amount: number;
  readonly status: RefundPart['status'];
  readonly channel_order: string | null;
};

export function refundResource(step: Step<Refund>, frameTime: FrameTime): RefundResource {
  const { order: refund, outTradeNo } = step;
  return {
    id: refund.id,
    object: 'refund',
    trade: refund.trade,
    payment: refund.payment,
    out_trade_no: outTradeNo,
    status: publicRefundStatus(refund),
    amount: refund.amount,
    fee_returned: feeReturned(refund),
    currency: refund.currency,
    cause: refund.cause,
    reason: orNull(refund.reason),
    parts: refund.parts.map(({ instruction, amount, status, channelOrder }) => ({
      instrument: instruction,
      amount,
      status,
      channel_order: orNull(channelOrder),
    })),
    failure: orNull(refund.failure),
    requested_by: orNull(refund.requestedBy),
    approved_by: orNull(refund.approvedBy),
    ...stepResource(step, frameTime),
  };
}

/** That people have to look at it is the operators' business; how it ends is everybody's. */
export function publicRefundStatus({ status }: Pick<Refund, 'status'>): PublicRefundStatus {
  switch (status) {
    case 'created':
    case 'processing':
      return 'processing';
    case 'needs_attention':
      return 'in_review';
    case 'pending_approval':
    case 'succeeded':
    case 'failed':
    case 'canceled':
    case 'bounced':
      return status;
  }
}
