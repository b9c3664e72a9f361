// Withdrawal resource. Money on its way out as its merchant sees it.

import type { Withdrawal } from '../../domain/orders/withdrawal.ts';
import { orNull, sinceText, stepResource, type FrameTime, type Step, type StepResource } from './shown-step.ts';

export type PublicWithdrawalStatus =
  'pending_approval' | 'processing' | 'in_review' | 'succeeded' | 'failed' | 'canceled' | 'returned';

export type WithdrawalResource = StepResource & {
  readonly id: string;
  readonly object: 'withdrawal';
  readonly account: string;
  readonly channel: string;
  readonly channel_order: string | null;
  readonly destination: string;
  readonly status: PublicWithdrawalStatus;
  /** Minor units; the fee is a part of the amount. */
  readonly amount: number;
  readonly fee: number;
  readonly currency: string;
  readonly failure: string | null;
  readonly unknown_since: string | null;
  /** Ids of API keys. */
  readonly requested_by: string | null;
  readonly approved_by: string | null;
  readonly rule_version: string;
};

export function withdrawalResource(step: Step<Withdrawal>, frameTime: FrameTime): WithdrawalResource {
  const { order: withdrawal } = step;
  return {
    id: withdrawal.id,
    object: 'withdrawal',
    account: withdrawal.account,
    channel: withdrawal.channel,
    channel_order: orNull(withdrawal.channelOrder),
    destination: withdrawal.destination,
    status: publicWithdrawalStatus(withdrawal),
    amount: withdrawal.amount,
    fee: withdrawal.fee,
    currency: withdrawal.currency,
    failure: orNull(withdrawal.failure),
    unknown_since: sinceText(withdrawal.unknownSinceMs),
    requested_by: orNull(withdrawal.requestedBy),
    approved_by: orNull(withdrawal.approvedBy),
    rule_version: withdrawal.ruleVersion,
    ...stepResource(step, frameTime),
  };
}

export function publicWithdrawalStatus({ status }: Pick<Withdrawal, 'status'>): PublicWithdrawalStatus {
  switch (status) {
    case 'created':
    case 'approved':
    case 'processing':
      return 'processing';
    case 'needs_attention':
      return 'in_review';
    case 'pending_approval':
    case 'succeeded':
    case 'failed':
    case 'canceled':
    case 'returned':
      return status;
  }
}
