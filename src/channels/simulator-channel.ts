// Simulator channel. Florin's own channel simulator behind the port: every request signed with a nonce of its own, over
// the protocol that simulator-protocol.ts states. What the answers mean is in simulator-answers.ts.

import type { ChannelAdapter, ChannelRequest } from './channel.ts';
import type { HttpCalls, HttpRequest } from './http-call.ts';
import { NonceMemory } from './nonce-memory.ts';
import { readOrdered, readPrepaid, readQueried } from './simulator-answers.ts';
import { makeCallbackReader } from './simulator-callbacks.ts';
import {
  SIGNATURE_WINDOW_MS,
  signedHeaders,
  signedPath,
  type PaymentBody,
  type PayoutBody,
  type RefundBody,
} from './simulator-protocol.ts';

export type SimulatorOptions = {
  readonly name: string;
  readonly secret: string;
  /** Where the simulator sends its callbacks, as it is reached from there; its path is part of their signature. */
  readonly callbackUrl: string;
  readonly http: HttpCalls;
  /** ms since 1970, for signatures. */
  readonly now: () => number;
  /** 8 to 64 characters out of A-Z a-z 0-9 _ -, never the same. */
  readonly newNonce: () => string;
};

const COLLECTIONS = { pay: 'payments', refund: 'refunds', payout: 'payouts' } as const;

export function makeSimulatorChannel(options: SimulatorOptions): ChannelAdapter {
  const { name, http, callbackUrl } = options;
  const post = (path: string, body: object, traceparent: string, signal: AbortSignal) =>
    http.send(signedRequest(options, 'POST', path, JSON.stringify(body), traceparent), signal);
  const query = async (request: ChannelRequest, signal: AbortSignal) =>
    readQueried(
      await http.send(signedRequest(options, 'GET', pathOf(request), '', request.traceparent), signal),
      request,
    );
  const nonces = new NonceMemory(SIGNATURE_WINDOW_MS);
  return {
    name,
    pay: async (request, signal) =>
      readOrdered(await post('/payments', paymentBody(request, callbackUrl), request.traceparent, signal), request),
    refund: async (request, signal) =>
      readOrdered(await post('/refunds', refundBody(request, callbackUrl), request.traceparent, signal), request),
    payout: async (request, signal) =>
      readOrdered(await post('/payouts', payoutBody(request, callbackUrl), request.traceparent, signal), request),
    query,
    queryRefund: query,
    queryPayout: query,
    close: async (request, signal) =>
      readQueried(await post(`${pathOf(request)}/close`, {}, request.traceparent, signal), request),
    prepay: async (request, signal) =>
      readPrepaid(await post('/prepay', paymentBody(request, callbackUrl), request.traceparent, signal), request),
    downloadBill: (date, signal) => http.lines(signedRequest(options, 'GET', `/bills/${date}`, '', ''), signal),
    parseCallback: makeCallbackReader(options.secret, signedPath(callbackUrl), nonces),
    stop: () => http.stop(),
  };
}

function pathOf(request: ChannelRequest): string {
  return `/${COLLECTIONS[request.verb]}/${encodeURIComponent(request.number)}`;
}

function signedRequest(
  { secret, now, newNonce }: SimulatorOptions,
  method: 'GET' | 'POST',
  path: string,
  body: string,
  traceparent: string,
): HttpRequest {
  const headers = {
    ...signedHeaders(secret, { method, path, body }, now(), newNonce()),
    ...(traceparent === '' ? {} : { traceparent }),
  };
  if (method === 'GET') return { method, path, headers };
  return { method, path, headers: { ...headers, 'content-type': 'application/json' }, body };
}

function paymentBody({ number, amount, currency }: ChannelRequest, callbackUrl: string): PaymentBody {
  return { number, amount, currency, notify_url: callbackUrl };
}

function refundBody({ number, original, amount, currency }: ChannelRequest, callbackUrl: string): RefundBody {
  return { number, original, amount, currency, notify_url: callbackUrl };
}

function payoutBody({ number, destination, amount, currency }: ChannelRequest, callbackUrl: string): PayoutBody {
  return { number, destination, amount, currency, notify_url: callbackUrl };
}
