// Surfaces. The three ways to ask the same thing: over HTTP, and over WebSocket in JSON and in msgpack.

import type { Problem } from '../../../../src/gateway/problem.ts';
import type { HttpClient } from './http-client.ts';
import type { Told } from './socket-client.ts';

export type Surface = 'http' | 'json' | 'msgpack';

export const surfaces: readonly Surface[] = ['http', 'json', 'msgpack'];

/** Method, path and, where the path has the id, that. */
const ROUTES: Readonly<Record<string, readonly [method: string, path: string]>> = {
  'accounts.create': ['POST', '/v1/accounts'],
  'accounts.get': ['GET', '/v1/accounts/{id}'],
  'accounts.change': ['PATCH', '/v1/accounts/{id}'],
  'transfers.create': ['POST', '/v1/transfers'],
  'transfers.get': ['GET', '/v1/transfers/{id}'],
  'transfers.capture': ['POST', '/v1/transfers/{id}/capture'],
  'transfers.void': ['POST', '/v1/transfers/{id}/void'],
  'transfers.reverse': ['POST', '/v1/transfers/{id}/reverse'],
  'transfers.batch': ['POST', '/v1/transfers/batch'],
  'trades.create': ['POST', '/v1/trades'],
  'trades.get': ['GET', '/v1/trades/{id}'],
  'trades.pay': ['POST', '/v1/trades/{id}/pay'],
  'trades.confirm': ['POST', '/v1/trades/{id}/confirm'],
  'trades.close': ['POST', '/v1/trades/{id}/close'],
  'trades.refund': ['POST', '/v1/trades/{id}/refunds'],
  'payments.get': ['GET', '/v1/payments/{id}'],
  'payments.capture': ['POST', '/v1/payments/{id}/capture'],
  'payments.cancel': ['POST', '/v1/payments/{id}/cancel'],
  'refunds.get': ['GET', '/v1/refunds/{id}'],
  'refunds.approve': ['POST', '/v1/refunds/{id}/approve'],
  'refunds.cancel': ['POST', '/v1/refunds/{id}/cancel'],
  'topups.create': ['POST', '/v1/topups'],
  'topups.get': ['GET', '/v1/topups/{id}'],
  'withdrawals.create': ['POST', '/v1/withdrawals'],
  'withdrawals.get': ['GET', '/v1/withdrawals/{id}'],
  'withdrawals.approve': ['POST', '/v1/withdrawals/{id}/approve'],
  'withdrawals.cancel': ['POST', '/v1/withdrawals/{id}/cancel'],
};

/** The request that an operation is over HTTP. */
export function routeOf(op: string, body: object): { method: string; path: string; body: object } {
  const [method, path] = ROUTES[op] ?? [];
  if (method === undefined || path === undefined) throw new Error(`${op} has no route`);
  if (!path.includes('{id}')) return { method, path, body };
  const { id, ...rest } = body as { id?: unknown };
  return { method, path: path.replace('{id}', encodeURIComponent(String(id))), body: rest };
}

export async function askOverHttp<Body>(
  http: HttpClient,
  op: string,
  asked: object,
  key?: string,
): Promise<Told<Body>> {
  const { method, path, body } = routeOf(op, asked);
  const sending = { ...(method === 'GET' ? {} : { body }), ...(key === undefined ? {} : { key }) };
  const seen = await http.send<Body>(method, path, sending);
  return seen.status < 300 ? { ok: true, body: seen.body } : { ok: false, error: seen.body as unknown as Problem };
}
