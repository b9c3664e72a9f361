// Order layouts. How each kind of order lies in the journal: its columns, as data. One row holds all of the order.
//
// L1. Layouts are for ever: a column is never moved, taken out or added, and of a list of states the places are part of
// it, so it grows at the end. Other columns are another layout with a number of its own; the older one is still read. L2. A number that no list has is of a newer
// version, and nobody guesses what it meant.

import type { Case, CaseStatus, CaseType } from './case.ts';
import type { CheckAnswer, CheckSaid } from './checks.ts';
import type { ChannelOrder, ChannelOrderStatus, ChannelVerb } from './channel-order.ts';
import type { ExternalVoucher, ExternalVoucherStatus } from './external-voucher.ts';
import type { Order, OrderKind } from './order.ts';
import type { Instruction, InstructionStatus } from './instruction.ts';
import type { Payment, PaymentStatus } from './payment.ts';
import type { Refund, RefundPart, RefundStatus } from './refund.ts';
import type { Payee, Trade, TradeStatus, TradeType } from './trade.ts';
import type { Withdrawal, WithdrawalStatus } from './withdrawal.ts';

/** As it is; by its place in a list; or a list of things that have columns of their own. */
type Column<T> = (keyof T & string) | Listed<T> | Nested<T>;
type Listed<T> = { readonly of: keyof T & string; readonly list: readonly string[] };
type Nested<T> = { readonly of: keyof T & string; readonly rows: Layout };
/** Of whichever type: only here is known which columns belong to what. */
type Layout = readonly Column<Record<string, unknown>>[];

export type OrderRow = readonly unknown[];

type Position = { readonly seq: number; readonly index: number };

const BASE = [
  'id',
  'createdAtMs',
  'version',
  'dueMs',
  { of: 'vouchers', rows: layout<Position>('seq', 'index') },
] as const;

const TRADE_TYPES: readonly TradeType[] = ['instant', 'escrow', 'topup'];
const TRADE_STATUSES: readonly TradeStatus[] = ['open', 'paid', 'completed', 'closing', 'closed'];
// prettier-ignore
const PAYMENT_STATUSES: readonly PaymentStatus[] = [
  'created', 'processing', 'requires_action', 'authorized', 'reversing', 'in_review', 'canceling', 'succeeded', 'failed',
  'canceled',
];
// prettier-ignore
const INSTRUCTION_STATUSES: readonly InstructionStatus[] = [
  'planned', 'executing', 'done', 'refused', 'unknown', 'reversing', 'reversed',
];
const CAPTURES: readonly Payment['capture'][] = ['automatic', 'manual'];
const VERBS: readonly ChannelVerb[] = ['pay', 'refund', 'payout'];
// prettier-ignore
const CHANNEL_STATUSES: readonly ChannelOrderStatus[] = [
  'created', 'sent', 'accepted', 'requires_action', 'succeeded', 'failed', 'closed', 'unknown', 'late_succeeded',
];
// prettier-ignore
const REFUND_STATUSES: readonly RefundStatus[] = [
  'created', 'pending_approval', 'processing', 'needs_attention', 'succeeded', 'failed', 'canceled', 'bounced',
];
const CAUSES: readonly Refund['cause'][] = ['request', 'duplicate', 'late', 'mismatch', 'bounced'];
// prettier-ignore
const PART_STATUSES: readonly RefundPart['status'][] = [
  'planned', 'executing', 'done', 'refused', 'unknown', 'bounced', 'given',
];
// prettier-ignore
const WITHDRAWAL_STATUSES: readonly WithdrawalStatus[] = [
  'created', 'pending_approval', 'approved', 'processing', 'needs_attention', 'succeeded', 'failed', 'canceled',
  'returned',
];
// prettier-ignore
const CASE_TYPES: readonly CaseType[] = [
  'amount_mismatch', 'currency_mismatch', 'contradiction', 'unknown_callback', 'unresolved_unknown', 'reverse_failed',
  'refund_needs_attention', 'payout_returned', 'settlement_refused', 'refund_bounced', 'account_closed',
  'books_breach', 'channel_only', 'local_only', 'amount_diff', 'status_diff', 'fee_diff', 'currency_diff',
  'duplicate_line', 'late_line', 'unparsed_line',
];
const CASE_STATUSES: readonly CaseStatus[] = ['open', 'proposed', 'resolved'];

// prettier-ignore
const VOUCHER_STATUSES: readonly ExternalVoucherStatus[] = [
  'issued', 'requesting', 'ready', 'failed', 'expired', 'closed',
];
const CHECK_ANSWERS: readonly CheckAnswer[] = ['pass', 'refuse'];

// prettier-ignore
const PAYMENT_BEFORE_TOKENS: Layout = layout<Payment>(
  ...BASE, 'trade', 'attempt', 'payer', 'amount', 'currency', { of: 'capture', list: CAPTURES }, 'captures', 'canceling',
  { of: 'reserved', rows: layout<Position>('seq', 'index') }, 'undone',
  { of: 'status', list: PAYMENT_STATUSES },
  {
    of: 'instructions',
    rows: layout<Instruction>(
      'instrument', 'account', 'channel', 'amount', { of: 'status', list: INSTRUCTION_STATUSES }, 'channelOrder',
      'authorized', 'captured', 'refundReserved', 'refunded',
    ),
  },
  'failure', 'unknownSinceMs', 'actionUrl',
);

// prettier-ignore
const CASE_BEFORE_REFERENCES: Layout = layout<Case>(
  ...BASE, { of: 'type', list: CASE_TYPES }, 'order', 'amount', 'currency', 'detail', 'owner',
  { of: 'status', list: CASE_STATUSES }, 'decision', 'proposedBy', 'decidedBy',
);

/** The newest of each kind. */
// prettier-ignore
const LAYOUTS: Readonly<Record<OrderKind, Layout>> = {
  trade: layout<Trade>(
    ...BASE, 'outTradeNo', 'product', { of: 'type', list: TRADE_TYPES }, 'ruleVersion', 'payer',
    { of: 'payees', rows: layout<Payee>('account', 'amount') }, 'amount', 'currency', 'expiresAtMs',
    { of: 'status', list: TRADE_STATUSES }, 'payments', 'livePayment', 'paidBy', 'paid', 'refunds', 'refundReserved', 'refunded',
    'settled', 'fee', 'settleTries',
  ),
  payment: [
    ...PAYMENT_BEFORE_TOKENS,
    ...layout<Payment>(
      'token', 'tokenExpiresAtMs',
      { of: 'checks', rows: layout<CheckSaid>('name', { of: 'answer', list: CHECK_ANSWERS }, 'fellBack', 'reference') },
    ),
  ],
  channel_order: layout<ChannelOrder>(
    ...BASE, 'channel', { of: 'verb', list: VERBS }, 'parent', 'instruction', 'original', 'destination', 'amount',
    'currency', { of: 'status', list: CHANNEL_STATUSES }, 'channelTradeNo', 'reportedAmount', 'reportedCurrency', 'failure', 'actionUrl',
    'unknownSinceMs', 'sentAtMs', 'queries',
  ),
  refund: layout<Refund>(
    ...BASE, 'trade', 'payment', 'amount', 'currency', { of: 'cause', list: CAUSES }, 'reason',
    { of: 'status', list: REFUND_STATUSES },
    {
      of: 'parts',
      rows: layout<RefundPart>('instruction', 'amount', { of: 'status', list: PART_STATUSES }, 'channelOrder'),
    },
    { of: 'sources', rows: layout<Refund['sources'][number]>('account', 'amount') }, 'failure', 'requestedBy',
    'approvedBy',
  ),
  withdrawal: layout<Withdrawal>(
    ...BASE, 'product', 'ruleVersion', 'account', 'channel', 'destination', 'amount', 'fee', 'currency',
    { of: 'status', list: WITHDRAWAL_STATUSES }, 'channelOrder', 'failure', 'unknownSinceMs', 'requestedBy', 'approvedBy',
  ),
  case: [...CASE_BEFORE_REFERENCES, 'reference'],
  external_voucher: layout<ExternalVoucher>(
    ...BASE, 'payment', 'instruction', 'channel', 'channelOrder', 'amount', 'currency',
    { of: 'status', list: VOUCHER_STATUSES }, 'token', 'expiresAtMs', 'failure', 'closes',
  ),
};

/** `lacks`: what the columns do not have, as it was when there were no others. */
type Numbered = { readonly kind: OrderKind; readonly columns: Layout; readonly lacks: object };

/** Layouts by their numbers. A kind is written by its last one. */
const NUMBERED: readonly Numbered[] = [
  newest('trade'),
  { kind: 'payment', columns: PAYMENT_BEFORE_TOKENS, lacks: { token: '', tokenExpiresAtMs: 0, checks: [] } },
  newest('channel_order'),
  newest('refund'),
  newest('withdrawal'),
  { kind: 'case', columns: CASE_BEFORE_REFERENCES, lacks: { reference: '' } },
  newest('external_voucher'),
  newest('payment'),
  newest('case'),
];

const NUMBERS: ReadonlyMap<OrderKind, number> = new Map(NUMBERED.map(({ kind }, number) => [kind, number]));

function newest(kind: OrderKind): Numbered {
  return { kind, columns: LAYOUTS[kind], lacks: {} };
}

/** The layout's number, then its columns. */
export function orderRow(order: Order): OrderRow {
  return [NUMBERS.get(order.kind), ...rowOf(LAYOUTS[order.kind], order)];
}

/** @throws Error for a row that a newer version wrote (L2) */
export function readOrder([number, ...row]: OrderRow): Order {
  const { kind, columns, lacks } = valueAt(NUMBERED, number);
  return Object.assign(readRow(columns, row), lacks, { kind }) as unknown as Order;
}

function layout<T>(...columns: readonly Column<T>[]): Layout {
  return columns as Layout;
}

function rowOf(columns: Layout, value: Readonly<Record<string, unknown>>): unknown[] {
  return columns.map((column) => {
    if (typeof column === 'string') return value[column];
    const own = value[column.of];
    if ('list' in column) return placeIn(column.list, own as string);
    return (own as Readonly<Record<string, unknown>>[]).map((one) => rowOf(column.rows, one));
  });
}

function readRow(columns: Layout, row: readonly unknown[]): Record<string, unknown> {
  const value: Record<string, unknown> = {};
  for (let place = 0; place < columns.length; place++) {
    const column = columns[place] as Column<Record<string, unknown>>;
    const own = row[place];
    if (typeof column === 'string') value[column] = own;
    else if ('list' in column) value[column.of] = valueAt(column.list, own);
    else value[column.of] = (own as unknown[][]).map((one) => readRow(column.rows, one));
  }
  return value;
}

/** The number of a value that has one for ever. @throws Error for one that has none */
export function placeIn<T>(list: readonly T[], value: T): number {
  const place = list.indexOf(value);
  if (place < 0) throw new Error(`"${String(value)}" has no number in the journal`);
  return place;
}

/** @throws Error for a number that a newer version wrote (L2) */
export function valueAt<T>(list: readonly T[], place: unknown): T {
  const value = list[place as number];
  if (value === undefined) throw new Error(`${String(place)} is none of ${list.length} values that are known`);
  return value;
}
