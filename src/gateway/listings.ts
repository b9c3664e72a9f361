// Listings. What only HTTP has, by action: lists, the tree of an order, callbacks, webhook endpoints, the documented refusals, tickets.

import { listAccounts } from './account-listing.ts';
import { TICKET_SECONDS } from './callers.ts';
import { receiveCallback } from './callback-receiving.ts';
import { listDays } from './day-listing.ts';
import { listEvents } from './event-listing.ts';
import { answerJson, answerProblem, type Exchange } from './exchange.ts';
import type { Gateway } from './gateway.ts';
import { readJson } from './json-body.ts';
import { generalLedger, trialBalance } from './ledger-listing.ts';
import type { Listing } from './listing.ts';
import { listTrades, readOrderTree } from './order-listing.ts';
import { refusalList } from './problem.ts';
import { listDifferences, readRun, resolveDifference } from './reconciliation-differences.ts';
import { importFile } from './reconciliation-files.ts';
import { readBody } from './shape.ts';
import { listEntries, readBalance } from './statement-listing.ts';
import { getVoucher, listVouchers } from './voucher-listing.ts';
import { listDeliveries, replayDeliveries } from './webhook-deliveries.ts';
import {
  changeEndpoint,
  createEndpoint,
  getEndpoint,
  listEndpoints,
  removeEndpoint,
  rotateSecret,
} from './webhook-endpoints.ts';

export const listings = {
  'accounts.list': listAccounts,
  'accounts.entries': listEntries,
  'accounts.balance': readBalance,
  'vouchers.list': listVouchers,
  'vouchers.get': getVoucher,
  'ledger.trial_balance': trialBalance,
  'ledger.general': generalLedger,
  'ledger.days': listDays,
  'events.list': listEvents,
  'trades.list': listTrades,
  'orders.tree': readOrderTree,
  'callbacks.receive': receiveCallback,
  'webhooks.create': createEndpoint,
  'webhooks.list': listEndpoints,
  'webhooks.get': getEndpoint,
  'webhooks.change': changeEndpoint,
  'webhooks.remove': removeEndpoint,
  'webhooks.rotate_secret': rotateSecret,
  'webhooks.deliveries': listDeliveries,
  'webhooks.replay': replayDeliveries,
  'reconciliation.files': importFile,
  'reconciliation.run': readRun,
  'reconciliation.differences': listDifferences,
  'reconciliation.resolve': resolveDifference,
  'refusals.list': listRefusals,
  'tickets.create': createTicket,
} satisfies Record<string, Listing>;

function listRefusals(_gateway: Gateway, exchange: Exchange): void {
  answerJson(exchange, 200, refusalList());
}

function createTicket(gateway: Gateway, exchange: Exchange): void {
  const body = readJson(exchange, gateway.limits.bodyBytesMax);
  const shaped = body.ok ? readBody({}, body.body) : body;
  const { caller } = exchange;
  if (!shaped.ok) answerProblem(exchange, shaped.refused);
  else if (!caller) answerProblem(exchange, { code: 'unauthenticated' });
  else answerJson(exchange, 201, { ticket: gateway.callers.issueTicket(caller), expires_in: TICKET_SECONDS });
}
