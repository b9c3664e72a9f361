// One of each order: a test takes it and changes what it is about.

import type { Instruction } from '../../../../src/domain/orders/instruction.ts';
import { NOBODY_AWAITED, type Payment } from '../../../../src/domain/orders/payment.ts';
import type { Trade } from '../../../../src/domain/orders/trade.ts';

const base = { createdAtMs: 1_800_000_000_000, version: 1, dueMs: 0, vouchers: [] };

/** An open trade of 100, the shop's. */
export function sampleTrade(state: Partial<Trade> = {}): Trade {
  return {
    ...base,
    id: 'trd_1',
    kind: 'trade',
    outTradeNo: 'order-1',
    product: 'sale',
    type: 'instant',
    ruleVersion: '1',
    payer: 'alice',
    payees: [{ account: 'shop', amount: 100 }],
    amount: 100,
    currency: 'EUR',
    expiresAtMs: 1_800_000_900_000,
    status: 'open',
    payments: [],
    livePayment: '',
    paidBy: '',
    paid: 0,
    refunds: [],
    refundReserved: 0,
    refunded: 0,
    settled: 0,
    fee: 0,
    settleTries: 0,
    ...state,
  };
}

/** One that was paid in full. */
export function paidTrade(amount: number, state: Partial<Trade> = {}): Trade {
  const payees = [{ account: 'shop', amount }];
  return sampleTrade({ status: 'paid', paidBy: 'pay_1', amount, paid: amount, payees, ...state });
}

/** A leg of 100 by balance that has not run. */
export function sampleLeg(state: Partial<Instruction> = {}): Instruction {
  return {
    instrument: 'balance',
    account: 'alice',
    channel: '',
    amount: 100,
    status: 'planned',
    channelOrder: '',
    authorized: 0,
    captured: 0,
    refundReserved: 0,
    refunded: 0,
    ...state,
  };
}

/** Attempt of the sample trade, by these legs. */
export function samplePayment(instructions: readonly Instruction[], state: Partial<Payment> = {}): Payment {
  return {
    ...base,
    id: 'pay_1',
    kind: 'payment',
    trade: 'trd_1',
    attempt: 1,
    payer: 'alice',
    amount: instructions.reduce((sum, leg) => sum + leg.amount, 0),
    currency: 'EUR',
    capture: 'automatic',
    captures: 0,
    canceling: false,
    reserved: [],
    undone: 0,
    status: 'processing',
    instructions,
    failure: '',
    ...NOBODY_AWAITED,
    checks: [],
    ...state,
  };
}
