// Operations. What clients can ask, once for HTTP and WebSocket: one table, by noun and verb.

import type { Currencies } from '../domain/currencies.ts';
import type { Instruments } from '../domain/instruments/instruments.ts';
import type { Operation } from './operation.ts';
import { changeAccount, createAccount, getAccount } from './operations/accounts.ts';
import { approve, cancel, getApproved } from './operations/approvals.ts';
import { createTopUp, createWithdrawal, getTopUp } from './operations/external-money.ts';
import { cancelPayment, capturePayment, getPayment } from './operations/payments.ts';
import { closeTrade, confirmTrade, createTrade, getTrade, payTrade, refundTrade } from './operations/trades.ts';
import { createTransfer, getTransfer, reverseTransfer, runBatch, settleHold } from './operations/transfers.ts';
import type { FrameTime } from './order-resources/shown-step.ts';

export const OPERATION_NAMES = [
  'accounts.create',
  'accounts.get',
  'accounts.change',
  'transfers.create',
  'transfers.get',
  'transfers.capture',
  'transfers.void',
  'transfers.reverse',
  'transfers.batch',
  'trades.create',
  'trades.get',
  'trades.pay',
  'trades.confirm',
  'trades.close',
  'trades.refund',
  'payments.get',
  'payments.capture',
  'payments.cancel',
  'refunds.get',
  'refunds.approve',
  'refunds.cancel',
  'topups.create',
  'topups.get',
  'withdrawals.create',
  'withdrawals.get',
  'withdrawals.approve',
  'withdrawals.cancel',
] as const;

export type OperationName = (typeof OPERATION_NAMES)[number];

export type Operations = Readonly<Record<OperationName, Operation>>;

/** `batchMax`: transfers in a batch. */
export function makeOperations(
  currencies: Currencies,
  batchMax: number,
  frameTime: FrameTime,
  instruments: Instruments,
): Operations {
  return {
    'accounts.create': createAccount(currencies),
    'accounts.get': getAccount(),
    'accounts.change': changeAccount(),
    'transfers.create': createTransfer(currencies),
    'transfers.get': getTransfer(),
    'transfers.capture': settleHold('transfers.capture', 'captured'),
    'transfers.void': settleHold('transfers.void', 'voided'),
    'transfers.reverse': reverseTransfer(),
    'transfers.batch': runBatch(batchMax),
    'trades.create': createTrade(currencies, frameTime),
    'trades.get': getTrade(frameTime),
    'trades.pay': payTrade(instruments, frameTime),
    'trades.confirm': confirmTrade(frameTime),
    'trades.close': closeTrade(frameTime),
    'trades.refund': refundTrade(frameTime),
    'payments.get': getPayment(frameTime),
    'payments.capture': capturePayment(frameTime),
    'payments.cancel': cancelPayment(frameTime),
    'refunds.get': getApproved('refund', frameTime),
    'refunds.approve': approve('refund', frameTime),
    'refunds.cancel': cancel('refund', frameTime),
    'topups.create': createTopUp(currencies, frameTime),
    'topups.get': getTopUp(frameTime),
    'withdrawals.create': createWithdrawal(currencies, frameTime),
    'withdrawals.get': getApproved('withdrawal', frameTime),
    'withdrawals.approve': approve('withdrawal', frameTime),
    'withdrawals.cancel': cancel('withdrawal', frameTime),
  };
}
