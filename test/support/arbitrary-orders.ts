// Facts of orders with any content that they could have, for fast-check.

import * as fc from 'fast-check';
import { TEMPLATES, type TemplateCode } from '../../src/domain/books/template-table.ts';
import type { Context } from '../../src/domain/context.ts';
import { MONEY_MAX } from '../../src/domain/money.ts';
import type { CallbackReceived, OrderStepped, VoucherPosted } from '../../src/domain/order-facts.ts';
import type { Case } from '../../src/domain/orders/case.ts';
import type { ChannelOrder } from '../../src/domain/orders/channel-order.ts';
import type { ExternalVoucher } from '../../src/domain/orders/external-voucher.ts';
import type { Order } from '../../src/domain/orders/order.ts';
import type { Payment } from '../../src/domain/orders/payment.ts';
import type { Refund } from '../../src/domain/orders/refund.ts';
import type { Trade } from '../../src/domain/orders/trade.ts';
import type { Withdrawal } from '../../src/domain/orders/withdrawal.ts';

const text = fc.string({ unit: 'binary', maxLength: 20 });
const id = fc.stringMatching(/^[A-Za-z0-9_.:-]{1,64}$/);
const amount = fc.oneof(fc.nat(300), fc.integer({ min: 0, max: MONEY_MAX }));
const count = fc.nat({ max: 0xffffffff });
const timeMs = fc.integer({ min: 0, max: 2 ** 48 - 1 });
const position = fc.record({ seq: fc.integer({ min: 1, max: 0xffffffff }), index: count });
const ids = fc.array(id, { maxLength: 3 });
const base = {
  id,
  createdAtMs: timeMs,
  version: count,
  dueMs: timeMs,
  vouchers: fc.array(position, { maxLength: 3 }),
};

const trade: fc.Arbitrary<Trade> = fc.record({
  ...base,
  kind: fc.constant('trade'),
  outTradeNo: text,
  product: text,
  type: fc.constantFrom('instant', 'escrow', 'topup'),
  ruleVersion: text,
  payer: text,
  payees: fc.array(fc.record({ account: id, amount }), { maxLength: 3 }),
  amount,
  currency: id,
  expiresAtMs: timeMs,
  status: fc.constantFrom('open', 'paid', 'completed', 'closing', 'closed'),
  payments: ids,
  livePayment: text,
  paidBy: text,
  refunds: ids,
  refundReserved: amount,
  refunded: amount,
  settled: amount,
  fee: amount,
  paid: amount,
  settleTries: count,
});

const instruction = fc.record({
  instrument: text,
  account: id,
  channel: text,
  amount,
  status: fc.constantFrom('planned', 'executing', 'done', 'refused', 'unknown', 'reversing', 'reversed'),
  channelOrder: text,
  authorized: amount,
  captured: amount,
  refundReserved: amount,
  refunded: amount,
});

// prettier-ignore
const paymentStatus = fc.constantFrom(
  'created', 'processing', 'requires_action', 'authorized', 'reversing', 'in_review', 'canceling', 'succeeded', 'failed',
  'canceled',
);
const payment: fc.Arbitrary<Payment> = fc.record({
  ...base,
  captures: count,
  canceling: fc.boolean(),
  reserved: fc.array(position, { maxLength: 3 }),
  undone: count,
  kind: fc.constant('payment'),
  trade: id,
  attempt: count,
  payer: text,
  amount,
  currency: id,
  capture: fc.constantFrom('automatic', 'manual'),
  status: paymentStatus,
  instructions: fc.array(instruction, { maxLength: 3 }),
  failure: text,
  unknownSinceMs: timeMs,
  actionUrl: text,
  token: text,
  tokenExpiresAtMs: timeMs,
  checks: fc.array(
    fc.record({ name: text, answer: fc.constantFrom('pass', 'refuse'), fellBack: fc.boolean(), reference: text }),
    { maxLength: 3 },
  ),
});

const externalVoucher: fc.Arbitrary<ExternalVoucher> = fc.record({
  ...base,
  kind: fc.constant('external_voucher'),
  payment: id,
  instruction: count,
  channel: text,
  channelOrder: id,
  amount,
  currency: id,
  status: fc.constantFrom('issued', 'requesting', 'ready', 'failed', 'expired', 'closed'),
  token: text,
  expiresAtMs: timeMs,
  failure: text,
  closes: count,
});

// prettier-ignore
const channelStatus = fc.constantFrom(
  'created', 'sent', 'accepted', 'requires_action', 'succeeded', 'failed', 'closed', 'unknown', 'late_succeeded',
);
const channelOrder: fc.Arbitrary<ChannelOrder> = fc.record({
  ...base,
  reportedCurrency: text,
  kind: fc.constant('channel_order'),
  channel: text,
  verb: fc.constantFrom('pay', 'refund', 'payout'),
  parent: id,
  instruction: count,
  original: text,
  destination: text,
  amount,
  currency: id,
  status: channelStatus,
  channelTradeNo: text,
  reportedAmount: amount,
  failure: text,
  actionUrl: text,
  unknownSinceMs: timeMs,
  sentAtMs: timeMs,
  queries: count,
});

// prettier-ignore
const refundStatus = fc.constantFrom(
  'created', 'pending_approval', 'processing', 'needs_attention', 'succeeded', 'failed', 'canceled', 'bounced',
);
const payees = fc.array(fc.record({ account: id, amount }), { minLength: 1, maxLength: 3 });

const refund: fc.Arbitrary<Refund> = fc.record({
  ...base,
  kind: fc.constant('refund'),
  trade: id,
  payment: id,
  amount,
  currency: id,
  cause: fc.constantFrom('request', 'duplicate', 'late', 'mismatch', 'bounced'),
  reason: text,
  status: refundStatus,
  parts: fc.array(
    fc.record({
      instruction: count,
      amount,
      status: fc.constantFrom('planned', 'executing', 'done', 'refused', 'unknown'),
      channelOrder: text,
    }),
    { maxLength: 3 },
  ),
  sources: fc.array(fc.record({ account: id, amount }), { maxLength: 3 }),
  failure: text,
  requestedBy: text,
  approvedBy: text,
});

// prettier-ignore
const withdrawalStatus = fc.constantFrom(
  'created', 'pending_approval', 'approved', 'processing', 'needs_attention', 'succeeded', 'failed', 'canceled',
  'returned',
);
const withdrawal: fc.Arbitrary<Withdrawal> = fc.record({
  ...base,
  kind: fc.constant('withdrawal'),
  product: text,
  ruleVersion: text,
  account: id,
  channel: text,
  destination: text,
  amount,
  fee: amount,
  currency: id,
  status: withdrawalStatus,
  channelOrder: text,
  failure: text,
  unknownSinceMs: timeMs,
  requestedBy: text,
  approvedBy: text,
});

// prettier-ignore
const caseType = fc.constantFrom(
  'amount_mismatch', 'currency_mismatch', 'contradiction', 'unknown_callback', 'unresolved_unknown', 'reverse_failed',
  'refund_needs_attention', 'payout_returned', 'settlement_refused',
  'books_breach',
);
const openCase: fc.Arbitrary<Case> = fc.record({
  ...base,
  kind: fc.constant('case'),
  type: caseType,
  order: text,
  amount,
  currency: id,
  detail: text,
  owner: text,
  status: fc.constantFrom('open', 'proposed', 'resolved'),
  decision: text,
  proposedBy: text,
  decidedBy: text,
  reference: text,
});

export const arbitraryOrder: fc.Arbitrary<Order> = fc.oneof(
  trade,
  payment,
  channelOrder,
  refund,
  withdrawal,
  openCase,
  externalVoucher, //
);

const line = fc.record({
  account: id,
  action: fc.constantFrom('debit', 'credit', 'hold', 'expect', 'take', 'receive', 'release', 'forgo'),
  amount,
  version: count,
  available: fc.integer({ min: -MONEY_MAX, max: MONEY_MAX }),
});

const voucher = fc.record({
  kind: fc.constant(21),
  code: fc.constantFrom(...(Object.keys(TEMPLATES) as TemplateCode[])),
  segment: count,
  occurrence: count,
  order: id,
  currency: id,
  lines: fc.array(line, { maxLength: 4 }),
  reverses: fc.option(position),
  key: fc.constant(''),
  fingerprint: fc.constant(''),
});

/** Gives fees back, which its own row does not say. */
const feeRefund: fc.Arbitrary<Order> = fc.tuple(refund, payees).map(([order, fees]) => ({ ...order, fees }));

const stepped = fc.record({
  kind: fc.constant(20),
  key: text,
  fingerprint: text,
  previousSeq: count,
  order: fc.oneof({ weight: 8, arbitrary: arbitraryOrder }, { weight: 1, arbitrary: feeRefund }),
});

const callback = fc.record({
  kind: fc.constant(22),
  channel: id,
  raw: fc.uint8Array({ maxLength: 40 }),
  key: fc.constant(''),
  fingerprint: fc.constant(''),
});

export function arbitraryOrderFact(
  context: fc.Arbitrary<Context>,
): fc.Arbitrary<OrderStepped | VoucherPosted | CallbackReceived> {
  const own = fc.oneof(stepped, voucher, callback);
  return fc.tuple(context, own).map(([of, rest]) => ({ context: of, ...rest }));
}
