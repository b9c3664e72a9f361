// Routes. All that can be asked over HTTP under a key, for tests of who may.

import type { Scope } from '../../../../src/gateway/keys.ts';
import type { Problem } from '../../../../src/gateway/problem.ts';
import type { HttpClient, Seen } from './http-client.ts';
import { fresh } from './ledger.ts';

/** Every route, what it needs, and a request whose shape is right. */
export const ROUTES: [Scope, string, string, object?][] = [
  ['accounts:write', 'POST', '/v1/accounts', { currency: 'EUR', kind: 'user' }],
  ['accounts:read', 'GET', '/v1/accounts'],
  ['accounts:read', 'GET', '/v1/accounts/nobody'],
  ['accounts:write', 'PATCH', '/v1/accounts/nobody', { metadata: {} }],
  ['accounts:read', 'GET', '/v1/accounts/nobody/entries'],
  ['accounts:read', 'GET', '/v1/accounts/nobody/balance'],
  ['ledger:read', 'GET', '/v1/vouchers?order=nothing'],
  ['ledger:read', 'GET', '/v1/vouchers/nothing'],
  ['ledger:read', 'GET', '/v1/trial_balance'],
  ['ledger:read', 'GET', '/v1/general_ledger'],
  ['payments:write', 'POST', '/v1/transfers', { id: 'a', debit_account: 'a', credit_account: 'b', amount: 1 }],
  ['payments:write', 'POST', '/v1/transfers/batch', { transfers: [['a', 'a', 'b', 1]] }],
  ['payments:read', 'GET', '/v1/transfers/nothing'],
  ['payments:write', 'POST', '/v1/transfers/nothing/capture', {}],
  ['payments:write', 'POST', '/v1/transfers/nothing/void', {}],
  ['ledger:read', 'GET', '/v1/accounting_days'],
  ['payments:write', 'POST', '/v1/transfers/nothing/reverse', {}],
  ['payments:read', 'GET', '/v1/events'],
  ['payments:write', 'POST', '/v1/trades', { out_trade_no: 'a', product: 'sale', payees: [{ account: 'a', amount: 1 }], amount: 1, currency: 'EUR' }], // prettier-ignore
  ['payments:read', 'GET', '/v1/trades?out_trade_no=nothing'],
  ['payments:read', 'GET', '/v1/trades/nothing'],
  ['payments:write', 'POST', '/v1/trades/nothing/pay', { instruments: [{ type: 'balance' }] }],
  ['payments:write', 'POST', '/v1/trades/nothing/confirm', {}],
  ['payments:write', 'POST', '/v1/trades/nothing/close', {}],
  ['refunds:write', 'POST', '/v1/trades/nothing/refunds', {}],
  ['payments:read', 'GET', '/v1/payments/nothing'],
  ['payments:write', 'POST', '/v1/payments/nothing/capture', {}],
  ['payments:write', 'POST', '/v1/payments/nothing/cancel', {}],
  ['payments:read', 'GET', '/v1/refunds/nothing'],
  ['refunds:write', 'POST', '/v1/refunds/nothing/approve', {}],
  ['refunds:write', 'POST', '/v1/refunds/nothing/cancel', {}],
  ['payments:write', 'POST', '/v1/topups', { account: 'a', amount: 1, currency: 'EUR' }],
  ['payments:read', 'GET', '/v1/topups/nothing'],
  ['payments:write', 'POST', '/v1/withdrawals', { account: 'a', amount: 1, currency: 'EUR', destination: 'iban' }],
  ['payments:read', 'GET', '/v1/withdrawals/nothing'],
  ['payments:write', 'POST', '/v1/withdrawals/nothing/approve', {}],
  ['payments:write', 'POST', '/v1/withdrawals/nothing/cancel', {}],
  ['payments:read', 'GET', '/v1/orders/nothing/tree'],
  ['webhooks:write', 'POST', '/v1/webhook_endpoints', { url: 'https://shop.example/hook' }],
  ['webhooks:write', 'GET', '/v1/webhook_endpoints'],
  ['webhooks:write', 'GET', '/v1/webhook_endpoints/nothing'],
  ['webhooks:write', 'PATCH', '/v1/webhook_endpoints/nothing', {}],
  ['webhooks:write', 'DELETE', '/v1/webhook_endpoints/nothing'],
  ['webhooks:write', 'POST', '/v1/webhook_endpoints/nothing/rotate_secret', {}],
  ['webhooks:write', 'GET', '/v1/webhook_endpoints/nothing/deliveries'],
  ['webhooks:write', 'POST', '/v1/webhook_endpoints/nothing/replay', { from: '2026-01-31T00:00:00Z' }],
];

export const send = (http: HttpClient, method: string, path: string, body?: object): Promise<Seen<Problem>> =>
  http.send<Problem>(method, path, { key: fresh('key'), ...(body === undefined ? {} : { body }) });
