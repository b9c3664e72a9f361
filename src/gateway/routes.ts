// Routes. Which method and path mean what. One table; a path that exists with another method answers 405, everything
// else 404.

import type { OperationName } from './operations.ts';

/** What only HTTP has. */
type Listing =
  | 'accounts.list'
  | 'accounts.entries'
  | 'accounts.balance'
  | 'vouchers.list'
  | 'vouchers.get'
  | 'ledger.trial_balance'
  | 'ledger.general'
  | 'ledger.days'
  | 'events.list'
  | 'trades.list'
  | 'orders.tree'
  | 'callbacks.receive'
  | 'webhooks.create'
  | 'webhooks.list'
  | 'webhooks.get'
  | 'webhooks.change'
  | 'webhooks.remove'
  | 'webhooks.rotate_secret'
  | 'webhooks.deliveries'
  | 'webhooks.replay'
  | 'reconciliation.files'
  | 'reconciliation.run'
  | 'reconciliation.differences'
  | 'reconciliation.resolve'
  | 'refusals.list'
  | 'tickets.create';

/** What a route does: one of the operations, or something that only HTTP has. */
export type Action = OperationName | Listing;

export type Route = { readonly method: string; readonly path: string; readonly action: Action };

export const ROUTES: readonly Route[] = [
  { method: 'POST', path: '/v1/accounts', action: 'accounts.create' },
  { method: 'GET', path: '/v1/accounts', action: 'accounts.list' },
  { method: 'GET', path: '/v1/accounts/{id}', action: 'accounts.get' },
  { method: 'PATCH', path: '/v1/accounts/{id}', action: 'accounts.change' },
  { method: 'GET', path: '/v1/accounts/{id}/entries', action: 'accounts.entries' },
  { method: 'GET', path: '/v1/accounts/{id}/balance', action: 'accounts.balance' },
  { method: 'POST', path: '/v1/transfers', action: 'transfers.create' },
  { method: 'POST', path: '/v1/transfers/batch', action: 'transfers.batch' },
  { method: 'GET', path: '/v1/transfers/{id}', action: 'transfers.get' },
  { method: 'POST', path: '/v1/transfers/{id}/capture', action: 'transfers.capture' },
  { method: 'POST', path: '/v1/transfers/{id}/void', action: 'transfers.void' },
  { method: 'POST', path: '/v1/transfers/{id}/reverse', action: 'transfers.reverse' },
  { method: 'POST', path: '/v1/trades', action: 'trades.create' },
  { method: 'GET', path: '/v1/trades', action: 'trades.list' },
  { method: 'GET', path: '/v1/trades/{id}', action: 'trades.get' },
  { method: 'POST', path: '/v1/trades/{id}/pay', action: 'trades.pay' },
  { method: 'POST', path: '/v1/trades/{id}/confirm', action: 'trades.confirm' },
  { method: 'POST', path: '/v1/trades/{id}/close', action: 'trades.close' },
  { method: 'POST', path: '/v1/trades/{id}/refunds', action: 'trades.refund' },
  { method: 'GET', path: '/v1/payments/{id}', action: 'payments.get' },
  { method: 'POST', path: '/v1/payments/{id}/capture', action: 'payments.capture' },
  { method: 'POST', path: '/v1/payments/{id}/cancel', action: 'payments.cancel' },
  { method: 'GET', path: '/v1/refunds/{id}', action: 'refunds.get' },
  { method: 'POST', path: '/v1/refunds/{id}/approve', action: 'refunds.approve' },
  { method: 'POST', path: '/v1/refunds/{id}/cancel', action: 'refunds.cancel' },
  { method: 'POST', path: '/v1/topups', action: 'topups.create' },
  { method: 'GET', path: '/v1/topups/{id}', action: 'topups.get' },
  { method: 'POST', path: '/v1/withdrawals', action: 'withdrawals.create' },
  { method: 'GET', path: '/v1/withdrawals/{id}', action: 'withdrawals.get' },
  { method: 'POST', path: '/v1/withdrawals/{id}/approve', action: 'withdrawals.approve' },
  { method: 'POST', path: '/v1/withdrawals/{id}/cancel', action: 'withdrawals.cancel' },
  { method: 'GET', path: '/v1/orders/{id}/tree', action: 'orders.tree' },
  { method: 'POST', path: '/v1/callbacks/{channel}', action: 'callbacks.receive' },
  { method: 'GET', path: '/v1/vouchers', action: 'vouchers.list' },
  { method: 'GET', path: '/v1/vouchers/{id}', action: 'vouchers.get' },
  { method: 'GET', path: '/v1/trial_balance', action: 'ledger.trial_balance' },
  { method: 'GET', path: '/v1/general_ledger', action: 'ledger.general' },
  { method: 'GET', path: '/v1/accounting_days', action: 'ledger.days' },
  { method: 'GET', path: '/v1/events', action: 'events.list' },
  { method: 'POST', path: '/v1/webhook_endpoints', action: 'webhooks.create' },
  { method: 'GET', path: '/v1/webhook_endpoints', action: 'webhooks.list' },
  { method: 'GET', path: '/v1/webhook_endpoints/{id}', action: 'webhooks.get' },
  { method: 'PATCH', path: '/v1/webhook_endpoints/{id}', action: 'webhooks.change' },
  { method: 'DELETE', path: '/v1/webhook_endpoints/{id}', action: 'webhooks.remove' },
  { method: 'POST', path: '/v1/webhook_endpoints/{id}/rotate_secret', action: 'webhooks.rotate_secret' },
  { method: 'GET', path: '/v1/webhook_endpoints/{id}/deliveries', action: 'webhooks.deliveries' },
  { method: 'POST', path: '/v1/webhook_endpoints/{id}/replay', action: 'webhooks.replay' },
  { method: 'POST', path: '/v1/reconciliation/files', action: 'reconciliation.files' },
  { method: 'GET', path: '/v1/reconciliation/runs/{id}', action: 'reconciliation.run' },
  { method: 'GET', path: '/v1/reconciliation/runs/{id}/differences', action: 'reconciliation.differences' },
  { method: 'POST', path: '/v1/reconciliation/differences/{id}/resolve', action: 'reconciliation.resolve' },
  { method: 'GET', path: '/v1/refusals', action: 'refusals.list' },
  { method: 'POST', path: '/v1/ws_tickets', action: 'tickets.create' },
];

export type Match = {
  readonly route: Route;
  /** What stands for the `{id}` or `{channel}` of the path, decoded; undefined where it has none. */
  readonly id: string | undefined;
};

const exact = new Map(ROUTES.map((route) => [`${route.method} ${route.path}`, { route, id: undefined }]));

/** null: no such path. An array: the methods that the path does have. */
export function findRoute(method: string, path: string): Match | readonly string[] | null {
  const known = exact.get(`${method} ${path}`);
  if (known) return known;
  const methods: string[] = [];
  for (const route of ROUTES) {
    const id = matchPath(route.path, path);
    if (id === null) continue;
    if (route.method === method) return { route, id };
    methods.push(route.method);
  }
  return methods.length > 0 ? methods : null;
}

/** The one part of a path that varies. */
const VARIABLE = /\{[a-z]+\}/;

/** The id in the path; undefined when the pattern has none; null when the path is another one. */
function matchPath(pattern: string, path: string): string | undefined | null {
  const [before = '', after] = pattern.split(VARIABLE);
  if (after === undefined) return pattern === path ? undefined : null;
  if (!path.startsWith(before) || !path.endsWith(after)) return null;
  const id = path.slice(before.length, path.length - after.length);
  return id === '' || id.includes('/') ? null : decode(id);
}

/** A malformed escape stays as it is and is refused as an id. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
