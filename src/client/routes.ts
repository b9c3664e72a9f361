// Routes. Where each operation is on HTTP. Those with a WebSocket name go over either; `{id}` is taken out of the body.

export const ROUTES = {
  'accounts.create': 'POST /v1/accounts',
  'accounts.get': 'GET /v1/accounts/{id}',
  'accounts.change': 'PATCH /v1/accounts/{id}',
  'transfers.create': 'POST /v1/transfers',
  'transfers.get': 'GET /v1/transfers/{id}',
  'transfers.capture': 'POST /v1/transfers/{id}/capture',
  'transfers.void': 'POST /v1/transfers/{id}/void',
  'transfers.reverse': 'POST /v1/transfers/{id}/reverse',
  'transfers.batch': 'POST /v1/transfers/batch',
  'trades.create': 'POST /v1/trades',
  'trades.get': 'GET /v1/trades/{id}',
  'trades.pay': 'POST /v1/trades/{id}/pay',
  'trades.confirm': 'POST /v1/trades/{id}/confirm',
  'trades.close': 'POST /v1/trades/{id}/close',
  'trades.refund': 'POST /v1/trades/{id}/refunds',
  'payments.get': 'GET /v1/payments/{id}',
  'payments.capture': 'POST /v1/payments/{id}/capture',
  'payments.cancel': 'POST /v1/payments/{id}/cancel',
  'refunds.get': 'GET /v1/refunds/{id}',
  'refunds.approve': 'POST /v1/refunds/{id}/approve',
  'refunds.cancel': 'POST /v1/refunds/{id}/cancel',
  'topups.create': 'POST /v1/topups',
  'topups.get': 'GET /v1/topups/{id}',
  'withdrawals.create': 'POST /v1/withdrawals',
  'withdrawals.get': 'GET /v1/withdrawals/{id}',
  'withdrawals.approve': 'POST /v1/withdrawals/{id}/approve',
  'withdrawals.cancel': 'POST /v1/withdrawals/{id}/cancel',
} as const;

export type OperationName = keyof typeof ROUTES;

export type Place = { readonly method: string; readonly path: string; readonly body: object | undefined };

/** What to send for an operation; what is read has no body. */
export function placeOf(op: OperationName, body: object): Place {
  const [method = '', pattern = ''] = ROUTES[op].split(' ');
  if (!pattern.includes('{id}')) return { method, path: pattern, body };
  const { id = '', ...rest } = body as { readonly id?: string };
  const path = pattern.replace('{id}', encodeURIComponent(id));
  return { method, path, body: method === 'GET' ? undefined : rest };
}

/** `{ limit: 10, after: undefined }` → '?limit=10'. */
export function queryText(query: object): string {
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) given.set(name, String(value));
  return given.size === 0 ? '' : `?${given.toString()}`;
}
