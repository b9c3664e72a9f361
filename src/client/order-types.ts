// Order types. Trades, payments, refunds, top-ups and withdrawals as they go over the wire. Amounts are minor units.

import type { Amount } from './transfer-types.ts';

export type NewTopUp = {
  readonly account: string;
  readonly amount: Amount;
  readonly currency: string;
  readonly channel?: string;
  readonly out_trade_no?: string;
};

export type NewWithdrawal = {
  readonly account: string;
  readonly amount: Amount;
  readonly currency: string;
  readonly channel?: string;
  readonly destination: string;
};

export type NewTrade = {
  /** The merchant's own number: the same again gets the first answer for ever. */
  readonly out_trade_no: string;
  readonly product: string;
  readonly payer?: string;
  readonly payees: readonly { readonly account: string; readonly amount: Amount }[];
  readonly amount: Amount;
  readonly currency: string;
  readonly expires_at?: string;
};

export type PayRequest = {
  /** One without an amount pays what the others leave. */
  readonly instruments: readonly {
    readonly type: string;
    readonly account?: string;
    readonly channel?: string;
    readonly amount?: Amount;
  }[];
  readonly capture?: 'automatic' | 'manual';
};

export type RefundRequest = { readonly amount?: Amount; readonly reason?: string };

type Stepped = {
  readonly vouchers: readonly string[];
  readonly version: number;
  readonly created_at: string;
  readonly updated_at: string;
};

export type Trade = Stepped & {
  readonly id: string;
  readonly object: 'trade';
  readonly out_trade_no: string;
  readonly product: string;
  readonly type: string;
  readonly status: string;
  readonly payer: string | null;
  readonly payees: readonly { readonly account: string; readonly amount: number }[];
  readonly amount: number;
  readonly paid: number;
  readonly refund_reserved: number;
  readonly refunded: number;
  readonly settled: number;
  readonly fee: number;
  readonly currency: string;
  readonly expires_at: string;
  readonly payments: readonly string[];
  readonly live_payment: string | null;
  readonly paid_by: string | null;
  readonly refunds: readonly string[];
  readonly rule_version: string;
};

export type PaymentStatus =
  'requires_action' | 'processing' | 'authorized' | 'succeeded' | 'failed' | 'canceled' | 'in_review';

export type NextAction =
  | { readonly type: 'redirect'; readonly url: string }
  | { readonly type: 'token'; readonly token: string; readonly expires_at: string };

export type PaidInstrument = {
  readonly type: string;
  readonly account: string | null;
  readonly channel: string | null;
  readonly status: string;
  readonly amount: number;
  readonly authorized: number;
  readonly captured: number;
  readonly refund_reserved: number;
  readonly refunded: number;
  readonly channel_order: string | null;
};

export type Payment = Stepped & {
  readonly id: string;
  readonly object: 'payment';
  readonly trade: string;
  readonly out_trade_no: string;
  readonly attempt: number;
  readonly payer: string | null;
  readonly status: PaymentStatus;
  readonly capture: 'automatic' | 'manual';
  readonly amount: number;
  readonly rest: number;
  readonly authorized: number;
  readonly captured: number;
  readonly refund_reserved: number;
  readonly refunded: number;
  readonly currency: string;
  readonly instruments: readonly PaidInstrument[];
  readonly next_action: NextAction | null;
  readonly checks: readonly {
    readonly name: string;
    readonly answer: string;
    readonly reference: string | null;
    readonly fell_back: boolean;
  }[];
  readonly failure: string | null;
  readonly unknown_since: string | null;
};

export type RefundStatus =
  'pending_approval' | 'processing' | 'in_review' | 'succeeded' | 'failed' | 'canceled' | 'bounced';

export type Refund = Stepped & {
  readonly id: string;
  readonly object: 'refund';
  readonly trade: string;
  readonly payment: string;
  readonly out_trade_no: string;
  readonly status: RefundStatus;
  readonly amount: number;
  readonly fee_returned: number;
  readonly currency: string;
  readonly cause: string;
  readonly reason: string | null;
  readonly parts: readonly {
    readonly instrument: number;
    readonly amount: number;
    readonly status: string;
    readonly channel_order: string | null;
  }[];
  readonly failure: string | null;
  readonly requested_by: string | null;
  readonly approved_by: string | null;
};

export type TopUp = Stepped & {
  readonly id: string;
  readonly object: 'topup';
  readonly payment: string;
  readonly out_trade_no: string;
  readonly account: string;
  readonly channel: string | null;
  readonly channel_order: string | null;
  readonly status: PaymentStatus;
  readonly amount: number;
  readonly currency: string;
  readonly next_action: NextAction | null;
  readonly failure: string | null;
  readonly unknown_since: string | null;
};

export type WithdrawalStatus =
  'pending_approval' | 'processing' | 'in_review' | 'succeeded' | 'failed' | 'canceled' | 'returned';

export type Withdrawal = Stepped & {
  readonly id: string;
  readonly object: 'withdrawal';
  readonly account: string;
  readonly channel: string;
  readonly channel_order: string | null;
  readonly destination: string;
  readonly status: WithdrawalStatus;
  readonly amount: number;
  readonly fee: number;
  readonly currency: string;
  readonly failure: string | null;
  readonly unknown_since: string | null;
  readonly requested_by: string | null;
  readonly approved_by: string | null;
  readonly rule_version: string;
};

export type ChannelOrder = {
  readonly id: string;
  readonly channel: string;
  readonly status: string;
  readonly channel_trade_no: string | null;
  readonly external_voucher: {
    readonly id: string;
    readonly status: string;
    readonly expires_at: string | null;
    readonly failure: string | null;
  } | null;
};

type Asked<R> = Omit<R, 'channel_order'> & { readonly channel_order: ChannelOrder | null };

/** Everything that belongs together with an order. */
export type OrderTree = {
  readonly trade:
    | (Omit<Trade, 'payments' | 'refunds'> & {
        readonly payments: readonly (Omit<Payment, 'instruments'> & {
          readonly instructions: readonly Asked<PaidInstrument>[];
        })[];
        readonly refunds: readonly (Omit<Refund, 'parts'> & {
          readonly parts: readonly Asked<Refund['parts'][number]>[];
          readonly asked_before: readonly ChannelOrder[];
        })[];
      })
    | null;
  readonly withdrawal: Asked<Withdrawal> | null;
  readonly vouchers: readonly string[];
  readonly has_more: boolean;
};
