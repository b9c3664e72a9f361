// Route classes. Which requests are the core link (paying, what channels say, queries, refunds, transfers) and which must
// never hold it up. A route without a class does not compile.

import type { Action } from './routes.ts';

/**
 * - `core`: admitted by the engine.
 * - `side`: not core, works on the engine's thread: lists, trees, pages of events, webhook settings.
 * - `books`: not core, waits for the books and their reader: statements, balances at a time, vouchers, reports, exports.
 */
export type RouteClass = 'core' | 'side' | 'books';

/** What is shed first. */
export type NonCoreClass = Exclude<RouteClass, 'core'>;

export const CLASS_OF = {
  'accounts.create': 'core',
  'accounts.get': 'core',
  'accounts.change': 'core',
  'accounts.list': 'side',
  'accounts.entries': 'books',
  'accounts.balance': 'books',
  'transfers.create': 'core',
  'transfers.batch': 'core',
  'transfers.get': 'core',
  'transfers.capture': 'core',
  'transfers.void': 'core',
  'transfers.reverse': 'core',
  'trades.create': 'core',
  // A query: one trade by its order number.
  'trades.list': 'core',
  'trades.get': 'core',
  'trades.pay': 'core',
  'trades.confirm': 'core',
  'trades.close': 'core',
  'trades.refund': 'core',
  'payments.get': 'core',
  'payments.capture': 'core',
  'payments.cancel': 'core',
  'refunds.get': 'core',
  'refunds.approve': 'core',
  'refunds.cancel': 'core',
  'topups.create': 'core',
  'topups.get': 'core',
  'withdrawals.create': 'core',
  'withdrawals.get': 'core',
  'withdrawals.approve': 'core',
  'withdrawals.cancel': 'core',
  'orders.tree': 'side',
  'callbacks.receive': 'core',
  'vouchers.list': 'books',
  'vouchers.get': 'books',
  'ledger.trial_balance': 'books',
  'ledger.general': 'books',
  'ledger.days': 'books',
  'events.list': 'side',
  'reconciliation.files': 'side',
  'reconciliation.run': 'side',
  'reconciliation.differences': 'side',
  'reconciliation.resolve': 'side',
  'webhooks.create': 'side',
  'webhooks.list': 'side',
  'webhooks.get': 'side',
  'webhooks.change': 'side',
  'webhooks.remove': 'side',
  'webhooks.rotate_secret': 'side',
  'webhooks.deliveries': 'side',
  'webhooks.replay': 'side',
  'refusals.list': 'side',
  // Opens the socket that payments come over.
  'tickets.create': 'core',
} as const satisfies Record<Action, RouteClass>;
